import { type Evidence, makeCheck } from '../model.ts';
import type { Observation } from '../observe.ts';
import { explainRuntimeError } from '../runtime-errors.ts';
import type { RunCheck } from './run-check.ts';

/** The container stays alive where the original does, or ends with the same exit code. */
export const start: RunCheck = {
  id: 'start',
  check({ before: [first, second], after }) {
    const cause = { kind: 'behaviour', what: 'start' } as const;
    const fine = first.alive ? 'Both stay alive' : `Both end with exit code ${first.exitCode}`;
    const done = (...evidence: Evidence[]) => makeCheck('start', 'starts', fine, evidence, caveatOf(first));
    const [one, two, three] = [outcomeOf(first), outcomeOf(second), outcomeOf(after)];
    if (one !== two) {
      const message = `The original does not do the same twice: it ${one}, then it ${two}`;
      return done({ outcome: 'unknown', message, cause });
    }
    // Even with the same exit code: what a program ends with is not what the runtime does in its place.
    if (dies(first) && !dies(after)) {
      const message = `The original does not start (${oneLine(first.refusal ?? lastLine(first))}), the rewrite ${three}: there is nothing to compare it with`;
      const revived = { outcome: 'unknown', message, cause: { kind: 'behaviour', what: 'revived' } } as const;
      return makeCheck('start', 'starts', fine, [revived]);
    }
    if (one === three) {
      if (first.refusal === undefined && !isNotLoaded(first)) return done();
      const why = oneLine(first.refusal ?? lastLine(first));
      return done({ outcome: 'unknown', message: `Neither can be started: ${why}`, cause });
    }
    const known = explainRuntimeError(`${after.stderr}\n${after.stdout}`);
    const said = lastLine(after);
    const why = known === undefined ? '' : `. ${known.means}`;
    const message = `The original ${one}, the rewrite ${three}${said === '' ? '' : `: ${said}`}${why}`;
    return done({ outcome: 'worse', message, cause, ...(known === undefined ? {} : { hint: known.hint }) });
  },
};

function outcomeOf({ refusal, alive, exitCode, outOfMemory }: Observation): string {
  if (refusal !== undefined) return `cannot be started (exit code ${exitCode})`;
  if (outOfMemory) return 'runs out of memory';
  return alive ? 'stays alive' : `ends with exit code ${exitCode}`;
}

/** What the runtime says by itself, in the container's own log, where there is nothing to load the program with. */
const NOT_LOADED = /^exec \S+: no such file or directory$/;

/** The program or what is to load it is not there, as the engine, the runtime or a shell says. */
function dies(observed: Observation): boolean {
  const { refusal, alive, exitCode } = observed;
  if (refusal !== undefined || alive) return refusal !== undefined;
  return exitCode === 126 || exitCode === 127 || isNotLoaded(observed);
}

function isNotLoaded({ alive, stdout, stderr }: Observation): boolean {
  return !alive && NOT_LOADED.test(`${stdout}${stderr}`.trim());
}

/** Two equal failures prove little. */
function caveatOf(first: Observation): string | undefined {
  if (first.alive || first.refusal !== undefined || first.exitCode === 0) return undefined;
  return `The original fails by itself here (exit code ${first.exitCode}: ${lastLine(first)}), so starting it proved little`;
}

const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ').slice(0, 300);

function lastLine({ stdout, stderr }: Observation): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) => /error|cannot|not found|no such|denied|fail|exception|panic/i.test(line));
  return oneLine(telling ?? lines.at(-1) ?? '');
}
