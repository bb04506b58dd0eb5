import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '../../rules/index.ts';
import { decodeSource, parseDocument } from '../../src/dockerfile/index.ts';
import { fixDocument } from '../../src/lint/fixes.ts';
import { folderProject } from '../../src/lint/project.ts';
import type { Rule } from '../../src/lint/types.ts';
import { verify } from '../../src/verify/index.ts';
import { assert } from '../runner/suite.ts';
import { e2e, type Surroundings } from './harness.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/rules/', import.meta.url));
/** Ids with commas between them: only the fixes of these rules are built. */
const ONLY = (process.env.FIXES_ONLY ?? '').split(',').filter(Boolean);

/** `case.json`, as far as it concerns real builds. */
interface Case {
  readonly target?: string;
  readonly options?: unknown;
  /** That this fixture is built, before and after its safe fixes. */
  readonly e2e?: {
    /** Checks that may find a known difference, because it is what the fix is for: `lost-files` → what it is. */
    readonly changes?: Readonly<Record<string, string>>;
    /** Why the original cannot be built on images that only stand in for the real ones; that it cannot is tested. */
    readonly unbuildable?: string;
  };
}

/** A Dockerfile that a rule repairs, in the folder it is built in. */
interface Repair extends Case {
  readonly title: string;
  readonly folder: string;
  readonly before: string;
  readonly after: string;
}

const test = e2e('safe fixes');
const examples = mkdtempSync(join(tmpdir(), 'e2e-fixes-'));
process.once('exit', () => rmSync(examples, { recursive: true }));

for (const rule of rules) {
  if (ONLY.length > 0 && !ONLY.includes(rule.id)) continue;
  const [fromFixtures, fromExamples] = [fixtureRepairs(rule), exampleRepairs(rule)];
  const marked = fromFixtures.filter((repair) => repair.e2e);
  // A rule that nobody thought of has its first example built, or a fixture must be made that can be.
  const chosen = marked.length > 0 ? marked : [...fromExamples, ...fromFixtures].slice(0, 1);
  for (const repair of chosen) {
    test(`${rule.id}: ${repair.title}`, (surroundings) => build(repair, surroundings));
  }
  if (chosen.length === 0 && rule.fixable === 'safe') {
    test(`${rule.id}: a case`, async () => assert.unreachable('neither a fixture nor an example has a safe fix'));
  }
}

async function build({ title, folder, before, after, target, e2e = {} }: Repair, { engine, network }: Surroundings) {
  assert.ok(before !== after, `nothing in ${title} has a safe fix`);
  const side = (name: string, text: string) => ({ text, path: join(folder, name), context: folder, target });
  const report = await verify(engine, side('Dockerfile', before), side('fixed.Dockerfile', after), {
    atRest: true,
    ...(network === undefined ? {} : { build: { network } }),
  });
  if (e2e.unbuildable !== undefined) {
    assert.ok(report.before.build.failure, `${title} can be built: it is no longer true that ${e2e.unbuildable}`);
    return;
  }
  const { failure } = report.before.build;
  assert.is(failure, undefined, `the original does not build: ${failure?.log.join('\n')}`);
  const changed = report.checks.filter(({ outcome }) => outcome !== 'same');
  const unexpected = changed.filter(({ id, outcome }) => outcome !== 'changed' || e2e.changes?.[id] === undefined);
  const told = unexpected.map(({ id, evidence }) => `${id}: ${evidence.map(({ message }) => message).join('; ')}`);
  assert.equal(told, [], report.reason);
  assert.is(report.verdict, changed.length > 0 ? 'equivalent with differences' : 'equivalent');
}

/** The fixtures of a rule that have something to fix safely. */
function fixtureRepairs(rule: Rule): Repair[] {
  const home = join(FIXTURES, rule.id);
  return readdirSync(home)
    .sort()
    .flatMap((name) => {
      const folder = join(home, name);
      const file = join(folder, 'case.json');
      const about: Case = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
      const repair = repaired(rule, folder, readFileSync(join(folder, 'Dockerfile')), about);
      return repair.before !== repair.after || about.e2e ? [{ ...about, ...repair, title: name, folder }] : [];
    });
}

/** The examples of a rule that have something to fix safely. */
function exampleRepairs(rule: Rule): Repair[] {
  return rule.examples.flatMap(({ bad, files = {}, options }, index) => {
    const folder = join(examples, rule.id, String(index));
    mkdirSync(folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const repair = repaired(rule, folder, Buffer.from(bad), { options });
    return repair.before === repair.after ? [] : [{ ...repair, title: `example ${index + 1}`, folder }];
  });
}

/** What the rule's safe fixes make of a Dockerfile. */
function repaired(rule: Rule, folder: string, bytes: Buffer, { options, target }: Case) {
  const document = parseDocument(decodeSource(join(folder, 'Dockerfile'), bytes));
  const severity = rule.severity === 'off' ? 'info' : rule.severity;
  const settings = { rules: [{ rule, severity, options }], book: rules, target, project: folderProject(folder) };
  const fixed = fixDocument(document, settings, { unsafe: false });
  return { before: document.source.text, after: fixed.document.source.text };
}
