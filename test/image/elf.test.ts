import { bufferSource, type ElfFacts, isStaticProgram, parseElf, readContent } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { compile, findTool } from './make.ts';

const test = suite('elf', { timeout: 120_000 });
const symbols = new Set(['getpwnam', 'localtime', 'dlopen']);
const parse = (bytes: Uint8Array) => parseElf(bufferSource(bytes), symbols);
const read = (bytes: Uint8Array): ElfFacts => parse(bytes) as ElfFacts;

/** Registers the test where the tools are, and says what is missing elsewhere. */
function needs(tools: string[], name: string, code: () => unknown): void {
  const missing = tools.filter((tool) => findTool(tool) === undefined);
  if (missing.length === 0) test(name, code);
  else test.skip(name, `${missing.join(', ')} not found`);
}

const hello =
  '#include <stdio.h>\n#include <pwd.h>\nint main(void) { printf("%p", (void *)getpwnam("x")); return 0; }\n';
const gcc = (...args: string[]) => compile({ 'a.c': hello }, 'a.out', ['gcc', 'a.c', ...args]);

needs(['gcc'], 'a dynamic program', () => {
  const elf = read(gcc());
  assert.match(elf.interpreter ?? '', /\/ld-.*\.so\.\d$/);
  assert.equal(
    [elf.bits, elf.bigEndian, elf.type, elf.pie, elf.go, elf.incomplete],
    [64, false, 'shared', true, false, false],
  );
  assert.equal(elf.needed, ['libc.so.6']);
  assert.equal(elf.imports, ['getpwnam']);
  assert.ok(
    elf.versionsNeeded.every(({ library, version }) => library === 'libc.so.6' && version.startsWith('GLIBC_')),
  );
  assert.ok(elf.versionsNeeded.length > 0);
  assert.is(elf.architecture, { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? elf.architecture);
  assert.is(isStaticProgram(elf), false);
});

needs(['gcc'], 'static programs, at a fixed address or not', () => {
  const fixed = read(gcc('-static'));
  assert.equal([fixed.interpreter, fixed.dynamic, fixed.type], [undefined, false, 'executable']);
  assert.ok(isStaticProgram(fixed));
  const pie = read(gcc('-static-pie'));
  assert.equal([pie.interpreter, pie.dynamic, pie.type, pie.needed], [undefined, true, 'shared', []]);
  assert.ok(isStaticProgram(pie));
});

needs(['gcc'], 'a library with a name, paths and versions', () => {
  const source = { 'l.c': 'int one(void) { return 1; }\n', map: 'MINE_1.0 { global: one; local: *; };\n' };
  const link = ['gcc', '-shared', '-fPIC', 'l.c', '-o', 'l.so', '-Wl,-soname,libl.so.1', '-Wl,--version-script=map'];
  const elf = read(compile(source, 'l.so', [...link, '-Wl,--enable-new-dtags,-rpath,$ORIGIN/../lib']));
  assert.equal([elf.soname, elf.runpath, elf.rpath, elf.type], ['libl.so.1', '$ORIGIN/../lib', undefined, 'shared']);
  assert.equal(elf.versionsDefined, ['libl.so.1', 'MINE_1.0']);
  assert.is(isStaticProgram(elf), false);
  const old = read(
    compile(source, 'l.so', [...link, '-Wl,--disable-new-dtags,-rpath,/opt/lib', '-Wl,-z,nodefaultlib']),
  );
  assert.equal([old.runpath, old.rpath, old.noDefaultFolders], [undefined, '/opt/lib', true]);
});

needs(['musl-gcc'], 'a program of musl', () => {
  const elf = read(compile({ 'a.c': hello }, 'a.out', ['musl-gcc', 'a.c']));
  assert.match(elf.interpreter ?? '', /ld-musl-/);
  assert.equal(elf.versionsNeeded, []);
});

const goProgram = {
  'go.mod': 'module example.com/a\n\ngo 1.19\n',
  'a.go': 'package main\n\nfunc main() { println("a") }\n',
};
const build = (...words: string[]) => ['env', ...words, 'go', 'build', '-o', 'a', '.'];

needs(['go', 'gcc'], 'Go programs', () => {
  const fixed = read(compile(goProgram, 'a', build('CGO_ENABLED=0')));
  assert.equal([fixed.go, isStaticProgram(fixed)], [true, true]);
  const cgo = { ...goProgram, 'c.go': 'package main\n\n// int x;\nimport "C"\n\nvar _ = C.x\n' };
  const dynamic = read(compile(cgo, 'a', build('CGO_ENABLED=1')));
  assert.equal(
    [dynamic.go, dynamic.interpreter === undefined, dynamic.needed.includes('libc.so.6')],
    [true, false, true],
  );
});

needs(['go'], 'other machines: 32 bits, and the other byte order', () => {
  const facts = (machine: string, ...more: string[]) => {
    const elf = read(compile(goProgram, 'a', build('CGO_ENABLED=0', `GOARCH=${machine}`, ...more)));
    return [elf.architecture, elf.bits, elf.bigEndian, elf.go, isStaticProgram(elf), elf.incomplete];
  };
  assert.equal(facts('386'), ['386', 32, false, true, true, false]);
  assert.equal(facts('s390x'), ['s390x', 64, true, true, true, false]);
});

needs(['rustc'], 'a Rust program', () => {
  const elf = read(compile({ 'a.rs': 'fn main() { println!("a"); }\n' }, 'a', ['rustc', 'a.rs']));
  assert.ok(elf.interpreter !== undefined && elf.needed.includes('libc.so.6'));
  // Rust's linker puts other tables between symbols and strings.
  assert.is(elf.incomplete, false);
});

needs(['gcc'], 'code is the same when only a string differs', async () => {
  const digest = async (text: string, ...args: string[]) => {
    const source = `#include <stdio.h>\nint main(void) { puts("${text}"); return ${args.length}; }\n`;
    const bytes = compile({ 'a.c': source }, 'a.out', ['gcc', 'a.c', '-Wl,--build-id']);
    const { digest, codeDigest } = await readContent('/a', bytes.length, pieces(bytes));
    return { digest, codeDigest };
  };
  const [one, two, other] = [await digest('2001-01-01'), await digest('2002-02-02'), await digest('2001-01-01', 'x')];
  assert.ok(one.digest !== two.digest && one.codeDigest === two.codeDigest);
  assert.ok(one.codeDigest !== undefined && one.codeDigest !== other.codeDigest);
});

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 7919) yield bytes.subarray(at, at + 7919);
}

