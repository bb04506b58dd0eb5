import type { Document, ShellCommand } from '../src/dockerfile/index.ts';
import { canDoWithoutCache } from '../src/knowledge/package-caches.ts';
import { isIndexUsed } from '../src/lint/facts/apk-index.ts';
import { withoutCommand, withoutWord } from '../src/lint/facts/deletions.ts';
import { commandRange, isWrapped, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Report, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-apk-update',
  severity: 'info',
  fixable: 'safe',
  needs: ['apk'],
  summary: '`apk update` or `--update` beside `apk add --no-cache`',
  why: 'With `--no-cache` apk fetches the index by itself and reads none that is there. `apk update` before it fetches the same once more and leaves it in the image, which `--no-cache` was to prevent. Where another command reads the index nothing is reported.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN apk update && apk add --no-cache curl\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache curl\n',
    },
    {
      bad: 'FROM alpine:3.20\nRUN apk add --update --no-cache curl\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache curl\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      const { suite } = systemOf(run.stage);
      const isKnown = suite !== undefined && canDoWithoutCache('apk', suite.distro, suite.order);
      for (const command of run.script.commands) {
        if (command.name !== 'apk') continue;
        const report =
          command.subcommand === 'update' ? update(document, run, command) : option(document, run, command);
        if (report) yield isKnown ? report : { ...report, fix: undefined };
      }
    }
  },
};

function update(document: Document, run: ShellRun, command: ShellCommand): Report | undefined {
  const later = shellRuns(document).flatMap(({ run: { index }, stage, script }) =>
    index >= run.run.index && stage.chain.includes(run.stage)
      ? script.commands.slice(index === run.run.index ? script.commands.indexOf(command) + 1 : 0)
      : [],
  );
  const fetching = later.find((each) => each.name === 'apk' && each.hasOption('--no-cache'));
  if (command.isConditional || !fetching || isIndexUsed(document, run, command)) return undefined;
  const edits = isWrapped(command) ? undefined : withoutCommand(document, run, command);
  return {
    at: commandRange(command),
    message: `\`apk update\` is of no use to \`apk ${fetching.subcommand} --no-cache\`, which fetches the index by itself`,
    fix: edits && { title: 'Remove `apk update`', safety: 'safe', edits },
  };
}

function option(document: Document, run: ShellRun, command: ShellCommand): Report | undefined {
  const { allWords, args } = command;
  const word = args.find(({ text }) => /^(?:-U|--update|--update-cache)$/.test(text));
  if (!word || !command.hasOption('--no-cache')) return undefined;
  const edits = withoutWord(document, run, allWords[allWords.indexOf(word) - 1]!, word);
  return {
    at: word,
    message: `\`${word.text}\` is of no use beside \`--no-cache\`, which fetches the index by itself`,
    fix: edits && { title: `Remove \`${word.text}\``, safety: 'safe', edits },
  };
}
