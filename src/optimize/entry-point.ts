import { type Instruction, instructionCommand, joinPath, type ShellScript, type Stage } from '../dockerfile/index.ts';
import { healthcheck, type StartCommand } from '../lint/facts/shipping.ts';
import { shellPrograms } from './programs.ts';
import { expandShellWord, parseScript } from './shell.ts';
import type { Entry, EntryPoint, Need, Program, Subject } from './types.ts';
import type { World } from './world.ts';

/** Programs that start another one, with the options of theirs that take a value. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = {
  tini: ['-p', '-e'],
  'dumb-init': ['--rewrite'],
  gosu: [],
  'su-exec': [],
  env: ['-u', '-C'],
  exec: ['-a'],
  nohup: [],
  nice: ['-n'],
  timeout: ['-s', '-k'],
  catatonit: [],
};
const SHELL = /^(?:ba|da|a|k|z)?sh$/;

/** Reads what the container starts, backwards from ENTRYPOINT, CMD and HEALTHCHECK. */
export function readEntryPoint(subject: Subject, start: StartCommand, world: World): EntryPoint {
  const reader = new Reader(subject, world);
  reader.read(start);
  const check = healthcheck(subject.stage);
  if (check) reader.command(check, 'healthcheck');
  const instructions = [start.entrypoint, start.cmd, check].flatMap((instruction) => instruction ?? []);
  return { instructions, programs: reader.programs, paths: [...reader.paths.values()], needs: reader.needs };
}

/** The working directory of the container. */
export function finalWorkdir(stage: Stage, world: World): string {
  return stage.scope.end.workdir ?? joinPath(world.base.workdir ?? '/', lastWorkdirs(stage))!;
}

/** Relative WORKDIRs on top of one that only the base knows. */
function lastWorkdirs(stage: Stage): string {
  const instructions = [...stage.chain].reverse().flatMap((part) => part.instructions);
  const paths = instructions.filter(({ keyword }) => keyword === 'WORKDIR').map(({ argsText }) => argsText);
  return paths.join('/') || '.';
}

class Reader {
  readonly programs: Program[] = [];
  readonly paths = new Map<string, { readonly entry: Entry; readonly why: string }>();
  readonly needs: Need[] = [];
  readonly #subject: Subject;
  readonly #world: World;
  readonly #workdir: string;
  readonly #scripts = new Set<string>();

  constructor(subject: Subject, world: World) {
    this.#subject = subject;
    this.#world = world;
    this.#workdir = finalWorkdir(subject.stage, world);
  }

  read({ entrypoint, cmd }: StartCommand): void {
    const own = entrypoint?.json?.map(({ value }) => value);
    const given = cmd?.json?.map(({ value }) => value);
    if (own && given) {
      this.#argv([...own, ...given], 'exec', entrypoint!);
      // A script may end in `exec "$@"`; then CMD is a command line of its own.
      const name = given[0];
      if (name !== undefined && (this.#resolve(name)?.role || this.#passesOn(own))) this.#argv(given, 'exec', cmd!);
      return;
    }
    if (entrypoint) this.command(entrypoint, 'exec');
    // The shell form of ENTRYPOINT takes no arguments.
    if (cmd && (!entrypoint || own)) this.command(cmd, 'exec');
  }

  /** Whether a script of the context ends in starting its arguments. */
  #passesOn(argv: readonly string[]): boolean {
    return argv.some((word) => {
      const { contextPath } = this.#resolve(word) ?? {};
      const text = contextPath === undefined ? undefined : this.#subject.context.readText(contextPath);
      return text !== undefined && /^#!/.test(text) && /"?\$[@*]/.test(text);
    });
  }

  command(instruction: Instruction, via: Program['via']): void {
    const command = instructionCommand(instruction);
    if (!command) return;
    if (command.argv) {
      this.#argv(
        command.argv.map(({ value }) => value),
        via,
        instruction,
      );
      return;
    }
    this.#need({ kind: 'shell', why: `${instruction.keyword} has the shell form` });
    const own = this.#subject.document.scope(instruction)?.shell?.[0]?.replace(/.*\//, '');
    if (own !== undefined && !/^(?:sh|ash|dash)$/.test(own))
      this.#need({ kind: 'program', name: own, why: 'SHELL names it' });
    const shell = this.#subject.document.shell(instruction);
    if (shell) this.#script(shell, via === 'healthcheck' ? via : 'shell', instruction);
  }

