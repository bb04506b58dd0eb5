import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file's content as a whole: whoever reads it, whatever happens meanwhile, sees the old bytes or the new.
 * Mode and owner stay; behind a symbolic link it is the target that changes. Throws the file system's errors.
 */
export function writeAtomically(path: string, bytes: Buffer): void {
  const target = realpathSync(path);
  const stats = statSync(target);
  if (!stats.isFile()) throw new Error('cannot be written back: not a regular file');
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${process.pid}-${Date.now()}.tmp`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    try {
      writeFileSync(file, bytes);
      keepOwner(file, stats.uid, stats.gid);
      // After the owner, whose change clears some of the bits.
      fchmodSync(file, stats.mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

/** Makes a file that is there with all of its content, or not at all. Throws where there is one already. */
export function writeNew(path: string, bytes: Buffer): void {
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${process.pid}-${Date.now()}.tmp`);
  const file = openSync(temporary, 'wx', 0o666);
  try {
    try {
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(temporary, path);
  } finally {
    unlinkSync(temporary);
  }
}

/** Only root may give a file away; for others a file in a shared folder becomes theirs. */
function keepOwner(file: number, uid: number, gid: number): void {
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
