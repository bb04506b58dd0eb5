import { accessSync, constants, copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describeFailure } from '../failure.ts';
import {
  loadVerificationFormatter,
  type VerificationFormat,
  verificationFormats,
} from '../formatters/verification/index.ts';
import type {
  BuildReport,
  ProgressEvent,
  Side,
  StructureTest,
  VerificationReport,
  VerifyOptions,
} from '../verify/index.ts';
import { StructureTestError } from '../verify/structure/tests.ts';
import { verify } from '../verify/verify.ts';
import { version } from '../version.ts';
import {
  ENGINES,
  type EngineChoice,
  openEngine,
  readContext,
  readDockerfile,
  readList,
  readSettings,
  readVerifyOptions,
  withSession,
} from './building.ts';
import { type Command, type OptionValues, readText, UsageError, type World } from './command.ts';
import { type Output, readOutputs } from './outputs.ts';
import type { Progress } from './progress.ts';

export const verifyCommand: Command = {
  help: `Usage: dockerfileopt verify [options] BEFORE AFTER

Builds two Dockerfiles with a container engine, compares the images, starts both, and says whether
AFTER may take the place of BEFORE. One of the two may be - for stdin. Whatever it makes it removes again.

Building
  --context FOLDER         the build context of both (default: the folder of BEFORE)
  --context-after FOLDER   another context for AFTER
  --target STAGE           the stage to build, by name or number (default: the last)
  --target-before, --target-after STAGE
                           the same for one of them
  --build-arg NAME=VALUE   a build argument; NAME alone takes the environment's value; repeatable
  --secret, --ssh SPEC     as the engine takes them; repeatable
  --platform PLATFORM      such as linux/arm64
  --network NAME           of RUN, as the engine names it
  --no-cache               build everything anew
  --time-cached            build both a second time, to tell what that takes
  --timeout SECONDS        of each build (default: none)

Engine
  --engine NAME            ${ENGINES.join(', ')} (default: auto, the first that answers)
  --builder NAME           a builder of \`docker buildx ls\`, possibly remote

Starting
  --run COMMAND            run this in both and compare, like \`docker run IMAGE COMMAND\`; repeatable
  --path PATH              ask web servers for this path too; repeatable
  --structure-tests FILE   tests for container-structure-test that hold for BEFORE have to hold for AFTER; repeatable
  --patience SECONDS       for a program to end (default: 15) or a server to listen (45)
  --no-start               start nothing: only the images at rest are compared
  --layers                 name the wasted files of large images too, which takes reading all of their layers

Output
  -f, --format FORMAT[:FILE]
                           ${verificationFormats.join(', ')} (default: text), to FILE if there is one;
                           repeatable
  -o, --output-file FILE   write the report that has no FILE of its own to this one
  -q, --quiet              no progress on stderr
  --color, --no-color      colour, or none, whatever the output is

Exit code: 0 equivalent, with or without differences; 1 not equivalent, or unproven; 2 a problem with usage,
or with the engine: missing, too old, without network or disk space, or unable to pull an image; 130 interrupted.
`,
  options: {
    context: { type: 'string' },
    'context-after': { type: 'string' },
    target: { type: 'string' },
    'target-before': { type: 'string' },
    'target-after': { type: 'string' },
    'build-arg': { type: 'string', multiple: true },
    secret: { type: 'string', multiple: true },
    ssh: { type: 'string', multiple: true },
    platform: { type: 'string' },
    network: { type: 'string' },
    'no-cache': { type: 'boolean' },
    'time-cached': { type: 'boolean' },
    timeout: { type: 'string' },
    engine: { type: 'string' },
    builder: { type: 'string' },
    run: { type: 'string', multiple: true },
    path: { type: 'string', multiple: true },
    'structure-tests': { type: 'string', multiple: true },
    patience: { type: 'string' },
    'no-start': { type: 'boolean' },
    layers: { type: 'boolean' },
    format: { type: 'string', short: 'f', multiple: true },
    'output-file': { type: 'string', short: 'o' },
    quiet: { type: 'boolean', short: 'q' },
  },
  async run(values, words, world) {
    const outputs = readOutputs(values, verificationFormats, 'text');
    for (const { file } of outputs) if (file !== undefined) checkOutput(file);
    const options = { ...readOptions(values, world), structureTests: await readTests(values) };
    const { sides, preference } = await readSides(values, words, world);
    const verified = await runVerification(preference, sides, options, world, values.quiet === true);
    if (verified === undefined) return 130;
    for (const output of outputs) await show(verified, output, world);
    return exitCode(verified);
  },
};

/** Undefined when it was interrupted. */
async function runVerification(
  preference: EngineChoice,
  [before, after]: readonly [Side, Side],
  options: VerifyOptions,
  world: World,
  quiet: boolean,
): Promise<VerificationReport | undefined> {
  return withSession(world, quiet, async (workshop) => {
    const engine = await openEngine(preference, options, workshop);
    if ('reason' in engine) throw new UsageError(engine.reason);
    const onProgress = (event: ProgressEvent) => showProgress(workshop.progress, event, before.path, after.path);
    const report = await verify(engine, before, after, { ...options, onProgress });
    // A build that was interrupted has failed, too, and nobody is told of it.
    return workshop.session.signal.aborted ? report : keepLogs(report);
  });
}

