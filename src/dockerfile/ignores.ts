import type { Comment, Document } from './document.ts';
import type { Instruction } from './instructions.ts';
import type { Range } from './source.ts';

/** A rule id or alias as an ignore comment names it. */
export interface IgnoredId extends Range {
  readonly id: string;
}

/** A comment that switches rules off. */
export interface IgnoreComment extends Range {
  readonly dialect: 'dockerfileopt' | 'hadolint' | 'tally' | 'buildkit';
  readonly ids: readonly IgnoredId[];
  /** Every rule is meant (`all`). */
  readonly isAll: boolean;
  /** Written for a stage or the whole file, not for one instruction. */
  readonly isWide: boolean;
  /** What stands behind `--`. */
  readonly reason: string | undefined;
  /** Findings that start in here are left out; undefined when the comment stands in front of nothing. */
  readonly covers: Range | undefined;
}

const COMMENT = /^#\s*(dockerfileopt|hadolint|tally)\s+(?:(global|stage)\s+)?ignore\s*=\s*/i;
const CHECK = /^#\s*check\s*=\s*/i;
const IDS = /[\w\-/.]+(?:\s*,\s*[\w\-/.]+)*/y;

/** Reads the ignore comments of all dialects. */
export function parseIgnores(document: Document): IgnoreComment[] {
  const ignores: IgnoreComment[] = [];
  for (const comment of document.comments) {
    const text = document.source.slice(comment);
    const named = COMMENT.exec(text);
    if (named) {
      const dialect = named[1]!.toLowerCase() as IgnoreComment['dialect'];
      ignores.push(readIgnore(document, comment, text, named[0].length, dialect, named[2]?.toLowerCase()));
      continue;
    }
    const check = CHECK.exec(text);
    const skip = check && /(?:^|;)\s*skip\s*=\s*/i.exec(text.slice(check[0].length));
    if (!check || !skip) continue;
    const isDirective = document.directives.some(({ start }) => start === comment.start);
    const idsAt = check[0].length + skip.index + skip[0].length;
    ignores.push(readIgnore(document, comment, text, idsAt, 'buildkit', isDirective ? 'global' : undefined));
  }
  return ignores;
}

function readIgnore(
  document: Document,
  comment: Comment,
  text: string,
  idsAt: number,
  dialect: IgnoreComment['dialect'],
  scope: string | undefined,
): IgnoreComment {
  IDS.lastIndex = idsAt;
  const list = IDS.exec(text)?.[0] ?? '';
  const ids = [...list.matchAll(/[\w\-/.]+/g)].map((match) => {
    const start = comment.start + idsAt + match.index;
    return { id: match[0], start, end: start + match[0].length };
  });
  const reason = /(?:--|[;,]\s*reason\s*=)\s*(.+)$/i.exec(text.slice(idsAt + list.length))?.[1]?.trim();
  const isAll = ids.some(({ id }) => id.toLowerCase() === 'all');
  const covers = coveredRange(document, comment, scope);
  const isWide = scope !== undefined;
  return { start: comment.start, end: comment.end, dialect, ids, isAll, isWide, reason, covers };
}

function coveredRange(document: Document, comment: Comment, scope: string | undefined): Range | undefined {
  if (scope === 'global') return { start: 0, end: document.source.text.length + 1 };
  const instruction = comment.inside ?? nextInstruction(document.instructions, comment.end);
  if (!instruction) return undefined;
  const stage = scope === 'stage' ? document.stageOf(instruction) : undefined;
  return stage ? stage.range : { start: instruction.start, end: instruction.end };
}

function nextInstruction(instructions: readonly Instruction[], offset: number): Instruction | undefined {
  let low = 0;
  let high = instructions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instructions[middle]!.start < offset) low = middle + 1;
    else high = middle;
  }
  return instructions[low];
}
