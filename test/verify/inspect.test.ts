import { decodeSource, parseDocument } from '../../src/dockerfile/index.ts';
import type { HistoryStep } from '../../src/image/index.ts';
import { countBaseLayers } from '../../src/verify/inspect.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('verify inspect');

const stage = (text: string) => parseDocument(decodeSource('Dockerfile', Buffer.from(text))).target()!;
const step = (createdBy: string, empty = false): HistoryStep => ({ createdBy, empty, comment: '' });
const base = [
  step('/bin/sh -c #(nop) ADD file:1 in / '),
  step('/bin/sh -c #(nop)  CMD ["bash"]', true),
  step('RUN /bin/sh -c apt-get update # buildkit'),
];
const ids = (number: number) => Array.from({ length: number }, (_, index) => `sha256:${index}`);

test('by the layers that the base image has', () => {
  const file = stage('FROM a\nCOPY . .\n');
  assert.is(countBaseLayers(ids(3), ids(2), [], file), 2);
  assert.is(countBaseLayers(ids(3), [], [], file), 0);
  assert.is(countBaseLayers(ids(3), ['sha256:other'], [], file), undefined);
});

test('by the steps that the stage added, as BuildKit and the classic builder word them', () => {
  const file = stage('FROM a AS one\nWORKDIR /x\nFROM one\nARG V\nENV A=1\nCOPY . .\nRUN make\nCMD ["x"]\n');
  const buildkit = [
    step('WORKDIR /x'),
    step('ARG V', true),
    step('ENV A=1', true),
    step('COPY . . # buildkit'),
    step('RUN /bin/sh -c make # buildkit'),
    step('CMD ["x"]', true),
  ];
  assert.is(countBaseLayers(ids(5), undefined, [...base, ...buildkit], file), 2);
  const classic = [
    step('/bin/sh -c #(nop) WORKDIR /x', true),
    step('/bin/sh -c #(nop)  ENV A=1', true),
    step('/bin/sh -c #(nop) COPY dir:1 in . '),
    step('/bin/sh -c make'),
    step('/bin/sh -c #(nop)  CMD ["x"]', true),
  ];
  assert.is(countBaseLayers(ids(4), undefined, [...base, ...classic], file), 2);
});

test('not at all where the steps do not fit', () => {
  const file = stage('FROM a\nCOPY . .\nCMD ["x"]\n');
  assert.is(countBaseLayers(ids(2), undefined, base, file), undefined);
  assert.is(countBaseLayers(ids(9), undefined, [...base, step('COPY . .'), step('CMD ["x"]', true)], file), undefined);
  assert.is(countBaseLayers([], undefined, [], file), undefined);
});
