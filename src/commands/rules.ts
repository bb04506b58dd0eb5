import type { Palette } from '../formatters/index.ts';
import type { Rule, RuleOption } from '../lint/types.ts';
import { type Command, readChoice, UsageError } from './command.ts';

export const rulesCommand: Command = {
  help: `Usage: dockerfileopt rules [options]

Lists all rules.

  -f, --format FORMAT    text, json (default: text)
`,
  options: { format: { type: 'string', short: 'f' } },
  async run(values, words, world) {
    const format = readChoice(values, 'format', ['text', 'json'], 'text');
    if (words.length > 0)
      throw new UsageError('rules takes no arguments; one rule is shown by: dockerfileopt explain RULE');
    world.print(format === 'json' ? formatJson(world.book) : formatText(world.book, await world.palette()));
    return 0;
  },
};

function formatText(book: readonly Rule[], palette: Palette): string {
  const width = Math.max(0, ...book.map(({ id }) => id.length));
  return book
    .map(({ id, severity, summary, aliases = [] }) => {
      const names = aliases.length > 0 ? palette.dim(`  ${aliases.join(', ')}`) : '';
      return `${palette.bold(id.padEnd(width))}  ${severity.padEnd(5)}  ${summary}${names}\n`;
    })
    .join('');
}

function formatJson(book: readonly Rule[]): string {
  const list = book.map(({ id, aliases = [], severity, fixable = null, options = {}, summary, why, examples }) => ({
    id,
    aliases,
    severity,
    fixable,
    options,
    summary,
    why,
    examples,
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** The values that an option may have, and the one that it has by itself. */
export function describeValues({ schema, default: own }: RuleOption): string {
  const kind = 'enum' in schema ? schema.enum.join(', ') : schema.type === 'array' ? 'a list of texts' : schema.type;
  return `${kind}; ${JSON.stringify(own)} unless set`;
}

/** Whether and how a rule's findings are repaired. */
export function describeFix({ fixable }: Pick<Rule, 'fixable'>): string {
  switch (fixable) {
    case 'safe':
      return 'fixed by --fix';
    case 'unsafe':
      return 'fixed by --fix-unsafe';
    case 'rewrite':
      return 'repaired by a rewrite';
    case 'migrate':
      return 'repaired by a migration';
    default:
      return 'no fix';
  }
}
