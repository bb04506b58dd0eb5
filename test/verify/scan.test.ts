import { scanFiles, TextFinder } from '../../src/verify/scan.ts';
import { compile, findTool, inPieces, makeTar } from '../image/make.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('verify scan', { timeout: 120_000 });

async function* pieces(text: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('finds texts wherever the pieces of a stream break', async () => {
  const text = 'a needle and another needle, then the end';
  const texts = ['needle', 'another', 'the end', 'a ne', 'missing', 'end'];
  for (const size of [1, 2, 3, 5, 7, 100]) {
    const found = await new TextFinder(texts).find(pieces(text, size));
    assert.equal([...found].sort(), ['a ne', 'another', 'needle', 'the end'], `pieces of ${size}`); // `end` is too short
  }
});

test('texts may begin with the same letters, and hold any byte', async () => {
  const texts = ['\0main.main\0', 'prefix-one', 'prefix-two', 'prefix-'];
  const found = await new TextFinder(texts).find(pieces('x\0main.main\0prefix-two', 4));
  assert.equal([...found].sort(), ['\0main.main\0', 'prefix-', 'prefix-two']);
});

test('searches only the files that are wanted', async () => {
  const tar = await makeTar({ a: 'needle', b: 'needle', 'c/d': 'nothing' });
  const found = await scanFiles(inPieces(tar), (path) => path !== '/b', ['needle', 'absent']);
  assert.equal(found, new Map([['needle', new Set(['/a'])]]));
});

const go = {
  'go.mod': 'module example.com/a\n\ngo 1.19\n',
  'server/main.go': 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":80", nil) }\n',
  'client/main.go': 'package main\n\nimport "net/http"\n\nfunc main() { http.Get("https://example.com") }\n',
  'zones/main.go':
    'package main\n\nimport (\n\t"os"\n\t"time"\n)\n\nfunc main() { time.LoadLocation(os.Args[0]); os.CreateTemp("", "") }\n',
};

if (findTool('go') === undefined) test.skip('what Go links in, even when stripped', 'go not found');
else {
  test('what Go links in, even when stripped', async () => {
    const texts = [
      '\0net/http.(*Client).do\0',
      '\0net/http.(*Server).Serve\0',
      '\0time.LoadLocation\0',
      '\0os.CreateTemp\0',
    ];
    const linked = async (name: string) => {
      const source = { 'go.mod': go['go.mod'], 'main.go': go[`${name}/main.go` as keyof typeof go] };
      const binary = compile(source, 'a', ['env', 'CGO_ENABLED=0', 'go', 'build', '-ldflags=-s -w', '-o', 'a', '.']);
      return [...(await new TextFinder(texts).find(pieces(binary, 65_536)))]
        .map((text) => text.replaceAll('\0', ''))
        .sort();
    };
    assert.equal(await linked('server'), ['net/http.(*Server).Serve']);
    assert.equal(await linked('client'), ['net/http.(*Client).do']);
    assert.equal(await linked('zones'), ['os.CreateTemp', 'time.LoadLocation']);
  });
}