/** The titles of steps in the logs of builds; everything else would flood a log. */
const STEP_TITLE = /^(?:#\d+ \[(?!internal\])|Step \d+\/\d+ : |(?:\[\d+\/\d+\] )?STEP \d+\/\d+: )/;
/** Digests and ends of steps, in the logs of BuildKit. */
const STEP_NOISE = /^#\d+ (?:sha256:|resolve |extracting |DONE|CACHED|\.\.\.)|^$/;

function showProgress(progress: Progress, { step, side, text }: ProgressEvent, before: string, after: string): void {
  if (step !== 'build') {
    progress.step(text);
    return;
  }
  progress.step(`Building ${side === 'before' ? before : after}`);
  if (STEP_NOISE.test(text)) return;
  progress.detail(text.replace(/^#\d+ (?:\d+\.\d+ )?/, ''), STEP_TITLE.test(text));
}

/** Logs go with the session; that of a build that failed is still wanted. */
function keepLogs(report: VerificationReport): VerificationReport {
  const keep = (build: BuildReport): BuildReport => {
    const file = build.failure?.logFile;
    if (build.failure === undefined || file === undefined || !existsSync(file)) return build;
    const logFile = join(tmpdir(), `dockerfileopt-${basename(file)}`);
    copyFileSync(file, logFile);
    return { ...build, failure: { ...build.failure, logFile } };
  };
  const { before, after } = report;
  return {
    ...report,
    before: { ...before, build: keep(before.build) },
    after: { ...after, build: keep(after.build) },
  };
}

/** Finds out before the work, not behind it. */
function checkOutput(file: string): void {
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error('is a folder');
  } catch (error) {
    throw new UsageError(`${file}: ${describeFailure(error)}`);
  }
}

async function show(
  report: VerificationReport,
  { format, file }: Output<VerificationFormat>,
  world: World,
): Promise<void> {
  const formatReport = await loadVerificationFormatter(format);
  const text = formatReport({ version, report }, await world.palette(file === undefined ? 'stdout' : 'file'));
  if (file === undefined) {
    world.print(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`${file}: ${describeFailure(error)}`);
  }
}

/** Failures that say nothing about the Dockerfiles. */
const SURROUNDINGS: readonly string[] = ['engine-too-old', 'base-unavailable', 'network', 'disk-full', 'engine-gone'];

function exitCode({ verdict, before, after }: VerificationReport): number {
  const failures = [before.build.failure, after.build.failure];
  if (failures.some((failure) => failure !== undefined && SURROUNDINGS.includes(failure.cause))) return 2;
  return verdict === 'equivalent' || verdict === 'equivalent with differences' ? 0 : 1;
}

function readOptions(values: OptionValues, world: World): VerifyOptions {
  const platform = readText(values, 'platform');
  const timeout = readSeconds(values, 'timeout');
  const patience = readSeconds(values, 'patience');
  const common = readVerifyOptions(values, world);
  return {
    ...common,
    build: {
      ...common.build,
      noCache: values['no-cache'] === true,
      ...(platform === undefined ? {} : { platform }),
      ...(timeout === undefined ? {} : { timeout }),
    },
    paths: readList(values, 'path').map((path) => (path.startsWith('/') ? path : `/${path}`)),
    atRest: values['no-start'] === true,
    layers: values.layers === true,
    timeCached: values['time-cached'] === true,
    ...(patience === undefined ? {} : { patience }),
  };
}

async function readTests(values: OptionValues): Promise<StructureTest[]> {
  const paths = readList(values, 'structure-tests');
  if (paths.length === 0) return [];
  if (values['no-start'] === true) throw new UsageError('--structure-tests and --no-start exclude each other');
  const { readStructureTests } = await import('../verify/structure/read.ts'); // with a parser of YAML
  return paths.flatMap((path) => {
    try {
      return readStructureTests(readFileSync(path, 'utf8'), path);
    } catch (error) {
      throw new UsageError(error instanceof StructureTestError ? error.message : `${path}: ${describeFailure(error)}`);
    }
  });
}

/** Milliseconds. */
function readSeconds(values: OptionValues, name: string): number | undefined {
  const text = readText(values, name);
  if (text === undefined) return undefined;
  const seconds = Number(text);
  // What timers can hold.
  if (!(seconds > 0 && seconds <= 2_000_000)) throw new UsageError(`--${name} is a number of seconds, not "${text}"`);
  return seconds * 1000;
}

interface Asked {
  readonly sides: readonly [Side, Side];
  readonly preference: EngineChoice;
}

async function readSides(values: OptionValues, words: readonly string[], world: World): Promise<Asked> {
  const [before, after] = words;
  if (before === undefined || after === undefined || words.length > 2)
    throw new UsageError('verify takes two Dockerfiles: dockerfileopt verify BEFORE AFTER');
  if (before === '-' && after === '-') throw new UsageError('only one of the two can be stdin');
  const { context, target, preference } = await readSettings(before, values, world);
  const other = after === '-' ? target : (await readSettings(after, values, world)).target;
  const sides = [
    await readSide(before, context, readText(values, 'target-before') ?? target, world),
    await readSide(
      after,
      readText(values, 'context-after') ?? context,
      readText(values, 'target-after') ?? other,
      world,
    ),
  ] as const;
  return { sides, preference };
}

async function readSide(path: string, folder: string, target: string | undefined, world: World): Promise<Side> {
  const context = readContext(folder);
  let bytes: Buffer;
  try {
    bytes = path === '-' ? await world.readInput() : readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path}: ${describeFailure(error)}`);
  }
  const document = readDockerfile(path, bytes, target);
  return { text: document.source.text, path, target, context };
}
