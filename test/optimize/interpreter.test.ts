import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { systemOf } from '../../src/lint/facts/systems.ts';
import type { Project } from '../../src/lint/types.ts';
import { BuildContext } from '../../src/optimize/context.ts';
import { walkStage } from '../../src/optimize/interpreter.ts';
import type { World } from '../../src/optimize/world.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('interpreter');

/** A project whose files are the keys of an object. */
function filesProject(files: Readonly<Record<string, string>>): Project {
  return {
    readText: (path) => files[path],
    list: (folder) => {
      const prefix = folder === '.' || folder === '' ? '' : `${folder}/`;
      const below = Object.keys(files).filter((path) => path.startsWith(prefix));
      return [...new Set(below.map((path) => path.slice(prefix.length).split('/')[0]!))].sort();
    },
  };
}

function walk(text: string, files: Readonly<Record<string, string>> = {}): World {
  const document = parseDocument(new Source('Dockerfile', text));
  const stage = document.target()!;
  const context = new BuildContext(filesProject(files));
  return walkStage({ document, stage, system: systemOf(stage), commands: [], context }, []);
}

/** The files, links and opaque folders that a stage makes, each with its role and owner. */
function paths(text: string, files?: Readonly<Record<string, string>>): string[] {
  return walk(text, files)
    .tree.entries.filter(({ kind, isOpaque }) => kind !== 'folder' || isOpaque)
    .map(({ path, role, owner }) => `${path} ${role}${owner === undefined ? '' : ` ${owner}`}`);
}

test('COPY of files, folders and patterns', () => {
  const files = { 'a.json': '', 'b.json': '', 'conf/x.yml': '', 'conf/deep/y.yml': '', 'main.c': '' };
  assert.equal(
    paths('FROM debian\nCOPY a.json /etc/app.json\nCOPY *.json /opt/\nCOPY conf /conf\nCOPY main.c /', files),
    [
      '/conf/deep/y.yml data',
      '/conf/x.yml data',
      '/etc/app.json data',
      '/main.c source',
      '/opt/a.json data',
      '/opt/b.json data',
    ],
  );
});

test('COPY takes a name of its own into the working directory', () => {
  const files = { 'a.json': '', '.dockerignore': '*.md', 'x.md': '' };
  assert.equal(
    paths(
      'FROM debian\nWORKDIR /srv\nCOPY a.json .\nWORKDIR sub\nCOPY a.json .\nCOPY a.json b.json\nCOPY x.md .',
      files,
    ),
    [
      '/srv/a.json data',
      '/srv/sub/a.json data',
      '/srv/sub/b.json data',
      // It is not in the context that the builder gets.
      '/srv/sub/x.md document',
    ],
  );
});

test('owners: --chown, USER, chown', () => {
  const files = { 'a.json': '', 'b.json': '' };
  assert.equal(
    paths(
      'FROM debian\nCOPY --chown=app:app a.json /x/\nCOPY b.json /y/\nRUN chown -R 7:7 /y\nUSER app\nRUN touch /x/z',
      files,
    ),
    ['/x/a.json data app:app', '/x/z data app', '/y/b.json data 7:7'],
  );
});

test('commands move files about', () => {
  const text = `FROM debian
RUN mkdir -p /out && cd /out && echo a > a && cp a b && mv b /usr/local/bin/tool && ln -s /out/a /link
RUN install -m 0755 /out/a /usr/bin/ && rm -rf /out`;
  assert.equal(paths(text), ['/link data', '/usr/bin/a data', '/usr/local/bin/tool data']);
});

test('variables, loops, functions, subshells', () => {
  const text = `FROM debian
ENV DIR=/opt/x
ARG NAME=tool
RUN for n in a b; do touch $DIR/$n; done; put() { touch "/put/$NAME"; }; put; (cd /sub; touch in); touch out
RUN V=1.2 && touch /v-\${V} && export W=9 && touch "/w-$W" && touch /{l,r}.txt`;
  assert.equal(paths(text), [
    '/l.txt data',
    '/opt/x/a data',
    '/opt/x/b data',
    '/out data',
    '/put/tool data',
    '/r.txt data',
    '/sub/in data',
    '/v-1.2 data',
    '/w-9 data',
  ]);
});

