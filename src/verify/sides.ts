import type { Stage } from '../dockerfile/index.ts';
import type { BuildFailure, BuildOutcome } from '../engines/engine.ts';
import type { ReadImage } from './inspect.ts';
import { type BuildReport, type Check, makeCheck, type SideReport } from './model.ts';

/** One of the two Dockerfiles. */
export interface Side {
  readonly text: string;
  /** As given; names the file in reports and finds `<path>.dockerignore`. */
  readonly path: string;
  readonly target?: string | undefined;
  /** A folder. */
  readonly context: string;
  /** Of a rewrite: what its author knows not to be read at run time; counts where no program names it. */
  readonly isBuildOnly?: (path: string) => boolean;
}

/** What became of a side. */
export interface Built {
  readonly side: Side;
  readonly outcome: BuildOutcome;
  readonly cachedSeconds?: number | undefined;
  readonly stage?: Stage | undefined;
  readonly image?: ReadImage | undefined;
}

const NOT_BUILT: BuildFailure = {
  ok: false,
  cause: 'interrupted',
  message: 'Was not built, because the original could not be',
  seconds: 0,
  log: { head: [], tail: [], omitted: 0, file: '' },
};

export function notBuilt(side: Side): Built {
  return { side, outcome: NOT_BUILT };
}

/** A rewrite that does not build is worse; all other failures prove nothing about it. */
export function buildCheck(outcome: BuildOutcome, side: 'before' | 'after'): Check {
  const cause = { kind: 'build', side } as const;
  const who = side === 'before' ? 'The original' : 'The rewrite';
  if (outcome.ok) {
    const message = `${who} has no stage of that name`;
    return makeCheck('build', 'builds', '', [{ outcome: 'unknown', message, cause }]);
  }
  const isBroken = outcome.cause === 'dockerfile' && side === 'after';
  const step = outcome.step === undefined ? '' : ` (${outcome.step})`;
  const message = `${who} does not build: ${outcome.message}${step}`;
  return makeCheck('build', 'builds', '', [{ outcome: isBroken ? 'worse' : 'unknown', message, cause }]);
}

export function reportSide({ side, outcome, cachedSeconds, image }: Built): SideReport {
  return {
    dockerfile: side.path,
    target: side.target,
    imageId: outcome.ok ? outcome.imageId : undefined,
    bytes: image?.bytes,
    files: image?.snapshot.files.size,
    layers: image?.layers ?? [],
    wasted: image?.wasted ?? { bytes: 0, largest: [] },
    build: reportBuild(outcome, cachedSeconds),
  };
}

function reportBuild(outcome: BuildOutcome, cachedSeconds: number | undefined): BuildReport {
  const seconds = { seconds: outcome.seconds, ...(cachedSeconds === undefined ? {} : { cachedSeconds }) };
  if (outcome.ok) return seconds;
  const { cause, message, step, exitCode, stepLog, log } = outcome;
  return {
    ...seconds,
    failure: {
      cause,
      message,
      ...(step === undefined ? {} : { step }),
      ...(exitCode === undefined ? {} : { exitCode }),
      log: stepLog?.split('\n') ?? [...log.head, ...log.tail].slice(-40),
      ...(log.file === '' ? {} : { logFile: log.file }),
    },
  };
}
