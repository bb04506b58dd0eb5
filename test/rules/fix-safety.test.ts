import { rule as preferCopy } from '../../rules/prefer-copy.ts';
import { rule as preferSortedPackages } from '../../rules/prefer-sorted-packages.ts';
import { rule as requireTrailingSlash } from '../../rules/require-trailing-slash.ts';
import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { lintDocument } from '../../src/lint/engine.ts';
import { emptyProject } from '../../src/lint/project.ts';
import type { Project, Rule } from '../../src/lint/types.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('safety of fixes');

/** The safety of each finding's fix, in the order of the file; `none` where there is none. */
function safety(rule: Rule, text: string, project: Project = emptyProject): string {
  const settings = { rules: [{ rule, severity: 'warn' }], book: [rule], project } as const;
  const findings = lintDocument(parseDocument(new Source('Dockerfile', text)), settings);
  return findings.map(({ fix }) => fix?.safety ?? 'none').join(' ');
}

const context: Project = {
  readText: (path) => ({ 'app.conf': 'port = 80\n', empty: '' })[path],
  list: (path) => (path === 'src' ? ['main.c'] : []),
};

test('ADD becomes COPY safely where the context shows that there is no archive', () => {
  const add = (args: string) => safety(preferCopy, `FROM debian:12\nADD ${args}\n`, context);
  for (const args of [
    'app.conf /a',
    './app.conf /a',
    '/app.conf /a',
    'empty /a',
    'src /a',
    '. /a',
    'src app.conf /a/',
  ]) {
    assert.is(add(args), 'safe', args);
  }
  assert.is(add('--chown=1000 --chmod=644 app.conf /a'), 'safe');
  assert.is(add('<<EOF /a\ntext\nEOF'), 'safe');
  for (const args of ['app.jar /a', 'missing.conf /a', 'src app.jar /a/', 'conf/*.d/a /a']) {
    assert.is(add(args), 'unsafe', args);
  }
  for (const args of ['--unpack=true app.conf /a', 'host:a/b /a', 'a.git /a', 'github.com/a/b /a']) {
    assert.is(add(args), 'none', args);
  }
});

test('a slash is added safely where the folder is there', () => {
  const copy = (text: string) => safety(requireTrailingSlash, text);
  const safe = [
    'FROM node:22\nCOPY a b /usr/local/bin',
    'FROM node:22\nWORKDIR /app/x\nCOPY a b /app',
    'FROM node:22\nCOPY c /conf/sub/\nCOPY a b /conf',
    'FROM node:22 AS base\nWORKDIR /app\nFROM base\nCOPY a b /app',
  ];
  const unsafe = [
    'FROM scratch\nCOPY a b /etc',
    'FROM gcr.io/distroless/static-debian12\nCOPY a b /srv',
    'FROM node:22\nCOPY a b /app',
    'FROM node:22\nWORKDIR /app\nCOPY --link a b /app',
    'FROM node:22\nWORKDIR /app\nRUN cd / && rm -rf app\nCOPY a b /app',
    'FROM node:22\nCOPY c* /conf/\nCOPY a b /conf',
    'FROM node:22\nCOPY c /conf\nCOPY a b /conf',
    'FROM node:22\nCOPY a b /conf\nWORKDIR /conf',
  ];
  for (const text of safe) assert.is(copy(text), 'safe', text);
  for (const text of unsafe) assert.is(copy(text), 'unsafe', text);
});

test('packages are sorted safely where the order makes no difference', () => {
  const list = (start: string) => safety(preferSortedPackages, `${start} \\\n  git \\\n  curl\n`);
  assert.is(list('FROM alpine:3.20\nRUN apk add'), 'safe');
  assert.is(list('FROM node:22-alpine\nRUN sudo apk add -U'), 'safe');
  for (const start of [
    'FROM alpine:3.2\nRUN apk add',
    'FROM company/base\nRUN apk add',
    'FROM alpine:3.20\nRUN apk add --virtual .build',
    'FROM debian:12\nRUN apt-get install -y',
    'FROM fedora:41\nRUN dnf install -y',
  ]) {
    assert.is(list(start), 'unsafe', start);
  }
});
