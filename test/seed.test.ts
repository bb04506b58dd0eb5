import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rules } from '../rules/index.ts';
import { activateRules } from '../src/config/settings.ts';
import { parseDocument, Source } from '../src/dockerfile/index.ts';
import { lintDocument } from '../src/lint/engine.ts';
import { folderProject } from '../src/lint/project.ts';
import { assert, suite } from './runner/suite.ts';

const home = fileURLToPath(new URL('../fixtures/seed/', import.meta.url));
const test = suite('seed cases');

/** Everything that the default configuration finds, one finding a line. */
function findings(name: string): string {
  const document = parseDocument(new Source('Dockerfile', readFileSync(`${home}${name}/Dockerfile`, 'utf8')));
  const project = folderProject(`${home}${name}`);
  return lintDocument(document, { rules: activateRules(rules, {}), book: rules, project })
    .map(({ start, end, severity, ruleId, message }) => {
      const from = document.source.position(start);
      const to = document.source.position(end);
      return `${from.line}:${from.column}-${to.line}:${to.column} ${severity} ${ruleId} ${message}\n`;
    })
    .join('');
}

for (const name of readdirSync(home).sort()) {
  test(name, () => {
    const path = `${home}${name}/findings.txt`;
    // What new rules say is written down, and then read in the diff.
    if (process.env.UPDATE_FIXTURES === '1') writeFileSync(path, findings(name));
    assert.is(findings(name), readFileSync(path, 'utf8'));
  });
}

test('what the cases are there for', () => {
  const found = (name: string) => [...findings(name).matchAll(/^\S+ \w+ (\S+)/gm)].map(([, id]) => id);
  assert.ok(found('s1-published').includes('no-whole-tree-copy'), 'the whole source folder is copied');
  assert.ok(found('s3').includes('no-sdk-final-stage'), 'the SDK is shipped');
  assert.ok(found('s6').includes('no-numeric-from'), 'a stage is called by its number');
  assert.match(
    findings('s6'),
    /^3:5-3:27 warn require-static-link .*"exec \.\/app: no such file or directory".*CGO_ENABLED=0/m,
  );
  for (const goal of ['s1-goal', 's1-clock', 's2', 's3-goal', 's4-scratch', 's4-alpine', 's5-goal', 's6-goal']) {
    const ours = found(goal).filter((id) => rules.find((rule) => rule.id === id)?.aliases === undefined);
    assert.equal(ours, [], `${goal} is laid out as it should be, whatever other linters say of it`);
  }
});
