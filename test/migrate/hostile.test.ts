import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSource } from '../../src/dockerfile/index.ts';
import { emptyProject } from '../../src/lint/project.ts';
import type { Project } from '../../src/lint/types.ts';
import { type Migrated, migrateScript, type Refused } from '../../src/migrate/index.ts';
import { inFolder } from '../commands/run.ts';
import { assert, suite } from '../runner/suite.ts';

const BUILD = 'FROM alpine:3.20\nWORKDIR /src\nCOPY app.sh .\nRUN cp app.sh app\n';
const RUNTIME = 'FROM alpine:3.20\nWORKDIR /srv\nCOPY app .\nCMD ["./app"]\n';
const BEFORE = 'docker build -t app:build -f Dockerfile.build .\n';
const COPY = 'docker create --name extract app:build\ndocker cp extract:/src/app .\n';
const AFTER = 'docker build -t app .\n';

function projectOf(files: Readonly<Record<string, string>>): Project {
  const names = Object.keys(files);
  return {
    readText: (path) => files[path],
    list: (path) => {
      const prefix = path === '.' || path === '' ? '' : `${path}/`;
      const below = names
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length).split('/')[0]!);
      return [...new Set(below)].sort();
    },
  };
}

const project = projectOf({ 'Dockerfile.build': BUILD, Dockerfile: RUNTIME, 'app.sh': '' });

function migrate(script: string, path = 'build.sh', files: Project = project): Migrated | Refused {
  return migrateScript({ source: decodeSource(path, Buffer.from(script)), path, cwd: '', project: files });
}

function refusal(script: string, path?: string, files?: Project): string {
  const outcome = migrate(script, path, files);
  return outcome.kind === 'refused' ? outcome.code : 'migrated';
}

const test = suite('migrate, hostile scripts', { timeout: 60_000 });

test('nothing of a script is run or written', () =>
  inFolder({ 'Dockerfile.build': BUILD, Dockerfile: RUNTIME, 'app.sh': 'x' }, (folder) => {
    const traps = [
      'touch owned',
      '$(touch owned)',
      '`touch owned`',
      'X=$(touch owned; echo app:build)',
      'eval "touch owned"',
      '. ./owned.sh',
      'rm -rf .',
      'rm -rf "$PWD"',
      'rm -rf /',
      'cat > owned <<EOF\nx\nEOF',
      'trap "touch owned" EXIT',
      'f() { touch owned; }; f',
      'echo x > owned',
      '<(touch owned)',
      'exec touch owned',
      'docker cp "$(touch owned)":/x .',
      'docker build -t $(touch owned) .',
    ];
    const before = readdirSync(folder);
    for (const trap of traps) {
      for (const script of [
        `${trap}\n${BEFORE}${COPY}${AFTER}`,
        `${BEFORE}${trap}\n${COPY}${AFTER}`,
        `${BEFORE}${COPY}${AFTER}${trap}\n`,
      ]) {
        const files: Project = {
          readText: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined),
          list: (path) => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)) : []),
        };
        const outcome = migrate(script, 'build.sh', files);
        assert.ok(outcome.kind === 'refused' || outcome.kind === 'migrated');
      }
    }
    assert.equal(readdirSync(folder), before);
  }));

test('the command writes nothing without --write', () =>
  inFolder({}, async (folder) => {
    mkdirSync(join(folder, 'app'));
    for (const [name, text] of [
      ['Dockerfile.build', BUILD],
      ['Dockerfile', RUNTIME],
      ['build.sh', `${BEFORE}${COPY}${AFTER}`],
    ])
      writeFileSync(join(folder, name!), text!);
    rmSync(join(folder, 'app'), { recursive: true });
    const { main } = await import('../../src/cli.ts');
    let out = '';
    const stream = { isTTY: false, write: (text: string | Uint8Array) => (out += text) };
    assert.is(await main(['migrate', '--no-verify', 'build.sh'], { stdout: stream, stderr: stream }), 0);
    assert.match(out, /^build\.sh: Migrated to one Dockerfile/);
    assert.is(readFileSync(join(folder, 'Dockerfile'), 'utf8'), RUNTIME);
    assert.is(await main(['migrate', '--no-verify', '--write', 'build.sh'], { stdout: stream, stderr: stream }), 0);
    assert.match(readFileSync(join(folder, 'Dockerfile'), 'utf8'), /^FROM alpine:3\.20 AS build\n/);
    assert.is(readFileSync(join(folder, 'build.sh'), 'utf8'), AFTER);
    assert.equal(readdirSync(folder).sort(), ['Dockerfile', 'Dockerfile.build', 'build.sh']);
    assert.is(await main(['migrate', '--no-verify', '--write', 'build.sh'], { stdout: stream, stderr: stream }), 1);
  }));

