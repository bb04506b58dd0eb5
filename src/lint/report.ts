import type { Position, Source } from '../dockerfile/index.ts';
import type { Finding, FixSafety, Rule } from './types.ts';

/** One edit of a fix as a report shows it. */
export interface ReportedEdit {
  readonly start: Position;
  readonly end: Position;
  /** UTF-16 offsets into the file, a byte order mark included. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly text: string;
}

/** A finding with everything a formatter needs; the end is exclusive. */
export interface ReportedFinding {
  readonly ruleId: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly start: Position;
  readonly end: Position;
  readonly startOffset: number;
  readonly endOffset: number;
  readonly fix?: { readonly title: string; readonly safety: FixSafety; readonly edits: readonly ReportedEdit[] };
  /** Stays the same while the flagged text stays the same, wherever it moves in the file; hexadecimal. */
  readonly fingerprint: string;
}

/** What was found in one file, and done to it. */
export interface ReportedFile {
  /** As given or found, with forward slashes, relative to the working folder where it lies below it. */
  readonly path: string;
  /** What remains; with `--fix`, after the fixes. */
  readonly findings: readonly ReportedFinding[];
  /** How many fixes were applied. */
  readonly fixed: number;
  /** Unified diff of the fixes, when asked for. */
  readonly diff?: string;
  /** The flagged lines by number, for formats that show code; of a long span the first ones. */
  readonly lines: ReadonlyMap<number, string>;
}

/** A file that could not be read, checked or written back. */
export interface FileError {
  readonly path: string;
  readonly message: string;
}

/** The result of a lint run, as formatters see it. */
export interface LintReport {
  readonly version: string;
  readonly files: readonly ReportedFile[];
  readonly errors: readonly FileError[];
  /** The rules that ran, for formats that list them. */
  readonly rules: readonly Pick<Rule, 'id' | 'aliases' | 'severity' | 'fixable' | 'summary' | 'why'>[];
}

/** So many lines of one finding are kept. */
const MOST_LINES = 10;

/** So much of the flagged text tells one finding from another. */
const MOST_TEXT = 500;

/** Puts the findings of one file in the terms of a report. */
export function reportFindings(source: Source, findings: readonly Finding[]): Pick<ReportedFile, 'findings' | 'lines'> {
  const lines = new Map<number, string>();
  const seen = new Map<string, number>();
  const reported = findings.map(({ ruleId, severity, message, start, end, fix }): ReportedFinding => {
    const from = source.position(start);
    const to = source.position(end);
    for (let line = from.line; line <= to.line && line < from.line + MOST_LINES; line++) {
      if (!lines.has(line)) lines.set(line, lineText(source, line));
    }
    const text = start === end ? lines.get(from.line)! : source.text.slice(start, Math.min(end, start + MOST_TEXT));
    const key = `${ruleId}\n${text.slice(0, MOST_TEXT).trim().replace(/\s+/g, ' ')}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return {
      ruleId,
      severity,
      message,
      start: from,
      end: to,
      startOffset: start,
      endOffset: end,
      ...(fix && { fix: { ...fix, edits: fix.edits.map((edit) => reportEdit(source, edit)) } }),
      fingerprint: hash(`${key}\n${count}`),
    };
  });
  return { findings: reported, lines };
}

function reportEdit(source: Source, { start, end, text }: { start: number; end: number; text: string }): ReportedEdit {
  return { start: source.position(start), end: source.position(end), startOffset: start, endOffset: end, text };
}

function lineText(source: Source, line: number): string {
  const start = line === 1 ? source.textStart : source.lineStart(line);
  return source.text.slice(start, source.lineEnd(start));
}

/** Two hashes of 32 bits side by side, the first of them FNV-1a: enough to tell findings apart, and loads nothing. */
function hash(text: string): string {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ (code + at), 0x85ebca6b);
    low ^= low >>> 13;
  }
  const hex = (half: number) => (half >>> 0).toString(16).padStart(8, '0');
  return hex(high) + hex(low);
}
