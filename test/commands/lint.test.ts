import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { assert, suite } from '../runner/suite.ts';
import { inFolder, run } from './run.ts';

const test = suite('lint');
const one = (text: string | Buffer) => ({ Dockerfile: text });
const messy = 'from a:latest\nrun x\nUSER root\n';

test('finds nothing and says nothing', async () => {
  assert.equal(await run([], { files: one('FROM a\n') }), { code: 0, out: '', err: '', files: one('FROM a\n') });
});

test('shows findings with a count', async () => {
  const { code, out, err } = await run([], { files: one(messy) });
  assert.equal(
    [code, err, out],
    [
      1,
      '',
      `Dockerfile
  1:1  warning  from is in lower case  upper-keyword
  1:6  info     the tag is latest      no-latest
  2:1  warning  run is in lower case   upper-keyword
  3:1  error    the user is root       no-root

✖ 4 problems (1 error, 2 warnings, 1 info)
  2 fixable with --fix, 1 with --fix-unsafe
`,
    ],
  );
});

test('exits with 1 from --fail-on upwards', async () => {
  const code = async (text: string, ...args: string[]) => (await run(args, { files: one(text) })).code;
  assert.is(await code('FROM a:latest\n'), 0);
  assert.is(await code('FROM a:latest\n', '--fail-on', 'info'), 1);
  assert.is(await code('from a\n'), 1);
  assert.is(await code('from a\n', '--fail-on', 'error'), 0);
  assert.is(await code('FROM a\nUSER root\n', '--fail-on', 'error'), 1);
});

test('--quiet leaves out what does not fail', async () => {
  const { out } = await run(['-q', '--fail-on', 'error', '--format', 'json'], { files: one(messy) });
  const { files, summary } = JSON.parse(out);
  assert.equal(
    files[0].findings.map(({ ruleId }: { ruleId: string }) => ruleId),
    ['no-root'],
  );
  assert.is(summary.warnings, 0);
});

test('--fix repairs what is safe, --fix-unsafe the rest', async () => {
  const safe = await run(['--fix'], { files: one(messy) });
  assert.equal(safe.files, one('FROM a:latest\nRUN x\nUSER root\n'));
  assert.match(
    safe.out,
    /✔ 2 problems fixed\n✖ 2 problems \(1 error, 0 warnings, 1 info\)\n {2}1 with --fix-unsafe\n$/,
  );
  assert.is(safe.code, 1);
  const unsafe = await run(['--fix-unsafe'], { files: one('from a:latest\n') });
  assert.equal([unsafe.code, unsafe.out, unsafe.files], [0, '✔ 2 problems fixed\n', one('FROM a:1\n')]);
});

test('--diff shows a patch that git applies, and changes nothing', async () => {
  for (const text of ['from a\nrun x\n', 'from a\r\nrun x\r\n', 'from a', '\uFEFFfrom a\nRUN x\n# é\n']) {
    const files = { 'sub folder/Dockerfile': text };
    const { code, out } = await run(['--diff'], { files });
    assert.is(code, 1);
    await inFolder(files, (cwd) => {
      const git = spawnSync('git', ['apply', '-'], { cwd, input: out, encoding: 'utf8' });
      assert.equal([git.status, git.stderr], [0, '']);
      const patched = readFileSync('sub folder/Dockerfile', 'utf8');
      assert.is(patched, text.replace('from', 'FROM').replace('run', 'RUN'));
    });
  }
});

test('--diff together with --fix-unsafe shows the unsafe fixes too', async () => {
  const { out, files } = await run(['--diff', '--fix-unsafe'], { files: one('FROM a:latest\n') });
  assert.match(out, /--- a\/Dockerfile\n\+\+\+ b\/Dockerfile\n@@ -1,1 \+1,1 @@\n-FROM a:latest\n\+FROM a:1\n/);
  assert.equal(files, one('FROM a:latest\n'));
});

