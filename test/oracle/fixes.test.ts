import { fileURLToPath } from 'node:url';
import { rules } from '../../rules/index.ts';
import { decodeSource, encodeSource, parseDocument } from '../../src/dockerfile/index.ts';
import { type LintSettings, lintDocument } from '../../src/lint/engine.ts';
import { fixDocument } from '../../src/lint/fixes.ts';
import { assert, suite } from '../runner/suite.ts';
import { generateDockerfiles } from './generate.ts';
import { acceptedByBuildKit, Oracle } from './oracle.ts';
import { filesIn } from './seeds.ts';

// For longer runs by hand: other seeds, more inputs, and a folder of real files, whose findings are counted by rule.
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const COUNT = Number(process.env.ORACLE_FIX_COUNT ?? 10_000);
const EXTRA = process.env.ORACLE_SEEDS;
const BATCH = 1_000;

const test = suite('fixes and BuildKit', { timeout: 10 * 60_000 });
const oracle = Oracle.open();

if (typeof oracle === 'string') test.skip('what is fixed builds as before', oracle);
else testWith(oracle);

function testWith(oracle: Oracle): void {
  const fixtures = filesIn(fileURLToPath(new URL('../../fixtures', import.meta.url)));
  for (const unsafe of [false, true]) {
    const kind = unsafe ? 'unsafe' : 'safe';
    test(`${kind} fixes over the fixtures`, () => {
      const { problems, applied } = fixAll(oracle, fixtures, unsafe);
      assert.equal(problems, []);
      assert.ok(applied > 20, `only ${applied} fixes`);
    });
    test(`${kind} fixes over ${COUNT} generated and mutated Dockerfiles`, async () => {
      const inputs = generateDockerfiles(SEED, fixtures);
      for (let left = COUNT; left > 0; left -= BATCH) {
        const batch = Array.from({ length: Math.min(left, BATCH) }, () => inputs.next().value as Buffer);
        assert.equal(fixAll(oracle, batch, unsafe).problems, []);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    if (EXTRA) {
      test(`${kind} fixes over ${EXTRA}`, () => {
        const result = fixAll(oracle, filesIn(EXTRA), unsafe);
        console.error(kind, result);
        assert.equal(result.problems, []);
      });
    }
  }
}

const project = { readText: () => undefined, list: () => [] };
const settings: LintSettings = {
  rules: rules.map((rule) => ({ rule, severity: rule.severity === 'off' ? 'info' : rule.severity })),
  book: rules,
  project,
};

/** Lints and fixes every file with every rule; tells what went wrong, and what was found and applied. */
function fixAll(
  oracle: Oracle,
  files: readonly Buffer[],
  unsafe: boolean,
): { problems: string[]; files: number; applied: number; found: Record<string, number> } {
  const problems: string[] = [];
  const found: Record<string, number> = {};
  let applied = 0;
  const results = files.map((bytes) => {
    const document = parseDocument(decodeSource('Dockerfile', bytes));
    for (const { ruleId } of lintDocument(document, settings)) found[ruleId] = (found[ruleId] ?? 0) + 1;
    const result = fixDocument(document, settings, { unsafe });
    applied += result.applied.length;
    const show = (what: string) => `${what}: ${JSON.stringify(document.source.text.slice(0, 2_000))}`;
    for (const { ruleId } of result.rolledBack) problems.push(show(`a fix of ${ruleId} was rolled back`));
    const again = fixDocument(parseDocument(result.document.source), settings, { unsafe });
    if (again.applied.length > 0) problems.push(show(`"${again.applied[0]!.title}" applies to its own result`));
    return { bytes, after: encodeSource(result.document.source), show };
  });
  const changed = results.filter(({ bytes, after }) => !bytes.equals(after));
  const before = acceptedByBuildKit(
    oracle,
    changed.map(({ bytes }) => bytes),
  );
  const after = acceptedByBuildKit(
    oracle,
    changed.map((result) => result.after),
  );
  for (const [at, { show }] of changed.entries()) {
    if (before[at] && !after[at]) problems.push(show('BuildKit refuses the result'));
  }
  return { problems: problems.slice(0, 5), files: files.length, applied, found };
}
