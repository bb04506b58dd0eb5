import { Packages } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { makeFiles } from './make.ts';

const test = suite('image packages');

test('Debian: lists of files, with merged folders', async () => {
  const files = await makeFiles({
    'var/lib/dpkg/info/libz1:amd64.list': '/.\n/lib\n/lib/x86_64-linux-gnu/libz.so.1\n',
    'var/lib/dpkg/info/curl.list': '/usr/bin/curl\n',
    'var/lib/dpkg/info/curl.md5sums': 'x',
  });
  const packages = new Packages(files);
  assert.equal([...packages.names].sort(), ['curl', 'libz1']);
  assert.is(packages.ownerOf('/usr/lib/x86_64-linux-gnu/libz.so.1'), 'libz1');
  assert.is(packages.ownerOf('/usr/bin/curl'), 'curl');
  assert.is(packages.ownerOf('/bin/curl'), 'curl');
  assert.is(packages.ownerOf('/usr/local/bin/curl'), undefined);
});

test('Alpine: one database', async () => {
  const installed = 'C:Q1\nP:musl\nV:1.2\nF:lib\nR:ld-musl-x86_64.so.1\n\nP:busybox\nF:\nF:bin\nR:busybox\n';
  const packages = new Packages(await makeFiles({ 'lib/apk/db/installed': installed }));
  assert.equal([...packages.names], ['musl', 'busybox']);
  assert.equal([packages.ownerOf('/lib/ld-musl-x86_64.so.1'), packages.ownerOf('/bin/busybox')], ['musl', 'busybox']);
});

test('an image without packages', async () => {
  const packages = new Packages(await makeFiles({ app: 'x' }));
  assert.equal([packages.names.size, packages.ownerOf('/app')], [0, undefined]);
});