test('--rule sets a rule for the whole run', async () => {
  const rules = async (...args: string[]) => {
    const { out } = await run(['-f', 'json', ...args], { files: one('from a:latest\n') });
    return JSON.parse(out).files[0].findings.map((each: { ruleId: string; severity: string }) => [
      each.ruleId,
      each.severity,
    ]);
  };
  assert.equal(await rules('--rule', 'upper-keyword:off'), [['no-latest', 'info']]);
  assert.equal(await rules('--rule', 'DL9001:error', '--rule', 'dl9002:off'), [['upper-keyword', 'error']]);
});

test('a rule that crashes is named with the file, and the other files are linted', async () => {
  const files = { 'a/Dockerfile': 'FROM a\nLABEL a=b\n', 'b/Dockerfile': 'from b\n' };
  const { code, out, err } = await run(['--rule', 'crash', 'a', 'b'], { files });
  assert.is(code, 2);
  assert.is(err, 'dockerfileopt: a/Dockerfile: rule crash crashed: no labels, please\n');
  assert.match(out, /^b\/Dockerfile\n.*upper-keyword/);
});

test('a file that does not parse is a finding', async () => {
  const { code, out } = await run([], { files: one('FROM a\nRUNX b\n') });
  assert.is(code, 1);
  assert.match(out, /2:1 {2}error {4}unknown instruction `RUNX` {2}parse-error/);
});

test('reads stdin under a name, and leaves the result of --fix on stdout', async () => {
  const plain = await run(['-'], { stdin: 'from a\n' });
  assert.match(plain.out, /^<stdin>\n {2}1:1 {2}warning/);
  const named = await run(['-', '--stdin-filename', 'x/Dockerfile'], { stdin: 'from a\n' });
  assert.match(named.out, /^x\/Dockerfile\n/);
  const fixed = await run(['-', '--fix'], { stdin: '\uFEFFfrom a:latest\r\nUSER root\r\n' });
  assert.is(fixed.out, '\uFEFFFROM a:latest\r\nUSER root\r\n');
  assert.match(fixed.err, /^<stdin>\n {2}1:6 {2}info .*\n {2}2:1 {2}error[\s\S]*✔ 1 problem fixed\n✖ 2 problems/);
  const clean = await run(['-', '--fix'], { stdin: 'FROM a\n' });
  assert.equal([clean.code, clean.out, clean.err], [0, 'FROM a\n', '']);
});

test('stdin comes back whole when a rule crashes', async () => {
  const { code, out, err } = await run(['-', '--fix', '--rule', 'crash'], { stdin: 'from a\nlabel a=b\n' });
  assert.equal([code, out], [2, 'from a\nlabel a=b\n']);
  assert.is(err, 'dockerfileopt: <stdin>: rule crash crashed: no labels, please\n');
});

test('several reports at once, each but one to a file', async () => {
  const { out, code, files } = await run(['-f', 'gnu', '-f', 'json:a.json', '--format=junit:b.xml'], {
    files: { ...one('from a\n'), 'a.json': '', 'b.xml': '' },
  });
  assert.is(code, 1);
  assert.is(out, 'Dockerfile:1:1: warning: from is in lower case [upper-keyword]\n');
  assert.is(JSON.parse(files['a.json']!).summary.warnings, 1);
  assert.match(files['b.xml']!, /<testsuites name="dockerfileopt" tests="1" failures="1"/);
});

test('reports that get in the way of one another', async () => {
  const settings = { files: one('FROM a\n') };
  for (const [args, message] of [
    [['-f', 'json', '-f', 'gnu'], /--format gnu needs a file: json is printed already/],
    [['-f', 'json:'], /--format json:: a file has to follow the colon/],
    [['-f', 'json:x', '-f', 'gnu:./x'], /--format gnu: another report goes to the same file/],
    [['-f', 'json:x', '-o', 'y'], /every --format has one/],
    [['-f', 'jsn:x'], /--format is one of .*, not "jsn"/],
  ] as const) {
    const { code, err } = await run([...args], settings);
    assert.is(code, 2);
    assert.match(err, message);
  }
});

