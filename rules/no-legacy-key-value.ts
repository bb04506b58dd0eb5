import type { Document, Edit, Instruction, KeyValue } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-legacy-key-value',
  aliases: ['LegacyKeyValueFormat'],
  severity: 'info',
  fixable: 'safe',
  needs: ['env', 'label'],
  summary: 'ENV or LABEL separates the name from the value with white space, not with `=`',
  why: 'In the old form all that follows the first blank is the value, so `ENV A=1 B=2` and `ENV A 1 B=2` mean entirely different things. BuildKit keeps the old form for old files only.',
  examples: [
    {
      bad: 'FROM debian:12\nENV JAVA_OPTS -Xmx512m -Xms256m\n',
      good: 'FROM debian:12\nENV JAVA_OPTS="-Xmx512m -Xms256m"\n',
    },
  ],
  *check(document) {
    for (const instruction of document.instructions) {
      const [pair] = instruction.pairs;
      if (!pair?.legacy || pair.value === undefined) continue;
      const edits = assignment(document, instruction, pair);
      yield {
        at: { start: pair.start, end: pair.end },
        message: `\`${instruction.keyword} ${pair.name}\` has no \`=\` between name and value`,
        fix: edits && { title: 'Write `=` between name and value', safety: 'safe', edits },
      };
    }
  },
};

/** With `=`, and with quotes around a value that white space would end. */
function assignment(document: Document, { comments }: Instruction, pair: KeyValue): readonly Edit[] | undefined {
  const { name, nameRange, valueRange, value = '' } = pair;
  // In the new form quotes and every kind of white space end a name, and with `NAME = value` something else was meant.
  if (/["'\\`\s\u0085]/.test(name) || value.startsWith('=')) return undefined;
  const gap = { start: nameRange.end, end: valueRange.start };
  // The comment would go with the line it stands in.
  if (comments.some(({ start }) => start >= gap.start && start < gap.end)) return undefined;
  const { isWord, isPlain } = shapesOf(document.escape);
  if (isWord.test(value)) return [{ ...gap, text: '=' }];
  // What quotes and escapes come to is the same in both forms, but not inside another pair of quotes.
  if (!isPlain.test(value) || NEXT_VARIABLE.test(document.source.slice(valueRange))) return undefined;
  const { end } = valueRange;
  return [
    { ...gap, text: '="' },
    { start: end, end, text: '"' },
  ];
}

/** A line of a value that was to set a variable of its own, which quotes would make look intended. */
const NEXT_VARIABLE = /\n[ \t]*[A-Z][A-Z0-9_.]*(?:=|[ \t]+[^\s\\`]+[ \t]*(?:[\\`][ \t\r]*)?$)/m;

/** Values that end at no white space of theirs, and those with neither quotes nor escapes. */
function shapesOf(escape: string): { readonly isWord: RegExp; readonly isPlain: RegExp } {
  const e = escape === '`' ? '`' : '\\\\';
  return {
    isWord: new RegExp(`^(?:[^\\s\\u0085"'${e}]|${e}\\S|"(?:[^"${e}]|${e}.)*"|'[^']*')*$`, 's'),
    isPlain: new RegExp(`^[^"'${e}]*$`),
  };
}
