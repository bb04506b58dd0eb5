import { assert, suite } from '../runner/suite.ts';
import { executable, findings, goProgram, type Image, staticProgram } from './make.ts';

const test = suite('verify files');

const program = executable(staticProgram('reads /app/templates and config.yaml'));
const config = { Cmd: ['/app/main'], WorkingDir: '/app' };
const lost = (before: Image['own'], after: Image['own'], more: Image['config'] = {}) =>
  findings(
    'lost-files',
    { own: before ?? {}, config: { ...config, ...more } },
    { own: after ?? {}, config: { ...config, ...more } },
  );
const worst = async (...args: Parameters<typeof lost>) => (await lost(...args))[0];

test('sources, caches, toolchains and project files may go', async () => {
  const own = {
    'app/main.go': 'package main',
    'app/go.mod': 'module x',
    'app/internal/store/store_test.go': 'x',
    'app/README.md': 'x',
    'app/.git/HEAD': 'x',
    'app/.gitignore': 'x',
    'app/Makefile': 'x',
    'app/Dockerfile.test-build': 'x',
    'app/third_party/lib.c': 'x',
    'app/target/shop-1.0.jar.original': 'what the plug-in made it of',
    'root/.cache/go-build/00/aa': 'x',
    'go/pkg/mod/example.com/x@v1/file.html': 'x',
    'usr/local/go/bin/go': 'x',
    'usr/share/doc/x/copyright': 'x',
    'usr/include/x.h': 'x',
    'tmp/x': 'x',
    'var/lib/apt/lists/x': 'x',
    'usr/lib/gcc/x86_64-linux-gnu/12/cc1': 'x',
  };
  for (const line of await lost({ ...own, 'app/main': program }, { 'app/main': program }))
    assert.match(line, /^changed: /);
});

test('a file that the program names is missed', async () => {
  const page = {
    'app/templates/page.html': '<html>a page of its own</html>',
    'app/config.yaml': 'a: 1\n# long enough',
  };
  const found = await lost({ ...page, 'app/main': program }, { 'app/main': program });
  assert.equal(found, [
    'worse: /app/config.yaml is not there any more: /app/main names config.yaml',
    'unknown: /app/templates/page.html is not there any more: it may be read at run time, /app/main holds the word templates',
  ]);
});

test('a file whose content the program carries is not missed', async () => {
  const text = 'SELECT * FROM things WHERE id = ?; -- a query of its own';
  const carrier = executable(goProgram(`queries/things.sql\0${text}`));
  assert.equal(await lost({ 'app/queries/things.sql': text, 'app/main': carrier }, { 'app/main': carrier }), [
    'changed: /app/queries/things.sql is not there any more: /app/main holds its content',
  ]);
});

test('a file that no program names may go; without a program to search nothing may', async () => {
  const own = { 'app/notes/picture.bin': 'x'.repeat(40) };
  assert.equal(await lost({ ...own, 'app/main': program }, { 'app/main': program }), [
    'changed: /app/notes/picture.bin is not there any more: no program of the image names it',
  ]);
  const node = { base: { 'bin/node': executable(staticProgram()) }, config: { Cmd: ['node', '/srv/a.js'] } };
  const found = await findings(
    'lost-files',
    { ...node, own: { ...own, 'srv/a.js': '1' } },
    { ...node, own: { 'srv/a.js': '1' } },
  );
  assert.equal(found, ['unknown: /app/notes/picture.bin is not there any more: it may be read at run time']);
});

test('a copy of the program is not missed where it has its name; by another one it may be called', async () => {
  const caller = executable(staticProgram('becomes /app/worker when it is asked to'));
  const own = { 'app/main': caller };
  assert.equal(await lost({ ...own, 'build/main': caller }, own), []);
  assert.equal(await lost({ ...own, 'build/front': caller }, own), [
    'changed: /build/front is not there any more: no program of the image names it',
  ]);
  assert.equal(await lost({ ...own, 'app/worker': caller }, own), [
    'worse: /app/worker is not there any more: /app/main names /app/worker',
  ]);
});

