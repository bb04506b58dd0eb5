// npm run bench [-- FOLDER]: start-up against `node -e 0`, and files per second over a folder, each as a ratio within
// this one run. Linters that happen to be installed (tally, dockerfilelint, dockerfile-utils) are measured beside it.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'bin', 'dockerfileopt.cjs');
const ROUNDS = 21;
const require = createRequire(import.meta.url);

interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** Without a path, so that no ShellCheck is found, which is another program. */
const { PATH: _, ...AS_IT_IS } = process.env;
/** Without what makes every start of Node slower, ours by a smaller share than that of an empty program. */
const { NODE_EXTRA_CA_CERTS: __, NODE_OPTIONS: ___, ...CLEAN } = AS_IT_IS;

/** Wall time in milliseconds of one run of a command, its output thrown away. */
function time({ file, args, cwd }: Command, env: NodeJS.ProcessEnv): number {
  const started = process.hrtime.bigint();
  const { error } = spawnSync(file, args, { stdio: ['ignore', 'ignore', 'ignore'], env, cwd });
  if (error) throw error;
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** The commands in turn, so that a machine that gets slower slows all of them; the first is the measure. */
function compare(
  title: string,
  rounds: number,
  commands: readonly Command[],
  { env = CLEAN, files }: { env?: NodeJS.ProcessEnv; files?: number } = {},
): void {
  console.log(`\n${title}`);
  const times = commands.map((): number[] => []);
  for (const command of commands) time(command, env);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) times[index]!.push(time(command, env));
  }
  for (const [index, { name }] of commands.entries()) {
    const ratios = times[index]!.map((value, round) => value / times[0]![round]!);
    const middle = median(times[index]!);
    const speed = files && index > 0 ? `  ${Math.round(files / (middle / 1000))} files/s` : '';
    // On a machine that does other things, too, the fastest runs are those that were left alone.
    const fastest = Math.min(...times[index]!) / Math.min(...times[0]!);
    console.log(
      `  ${name.padEnd(38)} ${middle.toFixed(1).padStart(9)} ms  × ${median(ratios).toFixed(2)}  fastest × ${fastest.toFixed(2)}${speed}`,
    );
  }
}

function peer(name: string, packagePath: string, args: readonly string[]): Command[] {
  try {
    const file = require.resolve(packagePath);
    const isScript = /\.[cm]?js$/.test(file) || readFileSync(file).subarray(0, 2).toString() === '#!';
    return [isScript ? { name, file: process.execPath, args: [file, ...args] } : { name, file, args }];
  } catch {
    return [];
  }
}

function dockerfilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /^(?:Dockerfile|Containerfile)|\.[Dd]ockerfile$/.test(basename(path)) && statSync(path).isFile())
    .sort();
}

/** Lints files in a process of its own and says how long that took, the loading of the program left out. */
const IN_PROCESS = `
const { readFileSync } = require('node:fs');
const files = readFileSync(process.argv[1], 'utf8').split('\\n');
import(process.argv[2]).then(({ decodeSource, emptyProject, lintDocument, parseDocument, rules: book }) => {
  const rules = book.filter(({ severity }) => severity !== 'off').map((rule) => ({ rule, severity: rule.severity }));
  const settings = { rules, book, project: emptyProject };
  const run = () => {
    let found = 0;
    const started = process.hrtime.bigint();
    const cpu = process.cpuUsage().user;
    for (const file of files) found += lintDocument(parseDocument(decodeSource(file, readFileSync(file))), settings).length;
    return { found, wall: Number(process.hrtime.bigint() - started) / 1e6, cpu: (process.cpuUsage().user - cpu) / 1e3 };
  };
  const split = () => {
    const started = process.hrtime.bigint();
    for (const file of files) readFileSync(file, 'utf8').split('\\n');
    return Number(process.hrtime.bigint() - started) / 1e6;
  };
  split();
  const first = run();
  console.log(JSON.stringify({ files: files.length, rules: rules.length, first, later: run(), split: split() }));
});`;

function benchLibrary(list: string): void {
  const library = join(ROOT, 'dist', 'lib', 'src', 'index.js');
  if (!existsSync(library)) throw new Error('dist is missing, run npm run build first');
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', IN_PROCESS, list, library], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const { files, rules, first, later, split } = JSON.parse(stdout);
  const show = (name: string, { wall, cpu }: { wall: number; cpu: number }) =>
    console.log(
      `  ${name.padEnd(38)} ${wall.toFixed(1).padStart(9)} ms  × ${(wall / split).toFixed(1)}  ${Math.round(files / (wall / 1000))} files/s, ${Math.round(files / (cpu / 1000))} per second of processor time`,
    );
  console.log(
    `\nOne process, ${files} files, ${rules} rules, ${first.found} findings, against reading and splitting into lines`,
  );
  show('first pass', first);
  show('second pass', later);
}

const SMALL =
  'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n';

/** Configurations that say little, by their names. */
const CONFIGS: Readonly<Record<string, readonly [file: string, text: string]>> = {
  none: ['', ''],
  json: ['.dockerfileoptrc.json', '{ "rules": { "no-sudo": "error" }, "trustedRegistries": ["docker.io"] }'],
  yaml: ['.dockerfileoptrc.yaml', '# ours\nrules:\n  no-sudo: error\ntrustedRegistries:\n  - docker.io\n'],
  hadolint: ['.hadolint.yaml', 'ignored:\n  - DL3008\ntrustedRegistries:\n  - docker.io\n'],
};

const folder = resolve(process.argv[2] ?? join(ROOT, 'fixtures'));
const work = mkdtempSync(join(tmpdir(), 'dockerfileopt-bench-'));
try {
  const node: Command = { name: 'node -e 0', file: process.execPath, args: ['-e', '0'] };
  const small = join(work, 'none', 'Dockerfile');
  const starts = Object.entries(CONFIGS).map(([name, [file, text]]): Command => {
    const cwd = join(work, name);
    mkdirSync(join(cwd, '.git'), { recursive: true });
    writeFileSync(join(cwd, 'Dockerfile'), SMALL);
    if (file !== '') writeFileSync(join(cwd, file), text);
    return {
      name: `dockerfileopt, ${file || 'no configuration'}`,
      file: process.execPath,
      args: [BIN, 'Dockerfile'],
      cwd,
    };
  });
  const startUps = [
    node,
    ...starts,
    ...peer('dockerfilelint', 'dockerfilelint/bin/dockerfilelint', [small]),
    ...peer('tally', '@wharflab/tally-linux-x64/bin/tally', ['lint', small]),
  ];
  compare('Start-up: one small file, all rules', ROUNDS, startUps);
  const isOther = [process.env.NODE_EXTRA_CA_CERTS, process.env.NODE_OPTIONS].some((value) => value !== undefined);
  if (isOther) compare('The same with the environment of Node as it is', ROUNDS, startUps, { env: AS_IT_IS });

  const files = dockerfilesIn(folder);
  const list = join(work, 'files');
  writeFileSync(list, files.join('\n'));
  compare(
    `Whole program over ${files.length} files, start-up and reading included`,
    3,
    [
      node,
      { name: 'dockerfileopt', file: process.execPath, args: [BIN, '--quiet', ...files] },
      ...peer('dockerfilelint', 'dockerfilelint/bin/dockerfilelint', files),
      ...peer('tally', '@wharflab/tally-linux-x64/bin/tally', ['lint', ...files]),
    ],
    { files: files.length },
  );
  benchLibrary(list);
} finally {
  rmSync(work, { recursive: true, force: true });
}
