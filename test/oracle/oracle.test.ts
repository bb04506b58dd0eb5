import { fileURLToPath } from 'node:url';
import { parseDocument } from '../../src/dockerfile/document.ts';
import { expandWords } from '../../src/dockerfile/expand.ts';
import { decodeSource } from '../../src/dockerfile/source.ts';
import { assert, suite } from '../runner/suite.ts';
import { CASES, WORDS } from './cases.ts';
import { compare, describeDifference } from './compare.ts';
import { generateDockerfiles, generateWords } from './generate.ts';
import { isAccepted, Oracle, type OracleAnswer, type OracleExpansion, type OracleWord } from './oracle.ts';
import { filesIn } from './seeds.ts';

// For longer runs by hand: other seeds, more inputs, and a folder of other files to mutate.
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const COUNT = Number(process.env.ORACLE_COUNT ?? 60_000);
const EXTRA = process.env.ORACLE_SEEDS;
const BATCH = 2_000;

const test = suite("agreement with BuildKit's parser", { timeout: 10 * 60_000 });
const oracle = Oracle.open();

if (typeof oracle === 'string') test.skip('the same as BuildKit', oracle);
else testWith(oracle);

function testWith(oracle: Oracle): void {
  const seeds = [fileURLToPath(new URL('../../fixtures', import.meta.url)), ...(EXTRA ? [EXTRA] : [])].flatMap(filesIn);

  test('every difference between parsers that we know of', () => {
    const answers = oracle.parse(CASES.map(({ text }) => text));
    assert.equal(
      CASES.map(({ name, text }, at) => [name, differenceIn(Buffer.from(text), answers[at]!)] as const)
        .filter(([, difference]) => difference !== undefined)
        .map(([name, difference]) => `${name}: ${difference}`),
      [],
    );
    assert.is(new Set(CASES.map(({ name }) => name)).size, CASES.length, 'two cases have one name');
  });

  test('every form of expansion that we know of', () => {
    const answers = oracle.expand(WORDS);
    assert.equal(
      WORDS.map((word, at) => expansionDifference(word, answers[at]!)).filter((it) => it !== undefined),
      [],
    );
  });

  test('every Dockerfile among the fixtures', () => {
    assert.ok(seeds.length > 0);
    const answers = oracle.parse(seeds);
    assert.equal(
      seeds.map((bytes, at) => differenceIn(bytes, answers[at]!)).filter((it) => it !== undefined),
      [],
    );
  });

  test(`${COUNT} generated and mutated Dockerfiles`, async () => {
    const inputs = generateDockerfiles(SEED, seeds);
    const differences: string[] = [];
    let accepted = 0;
    await inBatches(COUNT, inputs, (batch) => {
      for (const [at, answer] of oracle.parse(batch).entries()) {
        if (isAccepted(answer)) accepted++;
        const difference = differenceIn(batch[at]!, answer);
        if (difference) differences.push(difference);
      }
      return differences.length === 0;
    });
    assert.equal(differences.slice(0, 3), []);
    assert.ok(accepted > COUNT / 10, `only ${accepted} of ${COUNT} inputs are Dockerfiles that can be built`);
  });

  test(`${COUNT} words to expand`, async () => {
    const words = generateWords(SEED);
    const differences: string[] = [];
    await inBatches(COUNT, words, (batch) => {
      for (const [at, answer] of oracle.expand(batch).entries()) {
        const difference = expansionDifference(batch[at]!, answer);
        if (difference) differences.push(difference);
      }
      return differences.length === 0;
    });
    assert.equal(differences.slice(0, 3), []);
  });

  test('the same inputs for the same seed', () => {
    const first = () => take(generateDockerfiles(SEED, seeds), 100).map(String);
    assert.equal(first(), first());
  });
}

function differenceIn(bytes: Buffer, answer: OracleAnswer): string | undefined {
  const source = decodeSource('Dockerfile', bytes);
  const difference = compare(parseDocument(source), answer);
  return difference && describeDifference(source.text, difference);
}

function expansionDifference({ word, env, escape }: OracleWord, answer: OracleExpansion): string | undefined {
  const values = new Map(env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
  const ours = expandWords(word, (name) => ({ value: values.get(name), complete: true }), escape);
  const same =
    answer.error === null
      ? ours.error === undefined && ours.value === answer.value && ours.words.join('\0') === answer.words.join('\0')
      : ours.error !== undefined;
  return same ? undefined : JSON.stringify({ word, env, escape, ours, answer }, undefined, 2);
}

/** Hands the inputs over in batches until `visit` says to stop, and lets the test's timeout have its say between them. */
async function inBatches<T>(count: number, inputs: Generator<T>, visit: (batch: T[]) => boolean): Promise<void> {
  for (let left = count; left > 0; left -= BATCH) {
    if (!visit(take(inputs, Math.min(left, BATCH)))) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function take<T>(inputs: Generator<T>, count: number): T[] {
  return Array.from({ length: count }, () => inputs.next().value as T);
}
