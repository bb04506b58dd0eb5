import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { rules as book } from '../../rules/index.ts';
import { type Document, decodeSource, parseDocument, Source } from '../../src/dockerfile/index.ts';
import { type ActiveRule, lintDocument } from '../../src/lint/engine.ts';
import { folderProject } from '../../src/lint/project.ts';
import type { Project, Rule } from '../../src/lint/types.ts';
import { Vocabulary } from '../../src/lint/vocabulary.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('what rules need');

const fixtures = join(import.meta.dirname, '../../fixtures');

function dockerfiles(): string[] {
  return readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(?:Dockerfile|Containerfile)|\.Dockerfile$/.test(basename(name)))
    .map((name) => join(fixtures, name));
}

function withoutNeeds({ needs: _, ...rule }: Rule): Rule {
  return rule;
}

type Options = Readonly<Record<string, unknown>>;

/** The options of a preset, or those of the rules themselves. */
function optionsOf({ options = {}, presetOptions }: Rule, preset: 'own' | 'hadolint' | 'buildkit'): Options {
  const own = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
  return preset === 'own' ? own : { ...own, ...presetOptions?.[preset] };
}

function findings(document: Document, rules: readonly ActiveRule[], project: Project): string[] {
  return lintDocument(document, { rules, book, project }).map(
    ({ ruleId, start, end, message }) => `${ruleId} ${start}-${end} ${message}`,
  );
}

test('a rule finds nothing in files that lack what it needs', () => {
  const files = dockerfiles();
  assert.ok(files.length > 1000, `${files.length} files`);
  const spared = new Set<string>();
  for (const preset of ['own', 'hadolint', 'buildkit'] as const) {
    const rules = book
      .filter(({ needs, presetOptions }) => needs && (preset === 'own' || presetOptions?.[preset]))
      .map((rule): ActiveRule => ({ rule, severity: 'warn', options: optionsOf(rule, preset) }));
    const always = rules.map((active): ActiveRule => ({ ...active, rule: withoutNeeds(active.rule) }));
    for (const file of files) {
      const document = parseDocument(decodeSource(file, readFileSync(file)));
      const project = folderProject(dirname(file));
      assert.equal(
        findings(document, rules, project),
        findings(document, always, project),
        `${file}, options: ${preset}`,
      );
      const vocabulary = new Vocabulary(document);
      for (const { rule } of rules) if (!vocabulary.meets(rule)) spared.add(rule.id);
    }
  }
  assert.equal(
    book.filter(({ needs }) => needs).map(({ id }) => id),
    book.filter(({ id }) => spared.has(id)).map(({ id }) => id),
  );
});

test('what a rule needs is in lower case, as the text that it is looked for in', () => {
  for (const { id, needs = [] } of book) for (const piece of needs) assert.is(piece, piece.toLowerCase(), id);
});

function meets(text: string, ...needs: string[]): boolean {
  const [rule] = book;
  return new Vocabulary(parseDocument(new Source('Dockerfile', text))).meets({ ...rule!, needs });
}

test('one of the pieces is enough, in whatever case', () => {
  assert.is(meets('FROM a\nRUN APK add b\n', 'apk'), true);
  assert.is(meets('FROM a\nRUN yum install b\n', 'dnf', 'yum'), true);
  assert.is(meets('FROM a\nRUN yum install b\n', 'dnf', 'apk'), false);
  assert.is(meets('FROM a\nRUN yum install b\n'), false);
});

test('a piece that a continuation splits is there', () => {
  for (const text of [
    'RUN ap\\\nk add b',
    'RUN ap\\  \r\nk add b',
    'RUN ap\\\n# a comment\n\n  # another\nk add b',
    'RUN echo &&\\\nap\\\nk add b',
  ])
    assert.is(meets(`FROM a\n${text}\n`, 'apk'), true, text);
  assert.is(meets('# escape=`\nFROM a\nRUN ap`\nk add b\n', 'apk'), true);
  for (const text of ['RUN ap\\\n k add b', 'RUN ap;\\\nk add b', 'RUN ap \\\nk add b', 'RUN ap`\nk add b'])
    assert.is(meets(`FROM a\n${text}\n`, 'apk'), false, text);
});
