import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-trailing-spaces',
  severity: 'off',
  fixable: 'safe',
  summary: 'White space at the end of a line',
  why: 'Nobody sees it, and editors that take it away make changes nobody meant. The builder drops it, behind the character that continues a line as well; a shell would not. Heredocs and the ends of ONBUILDs are left alone: what stands there is content.',
  examples: [
    {
      bad: 'FROM debian:12  \nRUN apt-get update \\ \n    && apt-get upgrade -y\t\n',
      good: 'FROM debian:12\nRUN apt-get update \\\n    && apt-get upgrade -y\n',
    },
  ],
  *check({ source, instructions, escape }) {
    const heredocs = instructions.flatMap(({ child, heredocs }) => child?.heredocs ?? heredocs);
    // The image keeps an ONBUILD to the end of the line.
    const kept = new Set(instructions.filter(({ child }) => child).map(({ lineEnd }) => lineEnd));
    let next = 0;
    for (const lineStart of source.lineStarts) {
      while (next < heredocs.length && heredocs[next]!.terminator.end < lineStart) next++;
      const heredoc = heredocs[next];
      if (heredoc && heredoc.body.start <= lineStart) continue;
      const end = source.lineEnd(lineStart);
      let start = end;
      while (start > lineStart && (source.text[start - 1] === ' ' || source.text[start - 1] === '\t')) start--;
      // Without the space a lone carriage return would belong to the end of the line, and `# check=` be no directive.
      if (start === end || kept.has(end) || /[\r=]/.test(source.text[start - 1] ?? '')) continue;
      const isContinued = source.text[start - 1] === escape;
      yield {
        at: { start, end },
        message: isContinued ? 'white space behind the escape character' : 'white space at the end of the line',
        fix: { title: 'Remove the white space', safety: 'safe', edits: [{ start, end, text: '' }] },
      };
    }
  },
};
