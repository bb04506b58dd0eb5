import type { Document, Instruction, Stage } from '../src/dockerfile/index.ts';
import { isWindowsImage } from '../src/knowledge/images.ts';
import { exceptionsOption, optionOf } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-numeric-user',
  aliases: ['DL3066'],
  severity: 'off',
  options: {
    stages: {
      description: '`target`: only the user of the image that is shipped; `all`: every USER',
      schema: { enum: ['target', 'all'] },
      default: 'target',
    },
    exceptions: exceptionsOption,
  },
  presetOptions: { hadolint: { stages: 'all', exceptions: false } },
  summary: 'The user of the image is given by name',
  why: 'What a name stands for is written in the image, and who runs it does not look there: Kubernetes refuses a name where it has to be sure that the user is not root, and files on a volume belong to numbers. `root` is 0 everywhere, and is passed over. An ARG is taken for what it is by default.',
  examples: [
    {
      bad: 'FROM node:22\nUSER node\nCMD ["node", "/app/server.js"]\n',
      good: 'FROM node:22\nUSER 1000\nCMD ["node", "/app/server.js"]\n',
    },
  ],
  *check(document, context) {
    const instructions =
      optionOf(context, 'stages') === 'all'
        ? document.stages.flatMap((stage) => stage.instructions.filter(({ keyword }) => keyword === 'USER'))
        : lastUser(context.target);
    for (const instruction of instructions) {
      const user = userOf(document, instruction);
      if (user === undefined || /^-?\d+$/.test(user)) continue;
      if (user === 'root' && optionOf(context, 'exceptions') !== false) continue;
      yield { at: instruction.argsRange, message: `user \`${user}\` is given by name, not by number` };
    }
  },
};

/** The USER in force at the end of a stage, which may stand in one below it. */
function lastUser(stage: Stage | undefined): readonly Instruction[] {
  for (const { instructions } of stage?.chain ?? []) {
    const last = instructions.findLast(({ keyword }) => keyword === 'USER');
    if (last) return [last];
  }
  return [];
}

/** The user without the group; undefined where a build decides it, or on Windows, where there are no numbers. */
function userOf(document: Document, instruction: Instruction): string | undefined {
  const image = document.stageOf(instruction)?.image;
  if (image && isWindowsImage(image.repository, image.tag)) return undefined;
  const scope = document.scope(instruction);
  const expansion = scope?.expand(instruction.argsText);
  if (!scope || !expansion) return undefined;
  const isGiven = !expansion.complete && expansion.names.some((name) => scope.variable(name)?.origin === 'arg');
  return isGiven ? undefined : expansion.value.split(':')[0];
}