test('a program that is found by its name in another folder of PATH is not missed, unless its path is named', async () => {
  const tool = executable(staticProgram('some other tool'));
  for (const [calls, found] of [
    ['runs migrate', 'changed: /usr/local/bin/migrate is not there any more: no program of the image names it'],
    [
      'runs /usr/local/bin/migrate',
      'worse: /usr/local/bin/migrate is not there any more: /app/main names /usr/local/bin/migrate',
    ],
  ] as const) {
    const main = executable(staticProgram(calls));
    const own = { 'app/main': main };
    assert.equal(await lost({ ...own, 'usr/local/bin/migrate': tool }, { ...own, 'bin/migrate': tool }), [found]);
  }
});

test('flattened folders and files that the config names', async () => {
  const own = { 'app/static/site.css': 'body { color: black }', 'app/main': program };
  const flat = { 'app/site.css': 'body { color: black }', 'app/main': program };
  const named = { Env: ['ASSETS=/app/static'] };
  assert.is(
    await worst(own, flat, named),
    'worse: /app/static/site.css is not there any more: the variable ASSETS names it',
  );
});

test('a copy at another path does not help', async () => {
  const reads = executable(goProgram('static/site.css'));
  const text = 'body { color: black }';
  const found = await lost(
    { 'app/static/site.css': text, 'app/main': reads },
    { 'app/site.css': text, 'app/main': reads },
  );
  assert.match(found[0] ?? '', /^worse: \/app\/static\/site\.css .* \/app\/main names/);
});

test('of two copies the kept one is read, unless the path says otherwise', async () => {
  const reads = executable(goProgram('/usr/share/words.txt'));
  const kept = { 'usr/share/words.txt': 'three short words', 'app/main': reads };
  const found = await lost({ 'app/sub/words.txt': 'three short words', ...kept }, kept);
  assert.match(found[0] ?? '', /^changed: \/app\/sub\/words\.txt/);
});

test('a script that goes to its own folder reads what lies there', async () => {
  const node = executable(staticProgram());
  const server = (first: string) => `${first}; read('.next/BUILD_ID'); read('app.json')`;
  const found = (first: string) => {
    const main = { 'usr/bin/node': node, 'app/.next/standalone/server.js': server(first) };
    const kept = { ...main, 'app/.next/standalone/.next/BUILD_ID': 'abcdefgh' };
    const own = { ...kept, 'app/.next/BUILD_ID': 'abcdefgh' };
    const start = { WorkingDir: '/app', Cmd: ['/usr/bin/node', '.next/standalone/server.js'] };
    return findings('lost-files', { own, config: start }, { own: kept, config: start });
  };
  assert.match((await found(''))[0] ?? '', /^worse: \/app\/\.next\/BUILD_ID/);
  assert.match((await found('process.chdir(__dirname)'))[0] ?? '', /^unknown: \/app\/\.next\/BUILD_ID/);
});

test('empty folders are made on purpose', async () => {
  assert.match(
    (await worst({ 'app/data/': {}, 'app/main': program }, { 'app/main': program })) ?? '',
    /^changed: \/app\/data/,
  );
  const writes = executable(staticProgram('opens /app/spool'));
  assert.match(
    (await worst({ 'app/spool/': {}, 'app/main': writes }, { 'app/main': writes })) ?? '',
    /^worse: \/app\/spool/,
  );
});

test('Node: a development dependency that is imported all the same', async () => {
  const base = { 'bin/node': executable(staticProgram()) };
  const own = (text: string) => ({ 'app/index.js': text, 'app/package.json': '{}' });
  const modules = { 'app/node_modules/jest/index.js': 'x', 'app/node_modules/@scope/tool/index.js': 'y' };
  const settings = { Cmd: ['node', 'index.js'], WorkingDir: '/app' };
  const found = (text: string) =>
    findings(
      'lost-files',
      { base, own: { ...own(text), ...modules }, config: settings },
      { base, own: own(text), config: settings },
    );
  assert.equal(await found(`console.log("hello")`), [
    'changed: /app/node_modules/jest/index.js is not there any more: nothing outside of dependencies imports jest',
    'changed: /app/node_modules/@scope/tool/index.js is not there any more: nothing outside of dependencies imports @scope/tool',
  ]);
  assert.match(
    (await found(`const t = require('@scope/tool/x')`))[0] ?? '',
    /^worse: .*@scope.* \/app\/index\.js names '@scope\/tool\//,
  );
});

