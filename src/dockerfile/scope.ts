import { type Expansion, expand, type VariableValue } from './expand.ts';
import type { Instruction } from './instructions.ts';
import type { Stage } from './stages.ts';

/** A variable as an instruction sees it. */
export interface Variable extends VariableValue {
  /** `arg`: the value is a default, a build may pass another. `platform`: set by the builder. */
  readonly origin: 'env' | 'arg' | 'platform';
}

/** Build arguments that the builder sets by itself in front of the first FROM. */
const PLATFORM_ARGS: ReadonlySet<string> = new Set([
  'BUILDPLATFORM',
  'BUILDOS',
  'BUILDOSVERSION',
  'BUILDARCH',
  'BUILDVARIANT',
  'TARGETPLATFORM',
  'TARGETOS',
  'TARGETOSVERSION',
  'TARGETARCH',
  'TARGETVARIANT',
  'TARGETSTAGE',
]);

const UNSET: VariableValue = { value: undefined, complete: true };
const UNKNOWN: VariableValue = { value: undefined, complete: false };

/** Build arguments and their values, as `--build-arg` gives them. */
export type BuildArgs = Readonly<Record<string, string>>;

function givenValue(given: BuildArgs, name: string): Variable | undefined {
  return Object.hasOwn(given, name) ? { value: given[name], complete: true, origin: 'arg' } : undefined;
}

/** The build arguments in front of the first FROM. */
export class GlobalScope {
  readonly #variables = new Map<string, Variable>();
  readonly #escape: string;
  /** What the build is given for its arguments. */
  readonly given: BuildArgs;

  constructor(escape: string, given: BuildArgs = {}) {
    this.#escape = escape;
    this.given = given;
  }

  /** Takes in an ARG that stands before the first FROM. */
  declare(instruction: Instruction): void {
    for (const { name, value } of instruction.pairs) {
      const given = givenValue(this.given, name);
      if (given) {
        this.#variables.set(name, given);
        continue;
      }
      if (value === undefined) {
        if (!this.#variables.has(name)) this.#variables.set(name, { value: undefined, complete: false, origin: 'arg' });
        continue;
      }
      const expansion = this.expand(value);
      this.#variables.set(name, { value: expansion.value, complete: expansion.complete, origin: 'arg' });
    }
  }

  /** The declared ARG of that name. */
  declared(name: string): Variable | undefined {
    return this.#variables.get(name);
  }

  lookup(name: string): VariableValue {
    return this.#variables.get(name) ?? (PLATFORM_ARGS.has(name) ? UNKNOWN : UNSET);
  }

  /** Resolves a text of a FROM, ARG defaults taken as the values. */
  expand(text: string): Expansion {
    return expand(text, (name) => this.lookup(name), this.#escape);
  }

  get escape(): string {
    return this.#escape;
  }
}

/** What is in force just before an instruction of a stage is carried out. */
export interface Scope {
  /** Absolute, or undefined when the base image or a variable decides it. */
  readonly workdir: string | undefined;
  /** As USER gives it, or undefined when the base image decides it. */
  readonly user: string | undefined;
  /** The shell form's argv, or undefined for the platform's default. */
  readonly shell: readonly string[] | undefined;
  lookup(name: string): VariableValue;
  /** The variable if the file sets it. */
  variable(name: string): Variable | undefined;
  /** Resolves a text as the builder does, ARG defaults taken as the values. */
  expand(text: string): Expansion;
}

interface Change<T> {
  readonly index: number;
  readonly value: T;
}

/** One of the settings that a stage inherits. */
interface Setting<T> {
  changes(scope: StageScope): readonly Change<T>[];
}

/** The history of one stage's variables and settings; read through `at`. */
export class StageScope {
  static readonly #WORKDIR: Setting<string | undefined> = { changes: (scope) => scope.#workdirs };
  static readonly #USER: Setting<string | undefined> = { changes: (scope) => scope.#users };
  static readonly #SHELL: Setting<readonly string[]> = { changes: (scope) => scope.#shells };

  readonly #stage: Stage;
  readonly #globals: GlobalScope;
  readonly #parent: StageScope | undefined;
  #isRead = false;
  readonly #variables = new Map<string, Change<Variable>[]>();
  /** What earlier questions found to be in force at the end of the stage. */
  readonly #finals = new Map<unknown, Change<unknown> | undefined>();
  readonly #workdirs: Change<string | undefined>[] = [];
  readonly #users: Change<string | undefined>[] = [];
  readonly #shells: Change<readonly string[]>[] = [];

  constructor(stage: Stage, globals: GlobalScope, parent: StageScope | undefined) {
    this.#stage = stage;
    this.#globals = globals;
    this.#parent = parent;
  }

  /** The scope in front of an instruction of this stage. */
  at(instruction: Instruction): Scope {
    return this.#before(instruction.index);
  }

  /** The scope behind the stage's last instruction. */
  get end(): Scope {
    return this.#before(Number.POSITIVE_INFINITY);
  }

  #before(index: number): Scope {
    this.#read();
    return this.#view(index);
  }

  #view(index: number): Scope {
    return new StageScope.#View(this, index);
  }

