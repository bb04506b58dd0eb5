import {
  applyEdits,
  type Document,
  type Edit,
  editsOverlap,
  type Instruction,
  parseDocument,
} from '../dockerfile/index.ts';
import { type LintSettings, lintDocument } from './engine.ts';
import type { Finding, Fix } from './types.ts';

/** After so many rounds the fixes are taken not to settle. */
const MOST_ROUNDS = 10;

/** What fixing a document came to. */
export interface FixResult {
  /** The document with the fixes applied. */
  readonly document: Document;
  /** What is left to find in it. */
  readonly findings: readonly Finding[];
  readonly applied: readonly Fix[];
  /** Fixes that would have broken the file or changed more than they meant to. */
  readonly rolledBack: readonly Finding[];
}

/** Applies the fixes of a document's findings, checks the result, and repeats until nothing changes. */
export function fixDocument(document: Document, settings: LintSettings, options: { unsafe: boolean }): FixResult {
  const applied: Fix[] = [];
  const rolledBack = new Map<string, Finding>();
  const seen = new Set([document.source.text]);
  let current = document;
  let findings = lintDocument(current, settings);
  for (let round = 0; round < MOST_ROUNDS && current.isParsed; round++) {
    const chosen = chooseFixes(findings, options.unsafe, rolledBack);
    if (chosen.length === 0) break;
    const step = applyFixes(current, chosen);
    for (const finding of step.refused) rolledBack.set(fixKey(finding), finding);
    if (step.applied.length === 0) continue;
    // A text that was there before means that fixes undo one another: the first state is as good as any.
    if (seen.has(step.document.source.text)) break;
    seen.add(step.document.source.text);
    for (const fix of step.applied) applied.push(fix);
    current = step.document;
    findings = lintDocument(current, settings);
  }
  return { document: current, findings, applied, rolledBack: [...rolledBack.values()] };
}

type FixableFinding = Finding & { readonly fix: Fix };

/** The fixes that can be applied together: of those that overlap, the first in the file. */
function chooseFixes(
  findings: readonly Finding[],
  unsafe: boolean,
  rolledBack: ReadonlyMap<string, Finding>,
): FixableFinding[] {
  const chosen: FixableFinding[] = [];
  const taken = new EditSet();
  for (const finding of findings) {
    const { fix } = finding;
    if (!fix || (fix.safety === 'unsafe' && !unsafe) || rolledBack.has(fixKey(finding))) continue;
    if (taken.overlaps(fix.edits)) continue;
    taken.add(fix.edits);
    chosen.push({ ...finding, fix });
  }
  return chosen;
}

/** Edits sorted by place, so that many fixes in one file stay cheap. */
class EditSet {
  readonly #edits: Edit[] = [];

  overlaps(edits: readonly Edit[]): boolean {
    return edits.some((edit) => {
      const at = this.#place(edit.start);
      return [at - 1, at, at + 1].some((index) => {
        const other = this.#edits[index];
        return other !== undefined && editsOverlap(edit, other);
      });
    });
  }

  add(edits: readonly Edit[]): void {
    for (const edit of edits) this.#edits.splice(this.#place(edit.start), 0, edit);
  }

  /** The first edit that starts at `start` or behind it. */
  #place(start: number): number {
    let low = 0;
    let high = this.#edits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#edits[middle]!.start < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Step {
  readonly document: Document;
  readonly applied: readonly Fix[];
  readonly refused: readonly Finding[];
}

/** Applies all fixes at once; if the result is not what they meant, halves them until the culprits stand alone. */
function applyFixes(document: Document, findings: readonly FixableFinding[]): Step {
  const fixes = findings.map(({ fix }) => fix);
  const edits = fixes.flatMap((fix) => fix.edits);
  const result = parseDocument(document.source.withText(applyEdits(document.source.text, edits)));
  if (isIntended(document, result, edits)) return { document: result, applied: fixes, refused: [] };
  if (findings.length === 1) return { document, applied: [], refused: findings };
  const half = findings.length >> 1;
  const first = applyFixes(document, findings.slice(0, half));
  // The rest is against the old text; what the first half left untouched is found again in the next round.
  if (first.applied.length > 0) return first;
  const second = applyFixes(document, findings.slice(half));
  return { ...second, refused: [...first.refused, ...second.refused] };
}

