import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { assert, suite } from '../runner/suite.ts';
import { run } from './run.ts';

const test = suite('optimize');
const schema = JSON.parse(readFileSync(new URL('../../schema/optimize.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

const Dockerfile = `FROM golang:1.26-bookworm
COPY app.go .
RUN go build -o app app.go
CMD ["./app"]
`;
const rewritten = `FROM golang:1.26-bookworm AS build
COPY app.go .
RUN go build -o app app.go

FROM scratch
WORKDIR /go
COPY --from=build /go/app /go/app
CMD ["./app"]
`;
const files = { Dockerfile, 'app.go': 'package main\n\nfunc main() { println("hello") }\n' };
/** No program is found, and so no engine. */
const env = { PATH: '/nonexistent' };

test('shows the plan and the diff, and changes nothing', async () => {
  const { code, out, err, files: now } = await run(['optimize'], { files, env });
  assert.is(code, 0);
  assert.is(err, 'Looking for a container engine\n');
  assert.match(out, /^Dockerfile: Rewritten for scratch, and not proved: no container engine: docker is not installed/);
  assert.match(out, /^ {2}build {3}golang:1\.26-bookworm {2}what builds$/m);
  assert.match(out, /^ {2}\/go\/app {2}CMD starts it$/m);
  assert.match(out, /^ {2}source {5}\/go\/app\.go /m);
  assert.match(out, /^Not proved\n {2}nothing was built: no container engine/m);
  assert.ok(
    out.endsWith(`+++ b/Dockerfile
@@ -1,4 +1,8 @@
-FROM golang:1.26-bookworm
+FROM golang:1.26-bookworm AS build
 COPY app.go .
 RUN go build -o app app.go
+
+FROM scratch
+WORKDIR /go
+COPY --from=build /go/app /go/app
 CMD ["./app"]
`),
  );
  assert.is(now.Dockerfile, Dockerfile);
});

test('writes nothing that no engine has proved', async () => {
  for (const args of [['--write'], ['--output', 'new']]) {
    const { code, out, err, files: now } = await run(['optimize', ...args], { files, env });
    assert.is(code, 2);
    assert.is(out, '');
    assert.match(err, /no container engine: .*; --no-verify does without\n$/);
    assert.is(now.Dockerfile, Dockerfile);
  }
});

test('writes unproved what is wanted unproved, and says so', async () => {
  const { code, out, files: now } = await run(['optimize', '--no-verify', '--write'], { files, env });
  assert.is(code, 0);
  assert.match(out, /and not proved: --no-verify was given$/m);
  assert.match(out, /^Written to Dockerfile$/m);
  assert.is(now.Dockerfile, rewritten);
  const again = await run(['optimize', '--no-verify'], { files: { ...files, Dockerfile: now.Dockerfile! }, env });
  assert.equal([again.code, again.err], [0, '']);
  assert.match(again.out, /^Dockerfile: Already good: /);
});

test('writes to another file, new or not, with the bytes that were there', async () => {
  const odd = { ...files, Dockerfile: `\uFEFF${Dockerfile.replaceAll('\n', '\r\n')}`, old: 'x' };
  await run(['optimize', '--no-verify', '-q', '--output', 'new'], {
    files: odd,
    env,
    inspect: (folder) => {
      assert.is(readFileSync(`${folder}/new`, 'utf8'), `\uFEFF${rewritten.replaceAll('\n', '\r\n')}`);
      assert.is(readFileSync(`${folder}/Dockerfile`, 'utf8'), odd.Dockerfile);
    },
  });
  const { files: now } = await run(['optimize', '--no-verify', '--output', 'old', '-'], {
    files: odd,
    env,
    stdin: Dockerfile,
  });
  assert.is(now.old, rewritten);
});

test('declines with the reason and the place', async () => {
  const declined = { Dockerfile: 'FROM golang:1.26\nWORKDIR /app\nCOPY . .\nCMD ["go", "run", "."]\n' };
  const { code, out } = await run(['optimize', '--write'], { files: declined, env });
  assert.is(code, 1);
  assert.is(out, 'Dockerfile:4:1: Declined: `go run` runs the build tool, so the SDK has to stay\n');
});

test('takes the runtime that is asked for, and says what it lacks', async () => {
  const { out } = await run(['optimize', '--no-verify', '--runtime', 'alpine'], { files, env });
  assert.match(out, /^\+FROM alpine:/m);
  assert.match(out, /alpine was asked for/);
});

test('as JSON, as its schema says', async () => {
  for (const text of [Dockerfile, rewritten, 'FROM golang:1.26\nCMD ["go", "run", "."]\n', 'FROM a\n']) {
    const { out } = await run(['optimize', '-f', 'json', '--no-verify'], {
      files: { ...files, Dockerfile: text },
      env,
    });
    validate(JSON.parse(out));
    assert.equal(validate.errors ?? [], []);
  }
  assert.is(validate({ version: '1' }), false);
});

test('as Markdown, in which nothing is markup that was not meant', async () => {
  const text = `${Dockerfile}LABEL a="\`\`\`<b>@everyone"\n`;
  const { out } = await run(['optimize', '-f', 'markdown', '--no-verify'], {
    files: { ...files, Dockerfile: text },
    env,
  });
  assert.match(out, /^## Dockerfile\n\nRewritten for scratch, and not proved/);
  assert.match(out, /^```+diff\n--- a\/Dockerfile$/m);
  assert.match(out, /\| `build` \| `golang:1\.26-bookworm` \| what builds \|/);
});

test('writes the report to a file', async () => {
  await run(['optimize', '--no-verify', '-f', 'json', '-o', 'report.json'], {
    files,
    env,
    inspect: (folder) => assert.is(JSON.parse(readFileSync(`${folder}/report.json`, 'utf8')).outcome, 'rewritten'),
  });
});

test('refuses what makes no sense', async () => {
  for (const [args, message] of [
    [['a', 'b'], 'optimize takes one file'],
    [['missing'], 'missing: no such file or folder'],
    [['--write', '--output', 'x'], '--write and --output exclude each other'],
    [['--write', '-'], '--write needs a file; --output FILE names one'],
    [['--target', 'x'], 'Dockerfile: no stage "x"; there are 0'],
    [['--context', 'nowhere'], 'nowhere: is not a folder, and cannot be a build context'],
    [['--runtime', 'a b'], '--runtime is auto, scratch, distroless, alpine, slim or an image, not "a b"'],
    [['--engine', 'x'], '--engine is one of auto, docker, podman, buildah, not "x"'],
    [['--build-arg', '=x'], '--build-arg =x: has no name'],
    [['--run', ''], '--run needs a command'],
    [['--output', 'nowhere/x', '--no-verify'], 'nowhere/x: no such file or folder'],
  ] as const) {
    const { code, out, err } = await run(['optimize', ...args], { files, env, stdin: Dockerfile });
    assert.equal([code, out, err], [2, '', `dockerfileopt: ${message}\n`]);
  }
});

const argument = `ARG SUITE
ARG APP=app
FROM golang:1.26-\${SUITE}
ARG APP
COPY app.go .
RUN go build -o /bin/$APP app.go
CMD ["/bin/tool"]
`;

test('plans with the values of build arguments', async () => {
  const own = { ...files, Dockerfile: argument };
  const { code, out } = await run(['optimize', '--no-verify'], { files: own, env });
  assert.is(code, 1);
  assert.match(out, /Declined: \S+ is not given a value in the file/);
  const given = ['--build-arg', 'SUITE=bookworm', '--build-arg', 'APP'];
  const second = await run(['optimize', '--no-verify', ...given], { files: own, env: { ...env, APP: 'tool' } });
  assert.is(second.code, 0, second.err);
  assert.match(second.out, /^\+COPY --from=build \/bin\/tool \/bin\/tool$/m);
  assert.match(second.out, /the build argument APP is tool in every build, as it was given here/);
});

test('takes what the configuration says where the command line says nothing', async () => {
  const config = '{ "runtime": "alpine", "engine": "buildah", "target": "final", "context": "app" }';
  const own = {
    '.dockerfileoptrc.json': config,
    Dockerfile: Dockerfile.replace('bookworm', 'bookworm AS final'),
    'app/app.go': files['app.go'],
  };
  const { code, out } = await run(['optimize', '--no-verify'], { files: own, env });
  assert.is(code, 0);
  assert.match(out, /^Dockerfile: Rewritten for alpine:/);
  assert.match(out, /^ {2}source {5}\/go\/app\.go /m);
  const asked = await run(['optimize', '--no-verify', '--runtime', 'scratch'], { files: own, env });
  assert.match(asked.out, /^Dockerfile: Rewritten for scratch/);
  const engine = await run(['optimize', '--write'], { files: own, env });
  assert.match(engine.err, /buildah .*; --no-verify does without\n$/);
  const broken = await run(['optimize'], { files: { ...own, '.dockerfileoptrc.json': '{ "runtme": 1 }' }, env });
  assert.equal([broken.code, /runtme/.test(broken.err)], [2, true]);
});
