import { fileURLToPath } from 'node:url';
import { rules } from '../../rules/index.ts';
import { type Document, decodeSource, encodeSource, parseDocument } from '../../src/dockerfile/index.ts';
import { fixDocument } from '../../src/lint/fixes.ts';
import { emptyProject } from '../../src/lint/project.ts';
import { assert, suite } from '../runner/suite.ts';
import { checkOf } from './checks.ts';
import { generateDockerfiles } from './generate.ts';
import { Oracle } from './oracle.ts';
import { filesIn } from './seeds.ts';

// For longer runs by hand: other seeds, more inputs, and a folder of real files.
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const COUNT = Number(process.env.ORACLE_PLAN_COUNT ?? 2_000);
const EXTRA = process.env.ORACLE_SEEDS;

const test = suite("safe fixes and BuildKit's plan of the build", { timeout: 10 * 60_000 });
const oracle = Oracle.open();

/** The rules about what the builder does not look at. */
const LAYOUT: readonly string[] = [
  'no-crlf',
  'no-multiple-empty-lines',
  'no-multiple-spaces',
  'no-trailing-spaces',
  'require-final-newline',
];

/** The rules whose fixes change no command, so that steps and configuration stay the same to the letter. */
const repairing = rules.filter(
  (rule) => rule.fixable === 'safe' && (checkOf(rule) !== undefined || LAYOUT.includes(rule.id)),
);

if (typeof oracle === 'string') test.skip('the same steps and the same image', oracle);
else testWith(oracle);

function testWith(oracle: Oracle): void {
  const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
  test('the same steps and the same image after every safe fix of the fixtures', () => {
    const { differences, compared } = compareAll(oracle, filesIn(fixtures));
    assert.equal(differences, []);
    assert.ok(compared > 20, `only ${compared} files with fixes that BuildKit takes`);
  });
  test('the same steps and the same image after every safe fix of the fixtures with CRLF', () => {
    const { differences, compared, fixes } = compareAll(oracle, filesIn(fixtures).map(withCrlf));
    assert.equal(differences, []);
    assert.ok(compared > 20 && fixes['no-crlf']! > 1_000, `only ${compared} files with fixes that BuildKit takes`);
  });
  test(`the same steps and the same image after every safe fix of ${COUNT} generated Dockerfiles`, () => {
    const inputs = generateDockerfiles(SEED, filesIn(fixtures));
    const files = Array.from({ length: COUNT }, () => inputs.next().value as Buffer);
    const { differences, compared } = compareAll(
      oracle,
      files.flatMap((bytes) => [bytes, withCrlf(bytes)]),
    );
    assert.equal(differences, []);
    assert.ok(compared > COUNT / 10, `only ${compared} files with fixes that BuildKit takes`);
  });
  test('a carriage return is dropped at the end of a line, and kept in a heredoc', () => {
    const plan = (text: string) => JSON.stringify(oracle.convert([{ dockerfile: Buffer.from(text) }])[0]);
    for (const [text, isKept] of CARRIAGE_RETURNS) {
      const [before, after] = [plan(text), plan(text.replaceAll('\r', ''))];
      assert.match(after, '"error":null', text);
      assert.is(before !== after, isKept, JSON.stringify(text));
    }
  });
  test('the label that stands in for MAINTAINER has its text', () => {
    const { wrong, compared } = compareAuthors(oracle, [fixtures, ...(EXTRA ? [EXTRA] : [])].flatMap(filesIn));
    assert.equal(wrong, []);
    assert.ok(compared > 3, `only ${compared} authors`);
  });
  if (EXTRA) {
    test(`the same steps and the same image after every safe fix of ${EXTRA}`, () => {
      const { differences, ...counts } = compareAll(oracle, filesIn(EXTRA));
      console.error(counts);
      assert.equal(differences, []);
    });
  }
}

