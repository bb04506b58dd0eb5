import { commandRange, optionOf, shellRuns } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-pointless-command',
  aliases: ['DL3001'],
  severity: 'info',
  options: {
    allowed: {
      description: 'Commands that are not reported',
      schema: { type: 'array', items: { type: 'string' } },
      default: [],
    },
  },
  summary: 'A command that manages a running machine makes no sense while an image is built',
  why: 'What `service`, `mount`, `kill` or `shutdown` change is gone when the RUN ends, `top`, `ps` and `free` tell of the build machine, and nobody is there to use `vim` or `ssh`.',
  examples: [
    {
      bad: 'FROM nginx:1.27\nRUN service nginx start\n',
      good: 'FROM nginx:1.27\nCMD ["nginx", "-g", "daemon off;"]\n',
    },
  ],
  *check(document, context) {
    const allowed = optionOf(context, 'allowed');
    for (const { script } of shellRuns(document)) {
      for (const command of script.commands) {
        const effect = POINTLESS.get(command.name);
        if (effect === undefined || (Array.isArray(allowed) && allowed.includes(command.name))) continue;
        yield { at: commandRange(command, command.words[0]), message: `\`${command.name}\` ${effect}` };
      }
    }
  },
};

const POINTLESS: ReadonlyMap<string, string> = new Map([
  ['free', 'tells of the machine that builds the image'],
  ['kill', 'only reaches processes that end with the RUN'],
  ['mount', 'lasts until the RUN ends'],
  ['ps', 'only shows the processes of the RUN'],
  ['service', 'starts nothing that outlives the RUN'],
  ['shutdown', 'has nothing to shut down in a build'],
  ['ssh', 'needs keys and a partner that a build should not depend on'],
  ['top', 'tells of the machine that builds the image'],
  ['vim', 'has nobody to type in a build'],
]);
