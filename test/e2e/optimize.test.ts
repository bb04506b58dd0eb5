import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { optimizeFile, type Request } from '../../src/commands/optimize/report.ts';
import { decodeSource, parseDocument } from '../../src/dockerfile/index.ts';
import { formatBytes } from '../../src/formatters/plan/numbers.ts';
import { folderProject } from '../../src/lint/project.ts';
import { type OptimizeOptions, planRewrite, rewritten } from '../../src/optimize/index.ts';
import { withoutNeeds } from '../../src/optimize/ladder.ts';
import type { OptimizeReport } from '../../src/optimize/report.ts';
import { assert } from '../runner/suite.ts';
import { e2e, type Surroundings } from './harness.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/optimize/', import.meta.url));
/** `RECIPE`, or `RECIPE/CASE`: only these are built. */
const ONLY = process.env.OPTIMIZE_ONLY ?? '';

/** `case.json`, as far as it concerns real builds. */
interface Case {
  readonly options?: OptimizeOptions;
  /** What the program does when it is started. */
  readonly run?: { readonly exitCode: number; readonly stdout?: string };
  readonly e2e?: {
    /** Clauses of remedies that have to be among those that were applied. */
    readonly remedies?: readonly string[];
    /** It is known not to be proved; the reason has this in it. */
    readonly declined?: string;
  };
}

const test = e2e('optimize', { timeout: 600_000 });

for (const recipe of readdirSync(FIXTURES).sort()) {
  for (const name of readdirSync(join(FIXTURES, recipe)).sort()) {
    const folder = join(FIXTURES, recipe, name);
    if (!existsSync(join(folder, 'expected.Dockerfile')) || !`${recipe}/${name}/`.startsWith(ONLY && `${ONLY}/`))
      continue;
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
        // Nothing is claimed where an image cannot be had; anything else is wrong with the case.
        assert.match(report.declined.reason, /pull|base image|not be had|not available|registry/i, report.summary);
        return;
      }
      if (expected.declined !== undefined) {
        assert.is(report.outcome, 'declined');
        assert.ok(report.summary.includes(expected.declined), report.summary);
        return;
      }
      if (report.proof.status !== 'verified') throw new Error(report.summary);
      assert.ok(report.proof.verification.checks.some(({ tier }) => tier === 'starts'));
      const remedies = report.attempts.at(-1)!.remedies;
      for (const clause of expected.remedies ?? [])
        assert.ok(
          remedies.some((remedy) => remedy.includes(clause)),
          remedies.join('; '),
        );
      if (expected.remedies === undefined) {
        assert.equal(remedies, []);
        assert.ok(variants(request).includes(report.text!), `neither as expected nor another rung:\n${report.text}`);
      }
    });
  }
}

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
