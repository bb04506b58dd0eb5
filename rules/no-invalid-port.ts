import type { Rule } from '../src/lint/types.ts';

const HIGHEST_PORT = 65535;

export const rule: Rule = {
  id: 'no-invalid-port',
  aliases: ['DL3011'],
  severity: 'error',
  needs: ['expose'],
  summary: 'EXPOSE names a port above 65535',
  why: 'Ports end at 65535. Nothing can listen on a higher one, so the number is a slip.',
  examples: [{ bad: 'FROM debian:12\nEXPOSE 80800\n', good: 'FROM debian:12\nEXPOSE 8080\n' }],
  *check(document) {
    for (const outer of document.instructions) {
      const instruction = outer.child ?? outer;
      if (instruction.keyword !== 'EXPOSE') continue;
      for (const word of instruction.words) {
        // A word with a variable or a host's port is not told from its text.
        const [, first, last] = /^(\d+)(?:-(\d+))?(?:\/\w+)?$/.exec(word.text) ?? [];
        const port = [first, last].find((number) => Number(number ?? 0) > HIGHEST_PORT);
        if (port !== undefined) yield { at: word, message: `\`${port}\` is no port: they end at ${HIGHEST_PORT}` };
      }
    }
  },
};
