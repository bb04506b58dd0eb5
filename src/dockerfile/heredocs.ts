import { splitShellWords } from './expand.ts';
import type { Instruction } from './instructions.ts';
import { JoinedText } from './lines.ts';
import type { Range } from './source.ts';

/** A heredoc of RUN, COPY or ADD. */
export interface Heredoc {
  readonly name: string;
  readonly fileDescriptor: number;
  /** Variables in the body are expanded: the name is not quoted. */
  readonly expand: boolean;
  /** Written `<<-`: leading tabs of the body are dropped. */
  readonly chomp: boolean;
  /** Where `<<NAME` stands. */
  readonly marker: Range;
  /** The body's lines with their line endings, without the terminator. */
  readonly body: Range;
  /** The terminator's line; empty when the file ends before it. */
  readonly terminator: Range;
}

/** A heredoc that was announced on an instruction's line, its body not yet read. */
export type HeredocMarker = Pick<Heredoc, 'name' | 'fileDescriptor' | 'expand' | 'chomp' | 'marker'>;

const HEREDOC_KEYWORDS: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN']);

/** The heredocs that an instruction announces, in order. */
export function findHeredocs(instruction: Instruction): HeredocMarker[] {
  const target = instruction.child ?? instruction;
  if (!HEREDOC_KEYWORDS.has(target.keyword) || !target.line.text.includes('<<') || target.json) return [];
  const markers: HeredocMarker[] = [];
  for (const word of splitShellWords(target.line.text) ?? []) {
    const marker = readMarker(word.text);
    if (marker) markers.push({ ...marker, marker: target.line.toRange(word.start, word.end) });
  }
  return markers;
}

/** Whether the word announces a heredoc, wherever it stands. */
export function isHeredocWord(word: string): boolean {
  return readMarker(word) !== undefined;
}

function readMarker(word: string): Omit<HeredocMarker, 'marker'> | undefined {
  const match = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word);
  const names = match ? splitShellWords(match[3]!) : undefined;
  if (!match || names?.length !== 1) return undefined;
  const raw = names[0]!.text;
  // In a name the builder replaces a byte that is not UTF-8, and then does not find the terminator.
  const name = unquote(raw).replace(/[\ud800-\udfff]/gu, '\ufffd');
  if (name === '') return undefined;
  return {
    name,
    // BuildKit counts descriptors in 64 bits.
    fileDescriptor: Math.min(Number(match[1]), 2 ** 64),
    expand: !/["']/.test(raw.replace(/\\./gs, '')),
    chomp: match[2] === '-',
  };
}

/** Reads the body of a heredoc that starts at `start`; `terminated` is false when the file ends first. */
export function readHeredoc(
  text: string,
  start: number,
  marker: HeredocMarker,
): { heredoc: Heredoc; next: number; terminated: boolean } {
  for (let line = start; line < text.length; ) {
    const newline = text.indexOf('\n', line);
    const next = newline < 0 ? text.length : newline + 1;
    let end = newline < 0 ? text.length : newline;
    while (end > line && text.charCodeAt(end - 1) === 13) end--;
    let from = line;
    if (marker.chomp) while (text.charCodeAt(from) === 9) from++;
    if (end - from === marker.name.length && text.startsWith(marker.name, from)) {
      const heredoc = { ...marker, body: { start, end: line }, terminator: { start: line, end } };
      return { heredoc, next, terminated: true };
    }
    line = next;
  }
  const end = text.length;
  return {
    heredoc: { ...marker, body: { start, end }, terminator: { start: end, end } },
    next: end,
    terminated: false,
  };
}

/** A heredoc's body as the build sees it: leading tabs dropped for `<<-`; with its offsets. */
export function heredocBody(text: string, heredoc: Heredoc): JoinedText {
  const { start, end } = heredoc.body;
  if (!heredoc.chomp) return JoinedText.piece(text.slice(start, end), start);
  const pieces: string[] = [];
  const joined: number[] = [];
  const source: number[] = [];
  let length = 0;
  for (let line = start; line < end; ) {
    const newline = text.indexOf('\n', line);
    const next = newline < 0 || newline >= end ? end : newline + 1;
    let from = line;
    while (from < next && text.charCodeAt(from) === 9) from++;
    pieces.push(text.slice(from, next));
    joined.push(length);
    source.push(from);
    length += next - from;
    line = next;
  }
  return pieces.length > 0 ? new JoinedText(pieces.join(''), joined, source) : JoinedText.piece('', start);
}

/** A name with its quotes and backslashes taken off; the escape directive does not count here. */
function unquote(raw: string): string {
  return raw.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.?)/gs,
    (_, single?: string, double?: string, escaped?: string) =>
      double === undefined ? (single ?? escaped ?? '') : double.replace(/\\(["$\\])/g, '$1'),
  );
}
