import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '../../rules/index.ts';
import { activateRules } from '../../src/config/settings.ts';
import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { lintDocument } from '../../src/lint/engine.ts';
import { emptyProject } from '../../src/lint/project.ts';
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

  test('the experiments that a file asks for, and no others', () => {
    for (const [asked, dockerfile] of EXPERIMENTS) {
      const source = new Source('Dockerfile', dockerfile);
      const document = parseDocument(source);
      const findings = lintDocument(document, { rules: buildkit, book: rules, project: emptyProject });
      const ours = findings.map(({ ruleId, start }) => `${ruleId} ${source.position(start).line}`);
      const [answer] = oracle.lint([{ dockerfile: Buffer.from(dockerfile) }]);
      const theirs = answer!.warnings.map(({ check, line }) => `${idOf(check)} ${line}`);
      assert.equal(ours, theirs, dockerfile);
      assert.is(theirs.length, asked, dockerfile);
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

const buildkit = activateRules(rules, { extends: 'buildkit' });
const idOf = (check: string) => rules.find((rule) => checkOf(rule) === check)?.id;

const DESCRIBED = '# Which\nARG A\n\n# The base\nFROM debian:12 AS base\n';

/** How often the one experiment there is speaks of a file. */
const EXPERIMENTS: readonly (readonly [warnings: number, dockerfile: string])[] = [
  [0, `${DESCRIBED}`],
  [2, `# check=experimental=all\n\n${DESCRIBED}`],
  [2, `# check=experimental=InvalidDefinitionDescription\n${DESCRIBED}`],
  [2, `# Check = error=0;experimental=Other,InvalidDefinitionDescription why\n\n${DESCRIBED}`],
  [0, `# check=experimental=Other, InvalidDefinitionDescription\n\n${DESCRIBED}`],
  [0, `# check=error=maybe;experimental=all\n\n${DESCRIBED}`],
  [0, `# check=experimental=all;\n\n${DESCRIBED}`],
  [0, `# check=experimental=Other\n\n${DESCRIBED}`],
  [0, `# check=experimental=invaliddefinitiondescription\n\n${DESCRIBED}`],
  [0, `# check=skip=InvalidDefinitionDescription\n\n${DESCRIBED}`],
  [1, 'FROM debian:12\n# check=experimental=all\n# Which\nARG A\n# Which\nARG B\n'],
  [1, 'FROM debian:12\n# check=experimental=InvalidDefinitionDescription because\n# Which\nARG A\n'],
  [0, 'FROM debian:12\n# check=experimental=Other\n# check=experimental=all\n# Which\nARG A\n'],
  [0, 'FROM debian:12\n# check=skip=all\n# check=experimental=all\n# Which\nARG A\n'],
  [0, 'FROM debian:12\n# check=experimental=all;odd=1\n# Which\nARG A\n'],
  [0, 'FROM debian:12\n# check=odd\n# check=experimental=all\n# Which\nARG A\n'],
];

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
