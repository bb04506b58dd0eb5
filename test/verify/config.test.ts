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

test('arguments of `run` end up where they did', async () => {
  const split =
    'worse: The command is split differently between ENTRYPOINT and CMD, so arguments of `run` end up elsewhere';
  const shell = ['/bin/sh', '-c', '/app/main'];
  const cases: [Record<string, unknown>, Record<string, unknown>, string | RegExp][] = [
    [{ Entrypoint: ['/app/main'], Cmd: ['16'] }, { Cmd: ['/app/main', '16'] }, split],
    [{ Cmd: shell }, { Entrypoint: ['/app/main'], Cmd: [] }, split],
    [{ Entrypoint: ['/app/main'], Cmd: [] }, { Entrypoint: shell, Cmd: [] }, split],
    [{ Entrypoint: shell, Cmd: [] }, { Entrypoint: ['/app/main'], Cmd: [] }, /^changed: .* without a shell now/],
    [{ Cmd: shell }, {}, /^changed: .* without a shell now/],
  ];
  for (const [before, after, expected] of cases) {
    const [said = ''] = await config(before, after);
    assert.ok(typeof expected === 'string' ? said === expected : expected.test(said), said);
  }
});

test('a start script of the base is the base’s own', async () => {
  const Cmd = ['/app/main'];
  const starter = '/usr/local/bin/mvn-entrypoint.sh';
  const script = { 'usr/local/bin/mvn-entrypoint.sh': executable('#!/bin/sh\nexec "$@"\n') };
  const before = { Entrypoint: [starter], Cmd };
  assert.match((await config(before, { Cmd }, { base: script }))[0] ?? '', /^changed: .* only starts the command/);
  const own = { 'app/main': executable(staticProgram()), ...script };
  assert.match((await config(before, { Cmd }, { own }))[0] ?? '', /^worse: The command was/);
  const split = await config(before, { Entrypoint: ['/app/main'], Cmd: [] }, { base: script });
  assert.match(split[0] ?? '', /^worse: The command is split differently/);
});

test('variables that look like versions, and those that steer what never heard of them', async () => {
  const own = (text: string): Image => ({ own: { 'app/main': executable(staticProgram(text)) } });
  const of = (text: string, old: string[], now: string[]) =>
    findings(
      'config',
      image({ Env: ['PATH=/bin', ...old] }, own(text)),
      image({ Env: ['PATH=/bin', ...now] }, own(text)),
    );
  assert.equal(await of('', ['APP_VERSION=1'], []), [
    'changed: The variable APP_VERSION=1 is lost, which only a build reads',
  ]);
  assert.equal(await of('prints APP_VERSION', ['APP_VERSION=1'], []), ['worse: The variable APP_VERSION=1 is lost']);
  assert.equal(await of('prints APP_VERSION', ['APP_VERSION=1'], ['APP_VERSION=2']), [
    'worse: The variable APP_VERSION was 1 and is 2',
  ]);
  assert.equal(await of('', [], ['GODEBUG=x=1']), ['unknown: There is a new variable: GODEBUG=x=1']);
  assert.equal(await of('', [], ['COLOUR=red']), ['changed: There is a new variable: COLOUR=red']);
});

test('a health check that asks for the same, at the same times', async () => {
  const check = (Test: string, more: object = {}) => ({ Healthcheck: { Test: ['CMD-SHELL', Test], ...more } });
  const url = 'http://localhost:80/up';
  const outcomes = async (...pair: [object, object]) =>
    (await config({ ...pair[0] }, { ...pair[1] })).map((line) => line.split(':')[0]);
  assert.equal(await outcomes(check(`curl -f ${url}`), check(`wget -q ${url}`)), ['changed']);
  assert.equal(await outcomes(check(`curl -f ${url}`), check('true')), ['unknown']);
  assert.equal(await outcomes(check('true'), check('true', { Interval: 9 })), ['worse']);
});

test('a program that another one of its name comes before', async () => {
  const tool = { 'usr/bin/tool': executable(staticProgram('mine')) };
  const other = { 'usr/sbin/tool': executable(staticProgram('other')) };
  const of = (own: Image['own']): Image => ({
    own: own ?? {},
    config: { Cmd: ['tool'], Env: ['PATH=/usr/sbin:/usr/bin'] },
  });
  assert.equal(await findings('config', of(tool), of({ ...tool, ...other })), [
    'worse: tool is another program now: /usr/sbin/tool is found before /usr/bin/tool',
  ]);
  assert.equal(await findings('config', of(tool), of({ 'usr/sbin/tool': tool['usr/bin/tool'] })), []);
});
