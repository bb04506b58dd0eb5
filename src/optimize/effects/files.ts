import { joinPath } from '../../dockerfile/index.ts';
import type { Call, Effect } from '../types.ts';
import type { World } from '../world.ts';

const NONE: readonly Effect[] = [];

/** Commands that change nothing that an image has, or only what lies where it lay before. */
const HARMLESS: ReadonlySet<string> = new Set(
  `true false : ls cat echo printf test [ [[ sleep date uname which type env printenv pwd id whoami hash wait read
  head tail grep egrep fgrep awk sort uniq cut tr wc xargs basename dirname readlink realpath expr seq stat du df
  diff cmp md5sum sha1sum sha256sum sha512sum shasum file ldd nproc getent arch hostname umask ulimit sync set shopt
  trap exit return break continue shift unset alias command strip upx chmod sed perl gpg gpgv gpgconf jq yq base64 od
  kill killall ps tput clear lscpu free history local readonly declare typeset getconf time`.split(/\s+/),
);

type Handler = (call: Call, world: World) => readonly Effect[] | undefined;

const HANDLERS: Readonly<Record<string, Handler>> = {
  cd: (call) => {
    const word = call.args.find((arg) => !arg.startsWith('-')) ?? '~';
    const path = call.path(word);
    return path === undefined
      ? [{ kind: 'unknown', below: '/', why: `\`cd ${word}\` leads to an unknown folder` }]
      : [{ kind: 'chdir', path }];
  },
  pushd: (call, world) => HANDLERS.cd!(call, world),
  popd: () => NONE,
  export: (call) =>
    call.args.flatMap((arg) => {
      const equals = arg.indexOf('=');
      if (equals < 0) return [];
      const value = arg.slice(equals + 1);
      return [{ kind: 'assign', name: arg.slice(0, equals), value: /\$|`/.test(value) ? undefined : value } as const];
    }),
  mkdir: (call) =>
    operands(call, ['-m', '--mode']).flatMap((word) => {
      const path = call.path(word);
      return path === undefined ? [] : [{ kind: 'write', path, role: 'data', entry: 'folder' } as const];
    }),
  touch: (call) => each(call, operands(call, ['-d', '-r', '-t']), (path) => ({ kind: 'write', path, role: 'data' })),
  tee: (call) => each(call, operands(call), (path) => ({ kind: 'write', path, role: 'data' })),
  rm: (call) => each(call, operands(call), (path) => ({ kind: 'remove', path })),
  rmdir: (call) => each(call, operands(call), (path) => ({ kind: 'remove', path })),
  unlink: (call) => each(call, operands(call), (path) => ({ kind: 'remove', path })),
  mv: (call, world) => transfer(call, world, 'move'),
  cp: (call, world) => transfer(call, world, 'copy'),
  rsync: (call, world) => transfer(call, world, 'copy'),
  install: (call, world) => {
    if (call.args.some((arg) => arg === '-d' || arg === '--directory' || /^-[a-zA-Z]*d$/.test(arg))) {
      const words = operands(call, ['-m', '-o', '-g']);
      const owner = optionOf(call, '-o');
      return words.flatMap((word): Effect[] => {
        const path = call.path(word);
        if (path === undefined) return [];
        const made: Effect = { kind: 'write', path, role: 'data', entry: 'folder' };
        return owner === undefined ? [made] : [made, { kind: 'owner', path, owner }];
      });
    }
    return transfer(call, world, 'copy', ['-m', '-o', '-g', '-S']);
  },
  ln: (call, world) => {
    const words = operands(call, ['-t']);
    if (words.length === 0) return NONE;
    const [target, name = '.'] = words;
    const named = call.path(name);
    if (named === undefined || /\$|`/.test(target!)) return NONE;
    const into = /(?:^|\/)\.?$/.test(name) || world.tree.get(named)?.kind === 'folder' || SYSTEM_FOLDER.test(named);
    const at = into ? `${named}/${target!.split('/').pop()}` : named;
    const isSymbolic = call.args.some((arg) => /^-[a-z]*s|^--symbolic$/.test(arg));
    // What a symbolic link says counts from the folder that it lies in.
    const to = isSymbolic ? joinPath(at.slice(0, at.lastIndexOf('/')) || '/', target!) : call.path(target!);
    return to === undefined ? NONE : [{ kind: 'link', path: at, to }];
  },
  chown: (call) => {
    const [owner, ...words] = operands(call, ['--from']);
    if (owner === undefined || /\$|`/.test(owner)) return undefined;
    return each(call, words, (path) => ({ kind: 'owner', path, owner }));
  },
  chgrp: () => NONE,
  tar: (call) => {
    const [first = ''] = call.args;
    const mode = first.replace(/^--?/, '');
    if (!/x/.test(mode.slice(0, 12)) && !call.args.includes('--extract') && !call.args.includes('-x')) return NONE;
    const folder = optionOf(call, '-C', '--directory') ?? call.cwd;
    return unpacked(call, folder);
  },
  unzip: (call) => unpacked(call, optionOf(call, '-d') ?? call.cwd),
  gunzip: () => NONE,
  gzip: () => NONE,
  find: (call) => (call.args.some((arg) => arg === '-exec' || arg === '-execdir') ? undefined : NONE),
  dd: (call) => {
    const word = call.args.find((arg) => arg.startsWith('of='));
    return word === undefined ? NONE : each(call, [word.slice(3)], (path) => ({ kind: 'write', path, role: 'data' }));
  },
};

const SYSTEM_FOLDER =
  /^(?:\/usr(?:\/local)?)?\/s?bin$|^\/(?:etc|opt|tmp|root|home|srv|var|usr(?:\/local)?|usr(?:\/local)?\/(?:lib|share|etc|include))$/;

/** What the commands do that every system has for its files. */
export function fileEffects(call: Call, world: World): readonly Effect[] | undefined {
  if (HARMLESS.has(call.name)) return NONE;
  return Object.hasOwn(HANDLERS, call.name) ? HANDLERS[call.name]!(call, world) : undefined;
}

function transfer(
  call: Call,
  world: World,
  kind: 'move' | 'copy',
  valueOptions: readonly string[] = [],
): readonly Effect[] | undefined {
  const words = [...operands(call, [...valueOptions, '-t', '--target-directory'])];
  const named = optionOf(call, '-t', '--target-directory');
  const last = named ?? words.pop();
  if (last === undefined || words.length === 0) return undefined;
  const to = call.path(last);
  if (to === undefined)
    return [{ kind: 'unknown', below: '/', why: `where \`${call.name}\` puts ${words[0]} is not known` }];
  const into =
    named !== undefined ||
    words.length > 1 ||
    /(?:^|\/)\.{0,2}$/.test(last) ||
    world.tree.get(to)?.kind === 'folder' ||
    SYSTEM_FOLDER.test(to);
  return words.flatMap((word): Effect[] => {
    // `cp -r dist/. /app` copies the content.
    const isContent = /(?:^|\/)\.$/.test(word) && word !== '.';
    const from = call.path(word);
    if (from === undefined)
      return [{ kind: 'unknown', below: to, why: `what \`${call.name}\` puts there is not known` }];
    return [{ kind, from, to, into: into && !isContent }];
  });
}

function unpacked(call: Call, folder: string): readonly Effect[] {
  const path = call.path(folder);
  return path === undefined
    ? [{ kind: 'unknown', below: '/', why: `where \`${call.name}\` unpacks is not known` }]
    : [
        {
          kind: 'write',
          path,
          role: 'unknown',
          entry: 'folder',
          isOpaque: true,
          origin: `unpacked by \`${call.name}\``,
        },
      ];
}

/** The arguments that are no options, those behind options that take a value left out. */
export function operands(call: Call, valueOptions: readonly string[] = []): readonly string[] {
  const found: string[] = [];
  let isOpen = true;
  for (let at = 0; at < call.args.length; at++) {
    const arg = call.args[at]!;
    if (isOpen && arg === '--') isOpen = false;
    else if (isOpen && arg.startsWith('-') && arg !== '-') {
      if (valueOptions.includes(arg)) at++;
    } else found.push(arg);
  }
  return found;
}

/** The value of an option written `-o value`, `-ovalue`, `--option value` or `--option=value`. */
export function optionOf(call: Call, ...names: readonly string[]): string | undefined {
  for (const [at, arg] of call.args.entries()) {
    for (const name of names) {
      if (arg === name) return call.args[at + 1];
      if (arg.startsWith(`${name}=`)) return arg.slice(name.length + 1);
      if (name.length === 2 && arg.startsWith(name) && !arg.startsWith('--') && arg.length > 2) return arg.slice(2);
    }
  }
  return undefined;
}

/** One effect for each word whose path is known. */
export function each(call: Call, words: readonly string[], effect: (path: string) => Effect): readonly Effect[] {
  return words.flatMap((word) => {
    const path = call.path(word);
    return path === undefined ? [] : [effect(path)];
  });
}
