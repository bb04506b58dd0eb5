import type { Document, Range, Stage } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-uppercase-stage-name',
  aliases: ['StageNameCasing'],
  severity: 'info',
  fixable: 'safe',
  summary: 'The name of a stage has upper-case letters',
  why: 'The builder keeps stage names in lower case and compares them so, but FROM takes a name as it is written: `FROM Build` does not find the stage that was called `Build`. With names in lower case there is one way to write each.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS Build\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=Build /app /app\nCMD ["/app"]\n',
      good: 'FROM golang:1.22 AS build\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document) {
    const mentions = mentionsOf(document);
    for (const stage of document.stages) {
      const { nameWord, name } = stage;
      if (!nameWord || nameWord.text === name) continue;
      const places = [nameWord, ...(mentions.get(stage) ?? [])];
      yield {
        at: nameWord,
        message: `the stage name \`${nameWord.text}\` is not in lower case`,
        // A name that a continuation splits is not put together.
        fix:
          document.source.slice(nameWord) === nameWord.text
            ? {
                title: `Name the stage \`${name}\``,
                safety: 'safe',
                edits: places.map(({ start, end }) => ({ start, end, text: name! })),
              }
            : undefined,
      };
    }
  },
};

/** Where COPY and RUN refer to a stage in other letters than its name will have; they find it in any. */
function mentionsOf(document: Document): ReadonlyMap<Stage, readonly Range[]> {
  const mentions = new Map<Stage, Range[]>();
  for (const { kind, value, target, range, isNumeric } of document.stages.flatMap(({ references }) => references)) {
    if (kind === 'base' || isNumeric || target.kind !== 'stage') continue;
    const { stage } = target;
    if (value === stage.name || document.source.slice(range) !== value) continue;
    const known = mentions.get(stage);
    if (known) known.push(range);
    else mentions.set(stage, [range]);
  }
  return mentions;
}
