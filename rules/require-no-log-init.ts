import { ScriptVariables } from '../src/lint/facts/installs.ts';
import { commandRange, insertBehind, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

/** From here on hadolint calls a number high. */
const HIGH = 100_000;

export const rule: Rule = {
  id: 'require-no-log-init',
  aliases: ['DL3046'],
  severity: 'warn',
  fixable: 'safe',
  needs: ['useradd'],
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: '`useradd` with a high user id writes log files as long as the id is high',
  why: '/var/log/lastlog and /var/log/faillog have a record for every id up to the highest one. They are sparse files, but a layer holds them in full: some hundred megabytes for an id such as 1000710000. `--no-log-init` leaves them alone. An id that only the build arguments tell may be high as well.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN useradd -u 1000710000 app\n',
      good: 'FROM debian:12\nRUN useradd --no-log-init -u 1000710000 app\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      if (!run.script.commands.some(({ name }) => name === 'useradd')) continue;
      const variables = new ScriptVariables(document.scope(run.run));
      for (const command of run.script.commands) {
        variables.take(command);
        if (command.name !== 'useradd' || command.hasOption('-l', '--no-log-init')) continue;
        const id = command.optionValue('-u', '--uid');
        const value = id && variables.expand(id.value);
        if (!value || Number(value) < HIGH || (Number.isNaN(Number(value)) && !value.includes('$'))) continue;
        const edits = insertBehind(run, command.words[0]!, ' --no-log-init');
        yield {
          at: commandRange(command, id),
          message: `\`useradd\` with ${value.includes('$') ? 'an id that may be high' : `the id \`${value}\``} writes log files as long as the id is high`,
          fix: edits && { title: 'Add `--no-log-init`', safety: 'safe', edits },
        };
      }
    }
  },
};
