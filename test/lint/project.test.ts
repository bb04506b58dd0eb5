import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { emptyProject, folderProject } from '../../src/lint/project.ts';
import { inFolder } from '../commands/run.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('project');

const files = {
  'context/package.json': '{}',
  'context/sub/go.mod': 'module x',
  'context/binary': Buffer.from([0x7f, 0x45, 0]),
  'context/latin': Buffer.from([0xe9]),
  'context/large': 'x'.repeat((1 << 20) + 1),
  'context-2/secret': 'no',
  secret: 'no',
};

test('reads texts and folders of the context', () =>
  inFolder(files, () => {
    const project = folderProject('context');
    assert.is(project.readText('package.json'), '{}');
    assert.is(project.readText('./sub/../sub/go.mod'), 'module x');
    assert.is(project.readText('/sub/go.mod'), 'module x');
    assert.equal(project.list('.'), ['binary', 'large', 'latin', 'package.json', 'sub']);
    assert.equal(project.list('/sub/'), ['go.mod']);
  }));

test('what is no text, or not there, is undefined', () =>
  inFolder(files, () => {
    execFileSync('mkfifo', ['context/pipe']);
    const project = folderProject('context');
    for (const path of ['missing', 'sub', 'binary', 'latin', 'large', 'pipe', 'a\0b', '']) {
      assert.is(project.readText(path), undefined, path);
    }
    assert.equal([project.list('missing'), project.list('package.json')], [[], []]);
    assert.equal([folderProject('nowhere').list('.'), folderProject('nowhere').readText('x')], [[], undefined]);
  }));

test('nothing outside the context is read', () =>
  inFolder(files, () => {
    symlinkSync('../secret', 'context/link');
    symlinkSync('..', 'context/up');
    symlinkSync('sub/go.mod', 'context/inside');
    const project = folderProject('context');
    for (const path of ['../secret', 'link', 'up/secret', '../context-2/secret', 'sub/../../secret', '/etc/passwd']) {
      assert.is(project.readText(path), undefined, path);
    }
    assert.equal(project.list('up'), []);
    assert.equal(project.list('..'), project.list('.'));
    assert.is(project.readText('inside'), 'module x');
  }));

test('a file is read once', () =>
  inFolder(files, () => {
    const project = folderProject('context');
    project.readText('package.json');
    writeFileSync('context/package.json', 'other');
    assert.is(project.readText('package.json'), '{}');
  }));

test('an empty project has nothing', () => {
  assert.equal([emptyProject.readText('x'), emptyProject.list('.')], [undefined, []]);
});
