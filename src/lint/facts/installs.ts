import type { Document, Instruction, Range, Scope, ShellCommand, ShellWord, Stage } from '../../dockerfile/index.ts';
import { type PackageCommand, packageCommand, packageManager, packageName } from '../../knowledge/packages.ts';
import { Memo } from './memo.ts';
import type { ShellRun } from './runs.ts';

/** One package of an install command. */
export interface InstalledPackage extends Range {
  /** Without version, architecture and repository. */
  readonly name: string;
  /** As the package manager is given it. */
  readonly text: string;
  /** The same RUN takes it away again. */
  readonly isRemoved: boolean;
}

/** A command that installs packages of the system or of a language. */
export interface Install {
  readonly command: ShellCommand;
  /** `apt-get`, `apk`, `pip` …: a key of the table of package managers. */
  readonly manager: string;
  readonly packages: readonly InstalledPackage[];
}

/** A call of a package manager, with the arguments that its table of flags speaks of. */
export interface PackageCall {
  readonly command: ShellCommand;
  readonly manager: string;
  readonly args: readonly ShellWord[];
  readonly parsed: PackageCommand;
}

/** The call of a package manager that a command is; `python -m pip` and `uv pip` are pip. */
export function packageCall(command: ShellCommand): PackageCall | undefined {
  let manager = command.name;
  if (!packageManager(manager) && !/^(?:python|pip|uv$)/.test(manager)) return undefined;
  let { args } = command;
  if (/^python[\d.]*$/.test(manager) && args[0]?.value === '-m') {
    manager = args[1]?.value ?? '';
    args = args.slice(2);
  } else if (manager === 'uv' && args[0]?.value === 'pip') {
    manager = 'pip';
    args = args.slice(1);
  }
  if (/^pip[\d.]+$/.test(manager)) manager = 'pip';
  if (!packageManager(manager)) return undefined;
  const parsed = packageCommand(
    manager,
    args.map(({ value }) => value),
  );
  return parsed && { command, manager, args, parsed };
}

const installs = new Memo<Instruction, readonly Install[]>();

/** What the commands of a RUN install, and which of it they take away again. */
export function installsOf(document: Document, run: Instruction): readonly Install[] {
  let found = installs.get(run);
  if (!found) {
    found = readInstalls(document, run);
    installs.set(run, found);
  }
  return found;
}

function readInstalls(document: Document, run: Instruction): readonly Install[] {
  const script = document.shell(run);
  if (script?.dialect !== 'sh') return [];
  const variables = new ScriptVariables(document.scope(run));
  const calls: { readonly call: PackageCall; readonly packages: { readonly text: string; readonly range: Range }[] }[] =
    [];
  const removals: Removal[] = [];
  let isEverythingAuto = false;
  for (const command of script.commands) {
    variables.take(command);
    if (command.name === 'apt-mark' && command.subcommand === 'auto') isEverythingAuto = true;
    const removal = readRemoval(command, variables, isEverythingAuto);
    if (removal) removals.push({ ...removal, after: calls.length });
    const call = packageCall(command);
    if (call?.parsed.action !== 'install') continue;
    const packages = call.parsed.packages.flatMap((place) => {
      const word = call.args[place]!;
      return variables.words(word).map((text) => ({ text, range: word }));
    });
    calls.push({ call, packages });
  }
  return calls.map(({ call, packages }, index) => {
    const later = removals.filter(({ after }) => after > index);
    return {
      command: call.command,
      manager: call.manager,
      packages: packages.map(({ text, range: { start, end } }) => ({
        name: nameOf(text),
        text,
        isRemoved: later.some(({ takes }) => takes(nameOf(text), call.parsed.virtual)),
        start,
        end,
      })),
    };
  });
}

/** The name of a package, also of one that is given as a file or a URL. */
function nameOf(text: string): string {
  return packageName(/^(?:[./]|https?:)/.test(text) ? text.slice(text.lastIndexOf('/') + 1) : text);
}

interface Removal {
  /** How many installs came before it. */
  readonly after: number;
  takes(name: string, virtual: string | undefined): boolean;
}

const LOW_LEVEL: Readonly<Record<string, RegExp>> = {
  dpkg: /^(?:-r|-P|--remove|--purge)$/,
  rpm: /^(?:-e\w*|--erase)$/,
};

