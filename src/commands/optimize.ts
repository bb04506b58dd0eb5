import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { encodeSource } from '../dockerfile/index.ts';
import { describeFailure } from '../failure.ts';
import { loadPlanFormatter, planFormats } from '../formatters/plan/index.ts';
import type { OptimizeReport } from '../optimize/report.ts';
import type { VerifyOptions } from '../verify/index.ts';
import {
  ENGINES,
  type EngineChoice,
  openEngine,
  readBuildArgs,
  readContext,
  readDockerfile,
  readSettings,
  readVerifyOptions,
  withSession,
} from './building.ts';
import { type Command, type OptionValues, readChoice, readText, UsageError, type World } from './command.ts';
import { optimizeFile, type Proving, type Request } from './optimize/report.ts';
import type { Progress } from './progress.ts';
import { writeAtomically, writeNew } from './write.ts';

export const optimizeCommand: Command = {
  help: `Usage: dockerfileopt optimize [options] [FILE]

Rewrites a Dockerfile that ships its build tools into one with a build stage and a small final stage. With a container
engine both are built, compared and started; the smallest runtime image that stands the comparison is taken. Without
--write or --output the plan and a diff are shown, and nothing is changed.
FILE is ./Dockerfile unless given; - reads stdin.

Rewriting
  --runtime IMAGE          auto, scratch, distroless, alpine, slim, or an image (default: auto, the smallest that fits)
  --target STAGE           the stage that is shipped, by name or number (default: the last)
  --write                  write the rewrite to FILE, if it is verified
  --output FILE            write it to another file, if it is verified
  --no-verify              build nothing; what is written then is not proved

Building
  --context FOLDER         the build context (default: the folder of FILE)
  --build-arg NAME=VALUE   a build argument; NAME alone takes the environment's value; repeatable
  --secret, --ssh SPEC     as the engine takes them; repeatable
  --network NAME           of RUN, as the engine names it
  --engine NAME            ${ENGINES.join(', ')} (default: auto, the first that answers)
  --builder NAME           a builder of \`docker buildx ls\`, possibly remote
  --run COMMAND            run this in both and compare, like \`docker run IMAGE COMMAND\`; repeatable

Output
  -f, --format FORMAT      ${planFormats.join(', ')} (default: text)
  -o, --output-file FILE   write the report to a file
  -q, --quiet              no progress on stderr
  --color, --no-color      colour, or none, whatever the output is

Exit code: 0 rewritten, or good as it is; 1 declined, or no rewrite was found to be equivalent; 2 a problem with usage,
or no engine to verify what is to be written; 130 interrupted.
`,
  options: {
    runtime: { type: 'string' },
    target: { type: 'string' },
    write: { type: 'boolean' },
    output: { type: 'string' },
    'no-verify': { type: 'boolean' },
    context: { type: 'string' },
    'build-arg': { type: 'string', multiple: true },
    secret: { type: 'string', multiple: true },
    ssh: { type: 'string', multiple: true },
    network: { type: 'string' },
    engine: { type: 'string' },
    builder: { type: 'string' },
    run: { type: 'string', multiple: true },
    format: { type: 'string', short: 'f' },
    'output-file': { type: 'string', short: 'o' },
    quiet: { type: 'boolean', short: 'q' },
  },
  async run(values, words, world) {
    const format = readChoice(values, 'format', planFormats, 'text');
    const file = await readFile(values, words, world);
    const report = await runOptimize(file, values, world);
    if (report === undefined) return 130;
    const shown = file.destination === undefined ? report : writeRewrite(report, file);
    await show(shown, format, readText(values, 'output-file'), world);
    return report.outcome === 'declined' ? 1 : 0;
  },
};

interface File {
  readonly request: Request;
  readonly preference: EngineChoice;
  readonly bytes: Buffer;
  /** Where the rewrite is written to, if it is. */
  readonly destination: string | undefined;
}

async function readFile(values: OptionValues, words: readonly string[], world: World): Promise<File> {
  if (words.length > 1) throw new UsageError('optimize takes one file');
  const path = words[0] ?? (existsSync('Dockerfile') || !existsSync('Containerfile') ? 'Dockerfile' : 'Containerfile');
  const output = readText(values, 'output');
  if (values.write === true && output !== undefined) throw new UsageError('--write and --output exclude each other');
  if (values.write === true && path === '-') throw new UsageError('--write needs a file; --output FILE names one');
  const set = await readSettings(path, values, world);
  const context = readContext(set.context);
  let bytes: Buffer;
  try {
    bytes = path === '-' ? await world.readInput() : readFileSync(path);
  } catch (error) {
    throw new UsageError(`${path}: ${describeFailure(error)}`);
  }
  const { target, runtime, preference } = set;
  const document = readDockerfile(path, bytes, target, readBuildArgs(values, world));
  if (runtime !== undefined && (runtime === '' || /\s/.test(runtime)))
    throw new UsageError(`--runtime is auto, scratch, distroless, alpine, slim or an image, not "${runtime}"`);
  return {
    request: { document, path, context, target, runtime },
    preference,
    bytes,
    destination: values.write === true ? path : output,
  };
}

/** Undefined when it was interrupted. */
async function runOptimize(
  { request, preference }: File,
  values: OptionValues,
  world: World,
): Promise<OptimizeReport | undefined> {
  const options = readVerifyOptions(values, world);
  if (values['no-verify'] === true) return optimizeFile(request, async () => '--no-verify was given');
  return withSession(world, values.quiet === true, (workshop) => {
    const { progress } = workshop;
    return optimizeFile(request, async (): Promise<Proving | string> => {
      const engine = await openEngine(preference, options, workshop);
      if ('reason' in engine) {
        if (preference === 'auto' && values.write !== true && values.output === undefined) return engine.reason;
        throw new UsageError(`${engine.reason}; --no-verify does without`);
      }
      return {
        engine,
        options: { ...options, onProgress: (event) => showProgress(progress, event, request.path) },
        trying: (image, remedies) =>
          progress.step(`Trying ${image}${remedies.length > 0 ? ` with ${remedies.at(-1)}` : ''}`),
        failed: (image, why) => progress.step(`${image} will not do: ${why}`),
      };
    });
  });
}

function showProgress(
  progress: Progress,
  { step, side, text }: Parameters<NonNullable<VerifyOptions['onProgress']>>[0],
  path: string,
): void {
  if (step !== 'build') progress.step(text);
  else {
    progress.step(side === 'before' ? `Building ${path}` : 'Building the rewrite');
    progress.detail(text.replace(/^#\d+ (?:\d+\.\d+ )?/, ''));
  }
}

/** Writes what was proved, or what the user wants unproved. */
function writeRewrite(report: OptimizeReport, { request, bytes, destination }: File): OptimizeReport {
  if (report.text === undefined || destination === undefined) return report;
  const { path, document } = request;
  const rewritten = encodeSource(document.source.withText(report.text));
  try {
    if (destination === path && !readFileSync(path).equals(bytes))
      throw new UsageError(`${path}: was changed in the meantime, and is left alone`);
    if (existsSync(destination)) writeAtomically(destination, rewritten);
    else writeNew(destination, rewritten);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${destination}: ${describeFailure(error)}`);
  }
  return { ...report, written: destination };
}

async function show(
  report: OptimizeReport,
  format: (typeof planFormats)[number],
  file: string | undefined,
  world: World,
): Promise<void> {
  const formatReport = await loadPlanFormatter(format);
  const text = formatReport(report, await world.palette(file === undefined ? 'stdout' : 'file'));
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
