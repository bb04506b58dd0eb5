import { assert, suite } from '../runner/suite.ts';
import { executable, findings, type Image, staticProgram } from './make.ts';

const test = suite('verify config');

const image = (config: Record<string, unknown>, more: Image = {}): Image => ({
  own: { 'app/main': executable(staticProgram()) },
  ...more,
  config: { Cmd: ['/app/main'], Env: ['PATH=/bin'], ...config },
});
const config = (before: Record<string, unknown>, after: Record<string, unknown>, more: Image = {}) =>
  findings('config', image(before, more), image(after));

test('the same config', async () => {
  assert.equal(await config({}, {}), []);
  assert.equal(await config({ WorkingDir: '' }, { WorkingDir: '/' }), []);
  assert.equal(await config({ Labels: null, Volumes: null }, { Labels: {}, Volumes: {} }), []);
});

test('lost instructions', async () => {
  const check = { Test: ['CMD', '/app/main', '-check'] };
  const cases: [Record<string, unknown>, string][] = [
    [{ ExposedPorts: { '80/tcp': {} } }, 'worse: EXPOSE 80/tcp is lost'],
    [{ Volumes: { '/data': {} } }, 'worse: VOLUME /data is lost'],
    [{ Labels: { a: '1' } }, 'worse: The label a is lost'],
    [{ StopSignal: 'SIGQUIT' }, 'worse: The stop signal was SIGQUIT and is SIGTERM'],
    [{ Healthcheck: check }, 'worse: The health check ["CMD","/app/main","-check"] is lost'],
    [{ User: '1000' }, 'worse: The user was 1000 (1000:0) and is root (0:0)'],
    [{ Env: ['PATH=/bin', 'MODE=prod'] }, 'worse: The variable MODE=prod is lost'],
    [{ OnBuild: ['RUN x'] }, 'worse: ONBUILD RUN x is lost'],
    [{ Cmd: ['/app/main', '-x'] }, 'worse: The command was ["/app/main","-x"] and is ["/app/main"]'],
    [
      { Entrypoint: ['/app/main'], Cmd: [] },
      'worse: The command is split differently between ENTRYPOINT and CMD, so arguments of `run` end up elsewhere',
    ],
  ];
  for (const [before, expected] of cases) assert.equal(await config(before, {}), [expected]);
  assert.equal(await config({}, { Cmd: [] }), ['worse: The command ["/app/main"] is lost']);
});

test('a start script of the base that only starts its arguments', async () => {
  const before = { Entrypoint: ['/usr/local/bin/mvn-entrypoint.sh'], Cmd: ['/app/main'] };
  assert.equal(await config(before, {}), [
    'changed: /usr/local/bin/mvn-entrypoint.sh of the old base only starts the command: ["/app/main"]',
  ]);
  assert.equal(await config({}, { Entrypoint: ['/__cacert_entrypoint.sh'] }), [
    'changed: /__cacert_entrypoint.sh of the new base only starts the command: ["/app/main"]',
  ]);
  const other = { Entrypoint: ['/usr/local/bin/mvn-entrypoint.sh'], Cmd: ['/app/other'] };
  assert.match((await config(other, {}))[0] ?? '', /^worse: The command was/);
});

test('variables that only builds read may go', async () => {
  const found = await config({ Env: ['PATH=/bin', 'GOPATH=/go', 'GOLANG_VERSION=1.2'] }, {});
  assert.equal(found, [
    'changed: The variable GOPATH=/go is lost, which only a build reads',
    'changed: The variable GOLANG_VERSION=1.2 is lost, which only a build reads',
  ]);
});

test('a relocated folder, another value, a new variable', async () => {
  const env = (...list: string[]) => ({ Env: ['PATH=/bin', ...list] });
  assert.equal(await config(env('A=1'), env('A=2')), ['worse: The variable A was 1 and is 2']);
  assert.equal(await config(env('HOME_OF=/old'), env('HOME_OF=/app')), [
    'changed: The variable HOME_OF was /old and is /app',
  ]);
  assert.equal(await config(env(), env('NEW=1')), ['changed: There is a new variable: NEW=1']);
  assert.equal(await config(env(), env('LD_PRELOAD=x')), ['unknown: There is a new variable: LD_PRELOAD=x']);
});

test('PATH', async () => {
  const found = await config({ Env: ['PATH=/go/bin:/app:/bin'] }, {});
  assert.equal(found, ['worse: PATH has lost /app, where programs are']);
  assert.equal(await config({ Env: ['PATH=/go/bin:/bin'] }, {}), ['changed: PATH is /bin']);
});

test('the shell form of the same command', async () => {
  const found = await config({ Cmd: ['/bin/sh', '-c', '/app/main'] }, {});
  assert.equal(found, ['changed: The command is started without a shell now: ["/app/main"]']);
  assert.match((await config({ Cmd: ['/bin/sh', '-c', '/app/main > /log'] }, {}))[0] ?? '', /^worse: The command was/);
});

test('a program that lies elsewhere', async () => {
  const before = { own: { 'go/src/main': executable(staticProgram('x')) }, config: { Cmd: ['/go/src/main'] } };
  const moved = { own: { main: executable(staticProgram('x')) }, config: { Cmd: ['/main'] } };
  assert.equal(await findings('config', before, moved), [
    'changed: The program is elsewhere: ["/go/src/main"] became ["/main"]',
  ]);
  const other = { own: { other: executable(staticProgram('y')) }, config: { Cmd: ['/other'] } };
  assert.match((await findings('config', before, other))[0] ?? '', /^worse: The command was/);
});

test('the working directory matters where files can be read by a relative path', async () => {
  const program = { 'src/main': executable(staticProgram()) };
  const before = (own: Image['own']): Image => ({
    own: { ...program, ...own },
    config: { Cmd: ['/src/main'], WorkingDir: '/src' },
  });
  const after = (own: Image['own']): Image => ({ own: { ...program, ...own }, config: { Cmd: ['/src/main'] } });
  const sources = { 'src/main.go': 'package main\n', 'src/go.mod': 'module x\n' };
  assert.equal(await findings('config', before(sources), after({})), [
    'changed: The working directory was /src and is /',
  ]);
  const asset = { 'src/page.html': '<html>' };
  assert.equal(await findings('config', before(asset), after(asset)), [
    'changed: The working directory was /src and is /',
  ]);
  const reader = { 'src/main': executable(staticProgram('opens page.html')) };
  assert.equal(await findings('config', before({ ...asset, ...reader }), after({ ...asset, ...reader })), [
    'worse: The working directory was /src and is /; /src/page.html was in reach of a relative path, and /src/main names it',
  ]);
});

test('labels of the base image may differ', async () => {
  const labels = { Labels: { maintainer: 'base' } };
  assert.equal(await config(labels, {}, { baseConfig: labels }), ['changed: The label maintainer is lost']);
});

test('another platform', async () => {
  // The made-up images are all for amd64: only the number of a signal may be written in two ways.
  assert.equal(await config({ StopSignal: '15' }, {}), []);
  assert.equal(await config({ StopSignal: 'TERM' }, { StopSignal: 'SIGTERM' }), []);
});