test('what is fetched, unpacked and not known', () => {
  const world = walk(`FROM debian
RUN curl -fsSLo /usr/bin/tini https://example.org/tini && wget -q https://example.org/a.tgz?x=1 && tar -xzf a.tgz -C /opt
RUN git clone https://example.org/you/app.git && cd app && ./frobnicate --all`);
  const found = world.tree.entries.map(({ path, role, isOpaque }) => `${path} ${role}${isOpaque ? ' opaque' : ''}`);
  assert.equal(found, ['/a.tgz unknown', '/app source opaque', '/opt unknown opaque', '/usr/bin/tini unknown']);
  assert.equal(
    world.unknowns.map(({ below, why }) => `${below}: ${why}`),
    ['/app: what `./frobnicate` does is not known'],
  );
});

test('scripts and Makefiles of the context are carried out', () => {
  const files = {
    'build.sh': '#!/bin/sh\nset -e\ntouch /from/script\n',
    Makefile: 'OUT ?= /from\nall: $(OUT)/make\n$(OUT)/make: dep\n\t@touch $@\ndep:\n\techo $$HOME > /from/dep\n',
  };
  assert.equal(paths('FROM debian\nWORKDIR /src\nCOPY . .\nRUN ./build.sh && make OUT=/other', files), [
    '/from/dep data',
    '/from/script data',
    '/other/make data',
    '/src/Makefile source',
    '/src/build.sh data',
  ]);
});

test('packages and accounts, volumes and cache mounts', () => {
  const world = walk(`FROM debian
RUN apt-get update && apt-get install -y gcc libpq5 curl && apt-get purge -y curl
RUN useradd -m app && groupadd other
VOLUME /data
RUN --mount=type=cache,target=/cache true`);
  assert.equal(
    world.packages.map(({ name, isBuildOnly }) => `${name} ${isBuildOnly}`),
    ['gcc true', 'libpq5 false'],
  );
  assert.equal(
    world.accounts.map(({ name }) => name),
    ['app', 'other'],
  );
  assert.equal(world.tree.get('/home/app')?.owner, 'app');
  assert.equal(
    world.lost.map(({ path, kind }) => `${path} ${kind}`),
    ['/data volume', '/cache cache'],
  );
});

test('of an if only the branches that may be carried out', () => {
  const run = (condition: string, more = '') =>
    paths(
      `FROM debian\nARG MODE=prod\nARG EMPTY=\nARG OPEN\nRUN if ${condition}; then touch /a; ${more}else touch /b; fi`,
    );
  assert.equal(run('[ "$MODE" = prod ]'), ['/a data']);
  assert.equal(run('[ $MODE != prod ]'), ['/b data']);
  assert.equal(run('test -n "$EMPTY"', 'elif [ ! -z "$MODE" ]; then touch /c; '), ['/c data']);
  assert.equal(run('[ "$OPEN" = prod ]'), ['/a data', '/b data']);
  assert.equal(run('[ -f /etc/x ]'), ['/a data', '/b data']);
  assert.equal(run('[ "$MODE" = prod ] && true'), ['/a data', '/b data']);
  assert.equal(run('[ "$OPEN" = x ]', 'elif [ $MODE = prod ]; then touch /c; '), ['/a data', '/c data']);
});

test('symbolic links count from where they lie, and folders may be links', () => {
  const links = walk(
    'FROM debian\nWORKDIR /src\nRUN touch /opt/t-1/tool && ln -s t-1 /opt/t && ln -s ../../opt/t/tool /usr/bin/tool && cd /opt && ln t-1/tool hard',
  ).tree;
  assert.equal(
    links.entries.flatMap(({ path, linkTo }) => (linkTo === undefined ? [] : [`${path} ${linkTo}`])),
    ['/opt/hard /opt/t-1/tool', '/opt/t /opt/t-1', '/usr/bin/tool /opt/t/tool'],
  );
  assert.is(links.resolve('/usr/bin/tool'), '/opt/t-1/tool');
});

test('relative working directories of a base that has one', () => {
  assert.equal(paths('FROM golang\nWORKDIR a\nWORKDIR b\nRUN touch x && cd .. && touch y\nWORKDIR /c\nRUN touch z'), [
    '/c/z data',
    '/go/a/b/x data',
    '/go/a/y data',
  ]);
});
