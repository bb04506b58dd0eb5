import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proveMigration } from '../../src/commands/migrate/prove.ts';
import { relink, withTexts } from '../../src/commands/migrate/relink.ts';
import { decodeSource } from '../../src/dockerfile/index.ts';
import { formatBytes } from '../../src/formatters/plan/numbers.ts';
import { folderProject } from '../../src/lint/project.ts';
import { type Migrated, migratePair, migrateScript, type PairRequest, type Refused } from '../../src/migrate/index.ts';
import { assert } from '../runner/suite.ts';
import { e2e } from './harness.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/migrate/', import.meta.url));
/** The name of a case: only that is built; `all`: every case that migrates. */
const ONLY = process.env.MIGRATE_ONLY ?? '';
/** What is built unless told otherwise: the forms that differ most in how they are carried out. */
const CORE: ReadonlySet<string> = new Set([
  'build-arguments',
  'href-counter',
  'into-folder-with-files',
  'mounted-compiler',
  'packed',
  'pushd',
  'two-finals',
  'work-in-run',
]);

/** `case.json`, as the tests of the planner read it. */
interface Case {
  readonly script?: string;
  readonly cwd?: string;
  readonly pair?: {
    readonly build: string;
    readonly runtime: string;
    readonly artifacts?: readonly { from: string; to: string }[];
  };
  /** Why it cannot be carried out here. */
  readonly e2e?: { readonly unbuildable?: string };
}

for (const name of CORE) {
  if (!existsSync(join(FIXTURES, name, 'expected.txt'))) throw new Error(`there is no case ${name}`);
}

function migrate(folder: string, { script = 'build.sh', cwd = '', pair }: Case): Migrated | Refused {
  const project = folderProject(folder);
  if (!pair) {
    const source = decodeSource(script, readFileSync(join(folder, script)));
    return migrateScript({ source, path: script, cwd, project });
  }
  const request: PairRequest = { artifacts: [], buildContext: '', context: '', ...pair, project };
  const outcome = migratePair(request);
  const fresh = outcome.kind === 'migrated' ? relink(outcome, project) : undefined;
  return fresh ? migratePair({ ...request, project: withTexts(project, fresh.texts) }) : outcome;
}

const test = e2e('migrate', { timeout: 600_000 });

for (const name of readdirSync(FIXTURES).sort()) {
  const isWanted = ONLY === '' ? CORE.has(name) : ONLY === 'all' || ONLY === name;
  if (!isWanted || !existsSync(join(FIXTURES, name, 'expected.txt'))) continue;
  const caseFile = join(FIXTURES, name, 'case.json');
  const one: Case = existsSync(caseFile) ? JSON.parse(readFileSync(caseFile, 'utf8')) : {};
  test(name, async ({ engine, session, network }) => {
    const folder = join(FIXTURES, name, 'project');
    const migrated = migrate(folder, one);
    if (migrated.kind === 'refused') throw new Error(migrated.reason);
    const proved = await proveMigration(migrated, folder, {
      engine,
      session,
      options: { grace: 1, ...(network === undefined ? {} : { build: { network } }) },
      onStep: () => {},
      onEvent: () => {},
    });
    if (proved.kind === 'original-fails') {
      assert.ok(one.e2e?.unbuildable !== undefined, `${proved.error.message}\n${proved.error.log.join('\n')}`);
      return;
    }
    if (proved.kind === 'refuted') {
      const { checks, after } = proved.verification;
      const bad = checks.flatMap(({ evidence }) =>
        evidence.filter(({ outcome }) => outcome === 'worse' || outcome === 'unknown'),
      );
      throw new Error(
        `${proved.reason}\n${bad.map(({ message }) => message).join('\n')}\n${after.build.failure?.log.join('\n') ?? ''}`,
      );
    }
    const sizes = proved.images.map(({ role, bytes }) => `${role} ${formatBytes(bytes)}`);
    console.log(`    ${name}: ${proved.verifications.map(({ verdict }) => verdict).join(', ')} (${sizes.join(', ')})`);
    assert.is(proved.verifications.length, migrated.finals.length);
  });
}
