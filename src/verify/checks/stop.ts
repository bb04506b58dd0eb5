import { makeCheck } from '../model.ts';
import type { RunCheck } from './run-check.ts';

/** The stop signal ends the container as it ends the original. */
export const stop: RunCheck = {
  id: 'stop',
  check({ before: [first, second], after }) {
    const cause = { kind: 'behaviour', what: 'stop' } as const;
    const done = (fine: string, ...evidence: Parameters<typeof makeCheck>[3]) =>
      makeCheck('stop', 'starts', fine, evidence);
    if (first.stopCode === undefined || after.stopCode === undefined) return done('Nothing had to be stopped');
    if (first.stopCode === after.stopCode) return done(`Both end with exit code ${first.stopCode} when stopped`);
    if (first.stopCode !== second.stopCode) {
      return done('', {
        outcome: 'unknown',
        message: 'The original does not end in the same way twice when stopped',
        cause,
      });
    }
    const message = `Stopped, the original ends with exit code ${first.stopCode}, the rewrite with ${after.stopCode}`;
    // 137: it did not listen to the signal and had to be killed. Any other end is better.
    return done(message, { outcome: first.stopCode === 137 ? 'changed' : 'worse', message, cause });
  },
};
