import { Readable } from 'node:stream';
import type { Engine, StartRequest } from '../../src/engines/engine.ts';
import { mergeLayers, readTar } from '../../src/image/index.ts';
import { Snapshot } from '../../src/verify/index.ts';
import { checkStructure } from '../../src/verify/structure/check.ts';
import { readStructureTests } from '../../src/verify/structure/read.ts';
import { runStructureTests, type Subject } from '../../src/verify/structure/run.ts';
import { makeTar, type Tree } from '../image/make.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('verify structure');

/** An image whose programs print their words, and `fail` ends with 3. */
async function subject(tree: Tree, config: Record<string, unknown> = {}): Promise<Subject> {
  const bytes = await makeTar(tree);
  const entries = [];
  for await (const { body: _, ...entry } of readTar(Readable.from([bytes])))
    entries.push({ ...entry, ...(entry.type === 'symlink' ? {} : { target: undefined }) });
  const files = entries.map(({ target, type, ...entry }) => ({
    ...entry,
    type: type === 'link' ? ('file' as const) : type,
    ...(target === undefined ? {} : { target }),
  }));
  const image = mergeLayers({ config }, [files]);
  const start = async ({ entrypoint = [], env = {} }: StartRequest) => {
    if (entrypoint[0] === 'none') return { ok: false as const, message: 'exec: none: not found\nmore', exitCode: 127 };
    const state = {
      ...{ running: false, exitCode: entrypoint[0] === 'fail' ? 3 : 0, outOfMemory: false },
      ...{ health: 'none' as const, healthOutput: '', pid: undefined },
    };
    const stdout = `${entrypoint.join(' ')} ${JSON.stringify(env)}\n`;
    const logs = async () => ({ stdout, stderr: 'warned\n', truncated: false });
    return {
      ok: true,
      wait: async () => state,
      state: async () => state,
      logs,
      listeners: async () => [],
      remove: async () => {},
    };
  };
  const engine = {
    name: 'docker',
    capabilities: { canRun: true },
    start,
    exportFilesystem: () => Readable.from([bytes]),
  } as unknown as Engine;
  return { engine, id: 'image', snapshot: new Snapshot({ config: image.config, files: image.files }), patience: 500 };
}

const read = (text: string) => readStructureTests(`schemaVersion: 2.0.0\n${text}`, 'tests.yaml');
const run = async (text: string, tree: Tree = {}, config: Record<string, unknown> = {}) =>
  runStructureTests(read(text), await subject(tree, config));

test('commands', async () => {
  const tests = `
globalEnvVars: [{ key: A, value: one }]
commandTests:
  - { name: good, command: echo, args: [$WORD, "\${WORD}", $NONE], expectedOutput: ['^echo x x \\$NONE', '"A":"one"'] }
  - { name: error, command: echo, expectedError: ['(?i)WARNED'], excludedOutput: ['two'], envVars: [{ key: A, value: two }] }
  - { name: code, command: fail }
  - { name: expected code, command: fail, exitCode: 3 }
  - { name: output, command: echo, expectedOutput: ['^nothing$'] }
  - { name: none, command: none }
`;
  assert.equal(await run(tests, {}, { Env: ['WORD=x'] }), [
    undefined,
    'standard output matches `two`',
    'the exit code is 3, not 0',
    undefined,
    'standard output does not match `^nothing$`',
    '`none` cannot be started: exec: none: not found',
  ]);
});

test('files', async () => {
  const tree: Tree = {
    'etc/a.conf': { content: 'first\nsecond\n', mode: 0o640, uid: 5, gid: 6 },
    'usr/bin/tool': { content: 'x', mode: 0o4755 },
    'etc/link': { target: 'a.conf' },
    lib: { target: 'etc' },
  };
  const tests = `
fileExistenceTests:
  - { path: /etc/a.conf, permissions: '-rw-r-----', uid: 5, gid: 6 }
  - { path: /lib/a.conf }
  - { path: /etc/link, permissions: Lrwxrwxrwx }
  - { path: /usr/bin/tool, permissions: urwxr-xr-x, isExecutableBy: other }
  - { path: /none }
  - { path: /none, shouldExist: false }
  - { path: /etc/a.conf, shouldExist: false }
  - { path: /etc/a.conf, uid: 0 }
  - { path: /etc/a.conf, isExecutableBy: any }
fileContentTests:
  - { path: /etc/link, expectedContents: ['(?m)^second$'], excludedContents: [third] }
  - { path: /etc/a.conf, expectedContents: [third] }
  - { path: /etc, expectedContents: [third] }
`;
  const failures = await run(tests, tree);
  assert.equal([failures[0], failures[1], failures[3]], [undefined, undefined, undefined]);
  assert.equal(failures.slice(4), [
    '/none is not there',
    undefined,
    '/etc/a.conf is there',
    '/etc/a.conf is of user 5, not 0',
    '/etc/a.conf cannot be executed by any',
    undefined,
    '/etc/a.conf does not match `third`',
    '/etc is no file that can be read',
  ]);
});

