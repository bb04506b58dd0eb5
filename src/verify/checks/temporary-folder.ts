import { makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { needOf } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** A program that writes temporary files has a folder to write them to. */
export const temporaryFolder: StaticCheck = {
  id: 'temporary-folder',
  check({ before, after }, { searched }) {
    const fine = 'Temporary files can be written, or nothing writes any';
    if (!isWritable(before) || isWritable(after)) return makeCheck('temporary-folder', 'closes', fine, []);
    const cause = { kind: 'temporary-folder' } as const;
    const hint = 'Copy /tmp with mode 1777 from the build stage, or choose a base image that has it';
    const { answer, by } = needOf(after, 'temporary files', searched);
    const lost = after.files.resolve('/tmp') ? 'the user cannot write to /tmp any more' : 'there is no /tmp any more';
    const evidence =
      answer === 'no'
        ? ({ outcome: 'changed', message: `No program writes temporary files; ${lost}`, cause } as const)
        : answer === 'yes'
          ? ({ outcome: 'worse', message: `${by} writes temporary files, and ${lost}`, cause, hint } as const)
          : ({
              outcome: 'unknown',
              message: `The program may write temporary files, and ${lost}`,
              cause,
              hint,
            } as const);
    return makeCheck('temporary-folder', 'closes', fine, [evidence]);
  },
};

function isWritable({ files, user, config }: Snapshot): boolean {
  const entry = files.resolve(config.env.get('TMPDIR') ?? '/tmp');
  if (entry?.type !== 'directory' || 'unknown' in user) return false;
  if (user.uid === 0 || (entry.mode & 0o002) !== 0) return true;
  return user.uid === entry.uid
    ? (entry.mode & 0o200) !== 0
    : user.groups.includes(entry.gid) && (entry.mode & 0o020) !== 0;
}
