import { type FileEntry, Packages } from '../../image/index.ts';
import { classOf, HARMLESS } from '../classes.ts';
import { type Evidence, makeCheck, type Outcome } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { entryKind } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** Files that both images have beyond their bases hold the same, or differ for a reason that is known. */
export const changedFiles: StaticCheck = {
  id: 'changed-files',
  check({ before, after }) {
    const evidence: Evidence[] = [];
    const kind = entryKind(before);
    const packages = [new Packages(before.files), new Packages(after.files)];
    for (const old of before.files.entries()) {
      if (before.isBase(old) || old.type === 'directory') continue;
      const now = after.files.get(old.path);
      // What the new base brings in its place is as good as the base is.
      if (now === undefined || (after.isBase(now) && packages.some((one) => one.ownerOf(old.path) !== undefined)))
        continue;
      const judged = judge(before, after, old, now);
      if (judged === undefined) continue;
      const isPackage = packages.every((one) => one.ownerOf(old.path) !== undefined);
      const isHarmless = HARMLESS.has(classOf(old.path, kind)) || isPackage || GENERATED.test(old.path);
      const outcome = isHarmless ? 'changed' : judged.outcome;
      const cause = { kind: 'content', path: old.path } as const;
      evidence.push({ outcome, message: `${old.path} differs: ${judged.why}`, cause });
    }
    return makeCheck('changed-files', 'closes', 'Files that both images have are the same', evidence);
  },
};

/** Written anew by every installation of packages or start of a tool. */
const GENERATED =
  /^\/etc\/(?:ld\.so\.cache|passwd|group|shadow|gshadow|subuid|subgid|ssl\/certs\/|ca-certificates)|\.py[co]$|\/(?:RECORD|INSTALLER|direct_url\.json|\.package-lock\.json|\.yarn-integrity|\.modules\.yaml|package-lock\.json)$|^\/var\/(?:log|cache)\//;

function judge(
  before: Snapshot,
  after: Snapshot,
  old: FileEntry,
  now: FileEntry,
): { outcome: Outcome; why: string } | undefined {
  if (old.type !== now.type) {
    const same = after.files.resolve(now.path)?.digest;
    if (same !== undefined && same === before.files.resolve(old.path)?.digest) {
      return { outcome: 'changed', why: `${old.type} became ${now.type} of the same content` };
    }
    return { outcome: 'unknown', why: `it was a ${old.type} and is a ${now.type}` };
  }
  if (old.type === 'symlink') {
    return old.target === now.target
      ? undefined
      : { outcome: 'unknown', why: `it pointed to ${old.target} and points to ${now.target}` };
  }
  if (old.type !== 'file' || old.digest === now.digest) return undefined;
  if (old.elf && now.elf) {
    if (old.codeDigest !== undefined && old.codeDigest === now.codeDigest) {
      return { outcome: 'changed', why: 'the code is the same, a build id or a time stamp is not' };
    }
    const linked = (entry: FileEntry) => [entry.elf?.interpreter, ...(entry.elf?.needed ?? [])].join(' ');
    // A program that was built anew to be linked in another way; what interpreters load has no reason to be.
    const isBuiltAnew = linked(old) !== linked(now) && entryKind(before) === 'native';
    if (isBuiltAnew) return { outcome: 'changed', why: 'it is linked differently' };
    return { outcome: 'unknown', why: 'the code is another one' };
  }
  if (old.archiveDigest !== undefined && old.archiveDigest === now.archiveDigest) {
    return { outcome: 'changed', why: 'the entries of the archive are the same, their times are not' };
  }
  if (old.archiveDigest !== undefined) return { outcome: 'unknown', why: 'the archive holds other entries' };
  return { outcome: 'worse', why: `its content is another one (${old.size} bytes, now ${now.size})` };
}
