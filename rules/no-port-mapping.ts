import { exposedPorts } from '../src/lint/facts/ports.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-port-mapping',
  aliases: ['ExposeInvalidFormat'],
  severity: 'warn',
  fixable: 'safe',
  needs: ['expose'],
  summary: 'EXPOSE names an address or a port of the host',
  why: 'EXPOSE says which port of the container is listened on, and publishes nothing: the builder drops what stands in front of the last colon, and BuildKit will refuse it in a later release. Ports are mapped where the container is started, with `docker run -p` or in the compose file.',
  examples: [{ bad: 'FROM nginx:1.27\nEXPOSE 8080:80\n', good: 'FROM nginx:1.27\nEXPOSE 80\n' }],
  *check(document) {
    for (const { word, text, isVerbatim, host, port } of exposedPorts(document)) {
      if (!/[^:]/.test(host)) continue;
      const end = word.start + host.length + 1;
      yield {
        at: word,
        message: `\`${text}\` maps a port of the host, which EXPOSE cannot do`,
        fix:
          isVerbatim && port !== ''
            ? {
                title: `Expose \`${text.slice(host.length + 1)}\``,
                safety: 'safe',
                edits: [{ start: word.start, end, text: '' }],
              }
            : undefined,
      };
    }
  },
};
