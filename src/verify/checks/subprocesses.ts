import { DEFAULT_PATH } from '../../image/index.ts';
import { type Evidence, makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { needOf } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** A program that starts other programs finds some to start. */
export const subprocesses: StaticCheck = {
  id: 'subprocesses',
  check({ before, after }, { searched }) {
    const evidence: Evidence[] = [];
    const [old, now] = [programNames(before), programNames(after)];
    const hasShell = after.files.resolve('/bin/sh') !== undefined;
    if (before.files.resolve('/bin/sh') !== undefined && !hasShell) {
      const { answer, by } = needOf(after, 'programs', searched);
      const cause = { kind: 'shell', name: '/bin/sh' } as const;
      const lost = `of ${old.size} programs in PATH ${now.size === 0 ? 'none is' : `${now.size} are`} left, and no shell`;
      if (answer === 'yes') {
        const hint = 'Choose a base image with a shell and the programs that are started';
        evidence.push({ outcome: 'unknown', message: `${by} starts other programs; ${lost}`, cause, hint });
      } else if (answer === 'maybe' && after.chain.problem === undefined) {
        evidence.push({ outcome: 'unknown', message: `The program may start other programs; ${lost}`, cause });
      }
    }
    return makeCheck(
      'subprocesses',
      'closes',
      'Programs that are started at run time are there, or none is started',
      evidence,
    );
  },
};

function programNames({ files, config }: Snapshot): Set<string> {
  const names = new Set<string>();
  for (const folder of (config.env.get('PATH') ?? DEFAULT_PATH).split(':')) {
    for (const name of files.list(folder)) names.add(name);
  }
  return names;
}
