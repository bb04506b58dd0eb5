import { goWithCgo, staticLinking } from '../../src/knowledge/linking.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('knowledge/linking');

/** Command lines that link statically already, and some that only look like it. */
const ALREADY: Record<string, { yes: string[]; no: string[] }> = {
  go: {
    yes: [
      'CGO_ENABLED=0 go build',
      'CGO_ENABLED="0" go build',
      `go build -ldflags '-extldflags "-static"'`,
      `go build -ldflags "-w -extldflags=-static"`,
    ],
    no: ['CGO_ENABLED=1 go build', 'go build', `go build -ldflags '-s -w'`, 'go build -o static-server'],
  },
  rust: {
    yes: [
      'RUSTFLAGS="-C target-feature=+crt-static" cargo build',
      'cargo build --target x86_64-unknown-linux-musl',
      'cargo build --target=aarch64-unknown-linux-musl',
    ],
    no: [
      'cargo build --release',
      'RUSTFLAGS="-C target-feature=-crt-static" cargo build',
      'cargo build --target x86_64-unknown-linux-gnu',
    ],
  },
  c: {
    yes: [
      'gcc -static -o a a.c',
      'gcc a.c -static',
      'make LDFLAGS=-static',
      `make LDFLAGS="-static"`,
      'gcc -static-pie a.c',
      'cmake -DCMAKE_EXE_LINKER_FLAGS=-static .',
    ],
    no: ['gcc -o a a.c', 'gcc -static-libgcc a.c', './configure --enable-static', 'gcc a-static.c'],
  },
  haskell: {
    yes: [`stack build --ghc-options='-optl-static'`, 'cabal build --enable-executable-static'],
    no: ['stack build'],
  },
  swift: {
    yes: ['swift build --swift-sdk x86_64-swift-linux-musl'],
    no: ['swift build', 'swift build --static-swift-stdlib'],
  },
  nim: { yes: ['nim c --passL:-static app.nim', 'nim c --passL="-static" app.nim'], no: ['nim c app.nim'] },
  crystal: {
    yes: ['crystal build --static app.cr', 'shards build --production --static'],
    no: ['crystal build --release app.cr'],
  },
  graalvm: {
    yes: ['native-image --static --libc=musl -jar a.jar'],
    no: ['native-image -jar a.jar', 'native-image --static-nolibc -jar a.jar'],
  },
};

for (const [ecosystem, { yes, no }] of Object.entries(ALREADY)) {
  test(`static already: ${ecosystem}`, () => {
    const linking = staticLinking(ecosystem as 'go');
    for (const line of yes) assert.ok(linking?.already.test(line), line);
    for (const line of no) assert.not.ok(linking?.already.test(line), line);
    assert.ok(
      linking?.already.test(linking.flag) || ecosystem === 'swift',
      `the advice for ${ecosystem} is not recognised once it is followed`,
    );
  });
}

test('the advice for cgo is recognised once it is followed', () => assert.ok(goWithCgo.already.test(goWithCgo.flag)));

test('languages without machine code have no advice', () => {
  for (const ecosystem of ['java', 'node', 'python', 'ruby', 'php', 'dotnet'] as const)
    assert.is(staticLinking(ecosystem), undefined);
});
