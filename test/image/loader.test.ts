import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Loader, parseLdCache } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { compile, findTool, type Item, makeFiles, type Tree } from './make.ts';

const test = suite('loader', { timeout: 60_000 });
const here = process.arch === 'x64' && process.platform === 'linux';

function needs(tools: string[], name: string, code: () => unknown): void {
  const missing = tools.filter((tool) => findTool(tool) === undefined);
  if (!here) test.skip(name, 'made for x86-64 Linux');
  else if (missing.length > 0) test.skip(name, `${missing.join(', ')} not found`);
  else test(name, code);
}

const libc = '/lib/x86_64-linux-gnu/libc.so.6';
const glibc = (): Tree => ({
  'lib64/ld-linux-x86-64.so.2': { content: readFileSync(realpathSync('/lib64/ld-linux-x86-64.so.2')), mode: 0o755 },
  [libc]: { content: readFileSync(realpathSync(libc)), mode: 0o755 },
});

interface Made {
  program: Item;
  library: Item;
  plugin: Item;
}

/** A program that needs libone.so.1, which the loader finds only where it is told to. */
function make(compiler: string, ...link: string[]): Made {
  const sources = {
    'one.c': 'int one(void) { return 1; }\n',
    'main.c': 'int one(void);\nint main(void) { return one(); }\n',
    map: 'ONE_1.0 { global: one; local: *; };\n',
  };
  const library = [
    compiler,
    '-shared',
    '-fPIC',
    'one.c',
    '-o',
    'libone.so',
    '-Wl,-soname,libone.so.1',
    '-Wl,--version-script=map',
  ];
  const main = [compiler, 'main.c', '-o', 'main', '-L.', '-lone', ...link];
  const plugin = [compiler, '-shared', '-fPIC', 'main.c', '-o', 'plugin.so', '-L.', '-lone', ...link];
  const file = (output: string) => ({ content: compile(sources, output, library, main, plugin), mode: 0o755 });
  return { program: file('main'), library: file('libone.so'), plugin: file('plugin.so') };
}

async function problems(
  tree: Tree,
  path: string,
  env: Record<string, string> = {},
  workingDir?: string,
): Promise<string[]> {
  const found = new Loader(await makeFiles(tree), new Map(Object.entries(env)), workingDir).closure(path);
  return found.problems.map(({ kind, needs, version, found: at }) =>
    [kind, needs, version, at].filter(Boolean).join(' '),
  );
}

const missing = ['library libone.so.1'];

needs(['gcc'], 'glibc: where libraries are looked for', async () => {
  const { program, library } = make('gcc');
  const base: Tree = { ...glibc(), 'app/main': program };
  assert.equal(await problems(base, '/app/main'), missing);
  assert.equal(await problems({ 'app/main': program }, '/app/main'), ['interpreter /lib64/ld-linux-x86-64.so.2']);
  assert.equal(await problems({ ...base, 'app/libone.so.1': library }, '/app/main'), missing);
  assert.equal(await problems({ ...base, 'usr/lib/libone.so.1': library }, '/app/main'), []);
  assert.equal(await problems({ ...base, 'lib/x86_64-linux-gnu/libone.so.1': library }, '/app/main'), []);
  const app = { ...base, 'app/libone.so.1': library };
  assert.equal(await problems(app, '/app/main', { LD_LIBRARY_PATH: '/x:/app' }), []);
  assert.equal(await problems(app, '/app/main', { LD_LIBRARY_PATH: './lib:.' }, '/app'), []);
  assert.equal(await problems(app, '/app/main', { LD_LIBRARY_PATH: '.' }, '/srv'), missing);
  const linked = {
    ...base,
    'opt/real/libone.so.1.0': library,
    'usr/lib/libone.so.1': { target: '/opt/real/libone.so.1.0' },
  };
  assert.equal(await problems(linked, '/app/main'), []);
  const dangling = { ...base, 'usr/lib/libone.so.1': { target: '/opt/gone' } };
  assert.equal(await problems(dangling, '/app/main'), missing);
  const local = {
    ...base,
    'etc/ld.so.conf': 'include ld.so.conf.d/*.conf\n',
    'etc/ld.so.conf.d/a.conf': '# x\n/opt/lib\n',
    'opt/lib/libone.so.1': library,
  };
  assert.equal(await problems(local, '/app/main'), ['library libone.so.1 /opt/lib/libone.so.1']);
});

needs(['gcc'], 'glibc: RPATH and RUNPATH', async () => {
  const place = (made: Made) => ({
    ...glibc(),
    'app/main': made.program,
    'lib/plain/libone.so.1': made.library,
    'app/plugin.so': made.plugin,
  });
  for (const tags of ['--enable-new-dtags', '--disable-new-dtags']) {
    const origin = make('gcc', `-Wl,${tags},-rpath,$ORIGIN/../lib/plain`);
    assert.equal(await problems(place(origin), '/app/main'), [], tags);
    assert.equal(await problems(place(origin), '/app/plugin.so'), [], tags);
    assert.equal(
      await problems({ ...place(origin), 'app/main': '', 'bin/sub/main': origin.program }, '/bin/sub/main'),
      missing,
    );
  }
});

