import { rules } from '../../rules/index.ts';
import { activateRules } from '../../src/config/settings.ts';
import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { lintDocument } from '../../src/lint/engine.ts';
import { emptyProject } from '../../src/lint/project.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('experiments of BuildKit');

const described = '# Which\nARG A=1\n\n# The base\nFROM debian:12 AS base\n';

function linesOf(text: string): readonly number[] {
  const source = new Source('Dockerfile', text);
  return lintDocument(parseDocument(source), { rules: activateRules(rules, {}), book: rules, project: emptyProject })
    .filter(({ ruleId }) => ruleId === 'no-invalid-description')
    .map(({ start }) => source.position(start).line);
}

test('an experimental check runs where the file asks for it, and nowhere else', () => {
  assert.equal(linesOf(described), []);
  assert.equal(linesOf(`# check=experimental=all\n\n${described}`), [4, 7]);
  assert.equal(linesOf(`# check=skip=X;experimental=InvalidDefinitionDescription\n\n${described}`), [4, 7]);
  assert.equal(linesOf(`# check=experimental=Other\n\n${described}`), []);
});

test('above an instruction it is asked for there', () => {
  assert.equal(linesOf(`FROM debian:12\n# check=experimental=all\n# Which\nARG A\n# What\nARG B\n`), [4]);
});

test('an ignore comment for a check that nobody asked for is not called useless', () => {
  const text = 'FROM debian:12\n# dockerfileopt ignore=no-invalid-description\n# Which\nARG A\n';
  const settings = { rules: activateRules(rules, {}), book: rules, project: emptyProject };
  const told = lintDocument(parseDocument(new Source('Dockerfile', text)), settings).map(({ ruleId }) => ruleId);
  assert.not.ok(told.includes('no-useless-ignore'), told.join());
});
