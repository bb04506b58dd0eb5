import { exposedPorts } from '../src/lint/facts/ports.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-uppercase-protocol',
  aliases: ['ExposeProtoCasing'],
  severity: 'info',
  fixable: 'safe',
  needs: ['expose'],
  summary: 'EXPOSE names a protocol in upper case',
  why: 'The builder writes `tcp`, `udp` and `sctp` into the image in lower case, whatever the file says; other tools that read the file may not know `TCP`.',
  examples: [{ bad: 'FROM debian:12\nEXPOSE 53/UDP\n', good: 'FROM debian:12\nEXPOSE 53/udp\n' }],
  *check(document) {
    for (const { word, isVerbatim, protocol } of exposedPorts(document)) {
      const lower = protocol.toLowerCase();
      if (protocol === lower) continue;
      const start = word.end - protocol.length;
      yield {
        at: word,
        message: `the protocol \`${protocol}\` is not in lower case`,
        fix: isVerbatim
          ? { title: `Write \`${lower}\``, safety: 'safe', edits: [{ start, end: word.end, text: lower }] }
          : undefined,
      };
    }
  },
};
