import { type Document, type Edit, joinPath } from '../src/dockerfile/index.ts';
import {
  commandRange,
  exceptionsOption,
  isEditable,
  optionOf,
  type ShellRun,
  shellRuns,
} from '../src/lint/facts/runs.ts';
import { andChain, plainWords } from '../src/lint/facts/script-nodes.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-workdir',
  aliases: ['DL3003'],
  severity: 'warn',
  fixable: 'unsafe',
  options: { exceptions: exceptionsOption },
  presetOptions: { hadolint: { exceptions: false } },
  summary: 'A RUN begins with `cd`, although WORKDIR says where instructions run',
  why: 'WORKDIR is seen at a glance and holds for what follows. A `cd` in the middle of a RUN, in a subshell or behind `mkdir` is passed over unless `exceptions` is off. The fix puts the old folder back behind the RUN, so that nothing else changes its place; there is none where the file does not tell which folder that was.',
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
      const edits = isFirst ? replacement(document, run) : undefined;
      yield {
        at: commandRange(command),
        message: '`cd` changes the folder for the rest of this RUN only; WORKDIR is for that',
        fix: edits && { title: 'Use WORKDIR', safety: 'unsafe', edits },
      };
    }
  },
};

function replacement(document: Document, run: ShellRun): readonly Edit[] | undefined {
  const { run: instruction, script, stage } = run;
  const [first, second] = andChain(run) ?? [];
  const scope = document.scope(instruction);
  const [, path, ...more] = first ? plainWords(first) : [];
  if (
    !isEditable(run) ||
    !second ||
    instruction.json ||
    instruction.heredocs.length > 0 ||
    instruction.flags.length > 0 ||
    path === undefined ||
    more.length > 0
  )
    return undefined;
  // Other commands may go back to where they came from.
  if (!/^[\w./-]+$/.test(path) || path.startsWith('-') || /OLDPWD|cd\s+-|popd/.test(script.text.text)) return undefined;
  const old = scope?.workdir;
  const folder = joinPath(old, path);
  const next = stage.instructions.find(({ index }) => index > instruction.index);
  const isReplaced = next?.keyword === 'WORKDIR' && next.argsText.startsWith('/');
  if (folder === undefined || folder === old || (old === undefined && !isReplaced)) return undefined;
  const { eol } = document.source;
  const edits: Edit[] = [
    { start: instruction.start, end: instruction.start, text: `WORKDIR ${folder}${eol}` },
    { start: first!.start, end: second.start, text: '' },
  ];
  const end = instruction.lineEnd;
  if (!isReplaced) edits.push({ start: end, end, text: `${eol}WORKDIR ${old}` });
  return isPlainBetween(document, first!.start, second.start) ? edits : undefined;
}

/** No comment goes with the `cd`. */
function isPlainBetween(document: Document, start: number, end: number): boolean {
  return !document.comments.some((comment) => comment.start >= start && comment.start < end);
}
