import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '../../rules/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { type Agreement, CHECKS, type Checked, checkOf, compareChecks, type Disagreement } from './checks.ts';
import { DEVIATIONS, NOT_WRITTEN } from './deviations.ts';
import { Oracle } from './oracle.ts';
import { pathsIn } from './seeds.ts';

// For longer runs by hand: a folder of real files, whose warnings are counted by check.
const EXTRA = process.env.ORACLE_SEEDS;
const BATCH = 500;

const test = suite("agreement with BuildKit's checks", { timeout: 10 * 60_000 });
const oracle = Oracle.open();

test('every check of BuildKit has a rule, or is on the list of those that are missing', () => {
  const written = new Set(rules.map(checkOf));
  assert.equal(
    CHECKS.filter((check) => !written.has(check)),
    [...NOT_WRITTEN].sort(),
  );
});

if (typeof oracle === 'string') test.skip('the same warnings in the same lines', oracle);
else testWith(oracle);

function testWith(oracle: Oracle): void {
  const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

  test('the same warnings in the same lines of every Dockerfile among the fixtures', () => {
    const { unexplained, pairs } = compareAll(oracle, pathsIn(fixtures));
    assert.equal(unexplained.slice(0, 20), []);
    assert.ok(pairs > 50, `only ${pairs} warnings`);
  });

  test('every deviation on the list is there', () => {
    for (const { check, side, reason, holds, example } of DEVIATIONS) {
      const files = [{ bytes: Buffer.from(example.dockerfile), ignore: example.ignore }];
      const [{ different }] = compareChecks(oracle, files) as [Agreement];
      assert.ok(
        different.some((each) => each.check === check && each.side === side && holds(each)),
        `${check}, ${side}: ${reason}`,
      );
    }
  });

  if (EXTRA) {
    test(`the same warnings in the same lines of the files in ${EXTRA}`, () => {
      const { table, unexplained } = compareAll(oracle, pathsIn(EXTRA));
      console.error(table);
      assert.equal(unexplained.slice(0, 20), []);
    });
  }
}

interface Outcome {
  /** By check: pairs on both sides, and those on one that are explained. */
  readonly table: Record<string, Record<string, number>>;
  /** How many there are in all. */
  readonly pairs: number;
  readonly unexplained: readonly string[];
}

function compareAll(oracle: Oracle, paths: readonly string[]): Outcome {
  const table: Outcome['table'] = {};
  const unexplained: string[] = [];
  let pairs = 0;
  const count = (check: string, column: string) => {
    table[check] ??= {};
    table[check][column] = (table[check][column] ?? 0) + 1;
  };
  for (let from = 0; from < paths.length; from += BATCH) {
    const batch = paths.slice(from, from + BATCH);
    for (const [at, agreement] of compareChecks(oracle, batch.map(readChecked)).entries()) {
      for (const { check } of agreement.same) count(check, 'same');
      pairs += agreement.same.length + agreement.different.length;
      for (const each of agreement.different) {
        const reason = explain(each);
        count(each.check, `${each.side}: ${reason ?? 'UNEXPLAINED'}`);
        if (reason === undefined) unexplained.push(show(each, batch[at]!));
      }
    }
  }
  return { table, pairs, unexplained };
}

function explain(disagreement: Disagreement): string | undefined {
  const { check, side, answer } = disagreement;
  if (NOT_WRITTEN.includes(check)) return 'not written yet';
  if (side === 'ours' && answer.error !== null) return 'BuildKit refuses the file and checks no further';
  return DEVIATIONS.find((it) => it.check === check && it.side === side && it.holds(disagreement))?.reason;
}

function show({ check, line, side, detail, document, answer }: Disagreement, path: string): string {
  const text = document.source.text.split('\n')[line - 1];
  return `${path}:${line} ${check}, ${side} alone: ${detail}\n    ${text}\n    ${answer.error ?? ''}`;
}

function readChecked(path: string): Checked {
  const ignore = join(dirname(path), '.dockerignore');
  return { bytes: readFileSync(path), ignore: existsSync(ignore) ? readFileSync(ignore, 'utf8') : undefined };
}
