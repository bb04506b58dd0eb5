import type { Document, Range } from '../src/dockerfile/index.ts';
import { carriageReturns, linesWithReturns, withoutReturns } from '../src/lint/facts/carriage-returns.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-crlf',
  severity: 'info',
  fixable: 'safe',
  needs: ['\r'],
  summary: 'Lines end with a carriage return and a line feed, as on Windows',
  why: 'The builder drops the carriage return, but not in a heredoc, so that the first one that is written into the file goes wrong. Where Git makes such lines of others when it checks the file out, `Dockerfile text eol=lf` in `.gitattributes` keeps it from doing so. Lines of heredocs are content and left to `no-crlf-in-heredoc`.',
  examples: [{ bad: 'FROM alpine:3.20\r\nCMD ["app"]\r\n', good: 'FROM alpine:3.20\nCMD ["app"]\n' }],
  *check(document) {
    const found = returnsOutsideHeredocs(document);
    const [first] = found;
    if (first) yield { at: first, message: linesWithReturns(found), fix: withoutReturns(found, 'safe') };
  },
};

function returnsOutsideHeredocs({ source, instructions }: Document): readonly Range[] {
  const bodies = instructions.flatMap(({ child, heredocs }) => (child?.heredocs ?? heredocs).map(({ body }) => body));
  let next = 0;
  return [...carriageReturns(source)].filter(({ start }) => {
    while (next < bodies.length && bodies[next]!.end <= start) next++;
    const body = bodies[next];
    return !body || start < body.start;
  });
}
