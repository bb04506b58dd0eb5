import type { Document, Edit, Flag, Instruction, Range, ShellCommand } from '../../dockerfile/index.ts';
import { isEditable, type ShellRun } from './runs.ts';
import { andChain } from './script-nodes.ts';

/** The edit that takes an instruction away with its lines; undefined where a comment would lose what it stands for. */
export function withoutInstruction(document: Document, instruction: Instruction): readonly Edit[] | undefined {
  const { source, ignores } = document;
  const { start, end, parent, comments, heredocs } = instruction;
  if (parent || comments.length > 0 || heredocs.length > 0) return undefined;
  // A comment that silences rules here would silence them for what follows.
  if (ignores.some(({ covers }) => covers?.start === start && covers.end === end)) return undefined;
  const { text } = source;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  // White space and escape characters alone on lines in front of it.
  if (text.slice(lineStart, start).trim() !== '') return undefined;
  let next = lineBehind(text, end);
  // Of the blank lines before and behind it one is enough.
  const isAfterBlank = lineStart > 0 && isBlank(text, text.lastIndexOf('\n', lineStart - 2) + 1, lineStart);
  const following = lineBehind(text, next);
  if (isAfterBlank && isBlank(text, next, following)) next = following;
  return [{ start: lineStart, end: next, text: '' }];
}

/** The edit that takes a flag away with the blanks behind it; the line may be continued there. */
export function withoutFlag({ source }: Document, { start, end }: Flag): Edit {
  const blanks = /^[ \t]*/.exec(source.text.slice(end, source.lineEnd(end)))![0].length;
  return { start, end: end + blanks, text: '' };
}

/**
 * The edit that takes a command away: one of several joined by `&&`, or the RUN that consists of it. Undefined where more
 * hangs on the command, be it a redirection.
 */
export function withoutCommand(
  document: Document,
  run: ShellRun,
  { start }: ShellCommand,
): readonly Edit[] | undefined {
  const chain = andChain(run);
  const at = chain?.findIndex((node) => node.kind === 'command' && node.start === start) ?? -1;
  const node = chain?.[at];
  if (!isEditable(run) || run.run.json || run.script.text.text.includes('<<')) return undefined;
  if (node?.kind !== 'command' || node.redirects.length > 0) return undefined;
  if (chain!.length === 1) return withoutInstruction(document, run.run);
  const behind = chain![at + 1] && { start, end: chain![at + 1]!.start };
  const ahead = chain![at - 1] && { start: chain![at - 1]!.end, end: node.end };
  // What begins a line leaves its place to the command behind it on that line.
  const isLine = (range: Range) => document.source.slice(range).includes('\n');
  const range = !ahead || (behind && isLine({ start: ahead.start, end: start }) && !isLine(behind)) ? behind! : ahead;
  return hasComment(document, range) ? undefined : [{ ...range, text: '' }];
}

/** The edit that takes a word away with what stands before it, or with the blanks behind it where others share its line. */
export function withoutWord(
  document: Document,
  run: ShellRun,
  before: Range,
  word: Range,
): readonly Edit[] | undefined {
  const { source, escape } = document;
  const behind = source.slice({ start: word.end, end: source.lineEnd(word.end) });
  const isFirst = source.slice({ start: before.end, end: word.start }).includes('\n');
  const blanks = isFirst ? /^[ \t]+(?=\S)/.exec(behind)?.[0].length : undefined;
  const range =
    blanks === undefined || behind.slice(blanks).trim() === escape
      ? { start: before.end, end: word.end }
      : { start: word.start, end: word.end + blanks };
  const isCommented = hasComment(document, { start: before.end, end: range.end });
  return isEditable(run) && !isCommented && before.end <= word.start ? [{ ...range, text: '' }] : undefined;
}

/** Where the line behind the one that holds `offset` starts. */
function lineBehind(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}

function isBlank(text: string, start: number, end: number): boolean {
  return text.slice(start, end).trim() === '';
}

function hasComment({ comments }: Document, { start, end }: Range): boolean {
  return comments.some((comment) => comment.start >= start && comment.start < end);
}
