import type { Document } from '../src/dockerfile/index.ts';
import { optionOf } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

const MAX = 2;

export const rule: Rule = {
  id: 'no-multiple-empty-lines',
  severity: 'off',
  fixable: 'safe',
  options: {
    max: { description: 'How many empty lines may follow one another', schema: { type: 'number' }, default: MAX },
  },
  summary: 'More empty lines follow one another than set anything apart',
  why: 'One empty line sets instructions apart, two set stages apart; more are left over from something and push the rest off the screen. Empty lines in heredocs are content, and those among the lines of an instruction are for `no-empty-continuation`.',
  examples: [
    {
      bad: 'FROM golang:1.23 AS build\nRUN go build -o /app\n\n\n\n\nFROM scratch\nCOPY --from=build /app /app\n',
      good: 'FROM golang:1.23 AS build\nRUN go build -o /app\n\n\nFROM scratch\nCOPY --from=build /app /app\n',
    },
    {
      bad: 'FROM alpine:3.20\n\n\nCMD ["app"]\n',
      options: { max: 1 },
      good: 'FROM alpine:3.20\n\nCMD ["app"]\n',
    },
  ],
  *check(document, context) {
    const { source } = document;
    const max = Math.max(Math.floor(Number(optionOf(context, 'max') ?? MAX)), 0);
    for (const { first, next, isTop } of emptyLines(document)) {
      // Without a line in between, a comment at the top of the file could become a directive.
      const most = isTop ? Math.max(max, 1) : max;
      const count = next - first;
      if (count <= most) continue;
      const edit = { start: source.lineStart(first + most), end: source.lineStart(next), text: '' };
      yield {
        at: { start: edit.start, end: source.lineEnd(source.lineStart(next - 1)) },
        message: `${count} empty line${count === 1 ? '' : 's'} where at most ${most} may stand`,
        fix: { title: `Remove ${count - most} of them`, safety: 'safe', edits: [edit] },
      };
    }
  },
};

/** Empty lines that follow one another, as the number of the first and that of the line behind them. */
interface EmptyLines {
  readonly first: number;
  readonly next: number;
  /** They stand in front of the first instruction. */
  readonly isTop: boolean;
}

/** What lies between instructions and comments; the builder reads nothing there. */
function* emptyLines({ source, instructions, comments }: Document): Iterable<EmptyLines> {
  const written = [
    ...instructions.map(({ lineStart, end }) => ({ start: lineStart, end })),
    ...comments.filter(({ inside }) => !inside),
  ].sort((a, b) => a.start - b.start);
  const top = instructions[0]!.lineStart;
  let first = 1;
  for (const { start, end } of written) {
    const next = source.position(start).line;
    if (next > first) yield { first, next, isTop: start <= top };
    first = source.position(end).line + 1;
  }
  const next = source.lineStarts.length + (source.text.endsWith('\n') ? 0 : 1);
  if (next > first) yield { first, next, isTop: false };
}
