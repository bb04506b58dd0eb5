import { makeCheck } from '../model.ts';
import { explainRuntimeError } from '../runtime-errors.ts';
import type { RunCheck } from './run-check.ts';

/** The health check passes where the original's does. */
export const health: RunCheck = {
  id: 'health',
  check({ before: [first, second], after }) {
    const cause = { kind: 'behaviour', what: 'health' } as const;
    const done = (fine: string, ...evidence: Parameters<typeof makeCheck>[3]) =>
      makeCheck('health', 'starts', fine, evidence);
    if (first.health === 'none') return done('The original has no health check, or does not live to see it');
    if (first.health !== second.health || first.health === 'unknown') {
      return done('', { outcome: 'unknown', message: 'The health of the original could not be told', cause });
    }
    if (first.health === after.health) {
      if (first.health === 'healthy') return done('Both are healthy');
      return done('', {
        outcome: 'unknown',
        message: `The original is unhealthy by itself: ${first.healthOutput}`,
        cause,
      });
    }
    const known = explainRuntimeError(after.healthOutput);
    const said = after.healthOutput === '' ? '' : `: ${after.healthOutput.slice(0, 200)}`;
    const message = `The original is ${first.health}, the rewrite ${after.health === 'none' ? 'has no health' : `is ${after.health}`}${said}`;
    return done('', {
      outcome: first.health === 'healthy' ? 'worse' : 'changed',
      message,
      cause,
      ...(known ? { hint: known.hint } : {}),
    });
  },
};
