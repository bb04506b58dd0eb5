import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../src/engines/engine.ts';
import { type Verdict, type VerificationReport, Verifier, type VerifyOptions } from '../../src/verify/index.ts';
import { e2e } from '../e2e/harness.ts';
import { assert } from '../runner/suite.ts';
import { comparePrediction, showPredictions } from './prediction.ts';

/** What has to be said of a rewrite: its verdict, and, where it is broken, which check names the cause. */
interface Expected {
  verdict: Verdict | Verdict[];
  check?: string;
  /** A regular expression. */
  says?: string;
}

const folder = fileURLToPath(new URL('../../fixtures/verify', import.meta.url));
// One of them, for work on it: DOCKERFILEOPT_VERIFY=go-server
const wanted = process.env.DOCKERFILEOPT_VERIFY;
/** What is told of sizes and predictions: for a closing note, not for every run. */
const tells = process.env.DOCKERFILEOPT_VERIFY_TABLES === '1';

/** The second engine has fewer base images, is slower, and judges the same. */
const someCases: Record<string, readonly string[]> = {
  'c-tool': ['good', 'good-merged', 'dynamic-on-busybox', 'no-entrypoint'],
  'shell-app': ['good', 'no-list', 'carriage-returns', 'other-exit-code'],
};
const engines = { docker: readdirSync(folder), buildah: Object.keys(someCases) };

/** Rewrites of one original that are judged at a time: most of the time they wait for containers. */
const AT_ONCE = 3;

for (const engineName of ['docker', 'buildah'] as const) {
  const apps = engines[engineName].filter((name) => wanted === undefined || name === wanted);
  if (apps.length === 0) continue;
  const test = e2e(`verify ${engineName}`, { engine: engineName, timeout: 1_200_000 });
  const reports = new Map<string, VerificationReport>();
  for (const app of apps) {
    test(app, async ({ engine, network }) => {
      const build = network === undefined ? {} : { network };
      const only = engineName === 'docker' ? undefined : someCases[app];
      const { wrong, found } = await judgeAll(join(folder, app), engine, build, only);
      for (const [name, report] of found) reports.set(`${app}/${name}`, report);
      if (tells) process.stdout.write(showSizes(app, found));
      assert.equal(wrong, []);
    });
  }
  if (engineName !== 'docker') continue;
  test('what images at rest show is what happens when they are started', async () => {
    const predictions = [...reports].flatMap(([name, report]) => comparePrediction(name, report) ?? []);
    if (tells) process.stdout.write(showPredictions(predictions));
    assert.equal(
      predictions.filter(({ agrees, why }) => !agrees && why === undefined).map(({ name, text }) => `${name}: ${text}`),
      [],
    );
    if (wanted === undefined) assert.ok(predictions.length >= 60, `${predictions.length} rewrites were started`);
  });
}

interface Judged {
  wrong: string[];
  found: Map<string, VerificationReport>;
}

async function judgeAll(
  at: string,
  engine: Engine,
  build: VerifyOptions['build'] & object,
  only?: readonly string[],
): Promise<Judged> {
  const context = realpathSync(join(at, 'context'));
  const side = (file: string) => ({ text: readFileSync(join(at, file), 'utf8'), path: join(at, file), context });
  const cases = JSON.parse(readFileSync(join(at, 'cases.json'), 'utf8')) as Record<string, Expected>;
  const rewrites = readdirSync(at).filter((file) => file.endsWith('.Dockerfile'));
  assert.equal(
    rewrites.sort(),
    Object.keys(cases)
      .map((name) => `${name}.Dockerfile`)
      .sort(),
  );
  const verifier = new Verifier(engine, side('Dockerfile'), { build, grace: 1 });
  const wrong: string[] = [];
  const found = new Map<string, VerificationReport>();
  const waiting = Object.entries(cases).filter(([name]) => only?.includes(name) !== false);
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, expected] = next;
      const report = await verifier.judge(side(`${name}.Dockerfile`));
      found.set(name, report);
      if (!isAsExpected(report, expected)) wrong.push(`${name}: ${describe(report)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { wrong, found };
}

function isAsExpected(report: VerificationReport, { verdict, check, says }: Expected): boolean {
  if (![verdict].flat().includes(report.verdict)) return false;
  if (check === undefined) return true;
  const found = report.checks.find(({ id }) => id === check);
  const bad = found?.evidence.filter(({ outcome }) => outcome === 'worse' || outcome === 'unknown') ?? [];
  return bad.some(({ message }) => new RegExp(says ?? '').test(message));
}

function describe({ verdict, reason, checks, before }: VerificationReport): string {
  const bad = checks.flatMap(({ id, evidence }) =>
    evidence
      .filter(({ outcome }) => outcome === 'worse' || outcome === 'unknown')
      .map(({ outcome, message }) => `${id} ${outcome}: ${message}`),
  );
  return [`${verdict}: ${reason}`, ...bad, ...(before.build.failure?.log ?? [])].join('\n  ');
}

function showSizes(app: string, found: Judged['found']): string {
  const rows = [...found].map(([name, { before, after, verdict }]) =>
    [app, name, before.bytes ?? '–', after.bytes ?? '–', verdict].join('\t'),
  );
  return `${rows.join('\n')}\n`;
}
