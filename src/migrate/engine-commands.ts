import { readBuild } from './build-step.ts';
import { readCopy } from './copy-step.ts';
import { type Argument, GLOBAL, OTHER, REMOVE, splitOptions } from './options.ts';
import { imageName, type Place } from './place.ts';
import { readRun } from './run-step.ts';
import type { Step } from './types.ts';
import { ROOT, TOKEN } from './values.ts';

const ALIASES: Readonly<Record<string, string>> = {
  'image build': 'build',
  'buildx build': 'build',
  'buildx b': 'build',
  'builder build': 'build',
  bud: 'build',
  'build-using-dockerfile': 'build',
  'container create': 'create',
  'container run': 'run',
  'container cp': 'cp',
  'container rm': 'rm',
  'container stop': 'stop',
  'container kill': 'kill',
  'container wait': 'wait',
  'container logs': 'logs',
  'container start': 'start',
  'container exec': 'exec',
  'container commit': 'commit',
  'container export': 'export',
  'image rm': 'rmi',
  'image tag': 'tag',
  'image push': 'push',
};

/** The engine's subcommand and what follows it; undefined for what is no engine's. */
export function readSubcommand(words: readonly Argument[]): { name: string; args: readonly Argument[] } | undefined {
  const program = words[0];
  if (
    program === undefined ||
    !/(?:^|\/|\$\{?[A-Z_]*)(?:docker|podman|buildah|nerdctl|DOCKER|PODMAN|BUILDAH)(?:_(?:CMD|BIN|EXE|COMMAND))?\}?$/.test(
      program.text,
    )
  )
    return undefined;
  const { operands } = splitOptions(words.slice(1), GLOBAL, true);
  const [first, second] = operands;
  if (first === undefined) return { name: '', args: [] };
  const alias = ALIASES[`${first.text} ${second?.text}`];
  if (alias !== undefined) return { name: alias, args: operands.slice(2) };
  const isGroup = /^(?:image|container|buildx|builder|system|volume|network|manifest)$/.test(first.text);
  const name = isGroup ? `${first.text} ${second?.text ?? ''}`.trim() : (ALIASES[first.text] ?? first.text);
  return { name, args: operands.slice(isGroup ? 2 : 1) };
}

/** Makes a step of an engine's subcommand. */
export function readEngineCommand(name: string, args: readonly Argument[], place: Place): Step {
  const base = { start: place.start, end: place.end, text: place.text, unit: place.unit };
  switch (name) {
    case 'build':
      return readBuild(args, place);
    case 'create':
    case 'run':
      return readRun(name, args, place);
    case 'cp':
      return readCopy(args, place);
    case 'rm':
    case 'stop':
    case 'kill':
    case 'wait':
    case 'logs': {
      const { operands } = splitOptions(args, name === 'rm' ? REMOVE : OTHER);
      return { kind: 'remove', containers: operands.map(({ text }) => text), images: [], ...base };
    }
    case 'rmi': {
      const { operands } = splitOptions(args, REMOVE);
      return { kind: 'remove', containers: [], images: operands.map(({ text }) => imageName(text)), ...base };
    }
    case 'tag': {
      const { operands } = splitOptions(args, OTHER);
      const [from = '', to = ''] = operands.map(({ text }) => imageName(text));
      return { kind: 'tag', from, to, ...base };
    }
    case 'start': {
      const { operands } = splitOptions(args, OTHER);
      return { kind: 'start', container: operands[0]?.text ?? '', ...base };
    }
    case 'push':
    case 'save':
    case 'history':
    case 'inspect':
    case 'image inspect':
    case 'scan': {
      const { operands } = splitOptions(args, {
        valued: [...OTHER.valued, 'o output', 'f format'],
        flags: OTHER.flags,
      });
      return {
        kind: 'use',
        images: operands.map(({ text }) => imageName(text)),
        containers: operands.map(({ text }) => text),
        name,
        ...base,
      };
    }
    case 'pull':
    case 'login':
    case 'logout':
    case 'version':
    case 'info':
    case 'images':
    case 'ps':
    case 'image ls':
    case 'image prune':
    case 'system prune':
    case 'volume prune':
    case '':
      return { kind: 'use', images: [], containers: [], name, ...base };
    default: {
      const mentioned = args.map(({ text }) => text);
      const shown = name.replaceAll(ROOT, '.').replaceAll(TOKEN, '');
      return {
        kind: 'use',
        images: mentioned.map(imageName),
        containers: mentioned,
        name: shown,
        isDark: true,
        ...base,
      };
    }
  }
}
