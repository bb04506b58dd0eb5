import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { ConfigError, ConfigSearch } from '../config/load.ts';
import { patternMatcher } from '../config/patterns.ts';
import { Settings } from '../config/settings.ts';
import { type BuildArgs, type Document, decodeSource, parseDocument } from '../dockerfile/index.ts';
import { detectEngine, engineNames } from '../engines/detect.ts';
import { type Engine, EngineError } from '../engines/engine.ts';
import { Session } from '../engines/session.ts';
import { describeFailure, isFileError } from '../failure.ts';
import type { VerifyOptions } from '../verify/index.ts';
import { type OptionValues, readChoice, readText, UsageError, type World } from './command.ts';
import { Progress } from './progress.ts';
import { splitCommand } from './words.ts';

/** What the commands that build have in common: their options, their files, the engine and its session. */

export const ENGINES = ['auto', ...engineNames] as const;

export type EngineChoice = (typeof ENGINES)[number];

export const readList = (values: OptionValues, name: string) => (values[name] ?? []) as string[];

/** `--build-arg`; a name alone takes the environment's value, or none. */
export function readBuildArgs(values: OptionValues, world: World): BuildArgs {
  return Object.fromEntries(readList(values, 'build-arg').flatMap((text) => readBuildArg(text, world)));
}

function readBuildArg(text: string, world: World): [string, string][] {
  const at = text.indexOf('=');
  if (at > 0) return [[text.slice(0, at), text.slice(at + 1)]];
  if (at === 0 || text === '') throw new UsageError(`--build-arg ${text}: has no name`);
  const value = world.env[text];
  return value === undefined ? [] : [[text, value]];
}

/** What builds are given, and the user's own commands. */
export function readVerifyOptions(values: OptionValues, world: World): VerifyOptions {
  const { builder, network } = values as { builder?: string; network?: string };
  const cache = cacheFolder(world.env);
  return {
    build: {
      buildArgs: readBuildArgs(values, world),
      secrets: readList(values, 'secret'),
      ssh: readList(values, 'ssh'),
      ...(builder === undefined ? {} : { builder }),
      ...(network === undefined ? {} : { network }),
    },
    runs: readList(values, 'run').map((text) => splitCommand(text, 'run')),
    ...(cache === undefined ? {} : { cacheFolder: cache }),
  };
}

/** Where what is worth remembering between runs is kept; undefined where nobody says. */
function cacheFolder({ XDG_CACHE_HOME: cache, LOCALAPPDATA: local, HOME: home }: World['env']): string | undefined {
  const folder = cache || local || (home && join(home, '.cache'));
  return folder && isAbsolute(folder) ? join(folder, 'dockerfileopt', 'bases') : undefined;
}

/** What the command line says of a file, and where it says nothing the nearest configuration. */
export async function readSettings(path: string, values: OptionValues, world: World) {
  const file = resolve(path === '-' ? 'Dockerfile' : path);
  try {
    const loaded = await new ConfigSearch(world.book).find(dirname(file));
    const { config } = loaded;
    const matches = config.overrides ? await patternMatcher() : undefined;
    const { target, context } = new Settings(world.book, loaded, { rules: [] }, matches).forFile(file);
    const isEngine = ENGINES.some((name) => name === config.engine);
    return {
      target: readText(values, 'target') ?? target,
      context: readText(values, 'context') ?? context,
      runtime: readText(values, 'runtime') ?? config.runtime,
      preference: readChoice(values, 'engine', ENGINES, isEngine ? (config.engine as EngineChoice) : 'auto'),
    };
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`${error.path}: ${error.message}`);
    throw error;
  }
}

/** A folder as an absolute path. */
export function readContext(folder: string): string {
  const context = resolve(folder);
  if (!statSync(context, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${folder}: is not a folder, and cannot be a build context`);
  return context;
}

/** A Dockerfile that has the stage that is asked for. */
export function readDockerfile(path: string, bytes: Buffer, target: string | undefined, given?: BuildArgs): Document {
  const document = parseDocument(decodeSource(path, bytes), given);
  if (document.stages.length === 0) throw new UsageError(`${path}: has no stages`);
  if (document.target(target) === undefined) {
    const stages = document.stages.map(({ label }) => label).join(', ');
    throw new UsageError(`${path}: no stage "${target}"; there are ${stages}`);
  }
  return document;
}

/** What work with an engine gets. */
export interface Workshop {
  readonly session: Session;
  readonly progress: Progress;
}

/** Does what makes things in an engine, and removes them again; undefined when it was interrupted. */
export async function withSession<T>(
  world: World,
  quiet: boolean,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T | undefined> {
  const progress = new Progress(quiet ? { ...world, printAside: () => {} } : world);
  const session = new Session({ env: world.env });
  let isOver = false;
  session.signal.addEventListener('abort', () => {
    progress.end();
    if (!isOver) world.warn('interrupted, removing what was made');
  });
  try {
    const result = await work({ session, progress });
    return session.signal.aborted ? undefined : result;
  } catch (error) {
    if (session.signal.aborted) return undefined;
    if (error instanceof EngineError) throw new UsageError(describeFailure(error));
    // A full disk, mostly: what is written here is written to the folder of temporary files.
    if (isFileError(error)) throw new UsageError(`${error.path ?? tmpdir()}: ${describeFailure(error)}`);
    throw error;
  } finally {
    isOver = true;
    progress.end();
    for (const problem of await session.dispose()) world.warn(`could not be removed: ${problem}`);
  }
}

/** The engine that is asked for, or why there is none. */
export async function openEngine(
  preference: EngineChoice,
  { build }: VerifyOptions,
  { session, progress }: Workshop,
): Promise<Engine | { readonly reason: string }> {
  progress.step('Looking for a container engine');
  const engine = await detectEngine(preference, session);
  if ('reason' in engine) return engine;
  if (build?.builder !== undefined && !engine.capabilities.builders)
    throw new UsageError(`--builder: ${engine.name} ${engine.version} has no builders to choose from`);
  progress.step(`Found ${engine.name} ${engine.version}`);
  return engine;
}