  // A class, for an object with accessors of its own is slow to make, and one is made at every question.
  static readonly #View = class implements Scope {
    readonly #scope: StageScope;
    readonly #index: number;

    constructor(scope: StageScope, index: number) {
      this.#scope = scope;
      this.#index = index;
    }

    get workdir() {
      return this.#scope.#workdir(this.#index);
    }

    get user() {
      return this.#scope.#nearest(StageScope.#USER, this.#index)?.value;
    }

    get shell() {
      return this.#scope.#nearest(StageScope.#SHELL, this.#index)?.value;
    }

    variable(name: string) {
      return this.#scope.#variable(name, this.#index);
    }

    lookup(name: string) {
      return this.#scope.#lookup(name, this.#index);
    }

    expand(text: string) {
      return expand(text, (name) => this.lookup(name), this.#scope.#globals.escape);
    }
  };

  /** The nearest change in this stage, else at the end of the stages it stands on. */
  #nearest<T>(setting: Setting<T>, index: number): Change<T> | undefined {
    const own = last(setting.changes(this), index);
    const parent = this.#parent;
    return own ?? (parent ? parent.#final(setting, (scope) => setting.changes(scope).at(-1)) : undefined);
  }

  /** The last change in this stage and those it stands on; `key` tells the questions apart. */
  #final<T>(key: unknown, find: (scope: StageScope) => Change<T> | undefined): Change<T> | undefined {
    const passed: StageScope[] = [];
    let found: Change<T> | undefined;
    for (let scope: StageScope | undefined = this; scope && !found; scope = scope.#parent) {
      if (scope.#finals.has(key)) {
        found = scope.#finals.get(key) as Change<T> | undefined;
        break;
      }
      passed.push(scope);
      found = find(scope);
    }
    for (const scope of passed) scope.#finals.set(key, found);
    return found;
  }

  #workdir(index: number): string | undefined {
    const change = this.#nearest(StageScope.#WORKDIR, index);
    if (change) return change.value;
    return this.#isOnScratch ? '/' : undefined;
  }

  #variable(name: string, index: number): Variable | undefined {
    const own = last(this.#variables.get(name) ?? [], index);
    if (own) return own.value;
    const parent = this.#parent;
    return parent ? parent.#inherited(name) : undefined;
  }

  /** What a stage that stands on this one begins with: the ENV of the image, and the build arguments it says nothing of. */
  #inherited(name: string): Variable | undefined {
    const exported = this.exported(name);
    if (exported || name === 'PATH') return exported;
    const argument = this.#final(`ARG ${name}`, (scope) => scope.#variables.get(name)?.at(-1))?.value;
    // The ENV of the base image, which the file does not tell, goes before it; and only BuildKit hands one down.
    return argument && { ...argument, complete: false };
  }

  /** A variable of the stage's image: as ENV sets it, here or in the stages below. A build argument is none. */
  exported(name: string): Variable | undefined {
    this.#read();
    const find = (scope: StageScope) => scope.#variables.get(name)?.findLast(({ value }) => value.origin === 'env');
    return this.#final(`ENV ${name}`, find)?.value;
  }

  get #isOnScratch(): boolean {
    return this.#stage.image?.repository === 'scratch';
  }

  #lookup(name: string, index: number): VariableValue {
    const variable = this.#variable(name, index);
    if (variable) return variable;
    return this.#isOnScratch && name !== 'PATH' ? UNSET : UNKNOWN;
  }

  /** Takes in the stages below first, so that a long chain of them needs no deep stack. */
  #read(): void {
    const unread: StageScope[] = [];
    for (let scope: StageScope | undefined = this; scope && !scope.#isRead; scope = scope.#parent) unread.push(scope);
    for (const scope of unread.reverse()) {
      scope.#isRead = true;
      for (const instruction of scope.#stage.instructions) scope.#take(instruction);
    }
  }

  #take(instruction: Instruction): void {
    const { index } = instruction;
    switch (instruction.keyword) {
      case 'ENV': {
        const scope = this.#view(index);
        for (const { name, value } of instruction.pairs) {
          const expansion = scope.expand(value ?? '');
          const key = scope.expand(name).value;
          this.#set(key, index + 1, { value: expansion.value, complete: expansion.complete, origin: 'env' });
        }
        break;
      }
      case 'ARG':
        for (const { name, value } of instruction.pairs) this.#declare(name, value, index);
        break;
      case 'WORKDIR': {
        const { value, complete } = this.#view(index).expand(instruction.argsText);
        const current = this.#workdir(index);
        this.#workdirs.push({ index: index + 1, value: complete ? joinPath(current, value) : undefined });
        break;
      }
      case 'USER': {
        const { value, complete } = this.#view(index).expand(instruction.argsText);
        this.#users.push({ index: index + 1, value: complete ? value : undefined });
        break;
      }
      case 'SHELL':
        if (instruction.json)
          this.#shells.push({ index: index + 1, value: instruction.json.map(({ value }) => value) });
        break;
    }
  }

  /** From here to the end of the stage an argument hides an ENV of its name, which the image keeps: for BuildKit alone. */
  #declare(name: string, value: string | undefined, index: number): void {
    const argument = givenValue(this.#globals.given, name) ?? this.#default(name, value, index);
    const hidden = this.#variable(name, index + 1);
    if (argument) {
      this.#set(name, index + 1, { ...argument, complete: argument.complete && hidden?.origin !== 'env' });
      // Without a value it leaves things as they are.
    } else if (!hidden) this.#set(name, index + 1, { ...UNKNOWN, origin: 'arg' });
  }

  #default(name: string, value: string | undefined, index: number): Variable | undefined {
    if (value !== undefined) {
      const expansion = this.#view(index + 1).expand(value);
      return { value: expansion.value, complete: expansion.complete, origin: 'arg' };
    }
    const global = this.#globals.declared(name);
    if (global?.value !== undefined) return global;
    return PLATFORM_ARGS.has(name) ? { ...UNKNOWN, origin: 'platform' } : undefined;
  }

  #set(name: string, index: number, value: Variable): void {
    const changes = this.#variables.get(name);
    if (changes) changes.push({ index, value });
    else this.#variables.set(name, [{ index, value }]);
  }
}

/** The last change that is in force at `index`. */
function last<T>(changes: readonly Change<T>[], index: number): Change<T> | undefined {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle]!.index <= index) low = middle + 1;
    else high = middle;
  }
  return changes[low - 1];
}

/** No folder has a longer path on Linux. */
const LONGEST_PATH = 4096;

/** A path as the builder resolves it against the working directory; undefined when that is not known, or no folder. */
export function joinPath(base: string | undefined, path: string): string | undefined {
  if (!path.startsWith('/') && (base === undefined || base.length > LONGEST_PATH)) return undefined;
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}
