import {
  type Document,
  type Instruction,
  joinPath,
  reachableStages,
  type ShellCommand,
  type ShellWord,
  type Stage,
  type StageReference,
} from '../../dockerfile/index.ts';
import type { Ecosystem } from '../../knowledge/images.ts';
import { buildCommand, isOrdinaryCommand } from '../../knowledge/tools.ts';
import { commandName } from './command-names.ts';
import { type Copy, type CopySource, isWithin, sourceStage, stageCopies } from './copies.ts';
import { installsOf, ScriptVariables } from './installs.ts';
import { type Linkage, linkageOf } from './linkage.ts';
import { Memo } from './memo.ts';
import { type BuildCall, flagValue, outputsOf } from './outputs.ts';
import { type System, systemOf } from './systems.ts';

/** A command of a stage that makes something out of sources, or fetches what they need. */
export interface Build {
  readonly stage: Stage;
  readonly run: Instruction;
  readonly command: ShellCommand;
  /** The working directory; undefined when it is not known. */
  readonly folder: string | undefined;
  readonly ecosystem: Ecosystem;
  readonly kind: 'build' | 'install-deps' | 'run' | 'test';
  /** As people call it: `go build`. */
  readonly name: string;
  readonly linkage: Linkage;
  /** What is built comes from a registry, and is not the sources at hand. */
  readonly isRemote: boolean;
  /** CGO_ENABLED=1 is asked for. */
  readonly isCgoAskedFor: boolean;
  /** A C compiler or headers were installed for it. */
  readonly hasCompiler: boolean;
}

/** Something a build made, where it lies at the end of a stage. */
export interface Artifact {
  /** Absolute; a last part `*` stands for a file whose name is not known. */
  readonly path: string;
  readonly build: Build;
  /** How it came into the stage, if not by a build of its own. */
  readonly copy: Copy | undefined;
  readonly source: CopySource | undefined;
}

/** What the commands of a stage make, and what lies in it at its end. */
export interface Trace {
  readonly builds: readonly Build[];
  readonly artifacts: readonly Artifact[];
}

const traces = new Memo<Stage, Trace>();
/** Nobody stacks so many stages; what a taller pile makes is not followed. */
const DEEPEST_CHAIN = 100;

/** Follows the commands of a stage, of those it stands on and of those it copies from. */
export function traceStage(document: Document, stage: Stage): Trace {
  if (!traces.has(stage)) {
    // Stages refer to earlier ones, so in the order of the file each finds what it needs, however long the row.
    for (const part of [...reachableStages(stage)].sort((a, b) => a.index - b.index)) {
      if (traces.has(part)) continue;
      traces.set(part, part.depth > DEEPEST_CHAIN ? NOTHING : new Tracer(document, part).run());
    }
  }
  return traces.get(stage)!;
}

const NOTHING: Trace = { builds: [], artifacts: [] };

/** What other stages made and a stage's chain copied from them. */
export function importedArtifacts(document: Document, stage: Stage): readonly Artifact[] {
  const { chain } = stage;
  // Most files have one stage; what that makes need not be followed for this.
  const copies = ({ kind, target }: StageReference) => kind === 'copy' && target.kind === 'stage';
  if (!chain.some(({ references }) => references.some(copies))) return [];
  return traceStage(document, stage).artifacts.filter(({ build, copy }) => copy && !chain.includes(build.stage));
}

/** The folder that commands of a stage start in where no WORKDIR was set; undefined for an unknown image. */
export function defaultFolder({ repository, sdk, runtime }: System): string | undefined {
  if (repository === 'golang') return '/go';
  if (repository === 'gradle') return '/home/gradle';
  if (repository === 'clux/muslrust') return '/volume';
  return (sdk ?? runtime) ? '/' : undefined;
}

/** What images set, as far as builds depend on it. */
function imageVariable({ sdk }: System, name: string): string | undefined {
  if (name === 'HOME') return '/root';
  if (name === 'GOPATH' && sdk?.ecosystem === 'go') return '/go';
  if (name === 'CARGO_HOME' && sdk?.ecosystem === 'rust') return '/usr/local/cargo';
  return undefined;
}

const COMPILER_PACKAGE =
  /^(?:gcc|g\+\+|clang|make|build-essential|build-base|python3-dev|python-dev|musl-dev|alpine-sdk|gcc-c\+\+)(?:-?[\d.]+)?$/;

class Tracer {
  readonly #document: Document;
  readonly #stage: Stage;
  readonly #system: System;
  readonly #builds: Build[] = [];
  readonly #artifacts: Artifact[] = [];
  readonly #packages = new Set<string>();
  #folder: string | undefined;
  #hasWorkdir: boolean;

