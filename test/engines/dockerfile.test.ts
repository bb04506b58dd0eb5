import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { stageDockerfile } from '../../src/engines/dockerfile.ts';
import { Session } from '../../src/engines/session.ts';
import { assert, suite } from '../runner/suite.ts';
import { makeTemporary } from './fakes.ts';

const test = suite('engines/dockerfile');

test('no two Dockerfiles have one name, for BuildKit takes files of one name, size and time for one file', async () => {
  const session = new Session({ env: process.env });
  const context = makeTemporary();
  try {
    const texts = ['FROM a\n', 'FROM b\n', 'FROM c\n'];
    const staged = await Promise.all(texts.map((text) => stageDockerfile(session, { dockerfile: { text }, context })));
    assert.is(new Set(staged.map(({ path }) => basename(path))).size, texts.length);
    assert.equal(
      staged.map(({ path }) => readFileSync(path, 'utf8')),
      texts,
    );
  } finally {
    await session.dispose();
  }
});
