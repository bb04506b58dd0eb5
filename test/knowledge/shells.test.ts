import { commandTextIndex, isPosixShebang, programName, shellKind } from '../../src/knowledge/shells.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('knowledge/shells');

test('where the command text stands', () => {
  const argvs: [argv: string[], index: number][] = [
    [['/bin/sh', '-c', 'make'], 2],
    [['/bin/bash', '-euxo', 'pipefail', '-c', 'make'], 4],
    [['bash', '-lc', 'make'], 2],
    [['bash', '-exc', 'make', 'name'], 2],
    [['/usr/bin/zsh', '-c', 'make'], 2],
    [['cmd', '/S', '/C', 'dir'], 3],
    [['powershell', '-NoProfile', '-Command', 'dir'], 3],
    [['C:\\Windows\\System32\\cmd.exe', '/c', 'dir'], 2],
    [['pwsh', '-c', 'dir'], 2],
    [['bash', 'script.sh'], -1],
    [['bash', '-c'], -1],
    [['bash', '--rcfile', 'x'], -1],
    [['make', '-c', 'all'], -1],
    [[], -1],
  ];
  for (const [argv, index] of argvs) assert.is(commandTextIndex(argv), index, argv.join(' '));
});

test('the language of a shell', () => {
  assert.is(shellKind('/bin/sh')?.syntax, 'sh');
  assert.is(shellKind('/bin/busybox')?.syntax, 'sh');
  assert.is(shellKind('powershell.exe')?.syntax, 'powershell');
  assert.is(shellKind('cmd')?.syntax, 'cmd');
  assert.is(shellKind('/usr/bin/fish')?.syntax, 'fish');
  assert.is(shellKind('python'), undefined);
  assert.is(shellKind('constructor'), undefined);
});

test('pipefail', () => {
  assert.ok(shellKind('bash')?.pipefail);
  assert.ok(shellKind('ash')?.pipefail);
  assert.not.ok(shellKind('/bin/sh')?.pipefail);
  assert.not.ok(shellKind('dash')?.pipefail);
});

test('heredoc interpreters', () => {
  for (const line of ['#!/bin/sh', '#!/usr/bin/env bash', '#! /bin/bash -e', '#!/usr/bin/env -S bash -e', 'echo']) {
    assert.ok(isPosixShebang(line), line);
  }
  for (const line of [
    '#!/usr/bin/env python3',
    '#!/usr/bin/python',
    '#!/usr/bin/perl -w',
    '#!/usr/bin/env',
    '#!pwsh',
  ]) {
    assert.not.ok(isPosixShebang(line), line);
  }
});

test('program names', () => {
  assert.is(programName('/usr/local/go/bin/go'), 'go');
  assert.is(programName('C:\\Go\\bin\\GO.EXE'), 'go');
  assert.is(programName('./mvnw'), 'mvnw');
  assert.is(programName(''), '');
});
