/** How a shell takes a command, and whether its language is one that the shell parser reads. */
export interface ShellKind {
  /** `sh`: POSIX syntax or a superset of it (sh, dash, ash, bash, ksh, zsh); the others have languages of their own. */
  syntax: 'sh' | 'powershell' | 'cmd' | 'fish' | 'csh';
  /** `set -o pipefail` is understood. */
  pipefail: boolean;
  /** Flags after which the next word is a command text. */
  commandFlags: readonly string[];
}

const posix = (pipefail: boolean): ShellKind => ({ syntax: 'sh', pipefail, commandFlags: ['-c'] });
const powershell: ShellKind = {
  syntax: 'powershell',
  pipefail: false,
  commandFlags: ['-command', '-c', '/command', '-encodedcommand'],
};

// busybox's ash has pipefail; the dash of Debian and Ubuntu, which is their sh, has not.
const SHELLS: Readonly<Record<string, ShellKind>> = {
  sh: posix(false),
  dash: posix(false),
  ash: posix(true),
  busybox: posix(true),
  bash: posix(true),
  rbash: posix(true),
  ksh: posix(true),
  mksh: posix(true),
  zsh: posix(true),
  fish: { syntax: 'fish', pipefail: false, commandFlags: ['-c', '--command'] },
  csh: { syntax: 'csh', pipefail: false, commandFlags: ['-c'] },
  tcsh: { syntax: 'csh', pipefail: false, commandFlags: ['-c'] },
  powershell,
  pwsh: powershell,
  cmd: { syntax: 'cmd', pipefail: false, commandFlags: ['/c', '/k'] },
};

/** The name of a program without its folders and without `.exe`, in lower case on Windows only. */
export function programName(path: string): string {
  const last = path.split(/[/\\]/).pop() as string;
  return /\.exe$/i.test(last) ? last.slice(0, -4).toLowerCase() : last;
}

/** The shell that a path or a name stands for, or nothing when it is no shell. */
export function shellKind(path: string): ShellKind | undefined {
  const name = programName(path);
  return Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined;
}

/** Where the command text stands in an argv such as `["/bin/bash", "-euxo", "pipefail", "-c", "make"]`, or -1. */
export function commandTextIndex(argv: readonly string[]): number {
  const kind = argv[0] === undefined ? undefined : shellKind(argv[0]);
  if (kind === undefined) return -1;
  const lower = kind.syntax === 'powershell' || kind.syntax === 'cmd';
  for (let i = 1; i < argv.length - 1; i++) {
    const word = argv[i] as string;
    if (kind.commandFlags.includes(lower ? word.toLowerCase() : word)) return i + 1;
    // `-ec`, `-lc`: a cluster of short flags that ends in or contains c.
    if (!lower && /^-[a-zA-Z]*c[a-zA-Z]*$/.test(word) && !word.startsWith('--')) return i + 1;
  }
  return -1;
}

/** The shell form's default where no SHELL instruction is in force. */
export const defaultShell = { linux: ['/bin/sh', '-c'], windows: ['cmd', '/S', '/C'] } as const;

/** Interpreters that a heredoc's `#!` line may name without being a shell. */
export function isPosixShebang(line: string): boolean {
  const match = /^#!\s*(\S+)(?:\s+(?:-S\s+)?(\S+))?/.exec(line);
  if (match === null) return true;
  const name = programName(match[1] as string);
  return shellKind(name === 'env' ? (match[2] ?? '') : name)?.syntax === 'sh';
}
