import {
  type Document,
  parseDocument,
  reachableStages,
  Source,
  type StageReference,
} from '../../src/dockerfile/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('stages');

const parse = (...lines: string[]): Document => parseDocument(new Source('Dockerfile', `${lines.join('\n')}\n`));

function describe({ kind, value, target }: StageReference): string {
  const found =
    target.kind === 'stage' || target.kind === 'later-stage'
      ? target.stage.index
      : target.kind === 'image'
        ? target.image.repository
        : '';
  return `${kind} ${value} -> ${target.kind} ${found}`.trim();
}

const references = (document: Document): string[] =>
  document.stages.flatMap((stage) => stage.references.map((reference) => `${stage.index}: ${describe(reference)}`));

test('names are lower-cased, --from looks up index, then stage, then image', () => {
  const document = parse(
    'FROM golang AS Build',
    'FROM alpine AS alpine2',
    'COPY --from=BUILD /a /',
    'COPY --from=0 /a /',
    'COPY --from=nginx:1 /a /',
    'COPY --from=1 /a /',
    'COPY --from=later /a /',
    'COPY --from=9 /a /',
    'FROM alpine2 AS later',
  );
  assert.equal(references(document), [
    '0: base golang -> image golang',
    '1: base alpine -> image alpine',
    '1: copy BUILD -> stage 0',
    '1: copy 0 -> stage 0',
    '1: copy nginx:1 -> image nginx',
    '1: copy 1 -> later-stage 1',
    '1: copy later -> later-stage 2',
    '1: copy 9 -> no-such-index',
    '2: base alpine2 -> stage 1',
  ]);
});

test('a mount takes a name and no index, a variable is not resolved in --from', () => {
  const document = parse(
    'FROM golang AS build',
    'FROM alpine',
    'RUN --mount=type=bind,from=build,target=/src --mount=type=cache,target=/c,from=0 true',
    'COPY --from=$X /a /',
  );
  assert.equal(references(document).slice(2), [
    '1: mount build -> stage 0',
    '1: mount 0 -> image 0',
    '1: copy $X -> unknown',
  ]);
});

test('the range of a mount option is its value', () => {
  const document = parse('FROM a AS b', 'FROM c', 'RUN --mount=type=bind,from=b,source=/b \\', '  true');
  const mount = document.stages[1]!.references[1]!;
  assert.is(document.source.slice(mount.range), 'b');
  assert.is(mount.range.start, document.source.text.indexOf('from=b') + 5);
});

test('what ONBUILD copies from belongs to the child', () => {
  const document = parse('FROM a AS b', 'ONBUILD COPY --from=0 /a /');
  assert.equal(references(document), ['0: base a -> image a']);
});

test('of two stages with one name the nearest above is meant', () => {
  const document = parse('FROM a AS x', 'FROM b AS x', 'FROM c', 'COPY --from=x /a /');
  assert.equal(references(document).at(-1), '2: copy x -> stage 1');
});

test('FROM is a stage only if that stands above', () => {
  const document = parse('FROM later', 'FROM b AS later');
  assert.equal(references(document), ['0: base later -> image later', '1: base b -> image b']);
});

test('bases chosen by global arguments take their defaults, and only those', () => {
  const document = parse(
    'ARG TAG=1.22',
    'ARG IMAGE=golang:${TAG}',
    'ARG RUNTIME',
    'FROM ${IMAGE} AS build',
    'FROM ${RUNTIME}',
    'FROM ${RUNTIME:-alpine}-x',
    'FROM --platform=$BUILDPLATFORM debian:$TARGETARCH',
  );
  assert.equal(
    document.stages.map(({ baseText, base }) => [baseText, base.kind]),
    [
      ['golang:1.22', 'image'],
      ['${RUNTIME}', 'unknown'],
      ['alpine-x', 'unknown'],
      ['debian:$TARGETARCH', 'unknown'],
    ],
  );
});

test('a chain ends at the image below it', () => {
  const document = parse('FROM debian:12 AS base', 'FROM base AS mid', 'FROM mid');
  const target = document.target()!;
  assert.equal(
    target.chain.map(({ index }) => index),
    [2, 1, 0],
  );
  assert.is(target.image?.repository, 'debian');
  assert.is(target.image?.tag, '12');
});

test('the target is the last stage unless named or numbered', () => {
  const document = parse('FROM a AS One', 'FROM b AS two');
  assert.is(document.target()?.index, 1);
  assert.is(document.target('ONE')?.index, 0);
  assert.is(document.target('0')?.index, 0);
  assert.is(document.target('three'), undefined);
});

test('a diamond is reached over both sides, once', () => {
  const document = parse(
    'FROM alpine AS base',
    'FROM golang AS build',
    'FROM scratch AS unused',
    'FROM base',
    'COPY --from=build /a /',
  );
  const reached = [...reachableStages(document.target()!)].map(({ index }) => index);
  assert.equal(reached.sort(), [0, 1, 3]);
});
