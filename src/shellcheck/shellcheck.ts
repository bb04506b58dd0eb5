import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ShellChecker, ShellComment, ShellSnippet } from '../lint/types.ts';
import { type Answer, readAnswer } from './answer.ts';

/**
 * What makes no sense for the commands of a RUN: sourced files stand in the image and cannot be followed (SC1090,
 * SC1091), and `ash` being read as `dash` is what is wanted (SC2187).
 */
const EXCLUDED = ['SC1090', 'SC1091', 'SC2187'];
/** Milliseconds; so many seconds are never needed for the scripts of one process. */
const TIMEOUT = 60_000;
const MOST_OUTPUT = 64 << 20;
/** Snippets for one process: a command line has its limits. */
const MOST_SNIPPETS = 1000;

/** A checker that asks ShellCheck, which takes longer to start than to check a snippet: once for many, and for none twice. */
export function shellChecker(program: string): ShellChecker {
  const known = new Map<string, readonly ShellComment[]>();
  return (snippets) => {
    const scripts = snippets.map(scriptOf);
    const unknown = [...new Set(scripts)].filter((script) => !known.has(script));
    for (let at = 0; at < unknown.length; at += MOST_SNIPPETS) {
      const asked = unknown.slice(at, at + MOST_SNIPPETS);
      for (const [index, comments] of askAbout(program, asked).entries()) known.set(asked[index]!, comments);
    }
    return scripts.map((script) => known.get(script)!);
  };
}

/** A line for the interpreter, and one for the variables that the Dockerfile sets. */
const PREAMBLE_LINES = 2;

function scriptOf({ shell, variables, text }: ShellSnippet): string {
  const sets = variables.map((name) => `export ${name}=1`).join('; ');
  const interpreter = shell === 'ash' || shell === 'busybox' ? 'dash' : shell;
  return `#!/bin/${interpreter}\n${sets === '' ? ':' : sets}\n${text}`;
}

/** The comments on each of the scripts, which ShellCheck reads from files. */
function askAbout(program: string, scripts: readonly string[]): readonly (readonly ShellComment[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'dockerfileopt-shellcheck-'));
  try {
    const files = scripts.map((script, index) => {
      const file = join(folder, `${index}.sh`);
      writeFileSync(file, script);
      return file;
    });
    const comments = scripts.map((): ShellComment[] => []);
    for (const { file, ...comment } of ask(program, files)) {
      const index = Number(basename(file, '.sh'));
      const text = scripts[index]?.split('\n').slice(PREAMBLE_LINES).join('\n');
      const found = text === undefined ? undefined : readAnswer(comment, text, PREAMBLE_LINES);
      if (found) comments[index]!.push(found);
    }
    return comments;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ask(program: string, files: readonly string[]): readonly (Answer & { readonly file: string })[] {
  const args = ['--format=json1', '--norc', `--exclude=${EXCLUDED.join(',')}`, ...files];
  const { stdout, stderr, error, status } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: TIMEOUT,
    maxBuffer: MOST_OUTPUT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // 1 says that there are comments; from 2 on something is wrong with files or options.
  if (error || (status !== 0 && status !== 1)) {
    throw new Error(`${program}: ${error?.message ?? (stderr.trim().split('\n')[0] || `exit code ${status}`)}`);
  }
  return (JSON.parse(stdout) as { comments: (Answer & { file: string })[] }).comments;
}
