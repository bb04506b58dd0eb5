import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules as book } from '../../rules/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { run } from './run.ts';

const test = suite('switching from hadolint');
const folder = fileURLToPath(new URL('../../fixtures/switching', import.meta.url));

/** A repository with a configuration of hadolint and ignore comments. */
const files = Object.fromEntries(
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => statSync(join(folder, path)).isFile() && path !== 'hadolint.txt')
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(join(folder, path), 'utf8')]),
);

/** What hadolint 2.15.1 says of it: place, code and level. */
const said = readFileSync(join(folder, 'hadolint.txt'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' ') as [place: string, code: string, level: string]);

const LEVELS: Readonly<Record<string, string>> = { error: 'error', warning: 'warning', info: 'note', style: 'note' };

interface Line {
  readonly place: string;
  readonly level: string;
  readonly codes: readonly string[];
}

async function lint(args: readonly string[], given = files): Promise<Line[]> {
  const { code, out } = await run([...args, '-f', 'gnu', '.'], { files: given, book });
  assert.is(code, 1);
  return [...out.matchAll(/^(.*:\d+):\d+: (\w+): .* \[(.*)\]$/gm)].map(([, place, level, id]) => ({
    place: place!,
    level: level!,
    codes: book.find((rule) => rule.id === id)?.aliases ?? [],
  }));
}

test('the report is what it was, line by line', async () => {
  const lines = await lint([]);
  for (const [place, code, level] of said) {
    const at = lines.findIndex(
      (line) => line.place === place && line.level === LEVELS[level] && line.codes.includes(code),
    );
    assert.ok(at >= 0, `${place} ${code} ${level}`);
    lines.splice(at, 1);
  }
  assert.equal(lines, []);
});

test('and it stays so when the configuration is translated', async () => {
  let text = '';
  await run(['init', '--from-hadolint'], {
    files,
    book,
    inspect: (place) => {
      text = readFileSync(join(place, '.dockerfileoptrc'), 'utf8');
    },
  });
  const { '.hadolint.yaml': _, ...others } = files;
  assert.equal(await lint([], { ...others, '.dockerfileoptrc': text }), await lint([]));
});
