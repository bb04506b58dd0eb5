import { assert, suite } from '../runner/suite.ts';
import { executable, findings, goProgram, type Image, outcome, staticProgram } from './make.ts';

const test = suite('verify programs');

const program = executable(staticProgram());
const shell = { 'bin/sh': program, 'usr/bin/env': program, 'bin/cat': program, 'usr/bin/curl': program };
const before = (own: Image['own'], config: Image['config']): Image => ({
  base: shell,
  own: own ?? {},
  config: config ?? {},
});
const onScratch = (own: Image['own'], config: Image['config']): Image => ({ own: own ?? {}, config: config ?? {} });

test('a program that is there', async () => {
  const config = { Cmd: ['/app'] };
  assert.equal(await findings('programs', before({ app: program }, config), onScratch({ app: program }, config)), []);
});

test('never copied, copied elsewhere, without x, a folder', async () => {
  const config = { Cmd: ['/bin/app'] };
  const old = before({ 'bin/app': program }, config);
  const found = (own: Image['own']) => findings('programs', old, onScratch(own, config));
  assert.equal(await found({}), ['worse: The command starts /bin/app, which is not there']);
  assert.equal(await found({ 'go/bin/app': program }), [
    'worse: The command starts /bin/app, which is not there; /go/bin/app is',
  ]);
  assert.equal(await found({ 'bin/app': { ...program, mode: 0o644 } }), [
    'worse: The command starts /bin/app, and /bin/app is not executable for the user',
  ]);
  assert.equal(await found({ 'bin/app/app': program }), ['worse: The command starts /bin/app, which is a folder']);
});

test('shell form without a shell', async () => {
  const config = { Cmd: ['/bin/sh', '-c', '/app -v $HOME'] };
  assert.equal(await findings('programs', before({ app: program }, config), onScratch({ app: program }, config)), [
    'worse: The command starts /bin/sh, and there is no shell in the image',
  ]);
});

test('scripts: interpreter, line ends, programs that they start', async () => {
  const config = { Entrypoint: ['/run.sh'] };
  const found = (text: string, after: string, base: Image['base']) =>
    findings('programs', before({ 'run.sh': executable(text), app: program }, config), {
      base: base ?? {},
      own: { 'run.sh': executable(after), app: program },
      config,
    });
  const script = '#!/bin/sh\nset -e\nif true; then cat /etc/x | curl -d@- x; fi\nexec /app "$@"\n';
  assert.equal(await found(script, script, shell), []);
  assert.equal(await found(script, script.replaceAll('\n', '\r\n'), shell), [
    'worse: The first line of /run.sh ends in a carriage return, so its interpreter is not found: no such file or directory',
  ]);
  assert.equal(await found(script, script, { 'bin/sh': program, 'bin/cat': program }), [
    'worse: /run.sh starts curl, which is not there any more',
  ]);
  const bash = script.replace('/bin/sh', '/usr/bin/env bash');
  const withBash = before({ 'run.sh': executable(bash), 'bin/bash': program }, config);
  assert.equal(await findings('programs', withBash, { base: shell, own: { 'run.sh': executable(bash) }, config }), [
    'worse: The first line of /run.sh names bash, which is not found in PATH',
  ]);
});

test('health checks', async () => {
  const check = (...words: string[]) => ({ Cmd: ['/app'], Healthcheck: { Test: words } });
  const found = (config: Image['config'], base: Image['base']) =>
    findings('programs', before({ app: program }, config), {
      base: base ?? {},
      own: { app: program },
      config: config ?? {},
    });
  assert.equal(await found(check('CMD-SHELL', 'curl -f localhost || exit 1'), { 'bin/sh': program }), [
    'worse: The health check starts curl, which is not there any more',
  ]);
  assert.equal(await found(check('CMD-SHELL', 'curl -f localhost'), {}), [
    'worse: The health check starts /bin/sh, and there is no shell in the image',
    'worse: The health check starts curl, which is not there any more',
  ]);
  assert.equal(await found(check('CMD', 'curl', '-f', 'localhost'), { 'bin/sh': program }), [
    'worse: The health check starts curl, which is not found in PATH',
  ]);
  assert.equal(await found(check('CMD-SHELL', 'curl -f localhost || exit 1'), shell), []);
});

