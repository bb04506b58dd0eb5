import type { Document, Edit, Range, ShellCommand, ShellWord } from '../../dockerfile/index.ts';
import { type PackageCall, packageCall } from './installs.ts';

/** The packages of an install command that have a line each. */
export interface PackageList {
  readonly call: PackageCall;
  /** Parts between which there are comments, empty lines or lines with something else. */
  readonly parts: readonly (readonly ShellWord[])[];
  /** Packages and nothing else, none of them twice. */
  readonly isPlain: boolean;
}

const MANAGERS = /^(?:apt|apt-get|apk|yum|dnf|microdnf|zypper|pacman)$/;
const INSTALLS = /^(?:install|in|add|-S\w*|--sync)$/;

/** The list of packages of the system that a command installs; undefined unless each has a line of its own. */
export function packageList(document: Document, command: ShellCommand): PackageList | undefined {
  const call = MANAGERS.test(command.name) ? packageCall(command) : undefined;
  if (call?.parsed.action !== 'install' || !INSTALLS.test(call.parsed.subcommand)) return undefined;
  const words = call.parsed.packages.map((at) => call.args[at]!);
  if (!words.every((word, at) => isAlone(document, word, at === words.length - 1))) return undefined;
  const names = new Set(words.map(({ value }) => nameOf(value)));
  const isUnbroken = call.parsed.packages.every((at, index) => at === call.parsed.packages[0]! + index);
  const isPlain = words.every(isPlainPackage) && names.size === words.length && isUnbroken;
  return { call, parts: partsOf(document, words), isPlain };
}

/** The name of a package; not a removal (`vim-`), a group, a file, a pattern or a conflict. */
export function isPlainPackage({ value, isLiteral }: ShellWord): boolean {
  return isLiteral && /^[a-z0-9][\w.+:-]*(?:[=<>~@][\w.+:~=<>@*-]+)?$/i.test(value) && !/-$|[^+]\+$/.test(value);
}

type Order = (a: string, b: string) => number;

const byCode: Order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** By the name, then by what is wished for of it. */
export const byName: Order = (a, b) => byCode(nameOf(a), nameOf(b)) || byCode(a, b);

/** What people and their tools call sorted: by names, as written, with numbers as such, by letters alone. */
const ORDERS: readonly Order[] = [
  byName,
  byCode,
  (a, b) => a.localeCompare(b, 'en', { numeric: true }),
  (a, b) => byCode(lettersOf(a), lettersOf(b)),
];

/** Whether the packages stand in any order that is an alphabet's. */
export function areSorted(packages: readonly string[]): boolean {
  return ORDERS.some((order) => packages.every((text, at) => at === 0 || order(packages[at - 1]!, text) <= 0));
}

/** The edits that put the words of a list in order; everything between them stays. */
export function sortWords(words: readonly ShellWord[]): readonly Edit[] {
  const sorted = [...words].sort((a, b) => byName(a.value, b.value));
  return words.flatMap(({ start, end }, at) =>
    sorted[at] === words[at] ? [] : [{ start, end, text: sorted[at]!.text }],
  );
}

/** Without version, repository and architecture. */
function nameOf(text: string): string {
  return text.replace(/[=<>~@:].*$/, '').toLowerCase();
}

function lettersOf(text: string): string {
  return nameOf(text).replace(/[^a-z0-9]/g, '');
}

/** Whether nothing else stands in the word's line; what follows the last one belongs to what follows. */
function isAlone({ source }: Document, { start, end, text }: ShellWord, isLast: boolean): boolean {
  if (end - start !== text.length || source.text.slice(lineStart(source, start), start).trim() !== '') return false;
  return isLast || /^[ \t]*[\\`]?[ \t]*$/.test(source.text.slice(end, source.lineEnd(end)));
}

function partsOf({ source }: Document, words: readonly ShellWord[]): readonly (readonly ShellWord[])[] {
  const parts: ShellWord[][] = [];
  let last = Number.NaN;
  for (const word of words) {
    const { line } = source.position(word.start);
    if (line === last + 1) parts.at(-1)!.push(word);
    else parts.push([word]);
    last = line;
  }
  return parts;
}

/** Whether the line above a place is a comment. */
export function isBelowComment({ source, comments }: Document, { start }: Range): boolean {
  const line = lineStart(source, start);
  const above = lineStart(source, line - 1);
  return comments.some((comment) => comment.start >= above && comment.start < line);
}

function lineStart(source: Document['source'], offset: number): number {
  return source.lineStart(source.position(offset).line);
}
