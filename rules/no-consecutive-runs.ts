import type { Document, Edit, Instruction } from '../src/dockerfile/index.ts';
import { isEditable, optionOf, type ShellRun, shellRuns, stagesOption } from '../src/lint/facts/runs.ts';
import { andChain, plainWords } from '../src/lint/facts/script-nodes.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-consecutive-runs',
  aliases: ['DL3059'],
  severity: 'info',
  fixable: 'unsafe',
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'RUNs of one command follow one another, each of which makes a layer',
  why: 'What one layer adds and the next one changes or removes is in the image twice. RUNs of several commands, with different flags or with an instruction between them are not flagged. Joining them is a matter of taste where each is cached for itself, hence no more than a hint. Comments between two RUNs keep the fix away.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN groupadd app\nRUN useradd -g app app\n',
      good: 'FROM debian:12\nRUN groupadd app \\\n && useradd -g app app\n',
    },
  ],
  *check(document, context) {
    const all = optionOf(context, 'stages') === 'all';
    const chain = new Set(context.target?.chain);
    const runs = new Map(shellRuns(document).map((run) => [run.run, run]));
    for (const stage of document.stages) {
      if (!all && !chain.has(stage)) continue;
      let first: Instruction | undefined;
      for (const [index, instruction] of stage.instructions.entries()) {
        if (instruction.keyword !== 'RUN') first = undefined;
        else if (
          first &&
          flagsOf(document, first) === flagsOf(document, instruction) &&
          isShort(document, first) &&
          isShort(document, instruction)
        ) {
          const before = runs.get(stage.instructions[index - 1]!);
          const run = runs.get(instruction);
          const edits = before && run && join(document, before, run);
          yield {
            at: instruction.keywordRange,
            message: 'This RUN makes a layer of its own, and could be part of the RUN before it',
            fix: edits && { title: 'Join it to the RUN before it', safety: 'unsafe', edits },
          };
        } else first = instruction;
      }
    }
  },
};

function flagsOf(document: Document, { flags }: Instruction): string {
  return flags
    .map((flag) => document.source.slice(flag))
    .sort()
    .join(' ');
}

/** A RUN of several commands was put together on purpose. */
function isShort(document: Document, run: Instruction): boolean {
  return (document.shell(run)?.commands.filter(({ name }) => name !== '').length ?? 1) < 2;
}

/** What one command sets, another one in the same shell would see. */
const LEAVES_TRACES = /^(?:cd|pushd|export|set|shopt|umask|source|\.|alias|exit|exec|return|trap|ulimit|unset|eval)$/;

function join(document: Document, before: ShellRun, after: ShellRun): readonly Edit[] | undefined {
  for (const run of [before, after]) {
    const chain = andChain(run);
    const isJoinable =
      isEditable(run) &&
      !run.run.json &&
      run.run.heredocs.length === 0 &&
      chain?.every((node) => {
        const [name] = plainWords(node);
        return node.kind === 'pipeline' || (node.kind === 'command' && name !== undefined && !LEAVES_TRACES.test(name));
      });
    if (!isJoinable) return undefined;
  }
  const { end } = before.run.argsRange;
  // Behind a comment of the shell nothing would be run.
  if (andChain(before)!.at(-1)!.end !== end) return undefined;
  const { start } = after.run;
  // A comment may be an ignore of the second RUN, or say what it is for.
  if (document.source.slice({ start: end, end: start }).includes('#')) return undefined;
  const { eol } = document.source;
  const lineBreak = start - document.source.slice({ start: end, end: start }).split(eol).at(-1)!.length - eol.length;
  if (lineBreak < end) return undefined;
  return [
    { start: end, end: lineBreak, text: ` ${document.escape}` },
    { start, end: after.run.argsRange.start, text: ' && ' },
  ];
}
