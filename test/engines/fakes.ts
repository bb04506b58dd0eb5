import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../src/engines/session.ts';

const made: string[] = [];
process.once('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that goes with the process. */
export function makeTemporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'engines-test-'));
  made.push(folder);
  return folder;
}

/** What a fake program does when its arguments, joined by spaces, match: the first match counts. */
export interface Answer {
  readonly match: RegExp;
  readonly stdout?: string;
  /** Printed instead from the second time on. */
  readonly later?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Milliseconds, before it answers. */
  readonly delay?: number;
  /** Written to the file that `--iidfile` names. */
  readonly id?: string;
}

/** A PATH of programs that play back answers and take down what they were asked. */
export class Fakes {
  readonly folder = makeTemporary();
  readonly #calls = join(this.folder, 'calls');
  #folders: string[] = [];

  /** Adds a program in a folder of its own, behind those that are there. */
  add(name: string, answers: readonly Answer[]): this {
    const folder = join(this.folder, `${this.#folders.length}`);
    mkdirSync(folder);
    this.#folders.push(folder);
    const plain = answers.map(({ match, ...rest }) => ({ ...rest, source: match.source }));
    const file = join(folder, name);
    writeFileSync(file, `#!${process.execPath}\n${PLAYER(JSON.stringify(plain), this.#calls, folder)}`);
    chmodSync(file, 0o755);
    return this;
  }

  /** Goes behind those that are there, for programs such as `tar`. */
  get path(): string {
    return this.#folders.join(':');
  }

  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { PATH: this.path, HOME: this.folder, ...more };
  }

  session(more: Readonly<Record<string, string>> = {}): Session {
    return new Session({ env: this.env(more), signals: false });
  }

  /** `PROGRAM ARGUMENT…` of every call so far; sessions and temporary files have names of their own. */
  get calls(): readonly {
    readonly program: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  }[] {
    if (!existsSync(this.#calls)) return [];
    return readFileSync(this.#calls, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  call(pattern: RegExp) {
    return this.calls.find(({ args }) => pattern.test(args.join(' ')));
  }
}

const PLAYER = (answers: string, calls: string, folder: string) => `
const fs = require('node:fs');
const args = process.argv.slice(2);
const file = args.map((arg) => /^--file=(.*)/.exec(arg)?.[1]).find(Boolean);
const beside = file && fs.readdirSync(require('node:path').dirname(file));
const { DOCKER_BUILDKIT, DOCKER_HOST } = process.env;
fs.appendFileSync(${JSON.stringify(calls)}, JSON.stringify({
  program: ${JSON.stringify(folder)}.split('/').at(-1), args, env: { DOCKER_BUILDKIT, DOCKER_HOST }, beside,
  text: file && fs.readFileSync(file, 'utf8'),
}) + '\\n');
const answer = ${answers}.find(({ source }) => new RegExp(source).test(args.join(' '))) ?? { stderr: 'unexpected: ' + args.join(' '), code: 99 };
const before = fs.readFileSync(${JSON.stringify(calls)}, 'utf8').split('\\n').filter(Boolean).map((line) => JSON.parse(line).args.join(' '));
if (answer.later !== undefined && before.filter((call) => new RegExp(answer.source).test(call) && !/--filter/.test(call)).length > 1) answer.stdout = answer.later;
const idFile = args.map((arg) => /^--iidfile=(.*)/.exec(arg)?.[1]).find(Boolean);
process.on('SIGINT', () => { fs.appendFileSync(${JSON.stringify(calls)}, JSON.stringify({ args: ['SIGINT'] }) + '\\n'); process.exit(130); });
if (answer.stdout && answer.delay) process.stdout.write(answer.stdout);
setTimeout(() => {
  if (answer.id && idFile) fs.writeFileSync(idFile, answer.id);
  if (answer.stdout && !answer.delay) process.stdout.write(answer.stdout);
  if (answer.stderr) process.stderr.write(answer.stderr);
  process.exitCode = answer.code ?? 0;
}, answer.delay ?? 0);
`;

export const ID = `sha256:${'a1'.repeat(32)}`;

const version = (client: string, server: string) =>
  JSON.stringify({ Client: { Version: client }, Server: { Version: server, Os: 'linux' } });

/** How a docker client introduces itself; the builds' answers go in front. */
export const docker = (options: { client?: string; server?: string; buildx?: boolean } = {}): Answer[] => [
  { match: /^version /, stdout: version(options.client ?? '20.10.24', options.server ?? '20.10.24') },
  { match: /^buildx version/, code: options.buildx ? 0 : 1 },
  { match: /^context inspect/, stdout: 'unix:///var/run/docker.sock\n' },
  { match: /^info /, stdout: JSON.stringify({ OperatingSystem: 'Debian', SecurityOptions: ['name=seccomp'] }) },
  { match: /^(?:ps|images|network ls) /, stdout: '' },
];
