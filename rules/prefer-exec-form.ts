import {
  type Document,
  type Instruction,
  type InstructionCommand,
  instructionCommand,
  type Stage,
} from '../src/dockerfile/index.ts';
import { execForm } from '../src/lint/facts/exec-form.ts';
import { optionOf } from '../src/lint/facts/runs.ts';
import type { Fix, Rule, RuleOption } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-exec-form',
  aliases: ['JSONArgsRecommended', 'DL3025'],
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['cmd', 'entrypoint', 'healthcheck'],
  options: {
    exec: flag('Whether a shell form is reported, too, that hands over to the program with `exec`'),
    chosenShell: flag('Whether a shell form is reported, too, where SHELL chose the shell'),
    healthcheck: flag('Whether HEALTHCHECK is looked at, beside CMD and ENTRYPOINT'),
  },
  presetOptions: { hadolint: { exec: true, chosenShell: true, healthcheck: true }, buildkit: { exec: true } },
  summary: 'CMD or ENTRYPOINT is in shell form',
  why: 'The shell form starts `/bin/sh -c` and the program as its child, mostly: `docker stop` signals the shell, which does not pass it on, and the program is killed when time is up. The JSON form starts the program itself. What needs a shell says `exec` in front of the program that stays. The repair is offered where the words need no shell; it changes what a signal reaches.',
  examples: [
    {
      bad: 'FROM node:22\nCMD node server.js\n',
      good: 'FROM node:22\nCMD ["node", "server.js"]\n',
    },
  ],
  *check(document, context) {
    const isOn = (name: string) => optionOf(context, name) === true;
    for (const stage of document.stages) {
      for (const instruction of stage.instructions) {
        const { keyword } = instruction;
        if (!(keyword === 'CMD' || keyword === 'ENTRYPOINT' || (keyword === 'HEALTHCHECK' && isOn('healthcheck'))))
          continue;
        if (instruction.json || (!isOn('chosenShell') && document.scope(instruction)?.shell)) continue;
        const command = instructionCommand(instruction);
        if (keyword === 'HEALTHCHECK' && !command) continue;
        if (!isOn('exec') && command && replacesShell(document, instruction)) continue;
        yield {
          at: command ?? instruction,
          message: `${keyword} is in shell form: a shell is started first, and signals reach the program only if it hands over`,
          fix: command && asJson(document, stage, instruction, command),
        };
      }
    }
  },
};

function flag(description: string): RuleOption {
  return { description, schema: { type: 'boolean' }, default: false };
}

/** The last thing the shell does is to give its place to the program. */
function replacesShell(document: Document, instruction: Instruction): boolean {
  const script = document.shell(instruction);
  return script?.commands.at(-1)?.allWords[0]?.value === 'exec' || script?.commands.at(-1)?.name === 'exec';
}

/** An ENTRYPOINT in JSON form would get the CMD as arguments, which the shell form leaves out. */
function asJson(
  document: Document,
  stage: Stage,
  instruction: Instruction,
  command: InstructionCommand,
): Fix | undefined {
  if (document.scope(instruction)?.shell) return undefined;
  const hasCommand = stage.chain.some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'CMD'));
  if (instruction.keyword === 'ENTRYPOINT' && hasCommand) return undefined;
  const text = execForm(document, instruction, command);
  return text === undefined
    ? undefined
    : {
        title: `Write the ${instruction.keyword} as a JSON array`,
        safety: 'unsafe',
        edits: [{ start: command.start, end: command.end, text }],
      };
}
