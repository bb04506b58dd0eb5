import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { relink, withTexts } from '../../src/commands/migrate/relink.ts';
import { decodeSource, parseDocument, Source } from '../../src/dockerfile/index.ts';
import { folderProject } from '../../src/lint/project.ts';
import { type Migrated, migratePair, migrateScript, type Refused } from '../../src/migrate/index.ts';
import { assert, suite } from '../runner/suite.ts';

const FIXTURES = new URL('../../fixtures/migrate/', import.meta.url).pathname;
/** Writes what comes out now into cases that have no expectation yet; never changes one that has. */
const FILL = process.env.FILL_FIXTURES === '1';

/**
 * A case: `project/`, what is expected, and perhaps `case.json`. Migrated ones expect `expected.Dockerfile`,
 * `expected.script` and `expected.txt`: what is handed over, built, assumed and no longer needed. Others have `refused.txt`.
 */
interface Case {
  /** `build.sh` unless told. */
  readonly script?: string;
  /** The folder that it is started in. */
  readonly cwd?: string;
  /** Two Dockerfiles instead of a script. */
  readonly pair?: {
    readonly build: string;
    readonly runtime: string;
    readonly artifacts?: readonly { from: string; to: string }[];
  };
}

function migrate(
  folder: string,
  { script = 'build.sh', cwd = '', pair }: Case,
  encode: (text: string) => string,
): Migrated | Refused {
  const project = folderProject(join(folder, 'project'));
  if (pair) {
    const request = { artifacts: [], buildContext: '', context: '', ...pair, project };
    const outcome = migratePair(request);
    const fresh = outcome.kind === 'migrated' ? relink(outcome, project) : undefined;
    return fresh ? migratePair({ ...request, project: withTexts(project, fresh.texts) }) : outcome;
  }
  const bytes = readFileSync(join(folder, 'project', script));
  const source = new Source(script, encode(decodeSource(script, bytes).text));
  return migrateScript({ source, path: script, cwd, project });
}

function describe({ plan, merged, finals, assumptions, unneeded }: Migrated): string {
  const lines = [
    ...plan.handOvers.map(
      ({ origin, from, host }) => `hands over ${merged.names.from(origin)}:${from} as ${host || '.'}`,
    ),
    ...finals.map(({ command }) => `builds with ${command}`),
    ...assumptions.map((sentence) => `assumes ${sentence}`),
    ...unneeded.map((path) => `needs no ${path}`),
  ];
  return `${lines.join('\n')}\n`;
}

function tellRefusal(
  { code, reason, file, range }: Refused,
  folder: string,
  { script = 'build.sh', pair }: Case,
): string {
  const name = file ?? pair?.build ?? script;
  const path = join(folder, 'project', name);
  const source = existsSync(path) ? decodeSource(name, readFileSync(path)) : new Source(name, '');
  return `${code} at ${name}:${source.position(range.start).line}: ${reason}\n`;
}

const test = suite('migrate');

for (const name of readdirSync(FIXTURES).sort()) {
  const folder = join(FIXTURES, name);
  const caseFile = join(folder, 'case.json');
  const one: Case = existsSync(caseFile) ? JSON.parse(readFileSync(caseFile, 'utf8')) : {};
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const isRefused = existsSync(join(folder, 'refused.txt'));

  if (FILL && !isRefused && !existsSync(join(folder, 'expected.txt'))) {
    const outcome = migrate(folder, one, (text) => text);
    const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
    if (outcome.kind === 'refused') write('refused.txt', tellRefusal(outcome, folder, one));
    else {
      write('expected.Dockerfile', outcome.dockerfile.after);
      if (outcome.script) write('expected.script', outcome.script.after);
      write('expected.txt', describe(outcome));
    }
    continue;
  }

  test(name, () => {
    const outcome = migrate(folder, one, (text) => text);
    if (outcome.kind === 'refused') {
      const told = tellRefusal(outcome, folder, one);
      assert.ok(isRefused, told);
      assert.is(told, read('refused.txt'));
      return;
    }
    assert.is(isRefused, false, `was migrated:\n${outcome.dockerfile.after}`);
    assert.is(outcome.dockerfile.after, read('expected.Dockerfile'));
    if (outcome.script) assert.is(outcome.script.after, read('expected.script'));
    assert.is(describe(outcome), read('expected.txt'));
    const merged = parseDocument(new Source('Dockerfile', outcome.dockerfile.after));
    assert.equal(
      merged.problems.map(({ message }) => message),
      [],
    );
    keepsComments(
      outcome,
      merged.comments.map(({ text }) => text),
    );
    const again = migrateAgain(folder, one, outcome);
    if (again) assert.is(again.kind, 'refused', 'what was migrated is migrated again');
  });

  if (one.pair || isRefused) continue;
  // In a script for a shell a carriage return would be part of words; the Dockerfiles stay as they are.
  test(`${name}, with a BOM in the script`, () => {
    const outcome = migrate(folder, one, (text) => `\uFEFF${text}`);
    if (outcome.kind === 'refused') throw new Error(outcome.reason);
    assert.is(outcome.script?.after, `\uFEFF${read('expected.script')}`);
  });
}

/** The migrated script hands nothing over any more. */
function migrateAgain(
  folder: string,
  { script = 'build.sh', cwd = '' }: Case,
  { script: written, dockerfile }: Migrated,
): Migrated | Refused | undefined {
  if (!written) return undefined;
  const project = folderProject(join(folder, 'project'));
  const readText = (path: string) => (path === dockerfile.path ? dockerfile.after : project.readText(path));
  return migrateScript({
    source: new Source(script, written.after),
    path: script,
    cwd,
    project: { ...project, readText },
  });
}

function keepsComments({ plan }: Migrated, comments: string[]): void {
  for (const { document } of plan.finals) {
    for (const { text } of document.comments.filter(
      (comment) => !document.directives.some(({ start }) => start === comment.start),
    ))
      assert.ok(comments.includes(text), `the comment is gone: ${text}`);
  }
}