test('Python: a package that is imported', async () => {
  const base = { 'usr/bin/python3': executable(staticProgram()) };
  const app = { 'app/main.py': 'from flask import Flask\n' };
  const site = 'usr/local/lib/python3.12/site-packages';
  const packages = {
    [`${site}/flask/app.py`]: 'x',
    [`${site}/pip/x.py`]: 'x',
    [`${site}/black-24.1.dist-info/METADATA`]: 'x',
  };
  const settings = { Cmd: ['python3', 'main.py'], WorkingDir: '/app' };
  const found = await findings(
    'lost-files',
    { base, own: { ...app, ...packages }, config: settings },
    { base, own: app, config: settings },
  );
  assert.equal(
    found.map((line) => line.replace(/ is not there.*/, '')),
    [
      `worse: /${site}/flask/app.py`,
      'changed: 1 file left behind: toolchain',
      `changed: /${site}/black-24.1.dist-info/METADATA`,
    ],
  );
});

const changed = (before: Image['own'], after: Image['own']) =>
  findings('changed-files', { own: before ?? {}, config }, { own: after ?? {}, config });

test('files that both have hold the same', async () => {
  assert.equal(await changed({ 'app/main': program, 'app/a.txt': 'x' }, { 'app/main': program, 'app/a.txt': 'x' }), []);
  assert.equal(await changed({ 'app/a.txt': 'new' }, { 'app/a.txt': 'stale' }), [
    'worse: /app/a.txt differs: its content is another one (3 bytes, now 5)',
  ]);
  assert.equal(
    await changed({ 'app/main': program, 'app/main.go': 'a' }, { 'app/main': program, 'app/main.go': 'b' }),
    ['changed: /app/main.go differs: its content is another one (1 bytes, now 1)'],
  );
  assert.equal(await changed({ 'app/main': program }, { 'app/main': executable(staticProgram('other')) }), [
    'unknown: /app/main differs: the code is another one',
  ]);
  assert.equal(await changed({ 'app/l': { target: '/a' } }, { 'app/l': { target: '/b' } }), [
    'unknown: /app/l differs: it pointed to /a and points to /b',
  ]);
});

test('owner and mode, as far as they matter to the user', async () => {
  const image = (own: Image['own'], User = ''): Image => ({
    own: { 'etc/passwd': 'app:x:1000:1000::/home/app:/bin/sh\n', ...own },
    config: { Cmd: ['/app/main'], User },
  });
  const found = (before: Image['own'], after: Image['own'], user = 'app') =>
    findings('permissions', image(before, user), image(after, user));
  const mine = { 'data/': { uid: 1000, gid: 1000 } };
  assert.equal(await found(mine, { 'data/': {} }), [
    'worse: The user can no longer write /data: it was 755 of 1000:1000, is 755 of 0:0',
  ]);
  assert.equal(await found(mine, { 'data/': {} }, ''), ['changed: /data was 755 of 1000:1000, is 755 of 0:0']);
  assert.equal(await found({ 'a.key': { content: 'x', mode: 0o644 } }, { 'a.key': { content: 'x', mode: 0o600 } }), [
    'worse: The user can no longer read /a.key: it was 644 of 0:0, is 600 of 0:0',
  ]);
  assert.equal(await found({ start: executable('x') }, { start: 'x' }, ''), [
    'worse: The user can no longer execute /start: it was 755 of 0:0, is 644 of 0:0',
  ]);
  assert.equal(await found({ tool: { content: 'x', mode: 0o4755 } }, { tool: { content: 'x', mode: 0o755 } }), [
    'worse: /tool has lost its capabilities or its set-user-id bit',
  ]);
  const able = { content: 'x', mode: 0o755, pax: { 'SCHILY.xattr.security.capability': 'cap' } };
  assert.equal(await found({ tool: able }, { tool: { content: 'x', mode: 0o755 } }), [
    'worse: /tool has lost its capabilities or its set-user-id bit',
  ]);
  assert.equal(await found(mine, mine), []);
});

