import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { readSavedImage, type SavedImage } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { inPieces, makeTar, type Tree } from './make.ts';

const test = suite('image layers');

const layers: Tree[] = [
  {
    'etc/': {},
    'etc/base.conf': 'base',
    'opt/tool/bin': 'x'.repeat(1000),
    'opt/tool/lib': 'y'.repeat(500),
    'opt/keep': 'k',
  },
  { 'app/': {}, 'app/main': 'm'.repeat(300), 'app/old': 'o'.repeat(200), 'etc/base.conf': 'changed' },
  {
    'app/.wh.old': '',
    'opt/tool/.wh..wh..opq': '',
    'opt/tool/lib': 'z'.repeat(10),
    'app/copy': { linkOf: 'app/main' },
  },
];
const config = {
  architecture: 'amd64',
  os: 'linux',
  config: { Cmd: ['/app/main'] },
  rootfs: { type: 'layers', diff_ids: ['sha256:a', 'sha256:b', 'sha256:c'] },
  history: [
    { created_by: 'ADD base' },
    { created_by: 'ENV x', empty_layer: true },
    { created_by: 'COPY app' },
    { created_by: 'RUN rm' },
  ],
};

const sha = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const json = (value: unknown) => JSON.stringify(value);

function check(image: SavedImage): void {
  const paths = [...image.files.entries()]
    .filter(({ type }) => type === 'file')
    .map(({ path, layer }) => `${layer} ${path}`);
  assert.equal(paths.sort(), ['0 /opt/keep', '1 /app/main', '1 /etc/base.conf', '2 /app/copy', '2 /opt/tool/lib']);
  assert.is(image.files.get('/app/copy')?.digest, image.files.get('/app/main')?.digest);
  assert.equal(image.config.cmd, ['/app/main']);
  assert.equal(image.layers, [
    { diffId: 'sha256:a', createdBy: 'ADD base', size: 1505, files: 4, wasted: 1504 },
    { diffId: 'sha256:b', createdBy: 'COPY app', size: 507, files: 3, wasted: 200 },
    { diffId: 'sha256:c', createdBy: 'RUN rm', size: 10, files: 2, wasted: 0 },
  ]);
  assert.equal(
    image.wasted.map(({ path, bytes, layer, hiddenBy, how }) => `${path} ${bytes} ${layer} ${hiddenBy} ${how}`),
    [
      '/opt/tool/bin 1000 0 2 deleted',
      '/opt/tool/lib 500 0 2 deleted',
      '/app/old 200 1 2 deleted',
      '/etc/base.conf 4 0 1 overwritten',
    ],
  );
}

test('reads the older format of docker save', async () => {
  const [a, b, c] = await Promise.all(layers.map(makeTar));
  const manifest = [{ Config: 'cfg.json', RepoTags: null, Layers: ['1/layer.tar', '2/layer.tar', '3/layer.tar'] }];
  const archive = { '3/layer.tar': c!, '1/layer.tar': a!, 'cfg.json': json(config), '2/layer.tar': b! };
  check(await readSavedImage(inPieces(await makeTar({ ...archive, 'manifest.json': json(manifest) }))));
});

test('reads layers that are links to others, as podman writes them', async () => {
  const [a, b, c] = await Promise.all(layers.map(makeTar));
  const manifest = [{ Config: 'cfg.json', Layers: ['a.tar', '2/layer.tar', 'c.tar'] }];
  const link = { '2/layer.tar': { target: '../b.tar' } };
  // The second has no end mark: some programs write layers so.
  const archive = { 'a.tar': a!, ...link, 'b.tar': b!.subarray(0, -1024), 'c.tar': c!, 'cfg.json': json(config) };
  check(await readSavedImage(inPieces(await makeTar({ ...archive, 'manifest.json': json(manifest) }))));
});

test('reads an OCI layout with compressed layers behind an index', async () => {
  const blobs: Tree = {};
  const add = (bytes: Buffer | string) => {
    blobs[`blobs/sha256/${sha(bytes)}`] = bytes;
    return { digest: `sha256:${sha(bytes)}`, size: bytes.length };
  };
  const tars = await Promise.all(layers.map(makeTar));
  const manifest = add(json({ config: add(json(config)), layers: tars.map((tar) => add(gzipSync(tar))) }));
  const inner = add(json({ manifests: [manifest] }));
  const tree = {
    'oci-layout': json({ imageLayoutVersion: '1.0.0' }),
    ...blobs,
    'index.json': json({ manifests: [inner] }),
  };
  check(await readSavedImage(inPieces(await makeTar(tree))));
  check(await readSavedImage(inPieces(await makeTar(tree), 7)));
});

test('an image without layers is empty', async () => {
  const manifest = [{ Config: 'cfg.json', Layers: null }];
  const image = await readSavedImage(inPieces(await makeTar({ 'cfg.json': '{}', 'manifest.json': json(manifest) })));
  assert.equal([image.layers, image.wasted, image.files.size], [[], [], 1]);
});

test('says what is missing', async () => {
  const read = async (tree: Tree) => readSavedImage(inPieces(await makeTar(tree)));
  await assert.rejects(() => read({ a: 'x' }), /no manifest/);
  const manifest = [{ Config: 'cfg.json', Layers: ['gone.tar'] }];
  await assert.rejects(() => read({ 'cfg.json': '{}', 'manifest.json': json(manifest) }), /names the layer gone\.tar/);
});

test('a folder that becomes a file, and a file that becomes a folder', async () => {
  const trees: Tree[] = [
    { 'a/x': 'xx', 'a/y/z': 'zzz', b: 'bbbb' },
    { a: 'file', 'b/inside': '1' },
  ];
  const [one, two] = await Promise.all(trees.map(makeTar));
  const manifest = [{ Config: 'cfg.json', Layers: ['1.tar', '2.tar'] }];
  const tree = { '1.tar': one!, '2.tar': two!, 'cfg.json': '{}', 'manifest.json': json(manifest) };
  const image = await readSavedImage(inPieces(await makeTar(tree)));
  const files = [...image.files.entries()].filter(({ type }) => type === 'file').map(({ path }) => path);
  assert.equal(files.sort(), ['/a', '/b/inside']);
  assert.equal(
    image.layers.map(({ wasted }) => wasted),
    [9, 0],
  );
});
