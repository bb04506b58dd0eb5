import type { Edit, Range, Source } from '../dockerfile/index.ts';

/**
 * A part of a script that can go without the rest: a statement, a member of a `&&` chain, a list of such. A unit whose
 * children are all gone is gone itself.
 */
export interface Unit extends Range {
  readonly kind: 'leaf' | 'chain' | 'list';
  readonly children: readonly Unit[];
  /** Between the members of a chain. */
  readonly operators: readonly ('&&' | '||')[];
  /** A list in a subshell: nothing in it lives on outside. */
  readonly isSubshell: boolean;
  /** Only prepares what stands beside it: `cd` in a subshell. */
  readonly isWeak: boolean;
  /** The lines of its heredocs, which stand behind it. */
  readonly bodies: readonly Range[];
  /** The function that is called here. */
  readonly calls?: Unit | undefined;
}

export function leaf(range: Range, isWeak = false, bodies: readonly Range[] = []): Unit {
  const { start, end } = range;
  return { kind: 'leaf', start, end, children: [], operators: [], isSubshell: false, isWeak, bodies };
}

/** What removes units from a script, with the lines that they leave empty. */
export function removeUnits(source: Source, root: Unit, removed: ReadonlySet<Unit>): Edit[] {
  const known = new Map<Unit, boolean>();
  const isGone = (unit: Unit): boolean => {
    const before = known.get(unit);
    if (before !== undefined) return before;
    known.set(unit, false); // a function that calls itself
    const gone = removed.has(unit) || (unit.calls !== undefined && isGone(unit.calls)) || areAllGone(unit);
    known.set(unit, gone);
    return gone;
  };
  const areAllGone = ({ children, isSubshell }: Unit): boolean => {
    if (!children.some(isGone)) return false;
    return children.every((child) => isGone(child) || (isSubshell && child.isWeak));
  };
  const edits: Edit[] = [];
  const removeBodies = ({ bodies, children }: Unit): void => {
    for (const { start, end } of bodies) edits.push({ start, end: nextLine(source.text, end), text: '' });
    children.forEach(removeBodies);
  };
  const visit = (unit: Unit): void => {
    for (const child of unit.children) if (isGone(child)) removeBodies(child);
    if (unit.kind === 'chain') removeMembers(unit, isGone, edits);
    for (const child of unit.children) {
      if (!isGone(child)) visit(child);
      else if (unit.kind === 'list') edits.push(removeStatement(source, child));
    }
  };
  visit(root);
  return merge(edits).map((edit) => withBlankLine(source, edit));
}

/** Members before the first that stays go with the operator behind them, all others with the one in front. */
function removeMembers({ children }: Unit, isGone: (unit: Unit) => boolean, edits: Edit[]): void {
  let hasKept = false;
  for (const [index, member] of children.entries()) {
    if (!isGone(member)) hasKept = true;
    else if (hasKept) edits.push({ start: children[index - 1]!.end, end: member.end, text: '' });
    else edits.push({ start: member.start, end: children[index + 1]!.start, text: '' });
  }
}

/** A statement alone on its lines takes them with it. */
function removeStatement({ text }: Source, { start, end }: Range): Edit {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  const [behind] = /^[ \t]*(?:;(?!;)[ \t]*)?/.exec(text.slice(end))!;
  const next = end + behind.length;
  const isLast = /^(?:\r?\n|$)/.exec(text.slice(next));
  if (/^[ \t]*(?:- |[@+-]*)$/.test(before) && isLast)
    return { start: lineStart, end: next + isLast[0].length, text: '' };
  if (behind.includes(';')) return { start, end: next, text: '' };
  const separator = /[ \t]*;[ \t]*$/.exec(before);
  return { start: start - (separator && isLast ? separator[0].length : 0), end, text: '' };
}

/** Where lines have gone between two empty ones, one of these goes too. */
function withBlankLine({ text }: Source, edit: Edit): Edit {
  const isBlankBefore = /(?:^|\n)[ \t]*\r?\n$/.test(text.slice(0, edit.start));
  const behind = /^[ \t]*\r?\n/.exec(text.slice(edit.end));
  return isBlankBefore && behind ? { ...edit, end: edit.end + behind[0].length } : edit;
}

function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}

/** Overlapping removals become one. */
function merge(edits: readonly Edit[]): Edit[] {
  const result: Edit[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last && edit.start <= last.end) result[result.length - 1] = { ...last, end: Math.max(last.end, edit.end) };
    else result.push(edit);
  }
  return result;
}