test('packages that were installed on the base', async () => {
  const list = (name: string, ...paths: string[]) => ({
    [`var/lib/dpkg/info/${name}.list`]: `/.\n${paths.join('\n')}\n`,
  });
  const own = {
    ...list('gcc', '/usr/bin/gcc'),
    ...list('ffmpeg', '/usr/bin/ffmpeg'),
    ...list('libpq5', '/usr/lib/libpq.so.5'),
    ...list('fonts-x', '/usr/share/fonts/x.ttf'),
  };
  const found = async (text: string) => {
    const main = { 'app/main': executable(goProgram(text)) };
    return findings('lost-packages', { own: { ...own, ...main }, config }, { own: main, config });
  };
  assert.equal(await found('\0os/exec.(*Cmd).Start\0'), [
    'unknown: The package ffmpeg is not there any more, and its programs may be started at run time',
    'changed: The package fonts-x is left behind; it has no programs',
    'changed: The package gcc is left behind: compiler',
    'changed: The package libpq5 is left behind; what needs it is checked by itself',
  ]);
  assert.match((await found(''))[0] ?? '', /^changed: The package ffmpeg is left behind; the program starts no other/);
});

test('packages that came along with packages to build with', async () => {
  const brought = (asked: string) => {
    const own: NonNullable<Image['own']> = { 'app/main': executable(goProgram('\0os/exec.(*Cmd).Start\0')) };
    const status = [
      `Package: ${asked}\nDepends: python3 (= 3.11), libx`,
      'Package: python3\nPre-Depends: python3.11',
      '',
    ];
    for (const name of [asked, 'python3', 'python3.11'])
      own[`var/lib/dpkg/info/${name}.list`] = `/.\n/usr/bin/${name}\n`;
    own['var/lib/dpkg/status'] = status.join('\n\n');
    own['var/lib/apt/extended_states'] =
      'Package: python3\nAuto-Installed: 1\n\nPackage: python3.11\nAuto-Installed: 1\n';
    return findings('lost-packages', { own, config }, { own: { 'app/main': own['app/main']! }, config });
  };
  const told = 'is left behind; it came along with packages to build with';
  assert.equal(await brought('python3-dev'), [
    'changed: The package python3-dev is left behind: headers',
    `changed: The package python3.11 ${told}`,
    `changed: The package python3 ${told}`,
  ]);
  assert.equal(
    (await brought('mercurial-server')).map((line) => line.replace(/:.*/, '')),
    ['unknown', 'unknown', 'unknown'],
  );
});

test('links and settings that packages leave when they are installed', async () => {
  const own: NonNullable<Image['own']> = {
    'app/main': executable(goProgram('os.ReadFile')),
    'var/lib/dpkg/info/javascript-common.list': '/.\n/etc/lighttpd/conf-available/90-alias.conf\n',
    'etc/lighttpd/conf-available/90-alias.conf': 'x',
    'etc/lighttpd/conf-enabled/90-alias.conf': { target: '../conf-available/90-alias.conf' },
    'etc/python3/debian_config': 'x',
  };
  assert.equal(await findings('lost-files', { own, config }, { own: { 'app/main': own['app/main']! }, config }), [
    'changed: 1 file left behind: package database',
    'changed: 3 files left behind: package',
  ]);
});

test('a harmless class is no excuse for what a program names', async () => {
  const names = (text: string) => executable(staticProgram(text));
  const gone = async (text: string, ...paths: string[]) => {
    const own = Object.fromEntries(paths.map((path) => [path, path.endsWith('/') ? {} : 'x']));
    return (await lost({ ...own, 'app/main': names(text) }, { 'app/main': names(text) }))[0];
  };
  assert.is(
    await gone('logs to /var/log/service/access.log', 'var/log/service/'),
    'worse: /var/log/service is not there any more: /app/main names it',
  );
  assert.is(
    await gone('reads /app/templates/page.in', 'app/templates/page.in'),
    'worse: /app/templates/page.in is not there any more: /app/main names it',
  );
  assert.is(await gone('/app/src/main.c:12', 'app/src/main.c'), 'changed: 1 file left behind: source');
  assert.is(await gone('', 'var/log/service/'), 'changed: 1 file left behind: temporary');
});

