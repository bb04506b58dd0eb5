import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A here-document as BuildKit read it. */
export interface OracleHeredoc {
  name: string;
  fileDescriptor: number;
  expand: boolean;
  chomp: boolean;
  content: string;
}

/** An instruction as BuildKit's parser sees it; lines count from 1 and the range includes both. */
export interface OracleInstruction {
  /** Lower-case keyword. */
  cmd: string;
  /** Raw flags, quotes already taken off, e.g. `--from=build`. */
  flags: string[];
  args: string[];
  json: boolean;
  startLine: number;
  endLine: number;
  original: string;
  heredocs: OracleHeredoc[];
  prevComment: string[];
  /** What an ONBUILD instruction holds. */
  child: OracleInstruction | null;
}

/** An instruction of a stage; the mounts are null when a variable or a wrong value hides them. */
export interface OracleCommand {
  name: string;
  from: string;
  mounts: { type: string; from: string; source: string; target: string }[] | null;
}

/** A build stage as BuildKit's instruction parser sees it. */
export interface OracleStage {
  name: string;
  baseName: string;
  platform: string;
  commands: OracleCommand[];
}

/** What BuildKit makes of a Dockerfile. */
export interface OracleAnswer {
  /** The parser's error; then there are neither instructions nor stages. */
  parseError: string | null;
  escape: string;
  instructions: OracleInstruction[];
  directives: { name: string; value: string; line: number }[];
  directivesError: string | null;
  syntax: string | null;
  check: string | null;
  /** The first error of the instruction parser, which runs only on what the parser accepted. */
  instructionError: string | null;
  stages: OracleStage[];
  metaArgs: number;
  /** What BuildKit panicked with, if it did. */
  panic: string | null;
}

/** A word to expand; `env` holds `NAME=value` entries. */
export interface OracleWord {
  word: string;
  env: string[];
  escape: '\\' | '`';
}

/** What BuildKit expands a word to. */
export interface OracleExpansion {
  value: string;
  error: string | null;
  matched: string[];
  unmatched: string[];
  /** The same word taken as a list of words, as EXPOSE takes it. */
  words: string[];
  wordsError: string | null;
  panic: string | null;
}

/** A file to check, and what a build of it would find around it. */
export interface OracleLintQuestion {
  dockerfile: Uint8Array;
  /** The text of `.dockerignore`. */
  ignore?: string | undefined;
  /** Stands in for the file's own `# check=`. */
  checks?: string | undefined;
  /** Base images by their full reference; all others have the platform asked for and no variable but PATH. */
  images?: Readonly<Record<string, { platform?: string; env?: readonly string[] }>> | undefined;
  /** What the build is given for its arguments. */
  given?: Readonly<Record<string, string>> | undefined;
}

/** What BuildKit's own checks say of a file. */
export interface OracleLint {
  warnings: { check: string; line: number; detail: string }[];
  /** Why BuildKit would not build it; it checks nothing behind that place. */
  error: string | null;
  errorLine: number;
  panic: string | null;
}

/** What BuildKit would carry out for a file. */
export interface OraclePlan {
  /** The image's configuration and author. */
  config: unknown;
  /** The digest of all steps with their arguments and variables. */
  steps: string;
  /** The RUNs as they are carried out, in order where one follows from the other. */
  runs: { args: string[]; env: string[]; cwd: string; user: string }[];
  error: string | null;
  panic: string | null;
}

const sources = fileURLToPath(new URL('./buildkit/', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/dockerfileopt-oracle/', import.meta.url));

/** BuildKit's own parser, in a process of its own. */
export class Oracle {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  /** Builds the program once per version of its sources; a string says why that cannot be done here. */
  static open(): Oracle | string {
    const key = createHash('sha256');
    for (const name of ['main.go', 'lint.go', 'go.mod', 'go.sum']) key.update(readFileSync(join(sources, name)));
    const folder = join(cache, key.digest('hex').slice(0, 16));
    const program = join(folder, process.platform === 'win32' ? 'oracle.exe' : 'oracle');
    if (existsSync(program)) return new Oracle(program);

    mkdirSync(folder, { recursive: true });
    const build = spawnSync('go', ['build', '-trimpath', '-o', program, '.'], { cwd: sources, encoding: 'utf8' });
    if (build.error) return 'Go is not installed';
    if (build.status === 0) return new Oracle(program);
    return `Go cannot build BuildKit's parser: ${build.stderr.trim()}`;
  }

  /** Answers in the order of the inputs; hand it a few thousand at a time to keep memory bounded. */
  parse(inputs: readonly (Uint8Array | string)[]): OracleAnswer[] {
    return this.#ask('parse', inputs) as OracleAnswer[];
  }

  expand(words: readonly OracleWord[]): OracleExpansion[] {
    return this.#ask(
      'expand',
      words.map((word) => JSON.stringify(word)),
    ) as OracleExpansion[];
  }

  lint(questions: readonly OracleLintQuestion[]): OracleLint[] {
    return this.#ask('lint', questions.map(encodeQuestion)) as OracleLint[];
  }

  convert(questions: readonly OracleLintQuestion[]): OraclePlan[] {
    return this.#ask('convert', questions.map(encodeQuestion)) as OraclePlan[];
  }

  #ask(mode: 'parse' | 'expand' | 'lint' | 'convert', inputs: readonly (Uint8Array | string)[]): unknown[] {
    const chunks: Uint8Array[] = [];
    for (const input of inputs) {
      const bytes = typeof input === 'string' ? Buffer.from(input) : input;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      chunks.push(length, bytes);
    }
    const run = spawnSync(this.#program, [mode], {
      input: Buffer.concat(chunks),
      encoding: 'utf8',
      maxBuffer: 1 << 29,
      stdio: 'pipe',
    });
    if (run.error) throw run.error;
    if (run.status !== 0) throw new Error(`the oracle failed: ${run.stderr.slice(0, 2000)}`);
    const lines = run.stdout.split('\n').slice(0, -1);
    if (lines.length !== inputs.length) throw new Error(`${inputs.length} inputs, ${lines.length} answers`);
    return lines.map((line) => JSON.parse(line));
  }
}

function encodeQuestion(question: OracleLintQuestion): string {
  return JSON.stringify({ ...question, dockerfile: Buffer.from(question.dockerfile).toString('base64') });
}

/** Whether BuildKit would build each of these texts, as far as its two parsers can tell. */
export function acceptedByBuildKit(oracle: Oracle, texts: readonly (Uint8Array | string)[]): boolean[] {
  return oracle.parse(texts).map((answer) => isAccepted(answer));
}

export function isAccepted(answer: OracleAnswer): boolean {
  return answer.parseError === null && answer.instructionError === null && answer.panic === null;
}
