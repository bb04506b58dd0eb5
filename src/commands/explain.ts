import { escapeControls } from '../formatters/escape.ts';
import type { Palette } from '../formatters/index.ts';
import { findRules, ruleNames } from '../lint/engine.ts';
import { nearest } from '../lint/nearest.ts';
import type { Rule } from '../lint/types.ts';
import { type Command, UsageError } from './command.ts';
import { describeFix, describeValues } from './rules.ts';

export const explainCommand: Command = {
  help: `Usage: dockerfileopt explain RULE

Says what a rule looks for and why, with an example.
RULE is an id or an alias, such as no-numeric-from.
`,
  options: {},
  async run(_, words, world) {
    if (words.length !== 1) throw new UsageError('explain takes one rule: dockerfileopt explain RULE');
    const ids = findRules(world.book, words[0]!);
    if (!ids) {
      const near = nearest(words[0]!, [...ruleNames(world.book).keys()]);
      throw new UsageError(`unknown rule ${words[0]}${near ? `, did you mean ${near}?` : ''}`);
    }
    const palette = await world.palette();
    const pages = world.book.filter(({ id }) => ids.includes(id)).map((rule) => explain(rule, palette));
    world.print(pages.join('\n'));
    return 0;
  },
};

function explain(rule: Rule, palette: Palette): string {
  const { id, aliases = [], severity, summary, why, examples, options = {} } = rule;
  const facts = [
    `severity ${severity}`,
    describeFix(rule),
    ...(aliases.length > 0 ? [`also ${aliases.join(', ')}`] : []),
  ];
  const shown = examples.flatMap(({ bad, good, options: given }) => [
    '',
    `${palette.red('bad')}${given ? palette.dim(` with ${JSON.stringify(given)}`) : ''}`,
    indent(bad),
    '',
    palette.green('good'),
    indent(good),
  ]);
  const taken = Object.entries(options).flatMap(([name, option]) => [
    '',
    `${palette.bold(`option ${name}`)} ${palette.dim(describeValues(option))}`,
    `  ${option.description}`,
  ]);
  return `${[palette.bold(id), palette.dim(facts.join(' · ')), '', summary, '', why, ...shown, ...taken].join('\n')}\n`;
}

const indent = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${escapeControls(line)}`))
    .join('\n');