test('dependencies of dependencies are loaded as late as any', async () => {
  const settings = { Cmd: ['node', 'index.js'], WorkingDir: '/app' };
  const base = { 'usr/bin/node': executable(staticProgram()) };
  const left = (dependencies: object) => ({
    'app/index.js': "require('left')",
    'app/node_modules/left/package.json': JSON.stringify({ name: 'left', dependencies }),
    'app/node_modules/left/index.js': 'x',
  });
  const pad = { 'app/node_modules/pad/package.json': '{}', 'app/node_modules/pad/index.js': 'x' };
  const found = async (own: Image['own'], after: Image['own']) =>
    (
      await findings(
        'lost-files',
        { base, own: own ?? {}, config: settings },
        { base, own: after ?? {}, config: settings },
      )
    )[0];
  assert.match(
    (await found({ ...left({ pad: '1' }), ...pad }, left({ pad: '1' }))) ?? '',
    /^unknown: .*pad.*the package of \/app\/node_modules\/left\/package.json depends on it$/,
  );
  assert.match((await found({ ...left({}), ...pad }, left({}))) ?? '', /^changed: /);
  const whole = { ...left({ pad: '1' }), 'app/node_modules/left/tests/a.js': 'x' };
  assert.match((await found({ ...whole, ...pad }, left({ pad: '1' }))) ?? '', /^changed: /);
});

test('packages of Python that others require', async () => {
  const settings = { Cmd: ['python3', 'main.py'], WorkingDir: '/app' };
  const base = { 'usr/bin/python3': executable(staticProgram()) };
  const folder = 'usr/lib/python3/site-packages';
  const flask = (requires: string) => ({
    'app/main.py': 'import flask',
    [`${folder}/flask/__init__.py`]: 'x',
    [`${folder}/Flask-1.0.dist-info/METADATA`]: `Name: Flask\n${requires}\n\nRequires-Dist: nothing`,
  });
  const yaml = { [`${folder}/yaml/__init__.py`]: 'x', [`${folder}/PyYAML-6.dist-info/METADATA`]: 'Name: PyYAML\n\n' };
  const found = async (requires: string) => {
    const own = flask(requires);
    const before = { base, own: { ...own, ...yaml }, config: settings };
    return (await findings('lost-files', before, { base, own, config: settings }))[0]?.split(':')[0];
  };
  assert.is(await found('Requires-Dist: pyyaml (>=5)'), 'unknown');
  assert.is(await found("Requires-Dist: pyyaml; extra == 'all'"), 'changed');
  assert.is(await found('Requires-Dist: nothing'), 'changed');
});

test('what is said to be needed to build only, and is not', async () => {
  const settings = { Cmd: ['node', 'dist/main.js'], WorkingDir: '/app' };
  const base = { 'usr/bin/node': executable(staticProgram()) };
  const found = async (text: string, sources: Image['own'], more: Image['own'] = {}) => {
    const own = { 'app/dist/main.js': text, ...more };
    const before = { base, own: { ...own, ...sources }, config: settings };
    const isBuildOnly = (path: string) => path.startsWith('/app/src/');
    return (await findings('lost-files', before, { base, own, config: settings }, isBuildOnly))[0] ?? '';
  };
  const locale = { 'app/src/locales/en.json': '{ "hello": "hello" }' };
  const reads = "read(join('src', 'locales', language + '.json'))";
  assert.match(await found(reads, locale), /^unknown: .*dist\/main.js names its folder$/);
  assert.match(await found('serve()', locale), /^changed: .*only needed to build$/);
  assert.match(await found(reads, locale, { 'app/dist/locales/en.json': '{ "hello": "hello" }' }), /^changed: /);
  assert.match(await found("read('src/locales/en.json')", locale), /^worse: .*names src\/locales\/en.json$/);
});
