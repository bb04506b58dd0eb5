import type { Document, Edit, Instruction, KeyValue, Scope } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-self-referring-env',
  aliases: ['DL3044'],
  severity: 'error',
  fixable: 'unsafe',
  needs: ['env'],
  summary: 'A value of ENV refers to a variable that the same ENV sets',
  why: 'The builder fills in all values of an ENV before it sets any of its variables: the reference gets what the variable was before, mostly nothing. Set the variable in an ENV of its own, in front. The repair parts the ENV in two, which changes the value.',
  examples: [
    {
      bad: 'FROM debian:12\nENV GOPATH=/go PATH=$GOPATH/bin:$PATH\n',
      good: 'FROM debian:12\nENV GOPATH=/go\nENV PATH=$GOPATH/bin:$PATH\n',
    },
  ],
  *check(document) {
    for (const { instructions } of document.stages) {
      for (const env of instructions) {
        const scope = env.keyword === 'ENV' && env.pairs.length > 1 ? document.scope(env) : undefined;
        if (!scope) continue;
        for (const pair of env.pairs) {
          const name = referredTo(scope, env, pair);
          if (name === undefined) continue;
          const edits = parted(document, env, pair, name);
          yield {
            at: pair,
            message: `\`${pair.name}\` refers to \`${name}\`, which is set by the same ENV and has no value yet`,
            fix: edits && { title: `Set \`${pair.name}\` in an ENV of its own`, safety: 'unsafe', edits },
          };
        }
      }
    }
  },
};

/** A variable of the same ENV that a value refers to; one that was set before may be meant as it was. */
function referredTo(scope: Scope, { pairs }: Instruction, pair: KeyValue): string | undefined {
  return scope
    .expand(pair.value ?? '')
    .names.find((name) => name !== pair.name && !scope.variable(name) && pairs.some((other) => other.name === name));
}

/** A new ENV from the pair on; none where the variable is set behind it, or where comments stand in between. */
function parted(document: Document, { pairs, comments, keywordRange }: Instruction, pair: KeyValue, name: string) {
  const place = pairs.indexOf(pair);
  const before = pairs[place - 1];
  if (!before || !pairs.slice(0, place).some((other) => other.name === name)) return undefined;
  if (comments.some(({ start }) => start > before.end)) return undefined;
  const text = `${document.source.eol}${document.source.slice(keywordRange)} `;
  return [{ start: before.end, end: pair.start, text }] satisfies Edit[];
}
