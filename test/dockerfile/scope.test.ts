import { type Document, parseDocument, type Scope, Source } from '../../src/dockerfile/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('scope');

const parse = (...lines: string[]): Document => parseDocument(new Source('Dockerfile', `${lines.join('\n')}\n`));
const last = (document: Document): Scope => document.scope(document.instructions.at(-1)!)!;

test('a line of ENV sees what was set before the line', () => {
  const scope = last(parse('FROM scratch', 'ENV A=1', 'ENV A=2 B=$A', 'RUN x'));
  assert.is(scope.lookup('A').value, '2');
  assert.is(scope.lookup('B').value, '1');
});

test('the old form of ENV takes the rest of the line', () => {
  assert.is(last(parse('FROM scratch', 'ENV A some  words', 'RUN x')).lookup('A').value, 'some  words');
});

test('an ARG in front of FROM must be declared again', () => {
  const scope = last(parse('ARG V=1', 'ARG W=2', 'FROM scratch', 'ARG V', 'RUN x'));
  assert.equal(scope.variable('V'), { value: '1', complete: true, origin: 'arg' });
  assert.is(scope.variable('W'), undefined);
});

test('of ENV and ARG the later one is in force, and the image has the ENV', () => {
  const document = parse('FROM scratch', 'ENV A=env', 'ARG A=arg', 'ARG B=arg', 'ENV B=env', 'RUN x');
  const scope = last(document);
  assert.equal(scope.variable('A'), { value: 'arg', complete: false, origin: 'arg' });
  assert.equal(scope.variable('B'), { value: 'env', complete: true, origin: 'env' });
  assert.is(document.stages[0]!.scope.exported('A')?.value, 'env');
});

test('an ARG without a value changes nothing', () => {
  const scope = last(
    parse('ARG C', 'FROM scratch', 'ENV A=env', 'ARG A', 'ARG B=1', 'ARG B', 'ARG C=2', 'ARG C', 'RUN x'),
  );
  assert.equal(
    [...'ABC'].map((name) => scope.lookup(name).value),
    ['env', '1', '2'],
  );
});

test('an ARG without a value takes that of the ARG in front of FROM', () => {
  const scope = last(parse('ARG A=global', 'FROM scratch', 'ENV A=env', 'ARG A=own', 'ARG A', 'RUN x'));
  assert.equal(scope.variable('A'), { value: 'global', complete: true, origin: 'arg' });
});

test('stages inherit ENV, ARG, WORKDIR, USER and SHELL', () => {
  const scope = last(
    parse(
      'FROM scratch AS base',
      'ARG G=1',
      'ENV E=$G',
      'WORKDIR /srv',
      'USER app',
      'SHELL ["/bin/bash", "-c"]',
      'FROM base',
      'WORKDIR sub/../dir',
      'RUN x',
    ),
  );
  assert.is(scope.lookup('E').value, '1');
  assert.equal(scope.variable('G'), { value: '1', complete: false, origin: 'arg' });
  assert.is(scope.workdir, '/srv/dir');
  assert.is(scope.user, 'app');
  assert.equal(scope.shell, ['/bin/bash', '-c']);
});

test('an inherited ENV goes before an inherited ARG, and a new ARG before both', () => {
  const lines = [
    'FROM scratch AS a',
    'ENV A=env B=env',
    'ARG A=arg B=arg',
    'FROM a AS b',
    'ARG C=$A',
    'FROM b',
    'ARG B=new',
  ];
  const scope = last(parse(...lines, 'RUN x'));
  assert.equal(
    [...'ABC'].map((name) => scope.lookup(name).value),
    ['env', 'new', 'env'],
  );
});

test('an ARG is inherited through many stages, with the value that the build is given', () => {
  const source = new Source('Dockerfile', 'FROM scratch AS a\nARG A=1\nARG B\nFROM a AS b\nFROM b\nARG A=2\nRUN x\n');
  const lookup = (name: string, given: Record<string, string>) => last(parseDocument(source, given)).lookup(name).value;
  assert.equal([lookup('A', {}), lookup('B', {})], ['2', undefined]);
  assert.equal([lookup('A', { A: '3' }), lookup('B', { B: '4' })], ['3', '4']);
});

test('an inherited ARG may be hidden by a variable of the base image, and PATH is', () => {
  const scope = last(parse('FROM golang AS a', 'ARG A=1', 'ARG PATH=/x', 'FROM a', 'RUN x'));
  assert.equal(scope.variable('A'), { value: '1', complete: false, origin: 'arg' });
  assert.is(scope.variable('PATH'), undefined);
});

test('what the base image may set is not known', () => {
  const scope = last(parse('FROM golang', 'WORKDIR src', 'RUN x'));
  assert.is(scope.lookup('GOPATH').complete, false);
  assert.is(scope.workdir, undefined);
  assert.equal(scope.expand('$GOPATH/bin').value, '$GOPATH/bin');
  assert.is(last(parse('FROM scratch', 'RUN x')).lookup('GOPATH').complete, true);
});

test('a change is in force behind its instruction and not before', () => {
  const document = parse('FROM scratch', 'WORKDIR /a', 'RUN x', 'WORKDIR b', 'RUN y');
  const workdirs = document.instructions.slice(1).map((instruction) => document.scope(instruction)?.workdir);
  assert.equal(workdirs, ['/', '/a', '/a', '/a/b']);
  assert.is(document.stages[0]!.scope.end.workdir, '/a/b');
});

test('WORKDIR takes white space as part of the path', () => {
  assert.is(last(parse('FROM scratch', 'WORKDIR /a b', 'RUN x')).workdir, '/a b');
});

test('a hundred thousand variables are no burden', () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `ENV V${index % 7}=$V${(index + 1) % 7}x`);
  const scope = last(
    parse('FROM scratch', 'ENV V0=a', ...lines.slice(0, 50), ...lines.map((line) => line.replace('x', '')), 'RUN x'),
  );
  assert.type(scope.lookup('V3').value, 'string');
});
