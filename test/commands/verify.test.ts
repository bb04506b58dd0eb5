import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../runner/suite.ts';
import { run } from './run.ts';

const test = suite('verify command');
const files = { Dockerfile: 'FROM a AS x\nFROM x AS y\n', 'small.Dockerfile': 'FROM b\n', empty: '# nothing\n' };

async function refuses(args: readonly string[], message: string, stdin = ''): Promise<void> {
  const { code, out, err } = await run(['verify', ...args], { files, stdin, env: { PATH: '' } });
  assert.equal([code, out, err], [2, '', `dockerfileopt: ${message}\n`]);
}

test('says what is wrong with the arguments before it looks for an engine', async () => {
  await refuses([], 'verify takes two Dockerfiles: dockerfileopt verify BEFORE AFTER');
  await refuses(['Dockerfile'], 'verify takes two Dockerfiles: dockerfileopt verify BEFORE AFTER');
  await refuses(['-', '-'], 'only one of the two can be stdin');
  await refuses(['Dockerfile', 'none'], 'none: no such file or folder');
  await refuses(['Dockerfile', 'empty'], 'empty: has no stages');
  const pair = ['Dockerfile', 'small.Dockerfile'];
  await refuses([...pair, '--context', 'none'], 'none: is not a folder, and cannot be a build context');
  await refuses([...pair, '--target-before', 'z'], 'Dockerfile: no stage "z"; there are x, y');
  await refuses([...pair, '--timeout', 'soon'], '--timeout is a number of seconds, not "soon"');
  await refuses([...pair, '--patience', '0'], '--patience is a number of seconds, not "0"');
  await refuses([...pair, '--build-arg', '=x'], '--build-arg =x: has no name');
  await refuses([...pair, '--run', 'a | b'], '--run a | b: no shell runs it; for one, write ["sh", "-c", "…"]');
  await refuses([...pair, '--engine', 'rocket'], '--engine is one of auto, docker, podman, buildah, not "rocket"');
  await refuses([...pair, '--format', 'pdf'], '--format is one of text, json, markdown, html, junit, not "pdf"');
});

test('one sentence when there is no engine', async () => {
  const { code, out, err } = await run(['verify', 'Dockerfile', '-', '-q'], {
    files,
    stdin: 'FROM b\n',
    env: { PATH: '' },
  });
  assert.equal([code, out], [2, '']);
  assert.is(
    err,
    'dockerfileopt: no container engine: docker is not installed, podman is not installed, buildah is not installed\n',
  );
  await refuses(['Dockerfile', 'small.Dockerfile', '-q', '--engine', 'podman'], 'podman is not installed');
});

test('reads structure tests before it looks for an engine', async () => {
  const tests = 'schemaVersion: 2.0.0\ncommandTests:\n  - command: a\n    setup: [[b]]\n';
  const said = async (...args: string[]) => {
    const all = { ...files, 'tests.yaml': tests, 'good.yaml': tests.replace(/ *setup.*\n/, '') };
    return (await run(['verify', 'Dockerfile', 'small.Dockerfile', '-q', ...args], { files: all, env: { PATH: '' } }))
      .err;
  };
  assert.match(await said('--structure-tests', 'none.yaml'), /none.yaml: no such file or folder/);
  assert.match(await said('--structure-tests', 'tests.yaml'), /tests.yaml:4: `setup` is not understood here/);
  assert.match(await said('--structure-tests', 'good.yaml'), /no container engine/);
  assert.match(await said('--structure-tests', 'good.yaml', '--no-start'), /exclude each other/);
});

test('takes what the configuration says where the command line says nothing', async () => {
  const config = '{ "engine": "podman", "target": "y", "context": "app" }';
  const both = { ...files, '.dockerfileoptrc.json': config };
  const said = async (...args: string[]) => {
    const all = { ...both, 'second.Dockerfile': 'FROM b AS y\n', 'app/file': '' };
    return (await run(['verify', ...args, '-q'], { files: all, env: { PATH: '' } })).err.trim();
  };
  assert.is(await said('Dockerfile', 'second.Dockerfile'), 'dockerfileopt: podman is not installed');
  assert.is(await said('Dockerfile', 'small.Dockerfile'), 'dockerfileopt: small.Dockerfile: no stage "y"; there are 0');
  const own = ['--engine', 'buildah', '--target-after', '0'];
  assert.is(await said('Dockerfile', 'small.Dockerfile', ...own), 'dockerfileopt: buildah is not installed');
});

