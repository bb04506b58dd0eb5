import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '../../rules/index.ts';
import { findProgram } from '../../src/commands/programs.ts';
import { type Answer, readAnswer } from '../../src/shellcheck/answer.ts';
import { run } from '../commands/run.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('shellcheck');
const program = findProgram('shellcheck', process.env.PATH);
const reason = 'there is no shellcheck on the path';

/** A test that needs the program. */
function withShellCheck(title: string, code: (path: string) => Promise<void>): void {
  if (program) test(title, () => code(join(program, '..')));
  else if (process.env.DOCKERFILEOPT_REQUIRE_ALL === '1') test(title, () => assert.unreachable(reason));
  else test.skip(title, reason);
}

const answer: Answer = {
  ...{ line: 3, endLine: 3, column: 3, endColumn: 4 },
  ...{ level: 'style', code: 2086, message: 'Quote this.', fix: null },
};

test('a column is a character, and the lines in front are not the snippet’s', () => {
  assert.equal(readAnswer(answer, '😀 $a', 2), {
    ...{ code: 'SC2086', severity: 'info', message: 'Quote this.' },
    ...{ start: 3, end: 4, edits: [] },
  });
  assert.is(readAnswer({ ...answer, line: 2 }, '😀 $a', 2), undefined);
});

test('a proposal of which a part cannot be placed is none', () => {
  const replacement = { line: 3, endLine: 3, column: 3, endColumn: 3, replacement: '"' };
  const placed = readAnswer({ ...answer, fix: { replacements: [replacement] } }, '😀 $a', 2);
  assert.equal(placed!.edits, [{ start: 3, end: 3, text: '"' }]);
  const lost = { ...replacement, line: 9, endLine: 9 };
  assert.equal(readAnswer({ ...answer, fix: { replacements: [replacement, lost] } }, '😀 $a', 2)!.edits, []);
});

const files = { Dockerfile: 'FROM debian:13\nRUN rm -rf $old\nRUN cd /x; ls\n' };
const only = ['--no-config', '--rule', 'no-shellcheck-finding', '-f', 'gnu', '--fail-on', 'info'];
const lines = (out: string) => out.split('\n').filter((line) => /\[SC\d+\]/.test(line));

withShellCheck('codes have severities of their own', async (PATH) => {
  const settings = { files, book: rules, env: { PATH } };
  const { out } = await run(['--no-config', '-f', 'gnu'], settings);
  assert.equal(
    lines(out)
      .map((line) => line.replace(/^.*: (\w+): .* /, '$1 '))
      .sort(),
    ['note [SC2086]', 'warning [SC2154]', 'warning [SC2164]'],
  );
  const { out: set } = await run(
    ['--no-config', '-f', 'gnu', '--rule', 'SC2086:error', '--rule', 'SC2154:off'],
    settings,
  );
  assert.equal(
    lines(set)
      .map((line) => line.replace(/^.*: (\w+): .* /, '$1 '))
      .sort(),
    ['error [SC2086]', 'warning [SC2164]'],
  );
  const { out: off } = await run(['--no-config', '-f', 'gnu', '--rule', 'no-shellcheck-finding:off'], settings);
  assert.equal(lines(off), []);
});

test('silent where it is not installed, unless it is asked for', async () => {
  const settings = { files, book: rules, env: { PATH: '/nowhere' } };
  assert.is((await run(['--no-config'], settings)).err, '');
  const { err, code } = await run([...only], settings);
  assert.is(err, 'dockerfileopt: shellcheck is not there, and what ShellCheck would say is left out\n');
  assert.is(code === 2, false);
  assert.match((await run(['--no-config', '--rule', 'SC2086'], settings)).err, /shellcheck is not there/);
  assert.is((await run(['--no-config', '--rule', 'SC2086:off'], settings)).err, '');
});

test('a program that fails is named, and the next file is linted', async () => {
  const { err, code } = await run(['.'], {
    files: {
      ...files,
      '.dockerfileoptrc': '{"shellcheck": "./broken"}',
      broken: '#!/bin/sh\necho out of order >&2\nexit 4\n',
    },
    book: rules,
    prepare: (folder) => chmodSync(join(folder, 'broken'), 0o755),
  });
  assert.is(code, 2);
  assert.match(err, /Dockerfile: rule no-shellcheck-finding crashed: .*broken: out of order/);
});

withShellCheck('one process for all files, and what is the same is asked once', async (PATH) => {
  const folder = mkdtempSync(join(tmpdir(), 'shellcheck-count-'));
  try {
    const count = join(folder, 'count');
    const settings = {
      files: {
        'a/Dockerfile': files.Dockerfile,
        'b/Dockerfile': `${files.Dockerfile}RUN echo $new\n`,
        'c/Dockerfile': 'FROM debian:13\nRUN <<EOF\nunclosed\n',
        '.dockerfileoptrc': '{"shellcheck": "./counting"}',
        counting: `#!/bin/sh\nfor word; do case $word in *.sh) echo $$ >>${count};; esac; done\nexec ${PATH}/shellcheck "$@"\n`,
      },
      book: rules,
      prepare: (place: string) => chmodSync(join(place, 'counting'), 0o755),
    };
    const { out } = await run(['.', '-f', 'gnu'], settings);
    assert.is(lines(out).length, 8);
    const asked = readFileSync(count, 'utf8').trim().split('\n');
    assert.is(asked.length, 3, 'of five RUNs, three are different');
    assert.is(new Set(asked).size, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
