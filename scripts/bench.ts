// npm run bench [-- FOLDER]: start-up against `node -e 0`, and files per second over a folder, each as a ratio within
// this one run. Linters that happen to be installed (tally, dockerfilelint, dockerfile-utils) are measured beside it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
}

/** Wall time in milliseconds of one run of a command, its output thrown away. */
function time({ file, args }: Command): number {
  const started = process.hrtime.bigint();
  const { error } = spawnSync(file, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  if (error) throw error;
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** The commands in turn, so that a machine that gets slower slows all of them; the first is the measure. */
function compare(title: string, rounds: number, commands: readonly Command[], work?: { files: number }): void {
  console.log(`\n${title}`);
  const times = commands.map((): number[] => []);
  for (const command of commands) time(command);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) times[index]!.push(time(command));
  }
  for (const [index, { name }] of commands.entries()) {
    const ratios = times[index]!.map((value, round) => value / times[0]![round]!);
    const middle = median(times[index]!);
    const speed = work && index > 0 ? `  ${Math.round(work.files / (middle / 1000))} files/s` : '';
    console.log(`  ${name.padEnd(28)} ${middle.toFixed(1).padStart(9)} ms  × ${median(ratios).toFixed(2)}${speed}`);
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
import(process.argv[2]).then(({ lintText, rules }) => {
  const texts = files.map((file) => [file, readFileSync(file)]);
  const run = () => { let found = 0; const t = process.hrtime.bigint(); for (const [file, bytes] of texts) found += lintText(bytes, { path: file }).length; return [Number(process.hrtime.bigint() - t) / 1e6, found]; };
  const [cold, found] = run();
  const warm = [run()[0], run()[0], run()[0]].sort((a, b) => a - b)[1];
  let bare = 0; const t = process.hrtime.bigint(); for (const [, bytes] of texts) bare += bytes.toString('utf8').split('\\n').length;
  const split = Number(process.hrtime.bigint() - t) / 1e6;
  console.log(JSON.stringify({ files: texts.length, rules: rules.length, found, cold, warm, split }));
});`;

function benchLibrary(list: string): void {
  const library = join(ROOT, 'dist', 'lib', 'src', 'index.js');
  if (!existsSync(library)) throw new Error('dist is missing, run npm run build first');
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', IN_PROCESS, list, library], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const { files, rules, found, cold, warm, split } = JSON.parse(stdout);
  const speed = (ms: number) =>
    `${Math.round(files / (ms / 1000))} files/s, × ${(ms / split).toFixed(0)} of splitting the same files into lines`;
  console.log(`\nOne process, ${files} files, ${rules} rules, ${found} findings, reading left out`);
  console.log(`  first pass                   ${cold.toFixed(1).padStart(9)} ms  ${speed(cold)}`);
  console.log(`  later passes                 ${warm.toFixed(1).padStart(9)} ms  ${speed(warm)}`);
}

const folder = resolve(process.argv[2] ?? join(ROOT, 'fixtures'));
const work = mkdtempSync(join(tmpdir(), 'dockerfileopt-bench-'));
try {
  const small = join(work, 'Dockerfile');
  writeFileSync(
    small,
    'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
  );
  const node: Command = { name: 'node -e 0', file: process.execPath, args: ['-e', '0'] };
  compare('Start-up: one small file, all rules', ROUNDS, [
    node,
    { name: 'dockerfileopt', file: process.execPath, args: [BIN, small] },
    ...peer('dockerfilelint', 'dockerfilelint/bin/dockerfilelint', [small]),
    ...peer('tally', '@wharflab/tally-linux-x64/bin/tally', ['lint', small]),
  ]);

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
