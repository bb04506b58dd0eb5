import { type Evidence, makeCheck } from '../model.ts';
import { compareTexts } from '../noise.ts';
import { explainRuntimeError } from '../runtime-errors.ts';
import type { RunCheck } from './run-check.ts';

/** Both print the same, but for what differs between two runs of the original. */
export const output: RunCheck = {
  id: 'output',
  check({ before: [first, second], after }) {
    const evidence: Evidence[] = [];
    for (const stream of ['stdout', 'stderr'] as const) {
      const compared = compareTexts(first[stream], second[stream], after[stream]);
      if (compared.result === 'same') continue;
      const cause = { kind: 'behaviour', what: stream } as const;
      if (compared.result === 'unstable') {
        const message = `What the original prints on ${stream} differs from run to run, and could not be compared`;
        // A server's log is not what it is for.
        evidence.push({ outcome: first.alive && after.alive ? 'changed' : 'unknown', message, cause });
        continue;
      }
      const { expected = '', actual = '' } = compared;
      const known = explainRuntimeError(`${after.stderr}\n${after.stdout}`);
      const why = known === undefined ? '' : `. ${known.means}`;
      const message = `On ${stream} the original prints ${quote(expected)}, the rewrite ${quote(actual)}${why}`;
      const outcome = first.alive && after.alive && known === undefined ? 'unknown' : 'worse';
      evidence.push({ outcome, message, cause, ...(known === undefined ? {} : { hint: known.hint }) });
    }
    return makeCheck('output', 'starts', 'Both print the same', evidence);
  },
};

const quote = (line: string): string => (line === '' ? 'nothing' : JSON.stringify(line.slice(0, 200)));