test('metadata', async () => {
  const config = {
    ...{ Env: ['A=one'], Labels: { v: '1.2' }, ExposedPorts: { '80/tcp': {} }, Volumes: { '/data': {} } },
    ...{ Entrypoint: ['/run'], Cmd: [], WorkingDir: '/app', User: 'app' },
  };
  const good = `
metadataTest:
  envVars: [{ key: A, value: one }]
  labels: [{ key: v, value: '^\\d+\\.\\d+$', isRegex: true }]
  exposedPorts: ["80"]
  unexposedPorts: ["81"]
  volumes: [/data]
  entrypoint: [/run]
  cmd: []
  workdir: /app
  user: app
`;
  assert.equal(await run(good, {}, config), [undefined]);
  const cases: [string, string][] = [
    ['envVars: [{ key: A, value: two }]', 'the variable A is one'],
    ['labels: [{ key: w, value: x }]', 'the label w is not set'],
    ['exposedPorts: [81]', 'the port 81 is not exposed'],
    ['unexposedPorts: [80]', 'the port 80 is exposed'],
    ['unmountedVolumes: [/data]', 'the volume /data is there'],
    ['cmd: [x]', 'the command is []'],
    ['user: root', 'the user is app'],
  ];
  for (const [field, why] of cases) assert.equal(await run(`metadataTest:\n  ${field}\n`, {}, config), [why]);
});

test('what is wrong with a file, by its line', () => {
  const cases: [string, string][] = [
    ['commandTests:\n  - name: x\n', 'tests.yaml:3: `command` is missing'],
    ['commandTests:\n  - command: a\n    setup: [[b]]\n', 'tests.yaml:4: `setup` is not understood here'],
    ['licenseTests: []\n', 'tests.yaml:2: `licenseTests` is not understood here'],
    ['commandTests: {}\n', 'tests.yaml:2: `commandTests` is a list'],
    ['commandTests: [a]\n', 'tests.yaml:2: names and values are expected here'],
    ['commandTests:\n  - command: a\n    exitCode: many\n', 'tests.yaml:4: `exitCode` is a number, not `many`'],
    [
      "fileContentTests:\n  - path: /a\n    expectedContents: ['(']\n",
      'tests.yaml:4: `expectedContents` holds `(`, which is no regular expression here',
    ],
  ];
  for (const [text, message] of cases) {
    try {
      read(text);
      assert.unreachable(text);
    } catch (error) {
      assert.is((error as Error).message, message);
    }
  }
  assert.throws(() => readStructureTests('schemaVersion: 1.0.0', 'a'), /^a:1: `schemaVersion` is 2.0.0, not 1.0.0$/);
  assert.throws(() => readStructureTests('a: [', 'a'), /^a:1: /);
  assert.throws(() => readStructureTests('', 'a'), /names and values/);
});

test('what holds for the original has to hold for the rewrite', async () => {
  const tests = read(
    'fileExistenceTests:\n  - { name: one, path: /a }\n  - { name: two, path: /b }\n  - { name: three, path: /c }\n',
  );
  const [check] = await checkStructure(tests, await subject({ a: 'x' }), await subject({ b: 'x' }));
  assert.equal(
    check?.evidence.map(({ outcome, message }) => `${outcome}: ${message}`),
    [
      'worse: tests.yaml:3: one: /a is not there',
      'unknown: tests.yaml:5: three: holds for neither; /c is not there',
      'changed: tests.yaml:4: two: holds now; before, /b is not there',
    ],
  );
  assert.equal(await checkStructure([], await subject({}), await subject({})), []);
});
