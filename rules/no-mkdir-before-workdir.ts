import type { Document } from '../src/dockerfile/index.ts';
import { withoutInstruction } from '../src/lint/facts/deletions.ts';
import { type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { isRoot } from '../src/lint/facts/users.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-mkdir-before-workdir',
  severity: 'off',
  fixable: 'safe',
  summary: 'A RUN makes the folder that the WORKDIR behind it makes by itself',
  why: 'WORKDIR makes the folder, and those above it, where they are missing: as root and open to all for reading, as `mkdir` does. The RUN costs a container and a layer. It has a point under another user, to whom the folder then belongs, and with a mode of its own: both are left alone.',
  examples: [
    {
      bad: 'FROM node:22\nRUN mkdir -p /usr/src/app\nWORKDIR /usr/src/app\nCOPY . .\n',
      good: 'FROM node:22\nWORKDIR /usr/src/app\nCOPY . .\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      const folder = onlyFolder(run);
      if (folder === undefined) continue;
      const { stage, run: instruction } = run;
      const next = document.instructions[instruction.index + 1];
      if (next?.keyword !== 'WORKDIR') continue;
      const path = pathOf(document, run, folder);
      const root = isRoot(document, stage, instruction);
      if (root === false || path === undefined || path !== pathOf(document, run, next.argsText)) continue;
      const edits = root ? withoutInstruction(document, instruction) : undefined;
      yield {
        at: instruction,
        message: `WORKDIR makes \`${folder}\` by itself`,
        fix: edits && { title: 'Remove the RUN', safety: 'safe', edits },
      };
    }
  },
};

/** The folder that a RUN makes with the usual mode, if it does nothing else. */
function onlyFolder({ run, script, isTrigger }: ShellRun): string | undefined {
  const [command, ...others] = script.commands;
  if (isTrigger || command?.name !== 'mkdir' || others.length > 0 || script.errors.length > 0) return undefined;
  if (run.json || run.flags.length > 0 || run.heredocs.length > 0 || command.assignments.length > 0) return undefined;
  const words = command.allWords.filter(({ text }) => !/^(?:-[pv]+|--parents|--verbose)$/.test(text));
  // Nothing but the words: no redirection, no `|| true`, no background.
  const rest = command.allWords.reduceRight(
    (text, { at, endAt }) => text.slice(0, at) + text.slice(endAt),
    script.text.text,
  );
  const folder = words[1]?.text;
  return words.length === 2 && rest.trim() === '' && folder && !folder.startsWith('-') ? folder : undefined;
}

/** What a path is where both the shell and the builder read it in the same way; undefined elsewhere. */
function pathOf(document: Document, { run }: ShellRun, text: string): string | undefined {
  if (text.startsWith("'")) return undefined;
  const expansion = document.scope(run)?.expand(text.replace(/^"(.*)"$/, '$1'));
  const path = expansion?.complete ? expansion.value : '';
  return /^[\w.@/-]+$/.test(path) && !path.split('/').includes('..') ? path.replace(/(?<=.)\/+$/, '') : undefined;
}
