import { findProgram, followProgram, resolveUser, type StartContext } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { type Item, makeFiles } from './make.ts';

const test = suite('image programs');

const root: StartContext = { env: new Map(), workingDir: '/app' };
const script = (first: string, mode = 0o755): Item => ({ content: `${first}\n`, mode });

// The shortest thing that counts as machine code: an ELF header of a static 64-bit program.
const header = Buffer.alloc(64);
header.write('\x7fELF\x02\x01\x01', 'latin1');
header.writeUInt16LE(2, 16);
header.writeUInt16LE(62, 18);
const program: Item = { content: header, mode: 0o755 };

const files = await makeFiles({
  'usr/bin/env': program,
  'usr/bin/node': program,
  'usr/bin/plain': { ...program, mode: 0o644 },
  'usr/local/bin/plain': { ...program, mode: 0o600 },
  'bin/sh': { target: '/usr/bin/node' },
  'app/here': program,
  'app/folder/': {},
  'app/run.sh': script('#!/bin/sh'),
  'app/env.js': script('#!/usr/bin/env node'),
  'app/split.js': script('#!/usr/bin/env -S node --inspect'),
  'app/assigned': script('#! /usr/bin/env A=1 node'),
  'app/python.py': script('#!/usr/bin/env python3'),
  'app/lost': script('#!/opt/lost -x'),
  'app/windows': script('#!/bin/sh\r'),
  'app/text': script('echo no first line'),
  'app/nested': script('#!/app/run.sh'),
  'app/round': script('#!/app/trip'),
  'app/trip': script('#!/app/round'),
  'app/private': { ...program, mode: 0o750, uid: 10, gid: 20 },
});

const follow = (name: string, context = root) => {
  const { programs, problem } = followProgram(files, name, context);
  return [...programs.map(({ path }) => path), ...(problem ? [problem.kind, problem.name] : [])];
};

test('finds programs in PATH, in the working directory and through symlinks', () => {
  assert.equal(follow('node'), ['/usr/bin/node']);
  assert.equal(follow('sh'), ['/bin/sh']);
  assert.equal(follow('./here'), ['/app/here']);
  assert.equal(follow('/app/../app/here'), ['/app/here']);
  assert.equal(follow('here'), ['missing', 'here']);
  assert.equal(follow('here', { ...root, env: new Map([['PATH', '/nowhere:/app']]) }), ['/app/here']);
  assert.equal(follow('here', { ...root, env: new Map([['PATH', '/nowhere:']]) }), ['/app/here']);
  assert.equal(follow('node', { ...root, env: new Map([['PATH', '/app']]) }), ['missing', 'node']);
  assert.equal(follow(''), ['missing', '']);
});

test('tells what is there and cannot be started', () => {
  assert.equal(findProgram(files, 'plain', root), { kind: 'denied', name: 'plain', path: '/usr/local/bin/plain' });
  assert.equal(follow('./folder'), ['folder', './folder']);
  assert.equal(follow('./text'), ['/app/text', 'format', './text']);
});

test('goes through the first lines of scripts and through env', () => {
  assert.equal(follow('./run.sh'), ['/app/run.sh', '/bin/sh']);
  for (const name of ['./env.js', './split.js', './assigned']) {
    assert.equal(follow(name), [name.replace('.', '/app'), '/usr/bin/env', '/usr/bin/node'], name);
  }
  assert.equal(follow('./nested'), ['/app/nested', '/app/run.sh', '/bin/sh']);
  assert.equal(follow('./python.py'), ['/app/python.py', '/usr/bin/env', 'missing', 'python3']);
  assert.equal(follow('./lost'), ['/app/lost', 'missing', '/opt/lost']);
  assert.equal(follow('./windows'), ['/app/windows', 'line end', '/bin/sh']);
  assert.equal(follow('./round').slice(-2), ['loop', './round']);
  assert.is(followProgram(files, './lost', root).problem?.script, '/app/lost');
});

test('asks for the x bit of the user', () => {
  const as = (uid: number, ...gids: number[]) => follow('./private', { ...root, user: { uid, gids } })[0];
  assert.equal([as(0), as(10), as(99, 20), as(99, 99)], ['/app/private', '/app/private', '/app/private', 'denied']);
});

test('resolves users as a container runtime does', async () => {
  const accounts = await makeFiles({
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n# comment\nbroken\napp:x:1000:1001::/home/app:\n7:x:70:70::/:\n',
    'etc/group': 'root:x:0:\napp:x:1001:\nextra:x:5:app,other\n',
  });
  const resolve = (user: string) => {
    const found = resolveUser(accounts, user);
    return 'unknown' in found
      ? `unknown ${found.unknown}`
      : `${found.uid}:${found.gid} ${found.groups} ${found.account?.name ?? '-'}`;
  };
  assert.equal(resolve(''), '0:0 0 root');
  assert.equal(resolve('app'), '1000:1001 1001,5 app');
  assert.equal(resolve('1000'), '1000:1001 1001,5 app');
  assert.equal(resolve('app:extra'), '1000:5 5,5 app');
  assert.equal(resolve('4321'), '4321:0 0 -');
  assert.equal(resolve('4321:99'), '4321:99 99 -');
  assert.equal(resolve('7'), '70:70 70 7');
  assert.equal(resolve('nobody'), 'unknown nobody');
  assert.equal(resolve('app:nogroup'), 'unknown nogroup');
  assert.equal('unknown' in resolveUser(await makeFiles({}), '1000'), false);
});