const CARRIAGE_RETURNS: readonly (readonly [text: string, isKept: boolean])[] = [
  ['# escape=`\r\nFROM alpine\r\nRUN a `\r\n  # c\r\n\r\n  b\r\n', false],
  ['FROM alpine\r\nRUN ["a", \\\r\n  "b"]\r\nCMD ["c"]\r\nENV A=1 \\ \r\n  B="2 \\\r\n 3"\r\nENV C d e\r\n', false],
  ['FROM alpine\r\nONBUILD RUN a \\\r\n  b\r\nWORKDIR /a\r\nENTRYPOINT a b\r\nLABEL a=b\r\r\n', false],
  ['FROM alpine\r\nRUN <<EOF\r\na\nEOF\r\nCOPY <<EOF /a\r\nEOF\r\n', false],
  ['FROM alpine\nRUN <<EOF\na\r\nEOF\n', true],
  ['FROM alpine\nRUN <<EOF\n#!/bin/sh\r\na\nEOF\n', true],
  ['FROM alpine\nRUN cat <<EOF >a\na\r\nEOF\n', true],
  ['FROM alpine\nCOPY <<-EOF /a\n\ta\r\nEOF\n', true],
];

/** The file as an editor on Windows would save it. */
function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}

interface Outcome {
  readonly differences: readonly string[];
  readonly files: number;
  /** Files that were changed, and that BuildKit takes before and after. */
  readonly compared: number;
  /** How many fixes there were, by rule. */
  readonly fixes: Readonly<Record<string, number>>;
}

function compareAll(oracle: Oracle, files: readonly Buffer[]): Outcome {
  const fixes: Record<string, number> = {};
  const fixed = files.flatMap((bytes) => {
    const before = parseDocument(decodeSource('Dockerfile', bytes));
    return repairing.flatMap((rule): { id: string; before: Document; after: Document }[] => {
      const settings = { rules: [{ rule, severity: 'warn' as const }], book: rules, project: emptyProject };
      const { document: after, applied } = fixDocument(before, settings, { unsafe: false });
      if (applied.length > 0) fixes[rule.id] = (fixes[rule.id] ?? 0) + applied.length;
      return applied.length > 0 ? [{ id: rule.id, before, after }] : [];
    });
  });
  const questions = (side: 'before' | 'after') => fixed.map((it) => ({ dockerfile: encodeSource(it[side].source) }));
  const before = oracle.convert(questions('before'));
  const after = oracle.convert(questions('after'));
  const differences: string[] = [];
  let compared = 0;
  for (const [at, each] of fixed.entries()) {
    if (before[at]!.error !== null) continue;
    compared++;
    if (JSON.stringify(before[at]) === JSON.stringify(after[at])) continue;
    differences.push(`${each.id}: ${JSON.stringify([each.before.source.text, before[at], after[at]], undefined, 1)}`);
  }
  return { differences: differences.slice(0, 5), files: files.length, compared, fixes };
}

function compareAuthors(oracle: Oracle, files: readonly Buffer[]): { wrong: readonly string[]; compared: number } {
  const rule = rules.find(({ id }) => id === 'no-maintainer')!;
  const settings = { rules: [{ rule, severity: 'warn' as const }], book: rules, project: emptyProject };
  const fixed = files.flatMap((bytes) => {
    const { document, applied, findings } = fixDocument(parseDocument(decodeSource('Dockerfile', bytes)), settings, {
      unsafe: true,
    });
    return applied.length > 0 && findings.length === 0 ? [{ bytes, after: encodeSource(document.source) }] : [];
  });
  const before = oracle.convert(fixed.map(({ bytes }) => ({ dockerfile: bytes })));
  const after = oracle.convert(fixed.map((each) => ({ dockerfile: each.after })));
  const pairs = before.flatMap(({ error, config }, at) => {
    const { author } = (config ?? {}) as { author?: string };
    const image = after[at]!.config as { config?: { Labels?: Record<string, string> } } | null;
    return error === null && author ? [[author, image?.config?.Labels?.['org.opencontainers.image.authors']]] : [];
  });
  const wrong = pairs.filter(([author, label]) => label !== author && label !== author!.replace(/^"(.*)"$/, '$1'));
  return { wrong: wrong.map((pair) => JSON.stringify(pair)), compared: pairs.length };
}
