import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../src/engines/engine.ts';
import { type Verdict, type VerificationReport, Verifier, type VerifyOptions } from '../../src/verify/index.ts';
import { e2e } from '../e2e/harness.ts';
import { assert } from '../runner/suite.ts';

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

/** The second engine has fewer base images, and judges the same. */
const engines = { docker: readdirSync(folder), buildah: ['c-tool', 'shell-app'] };

for (const engineName of ['docker', 'buildah'] as const) {
  const apps = engines[engineName].filter((name) => wanted === undefined || name === wanted);
  if (apps.length === 0) continue;
  const test = e2e(`verify ${engineName}`, { engine: engineName, timeout: 1_200_000 });
  for (const app of apps) {
    test(app, ({ engine, network }) => judgeAll(join(folder, app), engine, network === undefined ? {} : { network }));
  }
}

async function judgeAll(at: string, engine: Engine, build: VerifyOptions['build'] & object): Promise<void> {
  const context = join(at, 'context');
  const side = (file: string) => ({ text: readFileSync(join(at, file), 'utf8'), path: join(at, file), context });
  const cases = JSON.parse(readFileSync(join(at, 'cases.json'), 'utf8')) as Record<string, Expected>;
  const rewrites = readdirSync(at).filter((file) => file.endsWith('.Dockerfile'));
  assert.equal(
    rewrites.sort(),
    Object.keys(cases)
      .map((name) => `${name}.Dockerfile`)
      .sort(),
  );
  const verifier = new Verifier(engine, side('Dockerfile'), { build });
  const wrong: string[] = [];
  for (const [name, expected] of Object.entries(cases)) {
    const report = await verifier.judge(side(`${name}.Dockerfile`));
    if (!isAsExpected(report, expected)) wrong.push(`${name}: ${describe(report)}`);
  }
  assert.equal(wrong, []);
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