/** A client of an engine that answers, and whose builds end with the given log. */
const client = (log: string) => `#!/bin/sh
case "$*" in
  *version*) echo '{"Client":{"Version":"20.10.0"},"Server":{"Version":"20.10.0","Os":"linux"}}';;
  *info*) echo '{}';;
  *build*) cat >&2 <<'LOG'
${log}
LOG
    exit 1;;
esac
`;

async function verifyWith(log: string, args: readonly string[] = []) {
  let folder = '';
  const saved: string[] = [];
  const outcome = await run(['verify', 'Dockerfile', 'small.Dockerfile', '--engine', 'docker', ...args], {
    files: { ...files, 'bin/': '' },
    env: {
      get PATH() {
        return `${folder}/bin:/usr/bin:/bin`;
      },
      DOCKER_BUILDKIT: '0',
    },
    prepare(path) {
      folder = path;
      writeFileSync(join(path, 'bin/docker'), client(log));
      chmodSync(join(path, 'bin/docker'), 0o755);
    },
    inspect(path) {
      const report = join(path, 'bin/report.txt');
      if (existsSync(report)) saved.push(readFileSync(report, 'utf8'));
    },
  });
  // Their logs are kept for the user.
  const kept = new Set([outcome.out, ...saved].join('\n').match(/[^\s"<>`]*dockerfileopt-build-[\w-]+\.log/g));
  for (const file of kept) {
    assert.is(readFileSync(file, 'utf8'), `${log}\n`);
    rmSync(file);
  }
  return { ...outcome, kept: kept.size };
}

test('a broken Dockerfile is 1, trouble with the surroundings is 2, and they are told apart', async () => {
  const cases: [string, number, RegExp][] = [
    [
      "Step 2/2 : RUN make\nThe command '/bin/sh -c make' returned a non-zero code: 2",
      1,
      /Dockerfile does not build\n/,
    ],
    ['Step 1/2 : FROM a\npull access denied for a, repository does not exist', 2, /an image is not available/],
    ['Step 2/2 : RUN x\nwrite /x: no space left on device', 2, /the disk is full/],
    [
      "Step 2/2 : RUN curl x\ncurl: (6) Could not resolve host: x\nThe command '/bin/sh -c curl x' returned a non-zero code: 6",
      2,
      /could not reach the network/,
    ],
  ];
  for (const [log, code, text] of cases) {
    const outcome = await verifyWith(log);
    assert.match(outcome.out, text);
    assert.is(outcome.code, code, outcome.out);
  }
});

test('progress goes to stderr, or nowhere', async () => {
  const log = "Step 2/2 : RUN make\nmake: ***\nThe command '/bin/sh -c make' returned a non-zero code: 2";
  const { err, out, kept } = await verifyWith(log);
  assert.match(err, /^Looking for a container engine\nFound docker 20\.10\.0\n/);
  assert.match(err, /Building Dockerfile\n {2}Step 2\/2 : RUN make\n/);
  assert.match(out, /exit code {3}2\n/);
  assert.match(out, /│ make: \*\*\*\n/);
  assert.is(kept, 1);
  assert.is((await verifyWith(log, ['--quiet'])).err, '');
});

test('formats and files', async () => {
  const log = "Step 2/2 : RUN make\nThe command '/bin/sh -c make' returned a non-zero code: 2";
  assert.is(JSON.parse((await verifyWith(log, ['-f', 'json'])).out).verdict, 'unproven');
  for (const [format, start] of [
    ['markdown', '### '],
    ['junit', '<?xml '],
    ['html', '<!doctype html>'],
  ])
    assert.ok((await verifyWith(log, ['-f', format!])).out.startsWith(start!));
  const written = await verifyWith(log, ['-o', 'bin/report.txt']);
  assert.equal([written.code, written.out], [1, '']);
  const failed = await verifyWith(log, ['-q', '-o', 'none/report.txt']);
  assert.equal([failed.code, failed.err], [2, 'dockerfileopt: none/report.txt: no such file or folder\n']);
});
