import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, posix, resolve, sep } from 'node:path';
import type { Project } from './types.ts';

/** A manifest or ignore file that is larger is none that anyone wrote. */
const LARGEST_TEXT = 1 << 20;

/** A project without files, for text that comes from nowhere. */
export const emptyProject: Project = {
  readText: () => undefined,
  list: () => [],
};

/**
 * The files of a build context. Nothing is read until a rule asks, nothing outside the folder is ever read, whatever
 * `..` or a symbolic link says, and what cannot be read is not there.
 */
export function folderProject(folder: string): Project {
  const root = resolve(folder);
  const texts = new Map<string, string | undefined>();
  const lists = new Map<string, readonly string[]>();
  let realRoot: string | undefined;

  const locate = (path: string): string | undefined => {
    const asked = join(root, posix.normalize(`/${path}`));
    // Most of what is asked for is not there, and an error is dear.
    if (!existsSync(asked)) return undefined;
    realRoot ??= realpathSync.native(root);
    const real = realpathSync.native(asked);
    if (real !== realRoot && !real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) return undefined;
    return real;
  };

  const attempt = <T>(path: string, read: (real: string) => T): T | undefined => {
    try {
      const real = locate(path);
      return real === undefined ? undefined : read(real);
    } catch {
      return undefined;
    }
  };

  return {
    readText(path) {
      if (!texts.has(path)) texts.set(path, attempt(path, readText));
      return texts.get(path);
    },
    list(path) {
      if (!lists.has(path)) lists.set(path, attempt(path, (real) => readdirSync(real).sort()) ?? []);
      return lists.get(path)!;
    },
  };
}

function readText(path: string): string | undefined {
  const stats = statSync(path);
  // A pipe or device would block.
  if (!stats.isFile() || stats.size > LARGEST_TEXT) return undefined;
  const bytes = readFileSync(path);
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : undefined;
}
