import type { BuildFailureCause, BuildOutcome, BuildRequest, Feature } from './engine.ts';
import { type FailureReading, type LogStyle, readFailure } from './failure.ts';
import { usedFeatures } from './features.ts';
import { LogWriter, logLines } from './log.ts';
import { type Environment, type Executed, execute } from './process.ts';
import type { Session } from './session.ts';

export interface BuildCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly style: LogStyle;
  /** The image's id, read when the builder has ended well. */
  readonly imageId: (lines: readonly string[]) => Promise<string | undefined>;
  readonly supports: (feature: Feature) => Promise<boolean>;
  /** Gets every line, to find what the builder leaves behind. */
  readonly onLine?: (line: string) => void;
}

/** For the builds that find out what is known: theirs is not asked again. */
export const KNOWN: BuildCommand['supports'] = async () => true;

/** Runs a builder and makes of its log and exit code what the user must know. */
export async function runBuild(session: Session, request: BuildRequest, build: BuildCommand): Promise<BuildOutcome> {
  const writer = new LogWriter(await session.makeLogFile());
  const ran = await execute(build.command, build.args, {
    env: build.env,
    signal: session.signal,
    keep: 0,
    onLine: (line) => {
      writer.add(line);
      build.onLine?.(line);
      request.onProgress?.(line);
    },
    ...(request.timeout === undefined ? {} : { timeout: request.timeout }),
  });
  const log = await writer.close();
  const lines = logLines(log);
  const { seconds } = ran;
  const stopped = whyStopped(ran, request);
  if (stopped) return { ok: false, ...stopped, seconds, log };
  if (ran.code === 0) {
    const imageId = await build.imageId(lines);
    if (imageId) return { ok: true, imageId, seconds, log };
    return { ok: false, cause: 'engine-gone', message: 'the engine names no image', seconds, log };
  }
  const { syntax, ...reading } = readFailure(build.style, lines);
  const tooOld = syntax ? await findMissingFeature(reading, request.dockerfile.text, build.supports) : undefined;
  return { ok: false, ...reading, ...tooOld, seconds, log };
}

function whyStopped(ran: Executed, request: BuildRequest): { cause: BuildFailureCause; message: string } | undefined {
  if (ran.timedOut) {
    return { cause: 'timeout', message: `the build was stopped after ${Math.round((request.timeout ?? 0) / 1000)} s` };
  }
  if (ran.aborted) return { cause: 'interrupted', message: 'the build was interrupted' };
  return undefined;
}

/** The builder did not understand the Dockerfile: is it that the Dockerfile uses what this builder does not know? */
async function findMissingFeature(
  reading: Omit<FailureReading, 'syntax'>,
  text: string,
  supports: BuildCommand['supports'],
) {
  const unknown = /unknown flag: (?:--)?([\w-]+)/i.exec(reading.message)?.[1];
  for (const { feature, title } of usedFeatures(text)) {
    const isMissing = unknown === undefined ? !(await supports(feature)) : title.includes(`--${unknown}`);
    if (isMissing) return { cause: 'engine-too-old', feature, message: `the engine does not know ${title}` } as const;
  }
  return undefined;
}
