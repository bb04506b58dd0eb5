import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Command, type OptionValues, UsageError, type World } from './commands/command.ts';
import { lintCommand } from './commands/lint.ts';
import { plain } from './formatters/formatter.ts';
import { nearest } from './lint/nearest.ts';
import { version } from './version.ts';

/** The subcommands; all but the default one are loaded when they are asked for. */
const commands: Readonly<Record<string, () => Command | Promise<Command>>> = {
  lint: () => lintCommand,
  graph: async () => (await import('./commands/graph.ts')).graphCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
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
  graph [FILE]     show how the stages of a Dockerfile depend on one another
  explain RULE     say what a rule is for, with an example
  rules            list all rules

  -h, --help       help; with a command, for that command
  -v, --version    the version

`;

/** Runs the command that the arguments ask for and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    warn(error.message);
    return 2;
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [first = ''] = argv;
  const isCommand = Object.hasOwn(commands, first);
  const command = await commands[isCommand ? first : 'lint']!();
  const { values, positionals } = parse(isCommand ? argv.slice(1) : argv, command);
  const meant = isCommand ? undefined : nearest(first, Object.keys(commands));
  if (meant && !existsSync(first)) throw new UsageError(`unknown command ${first}, did you mean ${meant}?`);
  if (values.help) print(isCommand ? command.help : `${help}${command.help}`);
  else if (values.version) print(`${version}\n`);
  else return command.run(values, positionals, createWorld(values));
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

function createWorld(values: OptionValues): World {
  return {
    print,
    warn,
    async palette(stream = 'stdout') {
      if (!wantsColour(values, stream)) return plain;
      const { default: picocolors } = await import('picocolors');
      return picocolors.createColors(true);
    },
    readInput: () => readFileSync(0),
  };
}

function wantsColour(values: OptionValues, stream: 'stdout' | 'stderr' | 'file'): boolean {
  if (values['no-color']) return false;
  if (values.color) return true;
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR || stream === 'file') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return process[stream].isTTY === true && TERM !== 'dumb';
}

function print(text: string | Buffer): void {
  if (text.length > 0) process.stdout.write(text);
}

function warn(line: string): void {
  process.stderr.write(`dockerfileopt: ${line}\n`);
}
