import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { optimizeFile, type Request } from '../../src/commands/optimize/report.ts';
import { decodeSource, parseDocument } from '../../src/dockerfile/index.ts';
import { formatBytes } from '../../src/formatters/plan/numbers.ts';
import { folderProject } from '../../src/lint/project.ts';
import { type OptimizeOptions, planRewrite, rewritten } from '../../src/optimize/index.ts';
import { withoutNeeds } from '../../src/optimize/ladder.ts';
import type { OptimizeReport } from '../../src/optimize/report.ts';
import { assert, Skip } from '../runner/suite.ts';
import { e2e, type Surroundings } from './harness.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/optimize/', import.meta.url));
/** `RECIPE`, `RECIPE/CASE` or `command`: only these are built; `all`: every case, which takes the better part of an hour. */
const ONLY = process.env.OPTIMIZE_ONLY ?? '';
/** What is built unless told otherwise: of every recipe the shapes that differ most. */
const CORE: ReadonlySet<string> = new Set([
  'c/cmake-project',
  'c/zlib-headers',
  'go/base-as-argument',
  'go/data-folder',
  'go/entrypoint-script',
  'go/healthcheck-curl',
  'go/hello',
  'go/seed-s1',
  'go/seed-s3',
  'go/seed-s4-alpine',
  'go/seed-s4-arguments',
  'go/seed-s4-scratch',
  'go/stage-upon-stage',
  'go/templates',
  'java/fat-jar',
  'node/comments-everywhere',
  'node/plain',
  'python/c-extension',
  'python/user-packages',
  'repair/build-tools',
  'repair/cgo-on-scratch',
  'repair/seed-s1-published',
  'repair/seed-s6',
  'rust/workspace',
]);

function isWanted(name: string): boolean {
  if (ONLY === '') return CORE.has(name);
  return ONLY === 'all' || `${name}/`.startsWith(`${ONLY}/`);
}

/** `case.json`, as far as it concerns real builds. */
interface Case {
  readonly options?: OptimizeOptions;
  /** What the program does when it is started. */
  readonly run?: { readonly exitCode: number; readonly stdout?: string };
  readonly e2e?: {
    /** Why the original does not build on images that only stand in for the real ones. */
    readonly unbuildable?: string;
    /** Clauses of remedies that have to be among those that were applied. */
    readonly remedies?: readonly string[];
    /** What remedies may add, where the base image is only a stand-in for one that has it. */
    readonly mayAdd?: string;
    /** The original does not start, and the rewrite does. */
    readonly revives?: boolean;
    /** It is known not to be proved; the reason has this in it. */
    readonly declined?: string;
  };
}

/** Why a build fails that nobody here is to blame for. */
const BEYOND_US: ReadonlySet<string> = new Set(['base-unavailable', 'engine-too-old']);

for (const name of CORE) {
  if (!existsSync(join(FIXTURES, name, 'expected.Dockerfile'))) throw new Error(`there is no case ${name}`);
}

const test = e2e('optimize', { timeout: 600_000 });

for (const recipe of readdirSync(FIXTURES).sort()) {
  for (const name of readdirSync(join(FIXTURES, recipe)).sort()) {
    const folder = join(FIXTURES, recipe, name);
    if (!existsSync(join(folder, 'expected.Dockerfile')) || !isWanted(`${recipe}/${name}`)) continue;
    test(`${recipe}/${name}`, async (surroundings) => {
      const caseFile = join(folder, 'case.json');
      const { options = {}, e2e: expected = {} }: Case = existsSync(caseFile)
        ? JSON.parse(readFileSync(caseFile, 'utf8'))
        : {};
      const path = join(folder, 'Dockerfile');
      const document = parseDocument(decodeSource(path, readFileSync(path)));
      const request = { ...options, document, path, context: join(folder, 'app') };
      const report = await optimize(request, surroundings);
      console.log(`    ${recipe}/${name}: ${tell(report)}`);
      if (report.declined?.code === 'original-fails') {
        // Where an engine is too old or an image cannot be had nothing is built; else the case has to say so.
        const isKnown = BEYOND_US.has(report.declined.cause ?? '') || expected.unbuildable !== undefined;
        assert.ok(isKnown, `${report.summary}\n${report.declined.log?.join('\n')}`);
        throw new Skip(`not built: ${report.summary}`);
      }
      if (expected.declined !== undefined) {
        assert.is(report.outcome, 'declined');
        assert.ok(report.summary.includes(expected.declined), report.summary);
        return;
      }
      if (report.proof.status !== 'verified') throw new Error(report.summary);
      assert.ok(report.proof.verification.checks.some(({ tier }) => tier === 'starts'));
      const isRevived = report.proof.verification.checks.some(({ id }) => id === 'revived');
      assert.is(isRevived, expected.revives === true, report.summary);
      const remedies = report.attempts.at(-1)!.remedies;
      for (const clause of expected.remedies ?? [])
        assert.ok(
          remedies.some((remedy) => remedy.includes(clause)),
          remedies.join('; '),
        );
      const isAllowed = remedies.every((remedy) => expected.mayAdd !== undefined && remedy.includes(expected.mayAdd));
      if (remedies.length > 0 && isAllowed) return;
      if (expected.remedies === undefined) {
        assert.equal(remedies, []);
        assert.ok(variants(request).includes(report.text!), `neither as expected nor another rung:\n${report.text}`);
      }
    });
  }
}