test('--output-file takes the report, without colour', async () => {
  const { out, code } = await run(['-o', 'report.txt'], {
    files: one('from a\n'),
    isTTY: true,
    inspect: () => assert.match(readFileSync('report.txt', 'utf8'), /^Dockerfile\n {2}1:1 {2}warning/),
  });
  assert.equal([code, out], [1, '']);
  const failed = await run(['-o', 'no/report.txt'], { files: one('FROM a\n') });
  assert.equal([failed.code, failed.err], [2, 'dockerfileopt: no/report.txt: no such file or folder\n']);
});

test('writes back in the encoding, with the line ends and the mark of the file', async () => {
  const bom = await run(['--fix'], { files: one('\uFEFFfrom a\r\nrun x') });
  assert.equal(bom.files, one('\uFEFFFROM a\r\nRUN x'));
  await run(['--fix'], {
    files: one(Buffer.from('from a\r\n# caf\xe9\0\r\nrun x', 'latin1')),
    inspect: () => assert.is(readFileSync('Dockerfile', 'latin1'), 'FROM a\r\n# caf\xe9\0\r\nRUN x'),
  });
});

test('keeps mode and symbolic link, and leaves nothing beside the file', async () => {
  const { code, out } = await run(['--fix', 'link'], {
    files: { 'real/Dockerfile': 'from a\n' },
    prepare: () => {
      chmodSync('real/Dockerfile', 0o754);
      symlinkSync('real/Dockerfile', 'link');
    },
    inspect: () => {
      assert.is(lstatSync('link').isSymbolicLink(), true);
      assert.is(readFileSync('real/Dockerfile', 'utf8'), 'FROM a\n');
      assert.is(statSync('real/Dockerfile').mode & 0o7777, 0o754);
      assert.equal([readdirSync('.').sort(), readdirSync('real')], [['link', 'real'], ['Dockerfile']]);
    },
  });
  assert.equal([code, out], [0, '✔ 1 problem fixed\n']);
});

test('does not touch a file that needs no fix', async () => {
  const old = new Date(1_000_000_000_000);
  await run(['--fix'], {
    files: one('FROM a\nUSER root\n'),
    prepare: () => utimesSync('Dockerfile', old, old),
    inspect: () => assert.equal(statSync('Dockerfile').mtime, old),
  });
});

test('a path that leads nowhere is one line, and the other files are linted', async () => {
  const { code, out, err } = await run(['missing', 'Dockerfile', 'dangling', 'empty', 'loop', 'b'], {
    files: { 'empty/': '', 'Dockerfile/': '', 'b/Dockerfile': 'from b\n' },
    prepare: () => {
      symlinkSync('nothing', 'dangling');
      symlinkSync('loop', 'loop');
    },
  });
  assert.is(code, 2);
  assert.equal(err.split('\n'), [
    'dockerfileopt: missing: no such file or folder',
    'dockerfileopt: Dockerfile: no Dockerfile in this folder',
    'dockerfileopt: dangling: the symbolic link points to nothing',
    'dockerfileopt: empty: no Dockerfile in this folder',
    'dockerfileopt: loop: the symbolic links run in a circle',
    '',
  ]);
  assert.match(out, /^b\/Dockerfile\n/);
});

test('a name cannot steer the terminal', async () => {
  const name = 'a\x1b[31m\nb';
  const { out, err } = await run([name, `${name}2`], { files: { [name]: 'from a\n' } });
  assert.match(out, /^a\\x1b\[31m\\x0ab\n/);
  assert.is(err, 'dockerfileopt: a\\x1b[31m\\x0ab2: no such file or folder\n');
});

test('an unknown target is no error of the command', async () => {
  assert.is((await run(['--target', 'nowhere'], { files: one('FROM a\n') })).code, 0);
});
