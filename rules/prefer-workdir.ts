import { type Document, type Edit, joinPath, type ShellCommand, type Stage } from '../src/dockerfile/index.ts';
import { withoutCommand } from '../src/lint/facts/deletions.ts';
import {
  commandRange,
  exceptionsOption,
  isEditable,
  optionOf,
  type ShellRun,
  shellRuns,
} from '../src/lint/facts/runs.ts';
import { andChain, plainWords } from '../src/lint/facts/script-nodes.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-workdir',
  aliases: ['DL3003'],
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['cd'],
  options: { exceptions: exceptionsOption },
  presetOptions: { hadolint: { exceptions: false } },
  summary: 'A RUN begins with `cd`, although WORKDIR says where instructions run',
  why: 'WORKDIR is seen at a glance and holds for what follows. A `cd` in the middle of a RUN, in a subshell or behind `mkdir` is passed over unless `exceptions` is off. The fix puts the old folder back behind the RUN, so that nothing else changes its place, unless that is the end of a stage that others only copy from; there is none where the file does not tell which folder that was. A `cd` to the folder that WORKDIR names already is taken away.',
  examples: [
    {
      bad: 'FROM debian:12\nWORKDIR /app\nRUN cd /src && make\nCMD ["./run"]\n',
      good: 'FROM debian:12\nWORKDIR /app\nWORKDIR /src\nRUN make\nWORKDIR /app\nCMD ["./run"]\n',
    },
  ],
  *check(document, context) {
    for (const run of shellRuns(document)) {
      if (run.isTrigger) continue;
      const { commands } = run.script;
      const all = optionOf(context, 'exceptions') === false;
      const command = all ? commands.find(({ name }) => name === 'cd') : commands[0];
      if (command?.name !== 'cd') continue;
      const first = andChain(run)?.[0];
      const isFirst = first?.kind === 'command' && first.start === command.words[0]!.start;
      if (!all && (!isFirst || command.args.length === 0 || commands.length === 1)) continue;
      yield {
        at: commandRange(command),
        message: '`cd` changes the folder for the rest of this RUN only; WORKDIR is for that',
        fix: isFirst ? (removal(document, run, command) ?? replacement(document, run, context.target)) : undefined,
      };
    }
  },
};

/** A path that is written out, of a `cd` from which no other command goes back. */
function pathOf({ script: { text } }: ShellRun, words: readonly string[]): string | undefined {
  const [, path, ...more] = words;
  if (path === undefined || more.length > 0 || !/^[\w./-]+$/.test(path) || path.startsWith('-')) return undefined;
  return /OLDPWD|cd\s+-|popd/.test(text.text) ? undefined : path;
}

/** Where the WORKDIR is that very folder, the `cd` does nothing. */
function removal(document: Document, run: ShellRun, command: ShellCommand): Fix | undefined {
  const workdir = document.scope(run.run)?.workdir;
  const path = pathOf(
    run,
    command.allWords.map(({ value }) => value),
  );
  if (workdir === undefined || path === undefined || joinPath(workdir, path) !== workdir) return undefined;
  // Through a link the shell would call the folder by its other name.
  if (mayBeLink(document, run)) return undefined;
  const edits = run.script.commands.length > 1 ? withoutCommand(document, run, command) : undefined;
  return edits && { title: 'Remove the `cd`', safety: 'safe', edits };
}

function replacement(document: Document, run: ShellRun, target: Stage | undefined): Fix | undefined {
  const { run: instruction, stage } = run;
  const [first, second] = andChain(run) ?? [];
  const scope = document.scope(instruction);
  const path = first && pathOf(run, plainWords(first));
  if (!isEditable(run) || !second || path === undefined) return undefined;
  if (instruction.json || instruction.heredocs.length > 0 || instruction.flags.length > 0) return undefined;
  const old = scope?.workdir;
  const folder = joinPath(old, path);
  const next = stage.instructions.find(({ index }) => index > instruction.index);
  const isNeeded = next
    ? next.keyword !== 'WORKDIR' || !next.argsText.startsWith('/')
    : stage === target || document.stages.some(({ baseStage }) => baseStage === stage);
  if (folder === undefined || folder === old || (old === undefined && isNeeded)) return undefined;
  const { eol } = document.source;
  const edits: Edit[] = [
    { start: instruction.start, end: instruction.start, text: `WORKDIR ${folder}${eol}` },
    { start: first!.start, end: second.start, text: '' },
  ];
  const end = instruction.lineEnd;
  if (isNeeded) edits.push({ start: end, end, text: `${eol}WORKDIR ${old}` });
  return isPlainBetween(document, first!.start, second.start)
    ? { title: 'Use WORKDIR', safety: 'unsafe', edits }
    : undefined;
}

/** No comment goes with the `cd`. */
function isPlainBetween(document: Document, start: number, end: number): boolean {
  return !document.comments.some((comment) => comment.start >= start && comment.start < end);
}

function mayBeLink(document: Document, { run, stage }: ShellRun): boolean {
  return shellRuns(document).some(
    (other) =>
      other.run.index <= run.index &&
      stage.chain.includes(other.stage) &&
      other.script.commands.some(({ name }) => name === 'ln'),
  );
}
