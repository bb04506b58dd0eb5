import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { rule as parseError } from '../../rules/parse-error.ts';
import { main } from '../../src/cli.ts';
import type { Rule } from '../../src/lint/types.ts';

const examples: Rule['examples'] = [{ bad: 'from a\n', good: 'FROM a\n' }];

/** Rules of which the tests know what they say, whatever becomes of the real ones. */
export const testBook: readonly Rule[] = [
  parseError,
  {
    id: 'upper-keyword',
    aliases: ['DL9001', 'KeywordCase'],
    severity: 'warn',
    fixable: 'safe',
    summary: 'A keyword is in lower case',
    why: 'Upper case is what everyone expects.',
    examples,
    *check(document) {
      for (const instruction of document.instructions) {
        const at = { start: instruction.start, end: instruction.start + instruction.keyword.length };
        const written = document.source.slice(at);
        if (written === instruction.keyword) continue;
        const edits = [{ ...at, text: instruction.keyword }];
        yield { at, message: `${written} is in lower case`, fix: { title: 'Use upper case', safety: 'safe', edits } };
      }
    },
  },
  {
    id: 'no-latest',
    aliases: ['DL9002'],
    severity: 'info',
    fixable: 'unsafe',
    summary: 'An image has the tag latest',
    why: 'It moves.',
    examples,
    *check(document) {
      for (const { baseWord } of document.stages) {
        if (!baseWord?.text.endsWith(':latest')) continue;
        const edits = [{ start: baseWord.end - ':latest'.length, end: baseWord.end, text: ':1' }];
        const fix = { title: 'Name a version', safety: 'unsafe', edits } as const;
        yield { at: baseWord, message: 'the tag is latest', fix };
      }
    },
  },
  {
    id: 'no-root',
    severity: 'error',
    options: {
      names: {
        description: 'Names of root',
        schema: { type: 'array', items: { type: 'string' } },
        default: ['root'],
      },
      strict: { description: 'Look at the group, too', schema: { type: 'boolean' }, default: false },
    },
    summary: 'The user is root',
    why: 'It may do everything.',
    examples,
    *check(document, { options }) {
      const { names } = options as { readonly names: readonly string[] };
      for (const instruction of document.instructions) {
        if (instruction.keyword === 'USER' && names.includes(instruction.argsText))
          yield { at: instruction, message: 'the user is root' };
      }
    },
  },
  {
    id: 'crash',
    aliases: ['DL9003'],
    severity: 'off',
    summary: 'Crashes on LABEL',
    why: 'To see what happens.',
    examples,
    *check(document) {
      if (document.instructions.some(({ keyword }) => keyword === 'LABEL')) throw new TypeError('no labels,\nplease');
    },
  },
];

/** How the command line is run. */
export interface Setting {
  /** Path in the working folder → content; a path that ends in a slash is a folder. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  readonly book?: readonly Rule[];
  /** Prepares the folder further. */
  readonly prepare?: (folder: string) => void;
  /** Looks at the folder afterwards. */
  readonly inspect?: (folder: string) => void;
}

/** What came of it. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The files given, as they are now. */
  readonly files: Readonly<Record<string, string>>;
}

/** Runs the command line in a new folder. */
export async function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const { files = {}, stdin = '', env = {}, isTTY = false, book = testBook, prepare, inspect } = setting;
  return inFolder(files, async (folder) => {
    prepare?.(folder);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const code = await main(args, {
      stdout: { isTTY, write: (text) => out.push(Buffer.from(text)) },
      stderr: { isTTY, write: (text) => err.push(Buffer.from(text)) },
      stdin: Readable.from([Buffer.from(stdin)]),
      env,
      book,
    });
    inspect?.(folder);
    const now = Object.keys(files)
      .filter((path) => !path.endsWith('/'))
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]);
    return {
      code,
      out: Buffer.concat(out).toString(),
      err: Buffer.concat(err).toString(),
      files: Object.fromEntries(now),
    };
  });
}

/** Makes a folder with files, makes it the working folder for a while, and removes it. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Buffer>>,
  code: (folder: string) => T | Promise<T>,
): Promise<T> {
  const before = process.cwd();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dockerfileopt-')));
  try {
    for (const [path, content] of Object.entries(files)) {
      const full = join(folder, path);
      mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true });
      if (!path.endsWith('/')) writeFileSync(full, content);
    }
    process.chdir(folder);
    return await code(folder);
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}
