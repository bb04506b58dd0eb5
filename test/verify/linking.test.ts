import { readFileSync, realpathSync } from 'node:fs';
import { compile, findTool, type Tree } from '../image/make.ts';
import { assert, suite } from '../runner/suite.ts';
import { executable, findings, staticProgram } from './make.ts';

const test = suite('verify linking', { timeout: 60_000 });

function needs(tools: string[], name: string, code: () => unknown): void {
  const missing = tools.filter((tool) => findTool(tool) === undefined);
  if (process.arch !== 'x64' || process.platform !== 'linux') test.skip(name, 'made for x86-64 Linux');
  else if (missing.length > 0) test.skip(name, `${missing.join(', ')} not found`);
  else test(name, code);
}

const read = (path: string) => executable(readFileSync(realpathSync(path)));
const glibc = (): Tree => ({
  'lib64/ld-linux-x86-64.so.2': read('/lib64/ld-linux-x86-64.so.2'),
  'lib/x86_64-linux-gnu/libc.so.6': read('/lib/x86_64-linux-gnu/libc.so.6'),
});
const musl = (): Tree => ({ 'lib/ld-musl-x86_64.so.1': executable(staticProgram()) });
const sources = {
  'a.c': '#include <stdio.h>\nint main(void) { return puts("a"); }\n',
  'm.c': 'double cos(double);\ndouble f(double x) { return cos(x); }\n',
};
const app = (...args: string[]) => executable(compile(sources, 'a.out', ['gcc', 'a.c', ...args]));
const config = { Cmd: ['/app'] };

needs(['gcc'], 'a dynamic program on scratch, on musl, on glibc', async () => {
  const own = { app: app() };
  const on = (base: Tree) => findings('linking', { base: glibc(), own, config }, { base, own, config });
  const expected = [
    'worse: /app is linked dynamically and its loader /lib64/ld-linux-x86-64.so.2 is not there: "no such file or directory"',
  ];
  assert.equal(await on({}), expected);
  assert.equal(await on(musl()), expected);
  assert.equal(await on(glibc()), []);
});

needs(['gcc'], 'a static program anywhere', async () => {
  const own = { app: app('-static') };
  assert.equal(await findings('linking', { base: glibc(), own, config }, { own, config }), []);
});

needs(['gcc'], 'a library that only an extension module needs', async () => {
  const extension = executable(compile(sources, 'm.so', ['gcc', '-shared', '-fPIC', 'm.c', '-o', 'm.so', '-lm']));
  const python = { ...glibc(), 'usr/bin/python3': app() };
  const math = { 'lib/x86_64-linux-gnu/libm.so.6': read('/lib/x86_64-linux-gnu/libm.so.6') };
  const own = { 'app/m.so': extension, 'app/main.py': 'import m' };
  const settings = { Cmd: ['python3', '/app/main.py'] };
  const before = { base: { ...python, ...math }, own, config: settings };
  assert.equal(await findings('linking', before, { base: python, own, config: settings }), [
    'worse: /app/m.so needs libm.so.6, which is not found',
  ]);
  assert.equal(await findings('linking', before, before), []);
  // What the original lacks too is not lost: something that nobody loads.
  const lacking = { base: python, own, config: settings };
  assert.equal(await findings('linking', lacking, lacking), []);
});

needs(['gcc'], 'a library that is too old', async () => {
  const library = (version: string) =>
    executable(
      compile({ 'l.c': 'int one(void) { return 1; }\n', map: `${version} { global: one; local: *; };\n` }, 'l.so', [
        'gcc',
        '-shared',
        '-fPIC',
        'l.c',
        '-o',
        'l.so',
        '-Wl,-soname,libone.so.1',
        '-Wl,--version-script=map',
      ]),
    );
  const program = executable(
    compile(
      {
        'l.c': 'int one(void) { return 1; }\n',
        map: 'ONE_2.0 { global: one; local: *; };\n',
        'a.c': 'int one(void);\nint main(void) { return one(); }\n',
      },
      'a.out',
      ['gcc', '-shared', '-fPIC', 'l.c', '-o', 'libone.so', '-Wl,-soname,libone.so.1', '-Wl,--version-script=map'],
      ['gcc', 'a.c', '-L.', '-lone'],
    ),
  );
  const base = (version: string) => ({ ...glibc(), 'usr/lib/libone.so.1': library(version) });
  const own = { app: program };
  assert.equal(
    await findings('linking', { base: base('ONE_2.0'), own, config }, { base: base('ONE_1.0'), own, config }),
    ['worse: /app needs ONE_2.0 of libone.so.1; /usr/lib/libone.so.1 does not have it'],
  );
});
