import {
  type Instruction,
  joinPath,
  mountOption,
  type ShellCommand,
  type ShellScript,
  type VariableValue,
} from '../dockerfile/index.ts';
import { isBuildPackage } from '../knowledge/packages.ts';
import { type Copy, isWithin, sourceStage, stageCopies } from '../lint/facts/copies.ts';
import { installsOf } from '../lint/facts/installs.ts';
import { baseConfig } from './bases.ts';
import { branchesOf } from './conditions.ts';
import { applyEffect } from './effects/apply.ts';
import { commonEffects } from './effects/index.ts';
import { roleOfFile } from './roles.ts';
import { childNodes, expandShellWord, isNode, parseScript, quoteWords, rootNode, type ShellNode } from './shell.ts';
import type { Call, Effect, Recipe, Role, Subject } from './types.ts';
import { World } from './world.ts';

/** Scripts that call scripts deeper than this are not followed. */
const DEEPEST = 4;

/** What a shell keeps between its commands. */
interface Frame {
  cwd: string;
  readonly variables: Map<string, string | undefined>;
  readonly functions: Map<string, ShellNode>;
  readonly depth: number;
  /** The script's name when it is one of the context. */
  readonly script: string | undefined;
}

/**
 * Carries out a stage, and those it stands on, as far as its effects are known. The first recipe is that of the stage;
 * the others know the commands of a stage that uses several ecosystems.
 */
export function walkStage(subject: Subject, recipes: readonly Recipe[]): World {
  const world = new World(baseConfig(subject.system.repository));
  new Interpreter(subject, recipes, world).walk();
  return world;
}

class Interpreter {
  readonly #subject: Subject;
  readonly #recipes: readonly Recipe[];
  readonly #world: World;
  #instruction!: Instruction;

  constructor(subject: Subject, recipes: readonly Recipe[], world: World) {
    this.#subject = subject;
    this.#recipes = recipes;
    this.#world = world;
  }

  walk(): void {
    const { document, stage } = this.#subject;
    for (const part of [...stage.chain].reverse()) {
      const copies = new Map(stageCopies(document, part).map((copy) => [copy.instruction, copy]));
      for (const instruction of part.instructions) {
        this.#instruction = instruction;
        const copy = copies.get(instruction);
        if (copy) this.#copy(copy);
        else if (instruction.keyword === 'RUN') this.#run(instruction);
        else if (instruction.keyword === 'VOLUME') this.#volumes(instruction);
        else if (instruction.keyword === 'WORKDIR') this.#workdir(instruction);
      }
    }
  }

