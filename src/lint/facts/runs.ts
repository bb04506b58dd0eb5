import {
  type Document,
  type Edit,
  type Instruction,
  parseScript,
  type Range,
  type ShellCommand,
  type ShellScript,
  type ShellWord,
  type Stage,
} from '../../dockerfile/index.ts';
import type { RuleContext, RuleOption } from '../types.ts';
import { Memo } from './memo.ts';

/** A RUN whose commands can be read. */
export interface ShellRun {
  readonly run: Instruction;
  readonly stage: Stage;
  readonly script: ShellScript;
  /** Stands behind ONBUILD: it runs in builds of which this file knows nothing, so it is never edited. */
  readonly isTrigger: boolean;
}

/** Which stages a rule looks at that is about the image that is shipped. */
export const stagesOption: RuleOption = {
  description:
    '`target`: only what ends up in the image that is shipped; `bases`: also the stages that others stand on; `all`: every stage',
  schema: { enum: ['target', 'bases', 'all'] },
  default: 'target',
};

/** Whether a rule passes over what its documentation calls harmless. */
export const exceptionsOption: RuleOption = {
  description: 'Whether cases that do no harm are passed over, as far as the file tells',
  schema: { type: 'boolean' },
  default: true,
};

/** The value that the configuration gives an option, if any. */
export function optionOf({ options }: RuleContext, name: string): unknown {
  return (options as Readonly<Record<string, unknown>> | undefined)?.[name];
}

const runsOf = new Memo<Document, readonly ShellRun[]>();

/** Every RUN that a POSIX shell or one of its kind carries out, in the order of the file. */
export function shellRuns(document: Document): readonly ShellRun[] {
  let runs = runsOf.get(document);
  if (!runs) {
    runs = document.stages.flatMap((stage) =>
      stage.instructions.flatMap((instruction) => {
        const run = instruction.child ?? instruction;
        const script = run.keyword === 'RUN' ? document.shell(run) : undefined;
        return script?.dialect === 'sh' ? [{ run, stage, script, isTrigger: run !== instruction }] : [];
      }),
    );
    runsOf.set(document, runs);
  }
  return runs;
}

/** The stages that the rule's option `stages` asks for. */
export function shippedStages(document: Document, context: RuleContext): ReadonlySet<Stage> {
  const stages = optionOf(context, 'stages');
  if (stages === 'all') return new Set(document.stages);
  const chain = new Set(context.target?.chain);
  if (stages === 'bases') for (const { baseStage } of document.stages) if (baseStage) chain.add(baseStage);
  return chain;
}

/** The RUNs of the stages that the rule's option `stages` asks for. */
export function shippedRuns(document: Document, context: RuleContext): readonly ShellRun[] {
  const { target } = context;
  const asked = optionOf(context, 'stages');
  if (asked === 'all') return shellRuns(document);
  const memo = asked === 'bases' ? runsOfBases : runsOfChain;
  let runs = target && memo.get(target);
  if (!runs) {
    const stages = shippedStages(document, context);
    runs = shellRuns(document).filter(({ stage }) => stages.has(stage));
    if (target) memo.set(target, runs);
  }
  return runs;
}

/** The runs that are shipped with a stage as the target. */
const runsOfChain = new Memo<Stage, readonly ShellRun[]>();
const runsOfBases = new Memo<Stage, readonly ShellRun[]>();

/** Whether the places in the RUN's commands are exact, so that they may be edited. */
export function isEditable({ script, isTrigger }: ShellRun): boolean {
  return !isTrigger && script.isMapped && script.errors.length === 0;
}

/** The edit that puts a text behind a word of a command. */
export function insertBehind(run: ShellRun, { end }: ShellWord, text: string): readonly Edit[] | undefined {
  return isEditable(run) ? [{ start: end, end, text }] : undefined;
}

/** The edit that lets one more command run when all others of a RUN have; undefined where that is not certain. */
export function appendCommand(document: Document, run: ShellRun, text: string): readonly Edit[] | undefined {
  const { script } = run;
  // A heredoc's body lies behind the command it belongs to, and with CRLF its last command has the CR as an argument.
  if (!isEditable(run) || /<<|\r/.test(script.text.text)) return undefined;
  if (script.commands.some(({ allWords }) => /^(?:exit|exec)$/.test(allWords[0]?.value ?? ''))) return undefined;
  const last = script.tree?.commands.at(-1);
  if (!last || last.background) return undefined;
  const { start, end } = script.range(last.command.pos, last.command.end);
  return [{ start: end, end, text: `${separator(document, run, start, end)}${text}` }];
}

/** An `&&` for the end of a RUN whose last statement is given, set as the others of a RUN on several lines are. */
function separator({ source, escape }: Document, { run, script }: ShellRun, start: number, end: number): string {
  // A heredoc knows no escape character but the shell's.
  if (run.json || run.heredocs.length > 0 || !source.slice({ start: run.start, end }).includes('\n')) return ' && ';
  const node = parseScript(script.text).body.at(-1)?.node;
  const members = node?.kind === 'chain' && node.operators.every((operator) => operator === '&&') ? node.members : [];
  const gaps = members.slice(1).map((member, index) => source.slice({ start: members[index]!.end, end: member.start }));
  const gap = gaps.findLast((each) => each.includes('\n'));
  const lineBreak = `${escape}${source.eol}`;
  if (gap === undefined) {
    const before = source.slice({ start: run.start, end });
    const line = /.*\n([ \t]*&&[ \t]*)/s.exec(before)?.[1];
    const indent = /(?<=\n)[ \t]+$/.exec(source.slice({ start: run.start, end: start }))?.[0] ?? ' ';
    return ` ${lineBreak}${line ?? `${indent}&& `}`;
  }
  if (/^[^#\n]*\n[^#\n]*$/.test(gap)) return gap;
  // Comments and empty lines are about what they stand in front of.
  const line = gap.slice(gap.lastIndexOf('\n') + 1);
  return line.includes('&&') ? ` ${lineBreak}${line}` : ` && ${lineBreak}${line}`;
}

/** From the program's name to a word of the command; the whole of it unless a word is given. */
export function commandRange({ words }: ShellCommand, last?: ShellWord): Range {
  return { start: words[0]!.start, end: (last ?? words.at(-1)!).end };
}

/** Whether the command is run through a program such as `sudo`, which a command put next to it would lack. */
export function isWrapped({ words, allWords }: ShellCommand): boolean {
  return words[0] !== allWords[0];
}
