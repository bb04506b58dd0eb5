import type { Instruction } from './instructions.ts';
import type { JoinedText } from './lines.ts';
import type { Range } from './source.ts';

/** The text that a command stands in. */
export interface ShellText {
  readonly instruction: Instruction;
  readonly text: JoinedText;
  /** Offsets of the text are offsets of the source; false where a JSON string holds escapes. */
  readonly isMapped: boolean;
  /** The source range of a span of the text. */
  range(start: number, end: number): Range;
  /** Every simple command in the order of the text. */
  readonly commands: readonly ShellCommand[];
}

/** A word of a shell command. */
export interface ShellWord extends Range {
  /** As written. */
  readonly text: string;
  /** Quotes and escapes gone; expansions stay as written. */
  readonly value: string;
  /** Nothing in it is expanded: the value is what the command gets. */
  readonly isLiteral: boolean;
  /** Where it stands in the script's text. */
  readonly at: number;
  readonly endAt: number;
}

/** An assignment in front of a command, or alone. */
export interface ShellAssignment extends Range {
  readonly name: string;
  readonly value: string;
}

/** Programs that run another program given as their arguments, with the options of theirs that take a value. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = {
  sudo: ['-u', '-g', '-h', '-p', '-C', '-r', '-t', '-U', '--user', '--group'],
  env: ['-u', '-C', '--unset', '--chdir'],
  command: [],
  exec: ['-a'],
  time: ['-o', '-f'],
  nice: ['-n'],
  nohup: [],
  setarch: [],
  gosu: [],
  eatmydata: [],
  timeout: ['-s', '-k', '--signal', '--kill-after'],
};
/** Wrappers whose first operand is not the program. */
const OPERAND_WRAPPERS: ReadonlySet<string> = new Set(['timeout', 'gosu', 'setarch']);

/** Where a command stands in its text, and how to take it apart; most commands are only asked for their names. */
export interface CommandSource {
  readonly pos: number;
  readonly end: number;
  /** The first word as written; '' for assignments alone. */
  readonly firstWord: string;
  read(): { readonly words: readonly ShellWord[]; readonly assignments: readonly ShellAssignment[] };
}

/** One simple command of a script, wrappers such as `sudo` and `env` taken off. */
export class ShellCommand implements Range {
  readonly script: ShellText;
  /** Runs only under a condition: in `if`, `case`, a loop, behind `||`, in a function. */
  readonly isConditional: boolean;
  /** In `$(…)`, backquotes or `<(…)`. */
  readonly isSubstitution: boolean;
  readonly #source: CommandSource;
  #name: string | undefined;
  #parts: ReturnType<CommandSource['read']> | undefined;
  #words: readonly ShellWord[] | undefined;
  #args: readonly ShellWord[] | undefined;

  constructor(
    script: ShellText,
    source: CommandSource,
    context: { readonly isConditional: boolean; readonly isSubstitution: boolean },
  ) {
    this.script = script;
    this.#source = source;
    this.isConditional = context.isConditional;
    this.isSubstitution = context.isSubstitution;
  }

  get start(): number {
    return this.script.range(this.#source.pos, this.#source.end).start;
  }

  get end(): number {
    return this.script.range(this.#source.pos, this.#source.end).end;
  }

  /** The program's base name, or '' when an expansion decides it. */
  get name(): string {
    this.#name ??= this.#readName();
    return this.#name;
  }

  #readName(): string {
    const { firstWord } = this.#source;
    const plain = isPlain(firstWord) ? baseName(firstWord) : undefined;
    if (plain !== undefined && !Object.hasOwn(WRAPPERS, plain)) return plain;
    const program = this.words[0];
    return program?.isLiteral ? baseName(program.value) : '';
  }

  /** Every word as written, wrappers included. */
  get allWords(): readonly ShellWord[] {
    this.#parts ??= this.#source.read();
    return this.#parts.words;
  }

  get assignments(): readonly ShellAssignment[] {
    this.#parts ??= this.#source.read();
    return this.#parts.assignments;
  }

  /** The program itself first. */
  get words(): readonly ShellWord[] {
    this.#words ??= unwrap(this.allWords);
    return this.#words;
  }

  /** The words behind the program. */
  get args(): readonly ShellWord[] {
    this.#args ??= this.words.slice(1);
    return this.#args;
  }

  /** The first argument that is no option: `install` of `apt-get -y install`. */
  get subcommand(): string | undefined {
    return this.args.find(({ value }) => !value.startsWith('-'))?.value;
  }

  /** Whether one of the options is given; `-y` is also found in `-qy`, `--yes` also in `--yes=…`. */
  hasOption(...names: readonly string[]): boolean {
    return this.option(...names) !== undefined;
  }

  /** The word that gives one of the options. */
  option(...names: readonly string[]): ShellWord | undefined {
    for (const word of this.args) {
      const { value } = word;
      if (value === '--') return undefined;
      if (!value.startsWith('-')) continue;
      for (const name of names) {
        if (value === name || (name.startsWith('--') && value.startsWith(`${name}=`))) return word;
        if (name.length === 2 && name[1] !== '-' && /^-[a-zA-Z]+$/.test(value) && value.includes(name[1]!)) return word;
      }
    }
    return undefined;
  }

  /** The value of an option written `-o value`, `-ovalue`, `-o=value` or `--output=value`. */
  optionValue(...names: readonly string[]): ShellWord | undefined {
    const { args } = this;
    for (const [index, word] of args.entries()) {
      for (const name of names) {
        if (word.value === name) return args[index + 1];
        const prefix = `${name}=`;
        if (word.value.startsWith(prefix)) return { ...word, value: word.value.slice(prefix.length) };
        if (name.length === 2 && name[1] !== '-' && word.value.startsWith(name) && !word.value.startsWith('--')) {
          return { ...word, value: word.value.slice(2) };
        }
      }
    }
    return undefined;
  }

  /** The arguments that are neither options nor the values of the options named. */
  operands(valueOptions: readonly string[] = []): readonly ShellWord[] {
    const operands: ShellWord[] = [];
    const { args } = this;
    let onlyOperands = false;
    for (let index = 0; index < args.length; index++) {
      const word = args[index]!;
      if (!onlyOperands && word.value === '--') onlyOperands = true;
      else if (!onlyOperands && word.value.startsWith('-') && word.value !== '-') {
        if (valueOptions.includes(word.value)) index++;
      } else operands.push(word);
    }
    return operands;
  }
}

/** Nothing in the word is quoted, escaped or expanded. */
export function isPlain(text: string): boolean {
  return !/[$`"'\\]/.test(text);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function unwrap(words: readonly ShellWord[]): readonly ShellWord[] {
  let at = 0;
  for (;;) {
    const program = words[at];
    const name = program?.isLiteral ? baseName(program.value) : '';
    const options = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    if (!options) break;
    let next = at + 1;
    while (next < words.length) {
      const { value } = words[next]!;
      if (value.startsWith('-')) next += options.includes(value) ? 2 : 1;
      else if (/^[A-Za-z_]\w*=/.test(value)) next++;
      else break;
    }
    if (OPERAND_WRAPPERS.has(name)) next++;
    // `command -v x` and a bare `exec` run nothing else.
    if (next >= words.length || (name === 'command' && next > at + 1)) break;
    at = next;
  }
  return words.slice(at);
}
