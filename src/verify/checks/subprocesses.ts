import { absentPrograms, programNames, starterOf } from '../absent.ts';
import { type Evidence, makeCheck } from '../model.ts';
import { entryKind, needOf } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** A program that starts other programs finds those that it names. */
export const subprocesses: StaticCheck = {
  id: 'subprocesses',
  check(pair, { searched }) {
    const { before, after } = pair;
    const evidence: Evidence[] = [];
    const { answer, by } = needOf(after, 'programs', searched);
    const gone = absentPrograms(pair);
    const fine = 'Programs that are started at run time are there, or none is started';
    if (answer === 'no' || gone.length === 0) return makeCheck('subprocesses', 'closes', fine, []);
    if (before.files.resolve('/bin/sh') !== undefined && after.files.resolve('/bin/sh') === undefined) {
      const left = programNames(after).size;
      const lost = `of ${programNames(before).size} programs in PATH ${left === 0 ? 'none is' : `${left} are`} left, and no shell`;
      const hint = 'Choose a base image with a shell and the programs that are started';
      const message =
        answer === 'yes' ? `${by} starts other programs; ${lost}` : `The program may start other programs; ${lost}`;
      evidence.push({ outcome: 'unknown', message, cause: { kind: 'shell', name: '/bin/sh' }, hint });
    }
    for (const name of gone) {
      const reader = starterOf(name, pair);
      if (reader === undefined) continue;
      const hint = `Install the package of ${name}`;
      const message = `${reader} names ${name}, a program that is not there any more`;
      evidence.push({ outcome: 'unknown', message, cause: { kind: 'program', name }, hint });
    }
    const caveat =
      answer === 'yes' && entryKind(after) === 'native'
        ? `${by} starts other programs; which ones could not be told, and ${gone.length} of the original's are gone`
        : undefined;
    return makeCheck('subprocesses', 'closes', fine, evidence, caveat);
  },
};
