import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { decodeSource, encodeSource, type Source } from '../dockerfile/index.ts';
import { describeFailure } from '../failure.ts';
import { loadMigrationFormatter, type MigrationFormat, migrationFormats } from '../formatters/migration/index.ts';
import { folderProject } from '../lint/project.ts';
import { type Migrated, migratePair, migrateScript, type PairRequest, type Refused } from '../migrate/index.ts';
import type { MigrateReport } from '../migrate/report.ts';
import type { VerifyOptions } from '../verify/index.ts';
import { ENGINES, type EngineChoice, openEngine, readList, readVerifyOptions, withSession } from './building.ts';
import { type Command, type OptionValues, readChoice, readText, UsageError, type World } from './command.ts';
import { openArguments, proveMigration } from './migrate/prove.ts';
import { relink, withTexts } from './migrate/relink.ts';
import { type Asked, reportMigration, reportRefusal } from './migrate/report.ts';
import { writeAtomically, writeNew } from './write.ts';

export const migrateCommand: Command = {
  help: `Usage: dockerfileopt migrate [options] SCRIPT
       dockerfileopt migrate [options] --build FILE --runtime FILE [--artifact FROM:TO]…

Makes one multi-stage Dockerfile and one \`docker build\` of a script that builds an image, copies files out of it, and
builds another image with them. SCRIPT is a shell script, a Makefile or a CI configuration; it is read, never run. With a
container engine the steps that were understood are carried out on a copy of the project, the new file is built, and both
final images are compared. Without --write the plan and the diffs are shown, and nothing is changed.

Reading
  --build FILE             the Dockerfile that builds, where files are carried by hand
  --runtime FILE           the Dockerfile that runs what was built
  --artifact FROM:TO       a path of the builder's image, and where it is expected on the host; repeatable
  --directory FOLDER       the folder that SCRIPT is started in (default: that of SCRIPT, or the nearest above that fits)

Writing
  --write                  write the Dockerfile and the script, if they are verified
  --no-verify              build nothing; what is written then is not proved

Building
  --build-arg NAME=VALUE   a build argument; NAME alone takes the environment's value; repeatable
  --secret, --ssh SPEC     as the engine takes them; repeatable
  --network NAME           of RUN, as the engine names it
  --engine NAME            ${ENGINES.join(', ')} (default: auto, the first that answers)
  --builder NAME           a builder of \`docker buildx ls\`
  --run COMMAND            run this in both and compare, like \`docker run IMAGE COMMAND\`; repeatable

Output
  -f, --format FORMAT      ${migrationFormats.join(', ')} (default: text)
  -o, --output-file FILE   write the report to a file
  -q, --quiet              no progress on stderr
  --color, --no-color      colour, or none, whatever the output is

Exit code: 0 migrated; 1 refused, or not equivalent; 2 a problem with usage, or no engine to verify what is to be written;
130 interrupted.
`,
  options: {
    build: { type: 'string' },
    runtime: { type: 'string' },
    artifact: { type: 'string', multiple: true },
    directory: { type: 'string' },
    write: { type: 'boolean' },
    'no-verify': { type: 'boolean' },
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
    const format = readChoice(values, 'format', migrationFormats, 'text');
    const preference = readChoice(values, 'engine', ENGINES, 'auto');
    const options = readVerifyOptions(values, world);
    const task =
      values.build === undefined && values.runtime === undefined ? readScript(values, words) : readPair(values, words);
    const report = await runMigration(task, values, preference, options, world);
    if (report === undefined) return 130;
    const shown = values.write === true ? writeMigration(report, task) : report;
    await show(shown, format, readText(values, 'output-file'), world);
    return report.outcome === 'migrated' ? 0 : 1;
  },
};

/** What is to be migrated. */
interface Task {
  readonly asked: Asked;
  /** The folder that all paths are relative to. */
  readonly folder: string;
  readonly outcome: Migrated | Refused;
  /** What was changed beside the merging. */
  readonly changes: readonly string[];
}

function readScript(values: OptionValues, words: readonly string[]): Task {
  const [path] = words;
  if (path === undefined || words.length > 1)
    throw new UsageError('migrate takes one script: dockerfileopt migrate SCRIPT');
  if (values.artifact !== undefined) throw new UsageError('--artifact goes with --build and --runtime');
  const source = readSource(path);
  const file = resolve(path);
  const chosen = readText(values, 'directory');
  const folder = projectFolder(chosen === undefined ? file : join(resolve(chosen), 'x'), file);
  const project = folderProject(folder);
  const inside = (full: string) => relative(folder, full).split(sep).join('/');
  let first: Refused | undefined;
  for (const cwd of chosen === undefined ? foldersUp(dirname(file), folder) : [resolve(chosen)]) {
    const outcome = migrateScript({ source, path: inside(file), cwd: inside(cwd), project });
    const asked = describeTask(path, source, folder);
    if (outcome.kind === 'migrated') {
      const changes =
        cwd === dirname(file) ? [] : [`that the script is started in \`${relative(process.cwd(), cwd) || '.'}\``];
      return { asked, folder, outcome, changes };
    }
    // Only a missing file says that another folder may be meant.
    const isElsewhere = outcome.code === 'no-dockerfile' || outcome.code === 'context';
    if (first === undefined || !isElsewhere) first = outcome;
    if (!isElsewhere) break;
  }
  return { asked: describeTask(path, source, folder), folder, outcome: first!, changes: [] };
}

