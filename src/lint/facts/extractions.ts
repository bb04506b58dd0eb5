import type { ShellCommand, ShellWord } from '../../dockerfile/index.ts';

/** What a command unpacks. */
export interface Extraction {
  /** The archive as the command names it. */
  readonly archive: ShellWord;
  /** Where the members go; undefined for the working directory. */
  readonly folder: ShellWord | undefined;
  /** Everything is unpacked as it is, which ADD can do as well. */
  readonly isWhole: boolean;
}

/** Names of tar archives that the builder unpacks. */
export const ARCHIVE_NAME = /\.(?:tar|t(?:ar\.)?gz|t(?:ar\.)?bz2?|tbz|t(?:ar\.)?xz|t(?:ar\.)?zst)$/;

/** Programs other than tar that unpack their argument; what they unpack is mostly none of ADD's archives. */
const UNPACKERS: ReadonlySet<string> = new Set(['bunzip2', 'gunzip', 'uncompress', 'unlzma', 'unxz', 'zcat', 'zgz']);

/** Options of tar that change nothing about what is unpacked. */
const HARMLESS =
  /^--(?:extract|get|gzip|gunzip|ungzip|bzip2|xz|zstd|auto-compress|verbose|preserve-permissions|same-permissions)$/;

/** Reads a call of tar or the like; undefined for what unpacks no archive that is named. */
export function extraction(command: ShellCommand): Extraction | undefined {
  if (UNPACKERS.has(command.name)) {
    const archive = command.operands()[0];
    return archive && { archive, folder: undefined, isWhole: false };
  }
  return command.name === 'tar' || command.name === 'bsdtar' ? readTar(command.args) : undefined;
}

function readTar(args: readonly ShellWord[]): Extraction | undefined {
  let archive: ShellWord | undefined;
  let folder: ShellWord | undefined;
  let extracts = false;
  let isWhole = true;
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    const { value } = word;
    const long = /^--(file|directory)(?:=(.*))?$/s.exec(value);
    if (long) {
      const given = long[2] === undefined ? args[++at] : { ...word, value: long[2] };
      if (long[1] === 'file') archive = given;
      else folder = given;
    } else if (value.startsWith('--')) {
      if (/^--(?:extract|get)$/.test(value)) extracts = true;
      isWhole &&= HARMLESS.test(value);
    } else if (value.startsWith('-') || at === 0) {
      // Letters; the values of `f` and `C` are the words behind them.
      const letters = value.replace(/^-/, '');
      if (letters.includes('x')) extracts = true;
      isWhole &&= /^[xzjJvpfC]+$/.test(letters);
      for (const letter of letters) {
        if (letter === 'f') archive = args[++at];
        else if (letter === 'C') folder = args[++at];
      }
    } else {
      // Names of members: only those are unpacked.
      archive ??= word;
      isWhole = false;
    }
  }
  return extracts && archive ? { archive, folder, isWhole } : undefined;
}
