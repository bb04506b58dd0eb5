import { rules } from '../rules/index.ts';
import { decodeSource, encodeSource, parseDocument } from '../src/dockerfile/index.ts';
import { lintDocument } from '../src/lint/engine.ts';
import { fixDocument } from '../src/lint/fixes.ts';
import { assert, suite } from './runner/suite.ts';

const test = suite('hostile files', { timeout: 120_000 });

const settings = {
  rules: rules.map((rule) => ({ rule, severity: rule.severity === 'off' ? ('info' as const) : rule.severity })),
  book: rules,
  project: { readText: () => undefined, list: () => [] },
};

/** Lints and fixes a text with every rule; what comes back is what was found. */
function survive(text: string | Buffer): readonly string[] {
  const bytes = Buffer.from(text);
  const document = parseDocument(decodeSource('Dockerfile', bytes));
  assert.is(Buffer.compare(encodeSource(document.source), bytes), 0, 'the bytes are not the same');
  const findings = lintDocument(document, settings);
  const { rolledBack } = fixDocument(document, settings, { unsafe: true });
  assert.equal(
    rolledBack.map(({ ruleId }) => ruleId),
    [],
  );
  return findings.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

const finds = (text: string | Buffer, expected: RegExp): void => assert.match(survive(text).join('\n'), expected);

test('an empty file, and one of comments', () => {
  finds('', /^parse-error: the file has no instructions$/);
  finds('# a\n\n  # b', /^parse-error: the file has no instructions$/);
  finds('\uFEFF', /^parse-error: the file has no instructions$/);
});

test('NUL bytes', () => finds('FROM a\nRUN x\0y\n', /no-odd-encoding: the file holds NUL bytes/));

test('bytes that are not UTF-8', () => {
  finds(
    Buffer.from([0x46, 0x52, 0x4f, 0x4d, 0x20, 0x61, 0x0a, 0x23, 0xff, 0xc3, 0x0a]),
    /no-odd-encoding: .* not valid UTF-8/,
  );
  finds(Buffer.from('\uFEFFFROM a\n', 'utf16le'), /no-odd-encoding: the file is not valid UTF-8/);
});

test('5 MB in one line', () => finds(`FROM a\nRUN ${'x '.repeat(2_500_000)}\n`, /parse-error: .*65535/));

test('5 MB in one instruction', () => {
  survive(`FROM a\nRUN ${'apt-get install -y gcc \\\n  # why\n && '.repeat(125_000)}true\n`);
});

test('a hundred thousand instructions', () => {
  survive(`FROM golang AS b\n${'RUN x\nENV A=$A\nCOPY a /b\nWORKDIR c\n'.repeat(25_000)}`);
});

test('twenty thousand stages, each copying from the one before', () => {
  const stages = Array.from(
    { length: 20_000 },
    (_, index) => `FROM a AS s${index}\nCOPY --from=s${Math.max(index - 1, 0)} /a /b\n`,
  );
  survive(stages.join(''));
});

test('two thousand stages that stand on one another', () => {
  const stages = Array.from(
    { length: 2_000 },
    (_, index) => `FROM s${index} AS s${index + 1}\nENV A=$A\nRUN go build\n`,
  );
  survive(`FROM golang AS s0\n${stages.join('')}CMD ["x"]\n`);
});

test('ten thousand heredocs, in one instruction and in many', () => {
  survive(`FROM a\n${'RUN <<EOF\nset -e\nEOF\n'.repeat(10_000)}`);
  const names = Array.from({ length: 5_000 }, (_, index) => `E${index}`);
  survive(`FROM a\nRUN ${names.map((name) => `<<${name}`).join(' ')}\n${names.map((name) => `x\n${name}\n`).join('')}`);
});

test('ONBUILD and flags by the thousand', () => {
  survive(`FROM a\n${'ONBUILD '.repeat(8_000)}RUN x\n`);
  survive(`FROM a\nRUN ${'--mount=type=cache,target=/x '.repeat(2_000)}x\n`);
});

test('shell text nested ten thousand deep', () => {
  for (const [open, close] of [
    ['(', ')'],
    ['$(', ')'],
    ['{ ', '; }'],
    ['if ', '; then x; fi'],
    ['${A:-', '}'],
  ]) {
    survive(`FROM a\nRUN \\\n${`${open}\\\n`.repeat(10_000)}x${`${close}\\\n`.repeat(10_000)}\n`);
  }
});

test('variables nested ten thousand deep, and patterns that backtrack', () => {
  survive(`FROM a\nENV A=${'${A:-'.repeat(10_000)}x${'}'.repeat(10_000)}\nENV B=$A\nWORKDIR $B\nRUN x\n`);
  survive(`FROM a\nENV A=${'a'.repeat(60)}b\nENV B=\${A##${'*a'.repeat(20)}c}\nWORKDIR $B\nCOPY . $B\n`);
});

test('a variable that doubles itself', () => {
  survive(`FROM a\nENV A=xxxxxxxx\n${'ENV A=$A$A\n'.repeat(100)}WORKDIR $A\nCOPY . .\nRUN x\n`);
});

test('twenty thousand ignore comments', () => {
  const found = survive(`FROM a\n${'# dockerfileopt ignore=a,b\nRUN x\n'.repeat(20_000)}`);
  assert.is(found.filter((line) => line.startsWith('no-useless-ignore')).length, 40_000);
});
