import { isLibraryImage } from '../src/knowledge/library.ts';
import { optionOf } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

/** Names that Docker Hub also goes by. */
const DOCKER_HUB = /^(?:index\.docker\.io|registry-1\.docker\.io|hub\.docker\.com)$/;

export const rule: Rule = {
  id: 'no-untrusted-registry',
  aliases: ['DL3026'],
  severity: 'error',
  options: {
    registries: {
      description:
        'Registries that images may come from, such as `docker.io`, `localhost:5000` or `*.example.com`; `*` stands for any characters',
      schema: { type: 'array', items: { type: 'string' } },
      default: [],
    },
  },
  summary: 'An image comes from a registry that the configuration does not name',
  why: 'Whoever can push to the registry of a base image decides what is in yours. An image without a registry in its name comes from `docker.io`. A name that a variable hides is not judged. Without the option `registries` nothing is reported.',
  examples: [
    {
      options: { registries: ['registry.example.com'] },
      bad: 'FROM quay.io/team/base:1.2\n',
      good: 'FROM registry.example.com/team/base:1.2\n',
    },
  ],
  *check(document, context) {
    const registries = optionOf(context, 'registries');
    if (!Array.isArray(registries) || registries.length === 0) return;
    const trusted = new RegExp(`^(?:${registries.map(expressionOf).join('|')})$`);
    for (const stage of document.stages) {
      for (const { target, range, kind } of stage.references) {
        const text = target.kind === 'image' ? target.image.text : kind === 'base' ? stage.baseText : '';
        if (target.kind === 'stage' || !isRegistryKnown(text)) continue;
        // What has no tag may be a build context.
        if (text === 'scratch' || (kind !== 'base' && /^\w[\w-]*$/.test(text) && !isLibraryImage(text))) continue;
        const registry = registryOf(text);
        if (trusted.test(registry)) continue;
        yield { at: range, message: `\`${text}\` comes from \`${registry}\`, which is not trusted` };
      }
    }
  },
};

/** No variable is in front of the end of the registry's name. */
function isRegistryKnown(text: string): boolean {
  const known = text.split('$')[0]!;
  return (
    !/^(?:\/|$)/.test(text) && (known === text || known.includes('/') || (/[:@]/.test(known) && !text.includes('/')))
  );
}

/** The first part of the name, if it looks like a host: with a dot, a port, or `localhost`. */
function registryOf(image: string): string {
  const [host, ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(host!) || host === 'localhost');
  return isHost ? withOneName(host!.toLowerCase()) : 'docker.io';
}

function withOneName(registry: string): string {
  return DOCKER_HUB.test(registry) ? 'docker.io' : registry;
}

function expressionOf(pattern: string): string {
  const parts = withOneName(pattern.toLowerCase()).split(/\*+/);
  return parts.map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')).join('.*');
}
