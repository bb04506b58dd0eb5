import type { FileEntry, ResolvedUser } from '../../image/index.ts';
import { classOf, HARMLESS } from '../classes.ts';
import { type Evidence, makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { entryKind } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** Who may read, write and execute what both images have beyond their bases. */
export const permissions: StaticCheck = {
  id: 'permissions',
  check({ before, after }) {
    const evidence: Evidence[] = [];
    const kind = entryKind(before);
    for (const old of before.files.entries()) {
      const now = after.files.get(old.path);
      if (now === undefined || old.type === 'symlink' || old.type !== now.type) continue;
      if (before.isBase(old) && after.isBase(now)) continue;
      if (HARMLESS.has(classOf(old.path, kind))) continue;
      const owners = old.uid !== now.uid || old.gid !== now.gid;
      const special = (old.mode & ~now.mode & 0o6000) !== 0 || (old.capability ?? '') !== (now.capability ?? '');
      if (old.mode === now.mode && !owners && !special) continue;
      const lost = lostRights(before, after, old, now);
      const was = `${rights(old)}, is ${rights(now)}`;
      if (lost.length > 0) {
        const message = `The user can no longer ${lost.join(', ')} ${old.path}: it was ${was}`;
        const hint = owners
          ? `Add \`--chown=${old.uid}:${old.gid}\` to its COPY`
          : `Add \`--chmod=${octal(old.mode)}\` to its COPY`;
        evidence.push({ outcome: 'worse', message, cause: { kind: owners ? 'owner' : 'mode', path: old.path }, hint });
      } else if (special) {
        const message = `${old.path} has lost its capabilities or its set-user-id bit`;
        evidence.push({ outcome: 'worse', message, cause: { kind: 'mode', path: old.path } });
      } else if (!after.isBase(now)) {
        evidence.push({
          outcome: 'changed',
          message: `${old.path} was ${was}`,
          cause: { kind: owners ? 'owner' : 'mode', path: old.path },
        });
      }
    }
    return makeCheck('permissions', 'closes', 'The user can read, write and execute what it could', evidence);
  },
};

const octal = (mode: number): string => mode.toString(8).padStart(3, '0');
const rights = ({ mode, uid, gid }: FileEntry): string => `${octal(mode)} of ${uid}:${gid}`;

const ACTIONS = [
  ['read', 4],
  ['write', 2],
  ['execute', 1],
] as const;

function lostRights(before: Snapshot, after: Snapshot, old: FileEntry, now: FileEntry): string[] {
  const [one, two] = [before.user, after.user];
  if ('unknown' in one || 'unknown' in two) return [];
  return ACTIONS.filter(([, bit]) => allows(one, old, bit) && !allows(two, now, bit)).map(([name]) =>
    old.type === 'directory' && name === 'execute' ? 'enter' : name,
  );
}

function allows(user: ResolvedUser, entry: FileEntry, bit: number): boolean {
  // Root needs no bits, except that a file which nobody may execute is not executed.
  if (user.uid === 0) return bit !== 1 || entry.type === 'directory' || (entry.mode & 0o111) !== 0;
  if (user.uid === entry.uid) return ((entry.mode >> 6) & bit) !== 0;
  if (user.gid === entry.gid || user.groups.includes(entry.gid)) return ((entry.mode >> 3) & bit) !== 0;
  return (entry.mode & bit) !== 0;
}