const GO = 'FROM golang:1.26-bookworm\nCOPY app.go .\nRUN go build -o app app.go\nCMD ["./app"]\n';
const HELLO = 'package main\n\nfunc main() { println("hello") }\n';

/** Runs the command line in a folder with these files; `onLine` gets what it says on stderr. */
async function command(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
  env: Surroundings['env'],
  onLine: (line: string, stop: () => void) => void = () => {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-optimize-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const script = `import(${JSON.stringify(new URL('../../src/cli.ts', import.meta.url).href)}).then(async ({ main }) => { process.exitCode = await main(process.argv.slice(1)); })`;
    const tsx = import.meta.resolve('tsx');
    const child = spawn(process.execPath, ['--import', tsx, '--eval', script, '--', 'optimize', ...args], {
      cwd: folder,
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk;
      onLine(String(chunk), () => child.kill('SIGINT'));
    });
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once('close', (...how) => resolve(how)),
    );
    const names = readdirSync(folder).sort();
    return { code, signal, out, err, names, text: readFileSync(join(folder, 'Dockerfile'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const files = { Dockerfile: GO, 'app.go': HELLO };
const aside = ONLY === '' || ONLY === 'command' ? test : () => {};

aside('command: writes what it has verified', async ({ env }) => {
  const { code, out, err, text, names } = await command(files, ['--write', '--run', './app again'], env);
  assert.is(code, 0, err);
  assert.match(out, /^Dockerfile: Rewritten for scratch and verified, \d+ MB → [\d.]+ MB \(\d+ times smaller\)$/m);
  assert.match(out, /^ {2}behaves: /m);
  assert.match(text, /^FROM golang:1\.26-bookworm AS build\n.*\nFROM scratch\n/s);
  assert.equal(names, ['Dockerfile', 'app.go']);
});

aside('command: leaves everything as it was when interrupted', async ({ env }) => {
  const onLine = (line: string, stop: () => void) => {
    if (/Starting the (?:original|rewrite)/.test(line)) setTimeout(stop, 500);
  };
  const { code, signal, text, names, out } = await command(files, ['--write'], env, onLine);
  assert.equal([code === 130 || signal === 'SIGINT', out], [true, '']);
  assert.is(text, GO);
  assert.equal(names, ['Dockerfile', 'app.go']);
});

aside('command: declines what does not build, with the step', async ({ env }) => {
  const broken = { ...files, 'app.go': 'package main\n\nfunc main() { undefined() }\n' };
  const { code, out, text } = await command(broken, ['--write'], env);
  assert.is(code, 1);
  assert.match(out, /^Dockerfile:3:1: Declined: the original does not build at `RUN go build -o app app\.go`: /);
  assert.match(out, /undefined: undefined/);
  assert.is(text, GO);
});

aside('command: says that little was proved where the original fails by itself', async ({ env }) => {
  const failing = { ...files, 'app.go': 'package main\n\nfunc main() { panic("no database") }\n' };
  const { code, out } = await command(failing, [], env);
  assert.is(code, 0);
  assert.match(out, /and verified, .*; starting it proved little$/m);
  assert.match(out, /^ {2}The original fails by itself here \(exit code 2/m);
});

async function optimize(request: Request, { engine, network }: Surroundings): Promise<OptimizeReport> {
  const options = network === undefined ? {} : { build: { network } };
  return optimizeFile(request, async () => ({ engine, options }));
}

/** What the plan gives for every rung of its ladder, with the needs that it is sure of and with all. */
function variants(request: Request): string[] {
  const outcome = planRewrite(request.document, folderProject(request.context), request);
  if (outcome.kind !== 'rewritten') return [];
  const { plan } = outcome;
  const doubted = [...new Set(plan.needs.flatMap(({ kind, isPossible }) => (isPossible ? [kind] : [])))];
  return [[], ...doubted.map((kind) => [kind]), doubted]
    .map((kinds) => withoutNeeds(plan, kinds))
    .flatMap((one) => one.ladder.filter(({ lacks }) => lacks.length === 0).map((runtime) => ({ ...one, runtime })))
    .map((one) => rewritten(request.document, one).text);
}

function tell({ summary, plan, proof, attempts }: OptimizeReport): string {
  if (proof.status !== 'verified') return summary;
  const { before, after, verdict } = proof.verification;
  const climbed = attempts.slice(0, -1).map(({ image, failure }) => `, not ${image}: ${failure}`);
  const added = attempts.at(-1)!.remedies.map((remedy) => `, added ${remedy}`);
  return `${formatBytes(before.bytes!)} → ${formatBytes(after.bytes!)} on ${plan?.runtime.image}, ${verdict}${added.join('')}${climbed.join('')}`;
}