needs(['gcc'], 'a program too large to hold is read in parts', async () => {
  const big = Buffer.concat([gcc(), Buffer.alloc(40 * 1024 * 1024)]);
  const { elf } = await readContent('/a', big.length, pieces(big), { symbols });
  assert.equal(elf, read(big));
});

needs(['gcc'], 'never throws, however a file is cut or damaged', () => {
  const bytes = compile({ 'a.c': hello }, 'a.out', ['gcc', '-s', 'a.c']);
  for (let length = 0; length < bytes.length; length += length < 1200 ? 1 : 97) parse(bytes.subarray(0, length));
  assert.ok(read(bytes.subarray(0, 600)).incomplete);
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const started = performance.now();
  for (let round = 0; round < 3000; round++) {
    const damaged = Buffer.from(bytes);
    // Header, program headers and dynamic section are where damage matters.
    for (let i = 0; i < 8; i++)
      damaged[random(2) ? random(1024) : random(damaged.length)] = random(3) ? random(256) : 255;
    damaged.writeUInt32BE(0x7f454c46, 0);
    parse(damaged);
  }
  assert.ok(performance.now() - started < 20_000);
});

test('what is no ELF file', () => {
  for (const text of [
    '',
    '\x7fEL',
    '\x7fELF',
    '#!/bin/sh\n',
    'MZ'.padEnd(100, '\0'),
    '\x7fELF\x09\x01'.padEnd(64, '\0'),
  ]) {
    assert.is(parse(Buffer.from(text, 'latin1')), undefined);
  }
});