test('a megabyte of nesting ends', () => {
  const openings = [
    '(',
    '((',
    '$(',
    '"$(',
    '`',
    '{ ',
    'if true; then ',
    'case a in a) ',
    'f() ',
    'a && ',
    '! ',
    '[[ ',
    '${a:-',
    'while true; do ',
    '<(',
    "$'",
    '<<A ',
    '\\\n',
  ];
  for (const opening of openings) {
    const text = opening.repeat(Math.ceil((1 << 20) / opening.length));
    assert.ok(['broken', 'no-builder-pattern'].includes(refusal(text)), opening);
    const small = opening.repeat(Math.ceil(100_000 / opening.length));
    assert.is(migrate(`${BEFORE}${small}`).kind, 'refused', opening);
  }
});

test('quotes that never end, and other rubbish', () => {
  for (const text of [
    "'",
    '"',
    '$(',
    '`',
    '<<EOF',
    '\0',
    '\u0001',
    '\uFEFF',
    '\uD800',
    'docker',
    'docker cp',
    'docker build',
    'docker run',
    'docker cp :',
    'docker cp a:b',
    'docker build --',
    'docker create',
    'docker tag',
    'docker rm',
  ])
    for (const script of [text, `${BEFORE}${text}`, `${text}\n${BEFORE}`, `${BEFORE}${COPY}${text}`])
      assert.is(migrate(script).kind, 'refused', script);
  for (const path of ['Makefile', 'ci.yml', '.gitlab-ci.yml'])
    for (const text of [
      '',
      '\t',
      'a:\n\t(',
      ':',
      '- - -',
      'a: &a [*a]',
      '{',
      'jobs: {a: {steps: [{run: "docker build \\"}]}}',
      'a:\n  script:\n    - |\n      (',
      '\0',
    ])
      assert.is(migrate(text, path).kind, 'refused', `${path}: ${text}`);
});

test('paths that climb out, and names that look like options', () => {
  const copyTo = (path: string) =>
    `${BEFORE}docker create --name extract app:build\ndocker cp extract:/src/app ${path}\n${AFTER}`;
  assert.is(refusal(copyTo('../../etc/passwd')), 'context');
  assert.is(refusal(copyTo('/etc/passwd')), 'no-final-build');
  assert.is(refusal(copyTo('~/app')), 'unknown-value');
  assert.is(refusal(copyTo('-')), 'unsupported');
  assert.is(refusal(copyTo('*.d')), 'unknown-value');
  assert.is(refusal(copyTo('-- .')), 'migrated');
  assert.is(refusal(copyTo('"./-rf"')), 'no-final-build');
  assert.is(refusal(`docker build -t app:build -f ../../Dockerfile .\n${COPY}${AFTER}`), 'context');
  assert.is(refusal(`cd /\n${BEFORE}${COPY}${AFTER}`), 'no-dockerfile');
});

test('spaces, quotes and newlines in paths stay one word', () => {
  const files = projectOf({
    'my folder/Dockerfile.build': BUILD,
    'my folder/Dockerfile': RUNTIME,
    'my folder/app.sh': '',
  });
  const script = `cd "my folder"\n${BEFORE}docker create --name extract app:build\ndocker cp "extract:/src/it's app" app\n${AFTER}`;
  const outcome = migrate(script, 'build.sh', files);
  if (outcome.kind === 'refused') throw new Error(outcome.reason);
  assert.match(outcome.dockerfile.after, /^COPY --from=build \["\/src\/it's app", "\.\/app"\]$/m);
  const newline = `${BEFORE}docker create --name extract app:build\ndocker cp "extract:/src/a\nRUN rm -rf /" app\n${AFTER}`;
  const broken = migrate(newline);
  if (broken.kind === 'migrated') assert.not.match(broken.dockerfile.after, /^RUN rm/m);
});

test('nothing that a container is given becomes an instruction of its own', () => {
  const run = (options: string) =>
    `${BEFORE}docker run --name extract ${options}\ndocker cp extract:/src/app .\n${AFTER}`;
  const given = [
    '-e "A=x\nRUN evil" app:build make',
    '-w "/a\nRUN evil" app:build make',
    '-v "$PWD:/a\nRUN evil" app:build make',
    'app:build sh -c "a\nRUN evil"',
    '-e A=\\"x app:build make',
    '"x\nRUN evil" make',
  ];
  for (const options of given) {
    const outcome = migrate(run(options));
    if (outcome.kind === 'migrated') assert.not.match(outcome.dockerfile.after, /^RUN evil/m);
  }
  const chmod = migrate(`${BEFORE}${COPY}chmod "755 x; evil" app\n${AFTER}`);
  assert.is(chmod.kind, 'refused');
  for (const path of ['/src/a*', '/src/$x', '/src/[a]', '/src/a\\\\b'])
    assert.is(
      migrate(`${BEFORE}docker create --name extract app:build\ndocker cp 'extract:${path}' ./app\n${AFTER}`).kind,
      'refused',
      path,
    );
});

test('a project without files', () => {
  assert.is(refusal(`${BEFORE}${COPY}${AFTER}`, 'build.sh', emptyProject), 'no-dockerfile');
});