function readRemoval(
  command: ShellCommand,
  variables: ScriptVariables,
  isEverythingAuto: boolean,
): Pick<Removal, 'takes'> | undefined {
  const call = packageCall(command);
  const isHistory = /^(?:yum|dnf)/.test(command.name) && command.subcommand === 'history';
  if (isHistory && command.args.some(({ value }) => /^(?:undo|rollback)$/.test(value))) return { takes: () => true };
  let words: readonly ShellWord[];
  if (call?.parsed.action === 'remove') words = call.parsed.packages.map((place) => call.args[place]!);
  else if (
    Object.hasOwn(LOW_LEVEL, command.name) &&
    command.args.some(({ value }) => LOW_LEVEL[command.name]!.test(value))
  )
    words = command.operands();
  else return undefined;
  if (isEverythingAuto) return { takes: () => true };
  const texts = words.flatMap((word) => variables.words(word));
  // What an expansion of the shell names may be anything.
  if (texts.some((text) => /[$`]/.test(text))) return { takes: () => true };
  const names = texts.map(removalPattern);
  return { takes: (name, virtual) => names.some((is) => is(name) || (virtual !== undefined && is(virtual))) };
}

/** Names of removals may be globs, for apt also regular expressions. */
function removalPattern(text: string): (name: string) => boolean {
  const plain = packageName(text);
  if (!/[*?^[]/.test(text)) return (name) => name === plain;
  const source = text.replace(/[.+(){}|\\]/g, '\\$&');
  const glob = /[\^$]/.test(source) ? source : `^${source.replace(/\*/g, '.*').replace(/\?/g, '.')}$`;
  try {
    const pattern = new RegExp(glob);
    return (name) => pattern.test(name);
  } catch {
    return () => true;
  }
}

/** What is assigned in front of these stays assigned behind them: `packages="gcc make" set -x && apk add $packages`. */
const SPECIAL: ReadonlySet<string> = new Set([':', 'set', 'export', 'readonly', 'eval', 'trap', 'unset', 'shift']);

/** The variables that a shell text sets as it runs, with those of the Dockerfile behind them. */
export class ScriptVariables {
  readonly #values = new Map<string, string | undefined>();
  readonly #scope: Scope | undefined;

  constructor(scope: Scope | undefined) {
    this.#scope = scope;
  }

  /** What is set when a command of a RUN is reached. */
  static before(document: Document, { run, script }: ShellRun, command: ShellCommand): ScriptVariables {
    const variables = new ScriptVariables(document.scope(run));
    for (const each of script.commands.slice(0, script.commands.indexOf(command))) variables.take(each);
    return variables;
  }

  /** Takes in what a command sets for those after it: an assignment alone, `export`, `declare`. */
  take(command: ShellCommand): void {
    if (command.words.length === 0 || SPECIAL.has(command.name)) {
      for (const { name, value } of command.assignments) this.#values.set(name, this.#resolve(value));
    }
    if (/^(?:export|declare|local|readonly|typeset)$/.test(command.name)) {
      for (const { value } of command.args) {
        const equals = value.indexOf('=');
        if (equals > 0) this.#values.set(value.slice(0, equals), this.#resolve(unquote(value.slice(equals + 1))));
      }
    }
  }

  /** The value of a variable; undefined when it is not set or the file does not tell. */
  get(name: string): string | undefined {
    if (this.#values.has(name)) return this.#values.get(name);
    const variable = this.#scope?.variable(name);
    return variable?.complete ? variable.value : undefined;
  }

  /** Whether anything sets the variable, even to what the file does not tell. */
  has(name: string): boolean {
    return this.#values.has(name) || this.#scope?.variable(name) !== undefined;
  }

  /** A text with the variables that are known filled in. */
  expand(text: string): string {
    return text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, bare, braced) => this.get(bare ?? braced) ?? whole);
  }

  /** The words that a word stands for; expansions that nothing here tells stay as they are. */
  words(word: ShellWord): readonly string[] {
    if (word.isLiteral) return [word.value];
    return this.expand(word.value)
      .split(/\s+/)
      .filter((text) => text !== '');
  }

  #resolve(value: string): string | undefined {
    const expanded = this.expand(value);
    return /[$`]/.test(expanded) ? undefined : expanded;
  }
}

function unquote(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

/** The names of all packages that the RUNs of a stage's chain leave installed. */
export function installedPackages(document: Document, stage: Stage): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { instructions } of stage.chain) {
    for (const run of instructions) {
      if (run.keyword !== 'RUN') continue;
      for (const { packages } of installsOf(document, run)) {
        for (const { name, isRemoved } of packages) if (!isRemoved) names.add(name);
      }
    }
  }
  return names;
}
