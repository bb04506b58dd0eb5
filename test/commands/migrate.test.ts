import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openArguments } from '../../src/commands/migrate/prove.ts';
import { Source } from '../../src/dockerfile/index.ts';
import { migrateScript } from '../../src/migrate/index.ts';
import type { MigrateReport } from '../../src/migrate/report.ts';
import { assert, suite } from '../runner/suite.ts';
import { run } from './run.ts';

const SCRIPT =
  'docker build -t app:build -f Dockerfile.build .\nid=$(docker create app:build)\ndocker cp $id:/src/app .\ndocker rm $id\ndocker build -t app .\n';
const files = {
  'build.sh': SCRIPT,
  'Dockerfile.build': 'FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o app .\n',
  Dockerfile: 'FROM scratch\nCOPY app /\nENTRYPOINT ["/app"]\n',
};
const MERGED =
  'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o app .\n\nFROM scratch\nCOPY --from=build /src/app /\nENTRYPOINT ["/app"]\n';
/** No engine is found with an empty path. */
const env = { PATH: '' };
const schema = JSON.parse(readFileSync(new URL('../../schema/migrate.json', import.meta.url), 'utf8')) as object;
const test = suite('migrate command');

test('shows the steps, the hand-overs and the diffs, and changes nothing', async () => {
  const { code, out, err, files: now } = await run(['migrate', 'build.sh', '--no-verify'], { files, env });
  assert.equal([code, err], [0, '']);
  assert.match(out, /^build\.sh: Migrated to one Dockerfile .*, and not proved: --no-verify was given$/m);
  assert.match(out, /^ {2}line 3 {2}removed {2}docker cp \$id:\/src\/app \.$/m);
  assert.match(out, /^ {2}\/src\/app {2}of build {2}was app on the host$/m);
  assert.match(out, /^\+COPY --from=build \/src\/app \/$/m);
  assert.match(out, /^-docker rm \$id$/m);
  assert.equal(now, files);
});

test('without an engine it says that nothing is proved, and writes nothing', async () => {
  const { code, out } = await run(['migrate', 'build.sh', '-q'], { files, env });
  assert.is(code, 0);
  assert.match(out, /not proved: /);
  const written = await run(['migrate', 'build.sh', '-q', '--write'], { files, env });
  assert.is(written.code, 2);
  assert.match(written.err, /--no-verify does without/);
  assert.equal(written.files, files);
});

test('writes both files on demand, with their line ends', async () => {
  const crlf = { ...files, Dockerfile: files.Dockerfile.replaceAll('\n', '\r\n') };
  const { code, out, files: now } = await run(['migrate', 'build.sh', '--no-verify', '--write'], { files: crlf, env });
  assert.is(code, 0);
  assert.match(out, /^Written\n {2}Dockerfile\n {2}build\.sh$/m);
  assert.is(now.Dockerfile, MERGED.replaceAll('\n', '\r\n'));
  assert.is(now['build.sh'], 'docker build -t app .\n');
});

test('a refusal is 1, and names the line', async () => {
  const strip = { ...files, 'build.sh': SCRIPT.replace('docker rm', 'strip app\ndocker rm') };
  const { code, out, files: now } = await run(['migrate', 'build.sh', '--no-verify', '--write'], { files: strip, env });
  assert.is(code, 1);
  assert.match(out, /^build\.sh:4:1: Refused: `strip` works on `app` before it is built into the image$/m);
  assert.equal(now, strip);
});

test('JSON is as the schema says, migrated or refused', async () => {
  const validate = new Ajv2020({ strict: false }).compile(schema);
  for (const script of [SCRIPT, 'docker build .\n', `${SCRIPT}scp app host:\n`]) {
    const { out } = await run(['migrate', 'build.sh', '--no-verify', '-f', 'json'], {
      files: { ...files, 'build.sh': script },
      env,
    });
    const report: MigrateReport = JSON.parse(out);
    assert.ok(validate(report), JSON.stringify(validate.errors));
    assert.is(report.outcome, script === SCRIPT ? 'migrated' : 'refused');
  }
});

test('Markdown is markup that the script cannot break out of', async () => {
  const odd = { ...files, 'build.sh': `${SCRIPT}echo '\`\`\`' '<b>' | tee x\n` };
  const { out } = await run(['migrate', 'build.sh', '--no-verify', '-f', 'markdown'], { files: odd, env });
  assert.match(out, /^## build\.sh\n\nMigrated to one Dockerfile/);
  assert.match(out, /^\| `\/src\/app` \| `build` \| `app` \|$/m);
});

test('two Dockerfiles instead of a script, with the link that the runtime needs', async () => {
  const args = ['migrate', '--build', 'Dockerfile.build', '--runtime', 'Dockerfile', '--no-verify', '--write'];
  const { code, out, files: now } = await run(args, { files, env });
  assert.is(code, 0, out);
  assert.is(now.Dockerfile, MERGED.replace('RUN go', 'RUN CGO_ENABLED=0 go'));
  const given = await run([...args.slice(0, 5), '--no-verify', '--artifact', '/src/other:app'], { files, env });
  assert.match(given.out, /^\+COPY --from=build \/src\/other \/app$/m);
});

test('a build argument that nobody has given a value is named', () => {
  const texts: Record<string, string> = {
    ...files,
    'Dockerfile.build': `FROM golang:1.22\nARG COMMIT\nARG BUILDER\nRUN go build -o /src/app .\n`,
  };
  const text = SCRIPT.replace(
    'docker build',
    'docker build --build-arg COMMIT=$(git rev-parse HEAD) --build-arg BUILDER=me --build-arg http_proxy=$p',
  );
  const project = { readText: (path: string) => texts[path], list: () => Object.keys(texts) };
  const migrated = migrateScript({ source: new Source('build.sh', text), path: 'build.sh', cwd: '', project });
  if (migrated.kind === 'refused') throw new Error(migrated.reason);
  assert.equal(openArguments(migrated, {}), [
    'that `COMMIT`, which only a run of the script tells, may be `unknown` in both builds',
  ]);
  assert.equal(openArguments(migrated, { build: { buildArgs: { COMMIT: 'f00' } } }), []);
});

test('problems with usage are 2', async () => {
  const cases: [string[], RegExp][] = [
    [[], /takes one script/],
    [['a', 'b'], /takes one script/],
    [['none.sh'], /none\.sh: /],
    [['--build', 'Dockerfile'], /go together/],
    [['--build', 'Dockerfile', '--runtime', 'Dockerfile'], /the same file/],
    [['--build', 'Dockerfile.build', '--runtime', 'Dockerfile', '--artifact', 'app'], /is FROM:TO/],
    [['build.sh', '--artifact', '/a:b'], /goes with --build/],
    [['build.sh', '-f', 'html'], /--format is one of text, json, markdown/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await run(['migrate', ...args], { files, env });
    assert.is(code, 2, args.join(' '));
    assert.match(err, message);
  }
});
