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

test('ENV wins over ARG, before and after', () => {
  const scope = last(parse('FROM scratch', 'ENV A=env', 'ARG A=arg', 'ARG B=arg', 'ENV B=env', 'RUN x'));
  assert.is(scope.lookup('A').value, 'env');
  assert.is(scope.lookup('B').value, 'env');
});

test('stages inherit ENV, WORKDIR, USER and SHELL, and no ARG', () => {
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
  assert.is(scope.variable('G'), undefined);
  assert.is(scope.workdir, '/srv/dir');
  assert.is(scope.user, 'app');
  assert.equal(scope.shell, ['/bin/bash', '-c']);
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
