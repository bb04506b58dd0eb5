import type { Stage } from '../dockerfile/index.ts';
import type { BuildStep, CreateStep, Refusal, RunRequest, RunStep, Step } from './types.ts';

/** What a hand-over comes out of: an image of the script or a plain one, and what has been run in it. */
export interface Origin {
  /** Undefined for an image that the script does not build. */
  readonly build: BuildStep | undefined;
  readonly image: string;
  /** Whose command has left the files; undefined where the build has. */
  readonly run: CreateStep | RunStep | undefined;
  /** Steps that only serve to get at the files. */
  readonly steps: Step[];
  readonly problem?: Refusal | undefined;
}

/** What a container does when it starts: its arguments, `undefined` where only the image knows. */
export interface Command {
  readonly argv: readonly string[] | undefined;
  /** The shell form, as it is written in the Dockerfile. */
  readonly text?: string | undefined;
}

/** Puts together what `docker run` carries out, from what it says and what the Dockerfile says. */
export function commandOf({ command, entrypoint }: RunRequest, stage: Stage | undefined): Command {
  const entry = entrypoint === undefined ? find(stage, 'ENTRYPOINT') : { argv: entrypoint === '' ? [] : [entrypoint] };
  const isOwnEntry = entrypoint !== undefined;
  const cmd = command !== undefined ? { argv: command } : isOwnEntry ? { argv: [] } : find(stage, 'CMD');
  if (entry?.text !== undefined) return entry;
  if (entry === undefined || entry.argv?.length === 0) return cmd ?? { argv: undefined };
  if (cmd?.text !== undefined) return { argv: [...(entry.argv ?? []), '/bin/sh', '-c', cmd.text] };
  return { argv: [...(entry.argv ?? []), ...(cmd?.argv ?? [])] };
}

function find(stage: Stage | undefined, keyword: string): Command | undefined {
  for (const { instructions } of stage?.chain ?? []) {
    const found = instructions.findLast((instruction) => instruction.keyword === keyword);
    if (found)
      return found.json ? { argv: found.json.map(({ value }) => value) } : { argv: undefined, text: found.argsText };
    // An ENTRYPOINT drops the command of the stages below.
    if (keyword === 'CMD' && instructions.some((instruction) => instruction.keyword === 'ENTRYPOINT')) return undefined;
  }
  return undefined;
}

/** The words of a command that needs no shell; undefined for one that does. */
export function plainWords({ argv, text }: Command): readonly string[] | undefined {
  const isShell =
    argv !== undefined && argv.length === 3 && /^(?:\/bin\/)?(?:ba)?sh$/.test(argv[0]!) && argv[1] === '-c';
  const script = text ?? (isShell ? argv[2] : undefined);
  if (script === undefined) return argv;
  return /^[\w@%+=:,./ -]+$/.test(script) ? script.trim().split(/\s+/) : undefined;
}

/** A command that ends at once or waits for ever, and leaves no files. */
export function isIdle({ argv, text }: Command): boolean {
  const words = argv ?? text?.trim().split(/\s+/) ?? [];
  const [program = '', ...rest] = words;
  const name = program.replace(/^.*\//, '');
  if (/^(?:true|false|:|echo|sleep|date|pwd|ls|id|uname|env|printf)$/.test(name))
    return !rest.some((word) => /[>|;&]/.test(word));
  if (name === 'tail') return rest.includes('/dev/null');
  if (name === 'cat') return rest.length === 0;
  if (!/^(?:sh|bash|ash|dash|node|python3?|irb|jshell)$/.test(name)) return false;
  if (rest.length === 0) return true;
  return (
    rest[0] === '-c' &&
    /^\s*(?:true|exit 0|:|sleep \w+|exit|while true; do sleep \w+; done)?\s*;?\s*$/.test(rest.slice(1).join(' '))
  );
}

/** Images whose own command is a shell or a prompt, which ends at once when nobody types. */
const IDLE_IMAGE =
  /^(?:golang|rust|gcc|debian|ubuntu|alpine|busybox|buildpack-deps|node|python|ruby|fedora|centos|rockylinux|almalinux|openjdk|eclipse-temurin|swift|haskell|erlang|elixir|perl|php|clojure|gradle|amazonlinux|archlinux|opensuse\/leap|oraclelinux)$/;

/** Whether the command that an image inherits does nothing. */
export function inheritsIdle(repository: string | undefined): boolean {
  return repository !== undefined && (repository === 'scratch' || IDLE_IMAGE.test(repository));
}

/** The RUN instruction that does what a container did. */
export function runInstruction({ argv, text }: Command): string {
  if (argv === undefined) return `RUN ${text}`;
  const [program = '', flag, script, ...rest] = argv;
  const isShell = /^(?:\/bin\/)?sh$/.test(program) && flag === '-c' && script !== undefined && rest.length === 0;
  if (isShell && !/<<|\\|\n|^\s*\[|^\s*--/.test(script)) return `RUN ${script.trim()}`;
  if (argv.every((word) => /^[\w@%+:,./=-]+$/.test(word)) && /^[\w./-]+$/.test(program)) return `RUN ${argv.join(' ')}`;
  return `RUN ${JSON.stringify(argv)}`;
}
