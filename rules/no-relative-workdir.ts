import { type Document, type Instruction, joinPath, type Stage } from '../src/dockerfile/index.ts';
import { exceptionsOption, optionOf } from '../src/lint/facts/runs.ts';
import { inheritsWorkdir, isWorkdir, startsAtRoot } from '../src/lint/facts/workdirs.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-relative-workdir',
  aliases: ['WorkdirRelativePath', 'DL3000'],
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['workdir'],
  options: { exceptions: exceptionsOption },
  presetOptions: { hadolint: { exceptions: false } },
  summary: 'A WORKDIR is relative to whatever folder the base image has',
  why: 'A relative WORKDIR is joined to the one before it. Where that comes from the base image, another base or another version of it moves the whole application. Write the path from the root. A relative WORKDIR behind another one of the same file is no surprise, and is left alone.',
  examples: [
    { bad: 'FROM node:22\nWORKDIR app\n', good: 'FROM node:22\nWORKDIR /app\n' },
    { bad: 'FROM scratch\nWORKDIR app/data\n', good: 'FROM scratch\nWORKDIR /app/data\n' },
  ],
  *check(document, context) {
    const isEveryOne = optionOf(context, 'exceptions') === false;
    for (const stage of document.stages) {
      let isSet = inheritsWorkdir(stage);
      let isFirst = !isSet;
      for (const workdir of stage.instructions.filter(isWorkdir)) {
        const isFound = (isEveryOne || !isSet) && isRelative(document, workdir, isEveryOne);
        const doubt = isSet ? '' : ', and nothing in the file says to what';
        isSet ||= !isEveryOne || /^["']?(?:\/|[A-Za-z]:)/.test(workdir.argsText);
        if (isFound) {
          yield {
            at: workdir.argsRange,
            message: `the working directory \`${workdir.argsText}\` is relative${doubt}`,
            fix: isFirst ? absolute(stage, workdir) : undefined,
          };
        }
        isFirst = false;
      }
    }
  },
};

/** A path that begins with a variable may be absolute, and one with a drive is. */
function isRelative(document: Document, workdir: Instruction, isWritten: boolean): boolean {
  if (isWritten && /^["']?\$/.test(workdir.argsText)) return false;
  const { value = '', complete = false } = document.scope(workdir)?.expand(workdir.argsText) ?? {};
  if (value === '' || /^(?:[/\\]|[A-Za-z]:)/.test(value)) return false;
  return complete || !/^["']?\$/.test(workdir.argsText);
}

function absolute(stage: Stage, workdir: Instruction): Fix | undefined {
  const { argsText, argsRange, comments } = workdir;
  // The builder takes `~` for a name, which nobody means, and braces are for a template to fill in.
  if (/["'$\\`\s{}]|^~/.test(argsText) || comments.length > 0) return undefined;
  const path = joinPath('/', argsText)!;
  return {
    title: `Write \`${path}\``,
    safety: startsAtRoot(stage) ? 'safe' : 'unsafe',
    edits: [{ start: argsRange.start, end: argsRange.end, text: path }],
  };
}
