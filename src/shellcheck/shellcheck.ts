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
/** Milliseconds; so many seconds are never needed for the scripts of one Dockerfile. */
const TIMEOUT = 60_000;
const MOST_OUTPUT = 64 << 20;

/** A checker that asks ShellCheck: one process for all snippets, which it reads from files of their own. */
export function shellChecker(program: string): ShellChecker {
  return (snippets) => {
    if (snippets.length === 0) return [];
    const folder = mkdtempSync(join(tmpdir(), 'dockerfileopt-shellcheck-'));
    try {
      const files = snippets.map((snippet, index) => {
        const file = join(folder, `${index}.sh`);
        writeFileSync(file, preamble(snippet) + snippet.text);
        return file;
      });
      const comments = new Map<string, ShellComment[]>(files.map((file) => [basename(file), []]));
      const checked = ask(program, files);
      for (const { file, ...comment } of checked) {
        const index = files.findIndex((one) => basename(one) === basename(file));
        const found = index < 0 ? undefined : readAnswer(comment, snippets[index]!.text, PREAMBLE_LINES);
        if (found) comments.get(basename(file))!.push(found);
      }
      return files.map((file) => comments.get(basename(file))!);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** A line for the interpreter, and one for the variables that the Dockerfile sets. */
const PREAMBLE_LINES = 2;

function preamble({ shell, variables }: ShellSnippet): string {
  const sets = variables.map((name) => `export ${name}=1`).join('; ');
  return `#!/bin/${shell === 'ash' || shell === 'busybox' ? 'dash' : shell}\n${sets === '' ? ':' : sets}\n`;
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
