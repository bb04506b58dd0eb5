import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-final-newline',
  severity: 'off',
  fixable: 'safe',
  summary: 'The file does not end with one newline',
  why: 'A line is what ends with a newline: without it the next line that is added shows up as two changed ones, and `cat` and `>>` join what does not belong together. Blank lines at the end are left over from something.',
  examples: [
    { bad: 'FROM alpine:3.20\nCMD ["app"]', good: 'FROM alpine:3.20\nCMD ["app"]\n' },
    { bad: 'FROM alpine:3.20\nCMD ["app"]\n\n\n', good: 'FROM alpine:3.20\nCMD ["app"]\n' },
  ],
  *check({ source, escape }) {
    const { text, eol } = source;
    let start = text.length;
    while (start > 0 && ' \t\r\n'.includes(text[start - 1]!)) start--;
    // White space behind the last word is not this rule's.
    while (text[start] === ' ' || text[start] === '\t') start++;
    const end = text.length;
    const rest = text.slice(start);
    if (rest === '\n' || rest === '\r\n') return;
    const isMissing = rest === '';
    // A lone carriage return after the sign of continuation would be one no longer.
    const isOpen = text[start - 1] === escape && !/^\r?\n/.test(rest);
    yield {
      at: isMissing ? { start: Math.max(end - 1, 0), end } : { start: source.lineEnd(start), end },
      message: isMissing ? 'the last line does not end with a newline' : 'the file ends with blank lines',
      fix: isOpen
        ? undefined
        : {
            title: isMissing ? 'Add a newline' : 'Remove the blank lines',
            safety: 'safe',
            edits: [{ start, end, text: eol }],
          },
    };
  },
};