test('files that the command names', async () => {
  const config = { Cmd: ['node', 'dist/server.js', '--config=/etc/app.json'], WorkingDir: '/app' };
  const own = { 'app/dist/server.js': 'x', 'etc/app.json': '{}' };
  const base = { 'bin/node': program };
  const found = (after: Image['own']) =>
    findings('programs', { base, own, config }, { base, own: after ?? {}, config });
  assert.equal(await found(own), []);
  assert.equal(await found({ 'app/server.js': 'x' }), [
    'worse: The command names dist/server.js, which is not there: /app/dist/server.js',
    'worse: The command names /etc/app.json, which is not there: /etc/app.json',
  ]);
});

test('what the original cannot start either is unknown', async () => {
  const config = { Cmd: ['/none'] };
  assert.equal(await findings('programs', before({}, config), onScratch({}, config)), [
    'unknown: The command starts /none, which is not there, as in the original',
  ]);
});

test('another script of the image loses its interpreter', async () => {
  const own = { app: program, 'tool.py': executable('#!/usr/bin/env python3\n') };
  const config = { Cmd: ['/app'] };
  const python = { ...shell, 'usr/bin/python3': program };
  assert.equal(await findings('scripts', { base: python, own, config }, { base: shell, own, config }), [
    'unknown: /tool.py needs python3, which worked in the original',
  ]);
  assert.equal(await outcome('scripts', { base: python, own, config }, { base: python, own, config }), 'same');
});

test('a program for another machine', async () => {
  const arm = Buffer.from(staticProgram());
  arm.writeUInt16LE(183, 18);
  const config = { Cmd: ['/app'] };
  const found = await findings(
    'architecture',
    onScratch({ app: program }, config),
    onScratch({ app: executable(arm) }, config),
  );
  assert.equal(found, ['worse: /app is made for arm64, the image for amd64: exec format error']);
});

test('a program that starts others', async () => {
  const config = { Cmd: ['/app'] };
  const quiet = executable(goProgram('\0main.main\0'));
  const starts = executable(goProgram('\0os/exec.(*Cmd).Start\0'));
  assert.equal(await findings('subprocesses', before({ app: quiet }, config), onScratch({ app: quiet }, config)), []);
  assert.equal(await findings('subprocesses', before({ app: starts }, config), onScratch({ app: starts }, config)), [
    'unknown: /app starts other programs; of 4 programs in PATH none is left, and no shell',
  ]);
  assert.equal(await outcome('subprocesses', before({ app: starts }, config), before({ app: starts }, config)), 'same');
});

test('a script that starts a program by its name', async () => {
  const node = { ...shell, 'bin/node': program };
  const full = { ...node, 'usr/bin/git': program, 'usr/bin/size': program };
  const config = { Cmd: ['node', '/a.js'] };
  const found = (text: string) =>
    findings(
      'subprocesses',
      { base: full, own: { 'a.js': text }, config },
      { base: node, own: { 'a.js': text }, config },
    );
  assert.equal(await found(`require('child_process').execFile('git', ['log'])`), [
    'unknown: /a.js names git, a program that is not there any more',
  ]);
  assert.equal(await found(`console.log(map['size'])`), []);
});

test('a library that a program opens by name', async () => {
  const config = { Cmd: ['/app'] };
  const own = { app: executable(staticProgram('libmagic.so.1')) };
  const library = { 'usr/lib/x86_64-linux-gnu/libmagic.so.1': staticProgram(), 'usr/lib/libother.so': staticProgram() };
  assert.equal(await findings('opened-libraries', { base: library, own, config }, { own, config }), [
    'unknown: /app names libmagic.so.1, which is not there any more',
  ]);
  assert.equal(
    await outcome('opened-libraries', { base: library, own, config }, { base: library, own, config }),
    'same',
  );
});
