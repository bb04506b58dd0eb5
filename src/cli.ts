import { existsSync, fstatSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rules } from '../rules/index.ts';
import { type Command, isUsageError, type OptionValues, UsageError, type World } from './commands/command.ts';
import { lintCommand } from './commands/lint.ts';
import { errorCode } from './failure.ts';
import { escapeControls } from './formatters/escape.ts';
import { plain } from './formatters/formatter.ts';
import { nearest } from './lint/nearest.ts';
import type { Rule } from './lint/types.ts';
import { version } from './version.ts';

/** The subcommands; all but the default one are loaded when they are asked for. */
const commands: Readonly<Record<string, () => Command | Promise<Command>>> = {
  lint: () => lintCommand,
  optimize: async () => (await import('./commands/optimize.ts')).optimizeCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  graph: async () => (await import('./commands/graph.ts')).graphCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  init: async () => (await import('./commands/init.ts')).initCommand,
  rules: async () => (await import('./commands/rules.ts')).rulesCommand,
};

const commonOptions = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
} as const;

const help = `Usage: dockerfileopt [COMMAND] [options]

Commands
  lint [PATH…]     find problems, and repair them with --fix; the default
  optimize [FILE]  rewrite a file that ships its build tools, and prove the rewrite
  verify BEFORE AFTER
                   build two Dockerfiles and say whether the second may replace the first
  migrate SCRIPT   make one Dockerfile and one build of a script that carries files between images
  graph [FILE]     show how the stages of a Dockerfile depend on one another
  explain RULE     say what a rule is for, with an example
  rules            list all rules
  init             write a configuration to start from, or translate that of hadolint

  -h, --help       help; with a command, for that command
  -v, --version    the version

`;

interface OutputStream {
  readonly isTTY: boolean;
  /** Of a terminal, in characters. */
  readonly columns?: number | undefined;
  write(text: string | Uint8Array): unknown;
}

/** What a run reads and writes, and the rules it knows. */
export interface Surroundings {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly book: readonly Rule[];
}

const ofProcess: Surroundings = {
  stdout: outputStream('stdout', 1),
  stderr: outputStream('stderr', 2),
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  book: rules,
};

/** Node's own streams take milliseconds to set up, so they are left alone as long as they are not needed. */
function outputStream(name: 'stdout' | 'stderr', file: number): OutputStream {
  return {
    get isTTY() {
      return fstatSync(file).isCharacterDevice() && process[name].isTTY === true;
    },
    get columns() {
      return process[name].columns;
    },
    write(text) {
      const bytes = Buffer.from(text);
      const written = writeAvailable(file, bytes);
      if (written < bytes.length) process[name].write(bytes.subarray(written));
    },
  };
}

/** Writes until the other end has to catch up, and returns how much it took. */
function writeAvailable(file: number, bytes: Buffer): number {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written);
  } catch (error) {
    if (errorCode(error) === 'EPIPE') return bytes.length; // A reader that has seen enough.
    if (errorCode(error) !== 'EAGAIN') throw error;
  }
  return written;
}

/** Runs the command that the arguments ask for and returns the exit code. */
export async function main(argv: readonly string[], given: Partial<Surroundings> = {}): Promise<number> {
  const surroundings: Surroundings = Object.create(ofProcess, Object.getOwnPropertyDescriptors(given));
  const world = createWorld(surroundings);
  try {
    return await dispatch(argv, world, surroundings);
  } catch (error) {
    if (!isUsageError(error)) throw error;
    world.warn(error.message);
    return 2;
  }
}

async function dispatch(argv: readonly string[], world: World, surroundings: Surroundings): Promise<number> {
  const [first = ''] = argv;
  const isCommand = Object.hasOwn(commands, first);
  const command = await commands[isCommand ? first : 'lint']!();
  const { values, positionals } = parse(isCommand ? argv.slice(1) : argv, command);
  const meant = isCommand || existsSync(first) ? undefined : nearest(first, Object.keys(commands));
  if (meant) throw new UsageError(`unknown command ${first}, did you mean ${meant}?`);
  if (values.help) world.print(isCommand ? command.help : `${help}${command.help}`);
  else if (values.version) world.print(`${version}\n`);
  else return command.run(values, positionals, { ...world, palette: paletteFor(values, surroundings) });
  return 0;
}

function parse(args: readonly string[], command: Command): { values: OptionValues; positionals: string[] } {
  const options = { ...command.options, ...commonOptions };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (!code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    throw new UsageError(describeParseError(message, Object.keys(options)));
  }
}

function describeParseError(message: string, names: readonly string[]): string {
  const unknown = /^Unknown option '(-+)([^']*)'/.exec(message);
  if (!unknown) return message.split(/\.\s|\n/)[0]!.replace(/\.$/, '');
  const near = nearest(unknown[2]!, names);
  return `unknown option ${unknown[1]}${unknown[2]}${near ? `, did you mean --${near}?` : ''}`;
}

function createWorld(surroundings: Surroundings): World {
  return {
    book: surroundings.book,
    env: surroundings.env,
    terminalWidth() {
      const { stderr, env } = surroundings;
      return stderr.isTTY && env.TERM !== 'dumb' ? stderr.columns || 80 : undefined;
    },
    print(text) {
      if (text.length > 0) surroundings.stdout.write(text);
    },
    warn(text) {
      surroundings.stderr.write(`dockerfileopt: ${escapeControls(text)}\n`);
    },
    printAside(text) {
      if (text.length > 0) surroundings.stderr.write(text);
    },
    palette: async () => plain,
    async readInput() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of surroundings.stdin) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
}

function paletteFor(values: OptionValues, surroundings: Surroundings): World['palette'] {
  return async (stream = 'stdout') => {
    if (!wantsColour(values, surroundings, stream)) return plain;
    const { default: picocolors } = await import('picocolors');
    return picocolors.createColors(true);
  };
}

function wantsColour(values: OptionValues, surroundings: Surroundings, stream: 'stdout' | 'stderr' | 'file'): boolean {
  if (values['no-color']) return false;
  if (values.color) return true;
  const { NO_COLOR, FORCE_COLOR, TERM } = surroundings.env;
  if (NO_COLOR || stream === 'file') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return surroundings[stream].isTTY && TERM !== 'dumb';
}
