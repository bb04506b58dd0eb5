import type { Document, Range } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-crlf',
  severity: 'info',
  fixable: 'safe',
  summary: 'Lines end with a carriage return and a line feed, as on Windows',
  why: 'The builder drops the carriage return, but not in a heredoc, so that the first one that is written into the file goes wrong. Where Git makes such lines of others when it checks the file out, `Dockerfile text eol=lf` in `.gitattributes` keeps it from doing so. Lines of heredocs are content and left to `no-crlf-in-heredoc`.',
  examples: [{ bad: 'FROM alpine:3.20\r\nCMD ["app"]\r\n', good: 'FROM alpine:3.20\nCMD ["app"]\n' }],
  *check(document) {
    const found = carriageReturns(document);
    const [first] = found;
    if (!first) return;
    yield {
      at: first,
      message: found.length === 1 ? '1 line ends with CRLF' : `${found.length} lines end with CRLF`,
      fix: {
        title: found.length === 1 ? 'Remove the carriage return' : 'Remove the carriage returns',
        safety: 'safe',
        edits: found.map((range) => ({ ...range, text: '' })),
      },
    };
  },
};

/** What stands between a line and its line feed, the bodies of heredocs left out. */
function carriageReturns({ source, instructions }: Document): Range[] {
  const bodies = instructions.flatMap(({ child, heredocs }) => (child?.heredocs ?? heredocs).map(({ body }) => body));
  const found: Range[] = [];
  let next = 0;
  for (const { 0: returns, index: start } of source.text.matchAll(/\r+(?=\n)/g)) {
    while (next < bodies.length && bodies[next]!.end <= start) next++;
    const body = bodies[next];
    if (!body || start < body.start) found.push({ start, end: start + returns.length });
  }
  return found;
}