  constructor(document: Document, stage: Stage) {
    this.#document = document;
    this.#stage = stage;
    this.#system = systemOf(stage);
    this.#hasWorkdir = stage.chain.slice(1).some(({ instructions }) => instructions.some(setsWorkdir));
  }

  run(): Trace {
    const base = this.#stage.baseStage;
    if (base) this.#artifacts.push(...traceStage(this.#document, base).artifacts);
    for (const part of base?.chain ?? []) for (const run of part.instructions) this.#install(run);
    const copies = new Map(stageCopies(this.#document, this.#stage).map((copy) => [copy.instruction, copy]));
    for (const instruction of this.#stage.instructions) {
      this.#hasWorkdir ||= setsWorkdir(instruction);
      if (instruction.keyword === 'RUN') {
        this.#install(instruction);
        this.#runScript(instruction);
      }
      const copy = copies.get(instruction);
      if (copy) this.#copy(copy);
    }
    return { builds: this.#builds, artifacts: this.#artifacts };
  }

  #install(run: Instruction): void {
    if (run.keyword !== 'RUN') return;
    for (const { packages } of installsOf(this.#document, run))
      for (const { name } of packages) this.#packages.add(name);
  }

  #runScript(run: Instruction): void {
    const script = this.#document.shell(run);
    if (script?.dialect !== 'sh') return;
    const scope = this.#document.scope(run);
    const variables = new ScriptVariables(scope);
    this.#folder = scope?.workdir ?? (scope && !this.#hasWorkdir ? defaultFolder(this.#system) : undefined);
    for (const command of script.commands) {
      variables.take(command);
      if (command.isSubstitution) continue;
      if (command.name === 'cd') this.#folder = this.#path(command.args[0], variables);
      else if (/^(?:cp|mv|install|ln)$/.test(command.name)) this.#move(command, variables);
      else this.#build(run, command, variables);
    }
  }

  /** The text of a word with what is known filled in. */
  #text(word: ShellWord, variables: ScriptVariables): string {
    if (word.isLiteral) return word.value;
    const folder = this.#folder ?? '$PWD';
    const text = word.value.replace(/\$\(pwd\)|`pwd`|\$PWD\b|\$\{PWD\}/g, folder);
    return variables
      .expand(text)
      .replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, bare, braced) => imageVariable(this.#system, bare ?? braced) ?? whole);
  }

  #path(word: ShellWord | undefined, variables: ScriptVariables): string | undefined {
    if (!word) return undefined;
    const text = this.#text(word, variables).replace(/^~(?=\/|$)/, '/root');
    return /[$`]/.test(text) ? undefined : joinPath(this.#folder, text);
  }

  #build(run: Instruction, command: ShellCommand, variables: ScriptVariables): void {
    if (command.name === '' || isOrdinaryCommand(command.name)) return;
    const args = command.args.map((word) => this.#text(word, variables));
    const step = buildCommand(command.words[0]!.value, args);
    if (!step) return;
    const own = prefixAssignments(command);
    const call: BuildCall = {
      ecosystem: step.ecosystem,
      program: command.name,
      args,
      folder: this.#folder,
      variable: (name) => own.get(name) ?? variables.get(name) ?? imageVariable(this.#system, name),
    };
    const isSet = (name: string) => own.has(name) || variables.has(name);
    const place = { system: this.#system, packages: this.#packages, isSet };
    const build: Build = {
      stage: this.#stage,
      run,
      command,
      folder: this.#folder,
      ecosystem: step.ecosystem,
      kind: step.kind,
      name: commandName(command),
      linkage: step.kind === 'build' || isGoGet(call) ? linkageOf(call, place) : 'unknown',
      isRemote: isRemote(call),
      isCgoAskedFor: call.variable('CGO_ENABLED') === '1',
      hasCompiler: [...this.#packages].some((name) => COMPILER_PACKAGE.test(name)),
    };
    this.#builds.push(build);
    const paths = build.kind === 'install-deps' && !isGoGet(call) ? dependencyFolders(call) : outputsOf(call);
    for (const path of paths) this.#artifacts.push({ path, build, copy: undefined, source: undefined });
  }

  /** `cp`, `mv`, `install`, `ln`: what is copied of the artifacts is one too. */
  #move(command: ShellCommand, variables: ScriptVariables): void {
    const operands = command.operands([
      '-t',
      '--target-directory',
      '-m',
      '--mode',
      '-o',
      '-g',
      '--owner',
      '--group',
      '-S',
    ]);
    const folder = flagValue(
      command.args.map(({ value }) => value),
      '-t',
      '--target-directory',
    );
    const destinationWord = folder === undefined ? operands.at(-1) : undefined;
    const destination = folder === undefined ? this.#path(destinationWord, variables) : joinPath(this.#folder, folder);
    const sources = folder === undefined ? operands.slice(0, -1) : operands;
    if (destination === undefined) return;
    const intoFolder =
      folder !== undefined ||
      sources.length > 1 ||
      /(?:^|\/)\.{0,2}$/.test(destinationWord?.value ?? '') ||
      isUsualFolder(destination);
    for (const word of sources) {
      const source = this.#path(word, variables);
      if (source === undefined) continue;
      for (const { artifact, rest } of taken(this.#artifacts, source)) {
        // Unlike COPY, the shell puts a folder itself into a folder, and not what is in it.
        const isNested = rest !== '' && intoFolder && !word.value.endsWith('/.');
        const parent = isNested ? joinPath(destination, source.slice(source.lastIndexOf('/') + 1))! : destination;
        this.#artifacts.push({ ...artifact, path: place(source, rest, parent, intoFolder, artifact.path) });
      }
    }
  }

  #copy(copy: Copy): void {
    const from = sourceStage(copy.from);
    if (!from || from === this.#stage) return;
    const { artifacts } = traceStage(this.#document, from);
    const folder = this.#document.scope(copy.instruction)?.workdir ?? defaultFolder(this.#system);
    const written = this.#document.scope(copy.instruction)?.expand(copy.destinationWord.text);
    const destination = copy.destination ?? (written?.complete ? joinPath(folder, written.value) : undefined);
    for (const source of copy.sources) {
      if (source.path === undefined) continue;
      for (const { artifact, rest } of taken(artifacts, source.path)) {
        const path = place(
          source.path,
          rest,
          destination ?? '/',
          copy.intoFolder || isUsualFolder(destination ?? '/'),
          artifact.path,
        );
        this.#artifacts.push({ path, build: artifact.build, copy, source });
      }
    }
  }
}

function setsWorkdir({ keyword }: Instruction): boolean {
  return keyword === 'WORKDIR';
}

/** Assignments in front of a command, those of `env` included. */
function prefixAssignments(command: ShellCommand): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const { name, value } of command.assignments) found.set(name, /[$`]/.test(value) ? undefined : value);
  const wrappers = command.allWords.length - command.words.length;
  for (const { value } of command.allWords.slice(0, wrappers)) {
    const match = /^(\w+)=(.*)$/s.exec(value);
    if (match) found.set(match[1]!, /[$`]/.test(match[2]!) ? undefined : match[2]!);
  }
  return found;
}

/** `go get` built and installed programs until 1.18. */
function isGoGet({ program, args }: BuildCall): boolean {
  return program === 'go' && args[0] === 'get' && !args.includes('-d');
}

/** `go install x@v1`, `cargo install x`, `dotnet tool install x` and the like. */
function isRemote({ program, args }: BuildCall): boolean {
  const words = args.filter((word) => !word.startsWith('-') && !word.startsWith('+'));
  if (program === 'go') return words.length > 1 && words.slice(1).every((word) => /@|^[\w-]+\.[a-z]+\//.test(word));
  if (program === 'cargo') return words[0] === 'install' && flagValue(args, '--path') === undefined;
  if (program === 'stack' || program === 'cabal')
    return /install$/.test(words[0] ?? '') && words.length > 1 && !/[.:/]/.test(words[1]!);
  return false;
}

/** The folders that an install of dependencies fills beside the sources. */
function dependencyFolders({ ecosystem, program, args, folder }: BuildCall): string[] {
  const paths: (string | undefined)[] = [];
  if (ecosystem === 'node' || ecosystem === 'bun') {
    if (args.some((word) => word === '-g' || word === '--global' || word === 'global')) return [];
    const prefix = flagValue(args, '--prefix', '--cwd', '-C', '--dir');
    paths.push(joinPath(joinPath(folder, prefix ?? '.'), 'node_modules'));
  } else if (ecosystem === 'python' && /^(?:pip|python|uv)/.test(program)) {
    const target = flagValue(args, '-t', '--target', '--prefix', '--root');
    if (target !== undefined) paths.push(joinPath(folder, target));
    else if (args.includes('--user')) paths.push('/root/.local');
    else paths.push('/usr/local/lib/*');
  }
  return paths.filter((path) => path !== undefined && !/[$`]/.test(path)) as string[];
}

/** The artifacts that copying `source` takes: of those at one path the last, of those whose name is not known too. */
function taken(
  artifacts: readonly Artifact[],
  source: string,
): { readonly artifact: Artifact; readonly rest: string }[] {
  const found = artifacts.flatMap((artifact) => {
    const rest = matchPath(source, artifact.path);
    return rest === undefined ? [] : [{ artifact, rest }];
  });
  if (/[*?[]/.test(source)) return found;
  const exact = found.findLast(({ artifact, rest }) => rest === '' && artifact.path === source);
  const guessed = found.findLast(({ artifact, rest }) => rest === '' && artifact.path.endsWith('/*'));
  // A later build whose output is not named may have written the same file: it decides where that is the harmless case.
  const isOverwritten =
    exact && guessed && found.indexOf(guessed) > found.indexOf(exact) && guessed.artifact.build.linkage !== 'dynamic';
  const only = isOverwritten ? guessed : (exact ?? guessed);
  return only
    ? [only]
    : found.filter(({ artifact }, at) => found.findLastIndex((other) => other.artifact.path === artifact.path) === at);
}

/** Folders that exist in any image, so that what is copied to them goes into them. */
function isUsualFolder(path: string): boolean {
  return /^\/(?:(?:usr\/(?:local\/)?)?s?bin|opt|tmp|root|etc|home|app|srv|mnt|usr|usr\/local)?$/.test(path);
}

/** Files beside a program whose name is not known that are no programs. */
const NOT_PROGRAMS =
  /\.|^(?:node_modules|public|static|assets|templates?|views|conf|configs?|etc|dist|data|migrations?|web|www|ui|docs?|scripts|src|resources|locales?|certs?|LICENSE|README|NOTICE|VERSION|Makefile|vendor|testdata)$/;

/**
 * Whether copying `source` takes the artifact at `path`: '' when it is the artifact itself, the rest of the path when
 * it is a folder around it, undefined when it does not.
 */
function matchPath(source: string, path: string): string | undefined {
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const isOpen = path.endsWith('/*');
  if (/[*?[]/.test(source)) {
    const sourceFolder = source.slice(0, source.lastIndexOf('/')) || '/';
    if (isOpen) return sourceFolder === folder ? '' : undefined;
    const pattern = source
      .replace(/[.+(){}|^$\\]/g, '\\$&')
      .replace(/\*/g, '[^/]*')
      .replace(/\?/g, '[^/]');
    return matches(pattern, path) ? '' : undefined;
  }
  if (source === path) return '';
  if (isOpen && source !== folder && isWithin(source, folder) && !source.slice(folder.length + 1).includes('/')) {
    return NOT_PROGRAMS.test(source.slice(folder.length).replace(/^\//, '')) && !source.endsWith('.jar')
      ? undefined
      : '';
  }
  return isWithin(path, source) ? path.slice(source === '/' ? 1 : source.length + 1) : undefined;
}

function matches(pattern: string, path: string): boolean {
  try {
    return new RegExp(`^${pattern}$`).test(path);
  } catch {
    return false;
  }
}

/** Where an artifact lies behind a copy. */
function place(source: string, rest: string, destination: string, intoFolder: boolean, path: string): string {
  if (rest !== '') return joinPath(destination, rest)!;
  const name = /[*?[]/.test(source) ? path : source;
  return intoFolder ? joinPath(destination, name.slice(name.lastIndexOf('/') + 1))! : destination;
}

const LIBRARIES =
  /^\/(?:usr\/)?(?:local\/)?lib(?:32|64)?(?:$|\/(?:ld-|[\w-]+-linux-\w+$|lib[\w+-]*\.so|[\w-]+-linux-\w+\/(?:lib|ld-)))|\/ld-(?:linux|musl)|\.so(?:\.|\*|$)|^\/runtime$|^\/$/;

const LOADER = /\/ld-(?:linux|musl)|^\/lib64\/?$/;

/** Whether shared libraries come into a stage's chain: copied, or the loader linked to another one. */
export function copiesLibraries(document: Document, stage: Stage): boolean {
  const links = stage.chain
    .flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'RUN'))
    .some((run) => document.shell(run)?.commands.some(({ args }) => args.some(({ value }) => LOADER.test(value))));
  if (links) return true;
  return stage.chain.some((part) =>
    stageCopies(document, part).some(
      ({ from, sources, destination }) =>
        (from && sources.some(({ path }) => path === undefined || LIBRARIES.test(path))) ||
        (destination !== undefined && /^\/(?:usr\/)?lib(?:64)?(?:\/|$)/.test(destination)),
    ),
  );
}
