import type { ShellCommand } from '../../dockerfile/index.ts';
import { isWithin } from './copies.ts';
import { packageCall } from './installs.ts';

/**
 * Whether a command empties a folder: an absolute one, or the end of a path in whatever home (`.cache/pip`). What the
 * shell expands is taken to be the folder when it could be.
 */
export function removesFolder(command: ShellCommand, folder: string): boolean {
  const { name, args } = command;
  const isFind = name === 'find' && args.some(({ value }) => /^-(?:delete|exec(?:dir)?)$/.test(value));
  if (name !== 'rm' && !isFind) return false;
  return args.some(({ value }) => !value.startsWith('-') && mayBe(value.replace(/\/+\**$/, ''), folder));
}

function mayBe(path: string, folder: string): boolean {
  if (!folder.startsWith('/')) {
    const parts = folder.split('/');
    return (
      parts.some((_, index) => `/${path}`.endsWith(`/${parts.slice(0, index + 1).join('/')}`)) ||
      /^(?:~|\/root|\$\{?HOME\}?)$/.test(path)
    );
  }
  const known = path.search(/[*?[{$]/);
  if (known < 0) return path.startsWith('/') && isWithin(folder, path);
  return (
    `${folder}/`.startsWith(path.slice(0, known)) &&
    (known > 1 || path.includes(folder.slice(folder.lastIndexOf('/') + 1)))
  );
}

/** Whether a command may take a program away: by its package, one it needs, or its file. */
export function mayRemoveProgram(command: ShellCommand, program: string): boolean {
  const { name, args } = command;
  if (name === 'rm') return args.some(({ value }) => value.split('/').some((part) => part.startsWith(program)));
  return packageCall(command)?.parsed.action === 'remove' || args.some(({ value }) => value === program);
}
