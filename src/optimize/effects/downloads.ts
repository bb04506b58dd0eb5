import type { Call, Effect } from '../types.ts';
import { each, operands, optionOf } from './files.ts';

const NONE: readonly Effect[] = [];

/** What the commands do that fetch something from elsewhere. */
export function downloadEffects(call: Call): readonly Effect[] | undefined {
  switch (call.name) {
    case 'curl': {
      const named = optionOf(call, '-o', '--output') ?? clustered(call, 'o');
      if (named !== undefined) return fetched(call, [named]);
      const isNamedByUrl = call.args.some((arg) => /^-[a-zA-Z]*O/.test(arg) || arg === '--remote-name');
      return isNamedByUrl ? fetched(call, call.args.filter((arg) => arg.includes('://')).map(lastPart)) : NONE;
    }
    case 'wget': {
      const named = optionOf(call, '-O', '--output-document') ?? clustered(call, 'O');
      if (named !== undefined) return named === '-' ? NONE : fetched(call, [named]);
      const folder = optionOf(call, '-P', '--directory-prefix');
      const names = operands(call, ['-P', '-o', '-t', '-T']).map(lastPart);
      return fetched(call, folder === undefined ? names : names.map((name) => `${folder}/${name}`));
    }
    case 'git':
      return gitEffects(call);
    case 'hg':
    case 'svn':
      return [{ kind: 'write', path: call.cwd, role: 'source', entry: 'folder', isOpaque: true }];
    default:
      return undefined;
  }
}

function fetched(call: Call, words: readonly string[]): readonly Effect[] {
  return each(call, words, (path) => ({ kind: 'write', path, role: 'unknown', origin: `fetched by \`${call.name}\`` }));
}

/** The value behind a cluster of short options that ends in the letter: `-sSLo FILE`. */
function clustered(call: Call, letter: string): string | undefined {
  const at = call.args.findIndex((arg) => /^-[a-zA-Z]+$/.test(arg) && arg.endsWith(letter));
  return at < 0 ? undefined : call.args[at + 1];
}

function lastPart(url: string): string {
  return (
    url
      .replace(/[?#].*$/, '')
      .split('/')
      .pop() ?? ''
  );
}

function gitEffects(call: Call): readonly Effect[] {
  const words = operands(call, ['-b', '--branch', '--depth', '-c', '-C', '--reference', '-j', '--config']);
  if (words[0] !== 'clone') return NONE;
  const [, url, folder] = words;
  if (url === undefined) return NONE;
  const path = call.path(folder ?? lastPart(url.replace(/\/+$/, '')).replace(/\.git$/, ''));
  return path === undefined
    ? [{ kind: 'unknown', below: call.cwd, why: 'where `git clone` puts the sources is not known' }]
    : [{ kind: 'write', path, role: 'source', entry: 'folder', isOpaque: true, origin: 'fetched by `git clone`' }];
}
