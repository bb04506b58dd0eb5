import type { Stage } from '../src/dockerfile/index.ts';
import { commandRange, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-wget-with-curl',
  aliases: ['DL4001'],
  severity: 'warn',
  needs: ['wget'],
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'One stage fetches with wget as well as with curl',
  why: 'Either can do what the other does. Using one of them saves installing, updating and scanning the other.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN wget -q https://example.com/a\nRUN curl -fsSLO https://example.com/b\n',
      good: 'FROM debian:12\nRUN curl -fsSLO https://example.com/a\nRUN curl -fsSLO https://example.com/b\n',
    },
  ],
  *check(document, context) {
    const used = new Map<Stage, Set<string>>();
    for (const { stage, script, isTrigger } of shippedRuns(document, context)) {
      if (isTrigger) continue;
      const names = used.get(stage) ?? new Set();
      used.set(stage, names);
      const commands = script.commands.filter(({ name }) => name === 'wget' || name === 'curl');
      for (const { name } of commands) names.add(name);
      if (names.size < 2 || commands.length === 0) continue;
      const command = commands.find(({ name }) => name !== [...names][0]) ?? commands[0]!;
      const other = command.name === 'wget' ? 'curl' : 'wget';
      yield {
        at: commandRange(command, command.words[0]),
        message: `\`${command.name}\` is used in a stage that also uses \`${other}\``,
      };
    }
  },
};