needs(['gcc', 'ldconfig'], 'glibc: the cache decides, not the folders in its configuration', async () => {
  const { program, library } = make('gcc');
  const folder = mkdtempSync(join(tmpdir(), 'cache-'));
  try {
    writeFileSync(join(folder, 'libone.so.1'), library.content!);
    writeFileSync(join(folder, 'conf'), `${folder}\n`);
    const cache = (...format: string[]) => {
      execFileSync('ldconfig', ['-X', ...format, '-C', join(folder, 'cache'), '-f', join(folder, 'conf')]);
      return readFileSync(join(folder, 'cache'));
    };
    for (const format of ['new', 'compat', 'old']) {
      const bytes = cache('-c', format);
      assert.ok(
        parseLdCache(bytes).some(({ name, path }) => name === 'libone.so.1' && path === join(folder, name)),
        format,
      );
      const tree = { ...glibc(), 'app/main': program, 'etc/ld.so.cache': bytes };
      assert.equal(await problems({ ...tree, [`${folder.slice(1)}/libone.so.1`]: library }, '/app/main'), [], format);
      assert.equal(await problems(tree, '/app/main'), missing, format);
      for (let length = 0; length < bytes.length; length += 13) parseLdCache(bytes.subarray(0, length));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

needs(['gcc'], 'glibc: versions of symbols', async () => {
  const { program } = make('gcc');
  const older = { 'one.c': 'int one(void) { return 1; }\n', map: 'ONE_0.9 { global: one; local: *; };\n' };
  const link = ['gcc', '-shared', '-fPIC', 'one.c', '-o', 'l.so', '-Wl,-soname,libone.so.1'];
  const old = compile(older, 'l.so', [...link, '-Wl,--version-script=map']);
  const plain = compile(older, 'l.so', link);
  const base = { ...glibc(), 'app/main': program };
  assert.equal(await problems({ ...base, 'usr/lib/libone.so.1': old }, '/app/main'), [
    'version libone.so.1 ONE_1.0 /usr/lib/libone.so.1',
  ]);
  assert.equal(await problems({ ...base, 'usr/lib/libone.so.1': plain }, '/app/main'), []);
});

needs(['gcc', 'go'], 'a library for another machine is passed over', async () => {
  const { program, library } = make('gcc');
  const foreign = Buffer.from(library.content as Buffer);
  foreign.writeUInt16LE(183, 18);
  const tree = { ...glibc(), 'app/main': program, 'lib/x86_64-linux-gnu/libone.so.1': foreign };
  assert.equal(await problems(tree, '/app/main'), missing);
  assert.equal(await problems({ ...tree, 'usr/lib/libone.so.1': library }, '/app/main'), []);
});

needs(['gcc', 'musl-gcc'], 'musl: its own folders, and no libraries of glibc', async () => {
  const { program, library } = make('musl-gcc');
  const loader = { content: readFileSync(realpathSync('/lib/ld-musl-x86_64.so.1')), mode: 0o755 };
  const base: Tree = { 'lib/ld-musl-x86_64.so.1': loader, 'app/main': program };
  assert.equal(await problems(base, '/app/main'), missing);
  assert.equal(await problems({ ...base, 'usr/local/lib/libone.so.1': library }, '/app/main'), []);
  assert.equal(await problems({ ...base, 'lib64/libone.so.1': library }, '/app/main'), missing);
  const configured = { ...base, 'etc/ld-musl-x86_64.path': '/opt/lib\n', 'usr/local/lib/libone.so.1': library };
  assert.equal(await problems(configured, '/app/main'), missing);
  assert.equal(await problems({ ...configured, 'opt/lib/libone.so.1': library }, '/app/main'), []);
  assert.equal(await problems({ ...base, 'app/libone.so.1': library }, '/app/main', { LD_LIBRARY_PATH: '/app' }), []);
  const foreign = make('gcc').library;
  const both = { ...base, ...glibc(), 'usr/lib/libone.so.1': foreign };
  assert.equal(await problems(both, '/app/main'), []); // needs nothing of glibc by name
  const dynamic = compile({ 'a.c': 'int puts(const char *);\nint f(void) { return puts("a"); }\n' }, 'a.so', [
    'gcc',
    '-shared',
    '-fPIC',
    'a.c',
    '-o',
    'a.so',
  ]);
  const loaderOfBoth = new Loader(await makeFiles({ ...both, 'app/a.so': dynamic }), new Map());
  assert.equal(loaderOfBoth.closure('/app/a.so').problems, []);
  assert.equal(loaderOfBoth.closure('/app/a.so', 'musl').problems, [
    { kind: 'libc', object: '/app/a.so', needs: 'glibc' },
  ]);
});

needs(['gcc'], 'agrees with what really happens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  try {
    for (const place of ['.', 'lib', 'elsewhere']) {
      const { program, library } = make('gcc', '-Wl,-rpath,$ORIGIN/lib');
      execFileSync('mkdir', ['-p', join(folder, place)]);
      writeFileSync(join(folder, 'main'), program.content!, { mode: 0o755 });
      writeFileSync(join(folder, place, 'libone.so.1'), library.content!);
      let ran = true;
      try {
        execFileSync(join(folder, 'main'), { stdio: 'ignore' });
      } catch (error) {
        ran = (error as { status: number }).status === 1; // what main returns
      }
      const tree = { ...glibc(), 'r/main': program, [`r/${place}/libone.so.1`]: library };
      assert.is((await problems(tree, '/r/main')).length === 0, ran, place);
      rmSync(join(folder, place, 'libone.so.1'));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