  #argv(argv: readonly string[], via: Program['via'], instruction: Instruction): void {
    const [program, ...args] = argv;
    if (program === undefined || program.includes('$')) return;
    const name = program.slice(program.lastIndexOf('/') + 1);
    if (SHELL.test(name)) {
      this.#need({ kind: 'shell', why: `${instruction.keyword} starts \`${name}\`` });
      if (name !== 'sh' && name !== 'ash' && name !== 'dash')
        this.#need({ kind: 'program', name, why: `${instruction.keyword} starts it` });
      const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
      if (at >= 0) {
        const text = parseScript(args[at + 1] ?? '');
        if (text) this.#script(text, via === 'healthcheck' ? via : 'shell', instruction);
        return;
      }
      const file = args.find((arg) => !arg.startsWith('-'));
      const entry = file === undefined ? undefined : this.#path(file, `${instruction.keyword} runs it`);
      if (entry) this.#scriptFile(entry, instruction);
      return;
    }
    this.#program(program, args, via, instruction);
    const options = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    if (!options) return;
    let at = 0;
    while (at < args.length && (args[at]!.startsWith('-') || /^\w+=/.test(args[at]!))) {
      if (args[at] === '--') {
        at++;
        break;
      }
      at += options.includes(args[at]!) ? 2 : 1;
    }
    if (name === 'gosu' || name === 'su-exec' || name === 'timeout') at++;
    this.#argv(args.slice(at), via, instruction);
  }

  #script(script: ShellScript, via: Program['via'], instruction: Instruction): void {
    const lookup = (name: string) => {
      const value = this.#subject.stage.scope.exported(name)?.value;
      return { value, complete: value !== undefined };
    };
    for (const command of script.commands) {
      const words = command.allWords.flatMap((word) => expandShellWord(word, lookup));
      const first = words[0];
      if (first === undefined || first.includes('$')) continue;
      if (shellPrograms.has(first) && !Object.hasOwn(WRAPPERS, first) && first !== '.' && first !== 'source') {
        for (const word of words.slice(1))
          if (word.includes('/')) this.#path(word, `a script of ${instruction.keyword} names it`);
        continue;
      }
      if (first === '.' || first === 'source') {
        const entry = this.#path(words[1] ?? '', `a script of ${instruction.keyword} reads it`);
        if (entry) this.#scriptFile(entry, instruction);
      } else this.#argv(words, via, instruction);
    }
  }

  #program(name: string, args: readonly string[], via: Program['via'], instruction: Instruction): void {
    if (shellPrograms.has(name) && via !== 'exec') {
      // Nothing to bring along.
    } else {
      const entry = this.#resolve(name);
      this.programs.push({ name, args, entry, via, instruction });
      if (entry) this.#scriptFile(entry, instruction);
    }
    for (const arg of args) {
      const value = arg.startsWith('-') && arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : arg;
      if (value !== '' && !value.startsWith('-') && !value.includes('://'))
        this.#path(value, `an argument of ${instruction.keyword} names it`);
    }
  }

  /** A script of the context that is run: its commands are part of the entry point. */
  #scriptFile(entry: Entry, instruction: Instruction): void {
    if (entry.contextPath === undefined || entry.kind === 'folder' || this.#scripts.has(entry.path)) return;
    this.#scripts.add(entry.path);
    const text = this.#subject.context.readText(entry.contextPath);
    const shebang = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(text ?? '');
    if (text === undefined || !shebang) {
      if (/\.(?:sh|bash)$/.test(entry.path)) this.#need({ kind: 'shell', why: `${entry.path} is a script` });
      return;
    }
    const program = (/\/env$/.test(shebang[1]!) ? (shebang[2] ?? '') : shebang[1]!).replace(/.*\//, '');
    if (!SHELL.test(program)) {
      this.programs.push({
        name: program,
        args: [entry.path],
        entry: this.#resolve(program),
        via: 'script',
        instruction,
      });
      return;
    }
    this.#need({ kind: 'shell', why: `${entry.path} is a script` });
    if (program === 'bash') this.#need({ kind: 'program', name: 'bash', why: `${entry.path} is a script for it` });
    const script = parseScript(text);
    if (script) this.#script(script, 'script', instruction);
  }

  /** The path of the image that a program's name stands for, if the stage made it. */
  #resolve(name: string): Entry | undefined {
    const { tree, base } = this.#world;
    if (name.includes('/')) return this.#follow(joinPath(this.#workdir, name));
    const value = this.#subject.stage.scope.exported('PATH')?.value;
    const path = value?.includes('$') || value === undefined ? `${value ?? ''}:${base.path}` : value;
    for (const folder of path.split(':')) {
      if (!folder.startsWith('/')) continue;
      const entry = tree.get(joinPath(folder, name)!);
      if (entry) return this.#follow(entry.path);
    }
    return undefined;
  }

  #follow(path: string | undefined): Entry | undefined {
    const entry = path === undefined ? undefined : this.#world.tree.find(path);
    if (!entry || path === undefined) return undefined;
    // A file inside a folder of which nothing more is known.
    return entry.path === path ? entry : { ...entry, path, kind: 'file', isOpaque: false, contextPath: undefined };
  }

  #path(word: string, why: string): Entry | undefined {
    const path = /[$`*]/.test(word) ? undefined : joinPath(this.#workdir, word);
    const isFile = /\.(?:conf|cfg|ini|json|ya?ml|toml|xml|properties|lua|pem|crt|key|js|py|rb)$/.test(word);
    // In a folder whose files are not known, only what has the looks of a file is taken for one.
    const inside = isFile ? this.#follow(path) : undefined;
    const entry = path === undefined || path === '/' ? undefined : (this.#world.tree.get(path) ?? inside);
    if (entry && entry.path !== this.#workdir && !this.paths.has(entry.path))
      this.paths.set(entry.path, { entry, why });
    return entry;
  }

  #need(need: Need): void {
    if (!this.needs.some(({ kind, name }) => kind === need.kind && name === need.name)) this.needs.push(need);
  }
}