  /** The working directory in front of an instruction; what the base says where the file says nothing. */
  #cwd(instruction: Instruction): string | undefined {
    const { workdir } = this.#subject.document.scope(instruction) ?? {};
    if (workdir !== undefined || this.#world.base.workdir === undefined) return workdir;
    // All that the file says so far is relative to what the base says.
    const before = [...this.#subject.stage.chain]
      .reverse()
      .flatMap((part) => part.instructions)
      .filter(({ keyword, index }) => keyword === 'WORKDIR' && index < instruction.index);
    return joinPath(this.#world.base.workdir, before.map(({ argsText }) => argsText).join('/') || '.');
  }

  #workdir(instruction: Instruction): void {
    const { value, complete } = this.#subject.document.scope(instruction)!.expand(instruction.argsText);
    const path = complete ? joinPath(this.#cwd(instruction), value) : undefined;
    if (path !== undefined && path !== '/') {
      this.#write({ path, role: 'data', entry: 'folder', origin: 'made by WORKDIR' });
    }
  }

  #volumes(instruction: Instruction): void {
    for (const { text } of instruction.operands) {
      const { value } = this.#subject.document.scope(instruction)!.expand(text);
      const path = joinPath(this.#cwd(instruction), value);
      if (path !== undefined) this.#world.lost.push({ path, instruction, kind: 'volume' });
    }
  }

  #write(effect: Omit<Extract<Effect, { kind: 'write' }>, 'kind'>, owner?: string, contextPath?: string): void {
    applyEffect(this.#world, { kind: 'write', ...effect }, { instruction: this.#instruction, owner, contextPath });
  }

  // COPY and ADD

  #copy(copy: Copy): void {
    const { instruction } = copy;
    const scope = this.#subject.document.scope(instruction)!;
    const chown = instruction.flag('chown')?.value;
    const owner = chown === undefined ? undefined : scope.expand(chown).value;
    // The scope does not know the working directory that the base image sets.
    const word = scope.expand(copy.destinationWord.text);
    const cwd = this.#cwd(instruction);
    const destination = word.complete ? joinPath(cwd, word.value) : undefined;
    if (destination === undefined) {
      this.#world.unknowns.push({
        below: '/',
        why: `the destination of ${instruction.keyword} is not known`,
        instruction,
      });
      return;
    }
    const into = copy.intoFolder || destination === cwd;
    for (const source of copy.sources) {
      const name = (source.path ?? source.word.text).split('/').pop() ?? '';
      if (source.kind === 'inline') this.#write({ path: destination, role: 'data', origin: 'written by COPY' }, owner);
      else if (source.kind === 'remote') {
        const path = into ? `${destination}/${name.replace(/[?#].*$/, '')}` : destination;
        const isRepository = /\.git(?:#|$)/.test(source.word.text);
        const entry = isRepository
          ? ({ entry: 'folder', isOpaque: true, role: 'source' } as const)
          : { role: 'unknown' as const };
        this.#write({ path: isRepository ? destination : path, origin: 'fetched by ADD', ...entry }, owner);
      } else if (source.path === undefined) {
        this.#world.unknowns.push({
          below: destination,
          why: `what ${instruction.keyword} copies is not known`,
          instruction,
        });
      } else if (copy.from) {
        // `/dist/.` is what lies in the folder; the system's own folders are there already.
        const isContent = /\/\.?$/.test(source.word.text);
        const isFile = (into || /^\/(?:usr\/)?(?:local\/)?s?bin$/.test(destination)) && !isContent;
        this.#copyFromImage(copy, source.path, isFile ? `${destination}/${name}` : destination, owner);
      } else this.#copyFromContext(source.path.slice(1), destination, into, owner);
    }
  }

  #copyFromImage(copy: Copy, source: string, path: string, owner: string | undefined): void {
    const stage = sourceStage(copy.from);
    const from = stage ? `the stage ${stage.label}` : `the image ${copy.from!.value}`;
    const entry = source.endsWith('/') || /[*?[]/.test(source) ? 'folder' : 'unknown';
    const clean = joinPath('/', path.replace(/\/[^/]*[*?[][^/]*$/, ''))!;
    this.#write(
      { path: clean, role: stage ? 'artifact' : 'unknown', entry, isOpaque: true, origin: `copied from ${from}` },
      owner,
    );
  }

  #copyFromContext(source: string, destination: string, into: boolean, owner: string | undefined): void {
    const { context } = this.#subject;
    const keyword = this.#instruction.keyword;
    const origin = `copied by ${keyword}`;
    const isPattern = /[*?[]/.test(source);
    const files = isPattern ? context.match(source) : context.under(source);
    if (keyword === 'ADD' && /\.(?:tar|tar\.\w+|tgz|tbz2?|txz)$/.test(source)) {
      this.#write(
        { path: destination, role: 'unknown', entry: 'folder', isOpaque: true, origin: 'unpacked by ADD' },
        owner,
      );
      return;
    }
    if (files.length === 0) {
      // The context is not at hand, or a file of it is made before the build.
      const name = source.slice(source.lastIndexOf('/') + 1);
      const role = this.#role(source === '' ? '.' : source);
      const isFile = !isPattern && /\.\w+$/.test(name);
      const path = into && !isPattern && isFile ? joinPath(destination, name)! : destination;
      const isFolder = source === '' || isPattern || (!isFile && /\/$/.test(this.#instruction.operands.at(-1)!.text));
      const entry = isFile ? 'file' : isFolder ? 'folder' : 'unknown';
      this.#write({ path, role, entry, isOpaque: !isFile, origin }, owner, source === '' ? '.' : source);
      return;
    }
    for (const file of files) {
      const isFile = file === source || isPattern;
      // A folder's content goes into the destination, never the folder itself.
      const rest = isFile
        ? file.slice(file.lastIndexOf('/') + 1)
        : source === ''
          ? file
          : file.slice(source.length + 1);
      const path = isFile && !into ? destination : joinPath(destination, rest)!;
      this.#folders(path, isFile && !into ? undefined : destination, owner);
      this.#write({ path, role: this.#role(file), origin }, owner, file);
    }
  }

  /** The folders between the destination and a file in it. */
  #folders(path: string, destination: string | undefined, owner: string | undefined): void {
    if (destination === undefined) return;
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (!isWithin(folder, destination) || folder === '/') return;
      if (this.#world.tree.get(folder)) continue;
      this.#write({ path: folder, role: 'data', entry: 'folder', origin: 'copied' }, owner);
    }
  }

  #role(contextPath: string): Role {
    return this.#recipes[0]?.classify?.(contextPath, this.#subject) ?? roleOfFile(contextPath);
  }

  // RUN

  #run(instruction: Instruction): void {
    const { document } = this.#subject;
    for (const flag of instruction.flags) {
      if (flag.name !== 'mount') continue;
      const type = mountOption(flag, instruction, 'type')?.value;
      const target = ['target', 'dst', 'destination'].flatMap(
        (name) => mountOption(flag, instruction, name)?.value ?? [],
      )[0];
      const path = target === undefined ? undefined : joinPath(this.#cwd(instruction), target);
      if (path !== undefined && (type === 'cache' || type === 'tmpfs')) {
        this.#world.lost.push({ path, instruction, kind: 'cache' });
      }
    }
    for (const install of installsOf(document, instruction)) {
      for (const { name, text, isRemoved } of install.packages) {
        if (isRemoved) continue;
        const isBuildOnly = isBuildPackage(install.manager, name) !== undefined;
        this.#world.packages.push({ manager: install.manager, name, text, isBuildOnly, instruction });
      }
    }
    const cwd = this.#cwd(instruction) ?? '/';
    const argv = instruction.json?.map(({ value }) => value);
    const script = document.shell(instruction) ?? (argv && parseScript(quoteWords(argv)));
    if (script?.dialect !== 'sh') {
      this.#world.unknowns.push({ below: '/', why: `the commands of RUN are no shell commands`, instruction });
      return;
    }
    this.#script(script, { cwd, variables: new Map(), functions: new Map(), depth: 0, script: undefined });
  }

  #script(script: ShellScript, frame: Frame): void {
    const root = rootNode(script);
    if (!root) return;
    const commands = new Map<number, ShellCommand>();
    for (const command of script.commands) if (command.allWords[0]) commands.set(command.allWords[0].at, command);
    this.#node(root, commands, frame);
  }

  #node(node: ShellNode, commands: ReadonlyMap<number, ShellCommand>, frame: Frame): void {
    switch (node.type) {
      case 'Command':
        this.#command(node, commands, frame);
        return;
      case 'Redirected':
        for (const child of childNodes(node)) this.#node(child, commands, frame);
        this.#redirects(node, frame, 'a group of commands');
        return;
      case 'Subshell': {
        const inner: Frame = { ...frame, variables: new Map(frame.variables) };
        for (const child of childNodes(node)) this.#node(child, commands, inner);
        return;
      }
      case 'Function': {
        const name = isNode(node.name) ? String(node.name.value) : '';
        if (isNode(node.body)) frame.functions.set(name, node.body);
        return;
      }
      case 'If':
        for (const child of branchesOf(node, (word) => this.#expand(word, frame))) this.#node(child, commands, frame);
        return;
      case 'For': {
        this.#for(node, commands, frame);
        return;
      }
      default:
        for (const child of childNodes(node)) this.#node(child, commands, frame);
    }
  }

  #for(node: ShellNode, commands: ReadonlyMap<number, ShellCommand>, frame: Frame): void {
    const name = isNode(node.name) ? String(node.name.value) : '';
    const list = Array.isArray(node.wordlist) ? node.wordlist.filter(isNode) : [];
    const values = list.flatMap((word) => this.#expand(word, frame));
    const isKnown = values.length > 0 && values.length < 50 && values.every((value) => !/[$`*?]/.test(value));
    for (const value of isKnown ? values : [undefined]) {
      frame.variables.set(name, value);
      if (isNode(node.body)) this.#node(node.body, commands, frame);
    }
  }

  #expand(word: ShellNode, frame: Frame): readonly string[] {
    const text = String(word.text);
    return expandShellWord({ text, value: String(word.value), isLiteral: !/[$`"'\\]/.test(text) }, (name) =>
      this.#lookup(name, frame),
    );
  }

  #lookup(name: string, frame: Frame): VariableValue {
    if (frame.variables.has(name)) {
      const value = frame.variables.get(name);
      return { value, complete: value !== undefined };
    }
    if (name === 'PWD') return { value: frame.cwd, complete: true };
    const found = this.#subject.document.scope(this.#instruction)!.lookup(name);
    if (found.value !== undefined) return found;
    const { variables } = this.#world.base;
    if (Object.hasOwn(variables, name)) return { value: variables[name], complete: true };
    if (name === 'HOME') return { value: '/root', complete: true };
    return found;
  }

  #command(node: ShellNode, commands: ReadonlyMap<number, ShellCommand>, frame: Frame): void {
    const own = new Map<string, string | undefined>();
    const prefix = Array.isArray(node.prefix) ? node.prefix.filter(isNode) : [];
    for (const item of prefix) {
      if (item.type !== 'Assignment' || !isNode(item.value)) continue;
      const value = item.value.type === 'Word' ? this.#expand(item.value, frame).join(' ') : undefined;
      own.set(String(item.name), value === undefined || /\$|`/.test(value) ? undefined : value);
    }
    const command = isNode(node.name) ? commands.get(node.name.pos) : undefined;
    if (!command) {
      for (const [name, value] of own) frame.variables.set(name, value);
      this.#redirects(node, frame, 'a redirection');
      return;
    }
    for (const { value } of command.allWords.slice(0, command.allWords.length - command.words.length)) {
      // `env A=b program`
      const equals = value.indexOf('=');
      if (/^[A-Za-z_]\w*=/.test(value)) own.set(value.slice(0, equals), value.slice(equals + 1));
    }
    const lookup = (name: string) => {
      const value = own.get(name);
      return value === undefined ? this.#lookup(name, frame) : { value, complete: true };
    };
    const program = command.words[0] ? (expandShellWord(command.words[0], lookup)[0] ?? '') : '';
    const call: Call = {
      command,
      instruction: this.#instruction,
      name: command.name || (program.includes('$') ? '' : program.slice(program.lastIndexOf('/') + 1)),
      args: command.args.flatMap((word) => expandShellWord(word, (name) => this.#lookup(name, frame))),
      cwd: frame.cwd,
      env: (name) => (own.has(name) ? own.get(name) : this.#lookup(name, frame).value),
      path: (word) => (/\$|`/.test(word) ? undefined : joinPath(frame.cwd, word.replace(/^~(?=\/|$)/, '/root'))),
    };
    const body = frame.functions.get(call.name);
    if (body) this.#node(body, commands, { ...frame, functions: new Map() });
    else this.#apply(this.#effects(call, program), frame, call);
    this.#redirects(node, frame, call.name);
  }

  #effects(call: Call, program: string): readonly Effect[] {
    let known: readonly Effect[] | undefined;
    for (const recipe of this.#recipes) known ??= recipe.effects?.(call, this.#world, this.#subject);
    known ??= commonEffects(call, program, this.#world, this.#subject);
    if (known) return known;
    const shown = program === '' ? 'a command that a variable names' : `\`${program}\``;
    return [{ kind: 'unknown', below: call.cwd, why: `what ${shown} does is not known` }];
  }

  #apply(effects: readonly Effect[], frame: Frame, call: Call): void {
    const owner = this.#owner();
    for (const effect of effects) {
      if (effect.kind === 'chdir') frame.cwd = effect.path;
      else if (effect.kind === 'assign') frame.variables.set(effect.name, effect.value);
      else if (effect.kind === 'script') {
        const script = frame.depth < DEEPEST ? parseScript(effect.text) : undefined;
        const inner = {
          cwd: effect.cwd,
          variables: new Map(frame.variables),
          functions: new Map(),
          depth: frame.depth + 1,
        };
        if (script) this.#script(script, { ...inner, script: effect.origin });
      } else applyEffect(this.#world, effect, { instruction: this.#instruction, owner, command: call.name });
    }
  }

  /** Whoever USER says, unless it is root. */
  #owner(): string | undefined {
    const user = this.#subject.document.scope(this.#instruction)?.user;
    return user === undefined || /^(?:root|0)(?::|$)/.test(user) ? undefined : user;
  }

  #redirects(node: ShellNode, frame: Frame, command: string): void {
    const items = [node.prefix, node.suffix, node.redirects].flatMap((list) => (Array.isArray(list) ? list : []));
    for (const item of new Set(items)) {
      if (!isNode(item) || item.type !== 'Redirect' || !isNode(item.target)) continue;
      if (!/^(?:&?>>?|>\|)$/.test(String(item.operator))) continue;
      const word = this.#expand(item.target, frame)[0] ?? '';
      if (/^&?\d+$|^\/dev\/|[$`*?]/.test(word)) continue;
      const path = joinPath(frame.cwd, word);
      // A stand-in for the program, so that its dependencies are compiled first.
      const role = /\.(?:rs|go|c|cc|cpp|h|java|kt|cs|hs)$/.test(word) ? 'source' : 'data';
      if (path) this.#write({ path, role, origin: `written by \`${command}\`` }, this.#owner());
    }
  }
}
