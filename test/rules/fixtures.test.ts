import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../rules/index.ts';
import { findProgram } from '../../src/commands/programs.ts';
import { type Document, parseDocument, Source } from '../../src/dockerfile/index.ts';
import { type LintSettings, lintDocument } from '../../src/lint/engine.ts';
import { fixDocument } from '../../src/lint/fixes.ts';
import type { Finding, Project, Rule } from '../../src/lint/types.ts';
import { shellChecker } from '../../src/shellcheck/shellcheck.ts';
import { assert, suite } from '../runner/suite.ts';

const FIXTURES = new URL('../../fixtures/rules/', import.meta.url).pathname;
/** Writes what the rules say now into fixtures that have no expectation yet; never changes one that has. */
const FILL = process.env.FILL_FIXTURES === '1';

interface Case {
  readonly target?: string;
  readonly options?: unknown;
}

function projectIn(folder: string): Project {
  return {
    readText: (path) => {
      const file = join(folder, path);
      return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
    },
    list: (path) => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)).sort() : []),
  };
}

function projectOf(files: Readonly<Record<string, string>>): Project {
  return { readText: (path) => files[path], list: (path) => (path === '.' ? Object.keys(files) : []) };
}

function settingsFor(rule: Rule, folder: string, { target, options }: Case): LintSettings {
  const severity = rule.severity === 'off' ? 'info' : rule.severity;
  const checkShell = rule.codes && shellcheck ? shellChecker(shellcheck) : undefined;
  return { rules: [{ rule, severity, options }], book: rules, target, project: projectIn(folder), checkShell };
}

const shellcheck = findProgram('shellcheck', process.env.PATH);
/** Why a rule cannot be tried on this machine. */
const missing = (rule: Rule) => (rule.codes && !shellcheck ? 'there is no shellcheck on the path' : undefined);

function show(document: Document, findings: readonly Finding[]): string {
  return findings
    .map(({ ruleId, start, end, message }) => {
      const from = document.source.position(start);
      const to = document.source.position(end);
      const code = /^SC\d+$/.test(ruleId) ? `${ruleId} ` : '';
      return `${from.line}:${from.column}-${to.line}:${to.column} ${code}${message}\n`;
    })
    .join('');
}

/** The encodings of one text that must make no difference. */
const VARIANTS: readonly { name: string; encode: (text: string) => string; decode: (text: string) => string }[] = [
  { name: 'as written', encode: (text) => text, decode: (text) => text },
  {
    name: 'with CRLF',
    encode: (text) => text.replace(/\r?\n/g, '\r\n'),
    decode: (text) => {
      assert.is(/[^\r]\n/.test(text), false, 'a line feed without its carriage return');
      return text.replace(/\r\n/g, '\n');
    },
  },
  {
    name: 'with a BOM',
    encode: (text) => `\uFEFF${text}`,
    decode: (text) => {
      assert.is(text[0], '\uFEFF', 'the byte order mark is gone');
      return text.slice(1);
    },
  },
];

for (const rule of rules) {
  const test = suite(`rule ${rule.id}`);
  const reason = missing(rule);
  if (reason !== undefined && process.env.DOCKERFILEOPT_REQUIRE_ALL !== '1') {
    test.skip('examples and fixtures', reason);
    continue;
  }
  const home = join(FIXTURES, rule.id);
  const cases = existsSync(home) ? readdirSync(home).sort() : [];

  test('has four fixtures, one of them a near miss', () => {
    assert.ok(cases.length >= 4, `${cases.length} fixtures`);
    assert.ok(
      cases.some((name) => name.startsWith('ok-')),
      'no fixture called ok-…',
    );
  });

  test('examples: bad is flagged, good is clean, fixing bad gives good', () => {
    for (const { bad, good, files, options } of rule.examples) {
      const project = files ? projectOf(files) : projectIn(join(FIXTURES, 'none'));
      const settings = { ...settingsFor(rule, join(FIXTURES, 'none'), { options }), project };
      const document = parseDocument(new Source('Dockerfile', bad));
      const findings = lintDocument(document, settings);
      assert.ok(findings.length > 0, `not flagged:\n${bad}`);
      const clean = parseDocument(new Source('Dockerfile', good));
      assert.is(show(clean, lintDocument(clean, settings)), '');
      if (!findings.some(({ fix }) => fix)) continue;
      assert.is(fixDocument(document, settings, { unsafe: true }).document.source.text, good);
    }
  });

  for (const name of cases) {
    const folder = join(home, name);
    const raw = readFileSync(join(folder, 'Dockerfile'), 'utf8');
    const about: Case = existsSync(join(folder, 'case.json'))
      ? JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'))
      : {};
    const settings = settingsFor(rule, folder, about);
    const expectedFile = join(folder, 'findings.txt');
    const fixedFile = join(folder, 'fixed.Dockerfile');

    if (FILL && !existsSync(expectedFile)) {
      const document = parseDocument(new Source('Dockerfile', raw));
      const fixed = fixDocument(document, settings, { unsafe: true }).document.source.text;
      mkdirSync(folder, { recursive: true });
      writeFileSync(expectedFile, show(document, lintDocument(document, settings)));
      if (fixed !== raw) writeFileSync(fixedFile, fixed);
    }

    // A fixture that is about line endings or marks is only run as it is.
    const variants = /\r|\uFEFF/.test(raw) ? VARIANTS.slice(0, 1) : VARIANTS;
    for (const { name: variant, encode, decode } of variants) {
      test(`${name}, ${variant}`, () => {
        const document = parseDocument(new Source('Dockerfile', encode(raw)));
        const expected = readFileSync(expectedFile, 'utf8');
        assert.is(show(document, lintDocument(document, settings)), expected);
        assert.is(name.startsWith('ok-'), expected === '', 'fixtures called ok-… and no others have no findings');
        const result = fixDocument(document, settings, { unsafe: true });
        assert.equal(result.rolledBack, [], 'a fix was rolled back');
        const fixed = existsSync(fixedFile) ? readFileSync(fixedFile, 'utf8') : raw;
        assert.is(decode(result.document.source.text), fixed);
        const again = fixDocument(result.document, settings, { unsafe: true });
        assert.is(again.applied.length, 0, 'fixing twice changes something');
      });
    }
  }
}
