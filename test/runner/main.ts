// npm test [-- FILTER…]: a filter is a file, a folder, or part of a test file's path.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { attempt, muted } from './attempt.ts';
import { takeJobs } from './queue.ts';
import { type FileRecord, startRecord } from './record.ts';
import { describeError, paint } from './report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const requireAll = process.env.DOCKERFILEOPT_REQUIRE_ALL === '1';
const importLimit = 60_000;
const total = { passed: 0, failed: 0, skipped: 0 };
let record: FileRecord = startRecord();
let running = '';

const say = (line: string) => process.stdout.write(`${line}\n`);

// A rejection or a late exception belongs to no promise that a test awaits, so the file that runs gets it.
process.on('unhandledRejection', (error) => record.fail('unhandled rejection', error));
process.on('uncaughtException', (error) => record.fail('uncaught exception', error));
process.on('exit', () => {
  if (!running) return;
  record.fail(running, new Error('the process was ended before the tests were'));
  finishFile(running, 0);
  finishRun();
  process.exitCode = 1;
});

for (const file of findFiles(process.argv.slice(2))) await runFile(file);
running = '';
const code = finishRun();
// A server or timer that a test left behind must not keep the process.
process.stdout.write('', () => process.exit(code));

function findFiles(filters: string[]): string[] {
  const all = testFiles(join(root, 'test'));
  if (filters.length === 0) return all;
  const found = filters.flatMap((filter) => {
    const path = resolve(filter);
    const matches = !existsSync(path)
      ? all.filter((file) => relative(root, file).includes(filter))
      : statSync(path).isDirectory()
        ? under(path, filter, all)
        : [path];
    if (matches.length === 0) {
      say(`no test file matches ${filter}`);
      total.failed += 1;
    }
    return matches;
  });
  return [...new Set(found)].sort();
}

/** A folder's test files; for a folder that holds none, such as `rules`, those whose path names it. */
function under(folder: string, filter: string, all: readonly string[]): string[] {
  const files = testFiles(folder);
  return files.length > 0 ? files : all.filter((file) => relative(root, file).includes(filter));
}

function testFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(folder, name));
}

async function runFile(file: string): Promise<void> {
  const started = performance.now();
  running = relative(root, file);
  record = startRecord();
  const failure = await attempt(`loading ${running}`, importLimit, () => import(pathToFileURL(file).href));
  record.closed = true;
  if (failure) record.fail('loading', failure.error);
  else if (record.planned + record.skips.length === 0) record.fail('loading', new Error('the file has no tests'));
  if (takeJobs().length > 0) record.fail('loading', new Error('use suite() of test/runner/suite.ts instead of uvu'));
  for (const start of record.starts) start();
  await muted(async () => {
    for (const job of takeJobs()) await job();
  });
  // Rejections are reported after the microtasks of the last test.
  await new Promise((done) => setImmediate(done));
  finishFile(running, performance.now() - started);
}

function finishFile(file: string, milliseconds: number): void {
  const { passed, planned, ran, failures, skips } = record;
  const failed = record.failed + (requireAll ? skips.length : 0);
  total.passed += passed;
  total.failed += failed;
  if (!requireAll) total.skipped += skips.length;

  const counts = [`${passed} passed`, failed && `${failed} failed`, skips.length && `${skips.length} skipped`];
  const mark = failed ? paint('red', '✗') : paint('green', '✓');
  say(`${mark} ${file} ${paint('dim', `(${counts.filter(Boolean).join(', ')}, ${Math.round(milliseconds)} ms)`)}`);
  for (const { where, error } of failures) {
    say(`\n  ${paint(['bold', 'red'], where)}\n${indent(describeError(error))}`);
  }
  if (failures.length > 0) say('');
  if (planned > ran) say(`  ${planned - ran} planned tests did not run`);
  for (const { where, reason } of skips) say(`  ${paint('yellow', 'skipped')} ${where}: ${reason}`);
}

function finishRun(): number {
  const { passed, failed, skipped } = total;
  if (passed + failed === 0) say('no test ran');
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
