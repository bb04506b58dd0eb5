import type { Range } from './source.ts';

/** Replaces a span of the source by a text; an insertion has `start === end`. */
export interface Edit extends Range {
  readonly text: string;
}

/** Sorts edits by place; those at one place keep their order. */
export function sortEdits(edits: readonly Edit[]): Edit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Whether two edits touch the same characters, or insert at the same place. */
export function editsOverlap(a: Edit, b: Edit): boolean {
  if (a.start === b.start) return true;
  return a.start < b.start ? a.end > b.start : b.end > a.start;
}

/** Applies edits that do not overlap. Throws a RangeError when they do, or when one lies outside the text. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of sortEdits(edits)) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`edit ${edit.start}-${edit.end} overlaps another or lies outside the text`);
    }
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