function readPair(values: OptionValues, words: readonly string[]): Task {
  const [build, runtime] = [readText(values, 'build'), readText(values, 'runtime')];
  if (build === undefined || runtime === undefined) throw new UsageError('--build and --runtime go together');
  if (words.length > 0) throw new UsageError('migrate takes a script, or --build and --runtime');
  const [source, last] = [readSource(build), readSource(runtime)];
  const [one, two] = [resolve(build), resolve(runtime)];
  const folder = commonFolder(dirname(one), dirname(two));
  const inside = (full: string) => relative(folder, full).split(sep).join('/');
  const request: PairRequest = {
    build: inside(one),
    runtime: inside(two),
    buildContext: inside(dirname(one)),
    context: inside(dirname(two)),
    artifacts: readList(values, 'artifact').map((text) => readArtifact(text, inside(dirname(two)))),
    project: folderProject(folder),
  };
  if (last.text === source.text) throw new UsageError('--build and --runtime are the same file');
  const asked = describeTask(build, source, folder);
  const outcome = migratePair(request);
  const fresh = outcome.kind === 'migrated' ? relink(outcome, request.project) : undefined;
  if (fresh === undefined) return { asked, folder, outcome, changes: [] };
  const project = withTexts(request.project, fresh.texts);
  return { asked, folder, outcome: migratePair({ ...request, project }), changes: fresh.what };
}

function readArtifact(text: string, context: string): { from: string; to: string } {
  const colon = text.lastIndexOf(':');
  const [from, to] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 1 || to === '' || !from.startsWith('/'))
    throw new UsageError(`--artifact ${text}: is FROM:TO, FROM an absolute path of the builder's image`);
  const path = join('/', context, to).slice(1);
  return { from, to: path };
}

function describeTask(path: string, source: Source, folder: string): Asked {
  const show = (inside: string) => relative(process.cwd(), join(folder, inside)) || '.';
  return {
    path,
    source,
    show,
    read: (inside) => {
      const file = join(folder, inside);
      return existsSync(file) ? decodeSource(file, readFileSync(file)) : undefined;
    },
  };
}

function readSource(path: string): Source {
  try {
    return decodeSource(path, readFileSync(path));
  } catch (error) {
    throw new UsageError(`${path}: ${describeFailure(error)}`);
  }
}

/** The repository's folder, if there is one, else the working folder or the script's own. */
function projectFolder(start: string, file: string): string {
  for (let folder = dirname(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) break;
  }
  const cwd = process.cwd();
  return file.startsWith(cwd + sep) ? cwd : dirname(start);
}

/** A folder and those above it, up to the project's. */
function foldersUp(from: string, project: string): string[] {
  const folders: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === project || folder === dirname(folder)) return folders;
  }
}

function commonFolder(one: string, two: string): string {
  let folder = one;
  while (two !== folder && !two.startsWith(folder.endsWith(sep) ? folder : folder + sep)) folder = dirname(folder);
  return folder;
}

/** Undefined when it was interrupted. */
async function runMigration(
  { asked, folder, outcome, changes }: Task,
  values: OptionValues,
  preference: EngineChoice,
  options: VerifyOptions,
  world: World,
): Promise<MigrateReport | undefined> {
  if (outcome.kind === 'refused') return reportRefusal(asked, outcome);
  if (values['no-verify'] === true) return await reportMigration(asked, outcome, '--no-verify was given', changes);
  return await withSession(world, values.quiet === true, async (workshop) => {
    const engine = await openEngine(preference, options, workshop);
    if ('reason' in engine) {
      if (preference === 'auto' && values.write !== true)
        return await reportMigration(asked, outcome, engine.reason, changes);
      throw new UsageError(`${engine.reason}; --no-verify does without`);
    }
    const { session, progress } = workshop;
    const proved = await proveMigration(outcome, folder, {
      engine,
      session,
      options,
      onStep: (text, line) => {
        progress.step(text);
        if (line !== undefined) progress.detail(line);
      },
      onEvent: ({ step, side, text }) => {
        if (step !== 'build') progress.step(text);
        else {
          progress.step(side === 'before' ? 'Building the old final image' : 'Building the new Dockerfile');
          progress.detail(text.replace(/^#\d+ (?:\d+\.\d+ )?/, ''));
        }
      },
    });
    return await reportMigration(asked, outcome, proved, [...changes, ...openArguments(outcome, options)]);
  });
}

/** Writes the Dockerfile first: a script that builds a file that is not there would be worse than the other way round. */
function writeMigration(report: MigrateReport, { outcome, folder, asked }: Task): MigrateReport {
  if (report.outcome !== 'migrated' || outcome.kind !== 'migrated') return report;
  const { dockerfile, script } = outcome;
  const written: string[] = [];
  const files = [dockerfile, ...(script ? [script] : [])];
  for (const { path, before } of files) {
    const full = join(folder, path);
    const now = existsSync(full) ? decodeSource(path, readFileSync(full)).text : undefined;
    if (now !== before) throw new UsageError(`${asked.show(path)}: was changed in the meantime, and is left alone`);
  }
  for (const { path, before, after } of files) {
    const full = join(folder, path);
    try {
      const source = before === undefined ? undefined : decodeSource(path, readFileSync(full));
      if (source) writeAtomically(full, encodeSource(source.withText(after)));
      else writeNew(full, Buffer.from(after));
    } catch (error) {
      throw new UsageError(`${asked.show(path)}: ${describeFailure(error)}`);
    }
    written.push(asked.show(path));
  }
  return { ...report, written };
}

async function show(
  report: MigrateReport,
  format: MigrationFormat,
  file: string | undefined,
  world: World,
): Promise<void> {
  const formatReport = await loadMigrationFormatter(format);
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
