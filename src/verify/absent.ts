import { DEFAULT_PATH, type FileEntry } from '../image/index.ts';
import type { Pair, Snapshot } from './snapshot.ts';
import { entryKind } from './traits.ts';

/** Programs in PATH that the original has and the rewrite has not, by name. */
export function absentPrograms({ before, after }: Pair): string[] {
  const now = programNames(after);
  return [...programNames(before)].filter((name) => !now.has(name) && name.length >= 2);
}

export function programNames({ files, config }: Snapshot): Set<string> {
  const names = new Set<string>();
  for (const folder of (config.env.get('PATH') ?? DEFAULT_PATH).split(':')) {
    for (const name of files.list(folder)) names.add(name);
  }
  return names;
}

/** Shared libraries that the original has and the rewrite has not, by file name. */
export function absentLibraries({ before, after }: Pair): string[] {
  const names = ({ files }: Snapshot) => {
    const found = new Set<string>();
    for (const entry of files.entries()) if (isLibrary(entry)) found.add(nameOf(entry.path));
    return found;
  };
  const now = names(after);
  return [...names(before)].filter((name) => !now.has(name) && !OF_LIBC.test(name));
}

/** Libraries that every C library names by itself. */
const OF_LIBC = /^(?:libc|libnss_\w+|libgcc_s|libpthread|libdl|librt|libm|libresolv|libutil|libanl|libidn2?)\.so/;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isLibrary = ({ path, type }: FileEntry): boolean =>
  (type === 'file' || type === 'symlink') &&
  /^\/(?:usr\/)?(?:local\/)?lib(?:64)?\/(?:[^/]+-linux-[^/]+\/)?lib[^/]+\.so(?:\.[\d.]+)?$/.test(path);

/** Programs that are started by others, and whose names are long enough to be told from chance. */
const TOOLS =
  /^(?:openssl|ffmpeg|ffprobe|convert|identify|magick|unzip|rsync|python3?|mysql|mysqldump|pg_dump|pg_restore|redis-cli|kubectl|docker|terraform|pdftotext|pdftoppm|wkhtmltopdf|chromium|google-chrome|rrdtool|snmpwalk|traceroute|nslookup|iptables|sendmail|gnuplot|graphviz|tesseract|soffice|libreoffice|exiftool|mediainfo|ghostscript|sqlite3|ssh-keygen|ssh-keyscan|svnadmin|mercurial|git-lfs|git-upload-pack|git-receive-pack)$/;

/** Started by compilers alone, and words that any text may hold. */
const OF_COMPILERS = /^(?:as|ar|cc|ld|nm|gold|size|strip)$/;

/** The texts by which a program or script would start a program. */
export function textsOfProgram(name: string, pair: Pair): string[] {
  if (entryKind(pair.after) === 'native') return TOOLS.test(name) ? [name] : [];
  return OF_COMPILERS.test(name)
    ? []
    : [`'${name}'`, `"${name}"`, `'${name} `, `"${name} `, `\`${name} `].filter(({ length }) => length >= 4);
}

/** What a script says that starts programs; a quoted word is a program only in such a file. */
const STARTERS = [
  ...['child_process', 'execa', 'subprocess', 'os.system', 'os.popen', 'os.exec', 'shutil.which', 'create_subprocess'],
  ...[
    'ProcessBuilder',
    'getRuntime().exec',
    'shell_exec',
    'proc_open',
    'passthru',
    'Open3',
    'Kernel.system',
    'Process.spawn',
  ],
];

/** The file of the rewrite that starts a program by its name. */
export function starterOf(name: string, pair: Pair): string | undefined {
  const readers = textsOfProgram(name, pair).flatMap((text) => [...pair.after.mentioning(text)]);
  if (entryKind(pair.after) === 'native') return readers[0];
  // A compiler that is a native add-on holds every word of its language in quotes.
  const isScript = (path: string) => pair.after.files.get(path)?.elf === undefined || TOOLS.test(name);
  return readers.find((path) => isScript(path) && STARTERS.some((text) => pair.after.mentioning(text).has(path)));
}

/** The texts by which a library is opened: `libz.so` is no part of `libz.so.1`. */
export function textsOfLibrary(name: string): string[] {
  return name.endsWith('.so') ? [`${name}\0`, `"${name}"`, `'${name}'`] : [name];
}

/** What has to be searched for to tell whether something that is absent is asked for. */
export function textsOfAbsent(pair: Pair): string[] {
  return [
    ...STARTERS,
    ...absentPrograms(pair).flatMap((name) => textsOfProgram(name, pair)),
    ...absentLibraries(pair).flatMap(textsOfLibrary),
  ];
}
