import { type FileEntry, type FileIndex, joinPaths } from './files.ts';

/** PATH of a container whose image sets none. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Why a program cannot be started, as it would show when it is. */
export interface ProgramProblem {
  /**
   * `missing`: no such file, or not found in PATH. `denied`: there and not executable. `folder`: a directory.
   * `line end`: the `#!` line ends in a carriage return. `format`: neither a program nor a script. `loop`: scripts that
   * name each other.
   */
  readonly kind: 'missing' | 'denied' | 'folder' | 'line end' | 'format' | 'loop';
  /** What was asked for: `node`, `/app/run.sh`. */
  readonly name: string;
  /** The script whose first line asks for it. */
  readonly script?: string;
  /** The path of the file that does not do. */
  readonly path?: string;
}

export interface ResolvedProgram {
  /** As it was found, symlinks not followed. */
  readonly path: string;
  readonly entry: FileEntry;
}

/** Who starts a program, and from where. */
export interface StartContext {
  readonly env: ReadonlyMap<string, string>;
  readonly workingDir: string;
  /** Numbers of the user and of its groups; undefined for root, who needs any x bit at all. */
  readonly user?: { readonly uid: number; readonly gids: readonly number[] } | undefined;
}

function isExecutable(entry: FileEntry, { user }: StartContext): boolean {
  if (user === undefined || user.uid === 0) return (entry.mode & 0o111) !== 0;
  if (entry.uid === user.uid) return (entry.mode & 0o100) !== 0;
  return (entry.mode & (user.gids.includes(entry.gid) ? 0o010 : 0o001)) !== 0;
}

/** Finds the program that a name or a path stands for, as a container runtime does. */
export function findProgram(files: FileIndex, name: string, context: StartContext): ResolvedProgram | ProgramProblem {
  if (name === '') return { kind: 'missing', name };
  const isPath = name.includes('/');
  const path = context.env.get('PATH') ?? DEFAULT_PATH;
  const candidates = isPath
    ? [joinPaths(context.workingDir, name)]
    : path.split(':').map((folder) => joinPaths(context.workingDir, `${folder === '' ? '.' : folder}/${name}`));
  let denied: string | undefined;
  for (const candidate of candidates) {
    const entry = files.resolve(candidate);
    if (entry?.type === 'directory' && isPath) return { kind: 'folder', name, path: candidate };
    if (entry?.type !== 'file') continue;
    if (isExecutable(entry, context)) return { path: candidate, entry };
    denied ??= candidate;
  }
  return denied === undefined ? { kind: 'missing', name } : { kind: 'denied', name, path: denied };
}

/** A program with the interpreters that its `#!` lines lead to; the last one is machine code. */
export interface ProgramChain {
  readonly programs: readonly ResolvedProgram[];
  readonly problem?: ProgramProblem;
}

/** Programs that start another one and that `#!` lines and commands go through. */
function programOfEnv(words: readonly string[]): string | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '-u' || word === '--unset' || word === '-C') i += 1;
    else if (!word.startsWith('-') && !word.includes('=')) return word;
  }
  return undefined;
}

/** Follows a command to the program that the kernel runs in the end: PATH, symlinks, `#!` lines and `env`. */
export function followProgram(files: FileIndex, name: string, context: StartContext): ProgramChain {
  const programs: ResolvedProgram[] = [];
  let script: string | undefined;
  let wanted = name;
  for (let depth = 0; depth < 8; depth++) {
    const found = findProgram(files, wanted, context);
    const from = script === undefined ? {} : { script };
    if ('kind' in found) return { programs, problem: { ...found, ...from } };
    programs.push(found);
    const { entry } = found;
    if (entry.elf) return { programs };
    if (entry.shebang === undefined) {
      return { programs, problem: { kind: 'format', name: wanted, path: found.path, ...from } };
    }
    if (entry.shebang.endsWith('\r')) {
      return {
        programs,
        problem: { kind: 'line end', name: entry.shebang.trim(), path: found.path, script: found.path },
      };
    }
    // The kernel splits only once; `env -S` splits the rest itself.
    const [interpreter = '', ...rest] = entry.shebang.trim().split(/\s+/);
    script = found.path;
    const inner = /(^|\/)env$/.test(interpreter) ? programOfEnv(rest) : undefined;
    if (inner !== undefined) {
      const env = findProgram(files, interpreter, context);
      if ('kind' in env) return { programs, problem: { ...env, script } };
      programs.push(env);
    }
    wanted = inner ?? interpreter;
  }
  return { programs, problem: { kind: 'loop', name } };
}