function fixKey({ ruleId, message, fix }: Finding): string {
  return JSON.stringify([ruleId, message, fix?.edits.map(({ text }) => text)]);
}

/**
 * Whether the edits did what they may: the file still parses and is no less acceptable, no comment is gone or has become
 * a directive, and every instruction that no edit touches is there as it was, with nothing new between.
 */
export function isIntended(before: Document, after: Document, edits: readonly Edit[]): boolean {
  if (!after.isParsed || after.problems.length > before.problems.length) return false;
  if (directivesOf(before) !== directivesOf(after)) return false;
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  if (!keepsComments(before, after, sorted)) return false;
  const afterByStart = new Map(after.instructions.map((instruction) => [instruction.start, instruction]));
  const matched = new Set<Instruction>();
  const touched: { start: number; end: number }[] = [];
  let shift = 0;
  let next = 0;
  for (const instruction of before.instructions) {
    while (next < sorted.length && sorted[next]!.end < instruction.start) {
      const edit = sorted[next++]!;
      touched.push({ start: edit.start + shift, end: edit.start + shift + edit.text.length });
      shift += edit.text.length - (edit.end - edit.start);
    }
    if (next < sorted.length && sorted[next]!.start <= instruction.end) {
      const start = Math.min(sorted[next]!.start, instruction.start) + shift;
      let end = instruction.end;
      while (next < sorted.length && sorted[next]!.start <= instruction.end) {
        const edit = sorted[next++]!;
        end = Math.max(end, edit.end);
        shift += edit.text.length - (edit.end - edit.start);
      }
      touched.push({ start, end: end + shift });
      continue;
    }
    const same = afterByStart.get(instruction.start + shift);
    if (!same || !isSame(before, instruction, after, same)) return false;
    matched.add(same);
  }
  for (; next < sorted.length; next++) {
    const edit = sorted[next]!;
    touched.push({ start: edit.start + shift, end: edit.start + shift + edit.text.length });
    shift += edit.text.length - (edit.end - edit.start);
  }
  let at = 0;
  return after.instructions.every((instruction) => {
    if (matched.has(instruction)) return true;
    while (at < touched.length && touched[at]!.end < instruction.start) at++;
    return at < touched.length && touched[at]!.start <= instruction.start;
  });
}

function isSame(before: Document, a: Instruction, after: Document, b: Instruction): boolean {
  return (
    a.keyword === b.keyword &&
    a.argsText === b.argsText &&
    before.source.slice(a) === after.source.slice(b) &&
    a.flags.length === b.flags.length
  );
}

function directivesOf({ directives }: Document): string {
  return directives.map(({ name, value }) => `${name}=${value}`).join('\n');
}

function keepsComments(before: Document, after: Document, edits: readonly Edit[]): boolean {
  if (before.comments.length === 0) return true;
  const counts = new Map<string, number>();
  for (const { text } of after.comments) counts.set(text, (counts.get(text) ?? 0) + 1);
  const meant = editedIgnores(before, edits);
  return before.comments.every(({ text, start }) => {
    if (meant.has(start)) return true;
    const count = counts.get(text) ?? 0;
    counts.set(text, count - 1);
    return count > 0;
  });
}

/** Where our own ignore comments start that an edit is about: it lies in the comment's line and is not longer. */
function editedIgnores({ ignores, source }: Document, edits: readonly Edit[]): ReadonlySet<number> {
  const meant = new Set<number>();
  let next = 0;
  for (const { dialect, start, end } of ignores) {
    if (dialect !== 'dockerfileopt') continue;
    while (next < edits.length && edits[next]!.end <= start) next++;
    const edit = edits[next];
    if (!edit || edit.start >= end) continue;
    const line = source.text.lastIndexOf('\n', start) + 1;
    if (edit.start >= line && edit.end <= source.lineEnd(end) + source.eol.length) meant.add(start);
  }
  return meant;
}
