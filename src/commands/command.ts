import type { ParseArgsConfig } from 'node:util';
import type { Palette } from '../formatters/index.ts';
import type { Rule } from '../lint/types.ts';

/** What a command may touch of the world outside. */
export interface World {
  /** The rules there are. */
  readonly book: readonly Rule[];
  /** The environment's variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How many characters a line of stderr has; undefined where it is no terminal. */
  terminalWidth(): number | undefined;
  /** Results, on stdout. */
  print(text: string | Buffer): void;
  /** Progress, warnings and errors, on stderr; a line without its end. */
  warn(line: string): void;
  /** A report that makes way for another result, on stderr. */
  printAside(text: string): void;
  /** The styles for stdout, or for the stream named; without colour where none is wanted. */
  palette(stream?: 'stdout' | 'stderr' | 'file'): Promise<Palette>;
  /** Everything that stands on stdin. */
  readInput(): Promise<Buffer>;
}

/** The values of options, as parseArgs gives them. */
export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** One subcommand. */
export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Returns the exit code. Throws UsageError for arguments that make no sense. */
  run(values: OptionValues, words: readonly string[], world: World): Promise<number>;
}

/** What the user asked for cannot be done as asked; the message is one line, without a full stop. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** By its name: a command that is loaded on its own has a class of its own. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError';
}

/** The value of an option that takes one of a few words. */
export function readChoice<T extends string>(
  values: OptionValues,
  name: string,
  choices: readonly T[],
  fallback: T,
): T {
  const value = values[name];
  if (value === undefined) return fallback;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`--${name} is one of ${choices.join(', ')}, not "${value}"`);
  return found;
}

/** The value of an option that takes a text. */
export function readText(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}
