import type { ShellCommand } from '../dockerfile/index.ts';
import { parseScript } from './shell.ts';
import type { Subject } from './types.ts';

/** What the scripts do that a stage calls, as far as the build context has them. */
export interface BuildScripts {
  /** Of scripts that were read. */
  readonly commands: readonly ShellCommand[];
  /** The first call of a script that could not be read. */
  readonly unread: ShellCommand | undefined;
}

/** Reads the scripts of the build context by their names, before anybody knows where they lie in the image. */
export function readBuildScripts({ commands, context }: Pick<Subject, 'commands' | 'context'>): BuildScripts {
  const found: ShellCommand[] = [];
  let unread: ShellCommand | undefined;
  for (const command of commands) {
    const name = scriptOf(command);
    if (name === undefined) continue;
    const base = name.slice(name.lastIndexOf('/') + 1);
    const paths = context.files.filter((path) => path === base || path.endsWith(`/${base}`));
    const text = paths.length === 1 ? context.readText(paths[0]!) : undefined;
    const isShell = text !== undefined && /^#!.*\b(?:ba|da|z|k)?sh\b|^(?!#!)/.test(text);
    const script = isShell ? parseScript(text) : undefined;
    if (script?.dialect === 'sh') found.push(...script.commands);
    else unread ??= command;
  }
  return { commands: found, unread };
}

/** The script that a command starts: `./build.sh`, `bash scripts/build.sh`. */
function scriptOf({ name, words, args }: ShellCommand): string | undefined {
  const program = words[0]?.value ?? '';
  if (/^(?:ba|da|z|k)?sh$|^(?:\.|source)$/.test(name)) {
    const file = args.find(({ value }) => !value.startsWith('-'))?.value;
    return args.some(({ value }) => /^-\w*c/.test(value)) || !file?.includes('.') ? undefined : file;
  }
  return /\.(?:sh|bash)$/.test(program) || /^\.\.?\/[\w./-]+$/.test(program) ? program : undefined;
}
