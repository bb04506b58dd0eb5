import { type Content, type ContentOptions, readContent } from './content.ts';
import { type FileEntry, FileIndex } from './files.ts';
import { type ByteStream, readTar, type TarEntry } from './tar.ts';

/** Files that say how programs are loaded, users looked up, and which package a file is of; few are large. */
const KEPT =
  /^(?:\/usr)?\/(?:etc\/(?:passwd|group|nsswitch\.conf|os-release|timezone|ld\.so\.conf|ld\.so\.conf\.d\/[^/]+|ld\.so\.cache|ld\.so\.preload|ld-musl-[^/]+\.path|apk\/world)|lib\/os-release|lib\/apk\/db\/installed|var\/lib\/dpkg\/(?:info\/[^/]+\.list|status)|var\/lib\/apt\/extended_states)$/;
/** What packages of languages say of themselves, dependencies among it. */
const MANIFEST = /\/node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$|\.dist-info\/METADATA$/;
const LARGEST_MANIFEST = 128 * 1024;
const LARGEST_KEPT = 2 * 1024 * 1024;

/** Undefined symbols that tell what a program may ask of the image at run time. */
const SYMBOLS: ReadonlySet<string> = new Set([
  ...['dlopen', 'execve', 'execvp', 'execlp', 'posix_spawn', 'posix_spawnp', 'popen', 'system'],
  ...['getpwnam', 'getpwnam_r', 'getpwuid', 'getpwuid_r', 'getgrnam', 'getgrnam_r', 'getgrgid', 'getgrgid_r'],
  ...['getaddrinfo', 'gethostbyname', 'gethostbyname_r', 'res_query', 'res_search'],
  ...['tzset', 'localtime', 'localtime_r', 'mktime', 'setlocale', 'newlocale', 'iconv_open'],
  ...['mkstemp', 'mkstemp64', 'mkdtemp', 'tmpfile', 'tmpfile64', 'tmpnam', 'mkostemp', 'mkostemp64'],
  ...['SSL_CTX_new', 'SSL_CTX_set_default_verify_paths', 'gnutls_certificate_set_x509_system_trust', 'curl_easy_init'],
]);

export const contentOptions: ContentOptions = {
  symbols: SYMBOLS,
  keep: (path, size) =>
    size <= LARGEST_MANIFEST && MANIFEST.test(path) ? true : size <= LARGEST_KEPT && KEPT.test(path),
};

/** An entry of the archive with what its bytes tell. */
export async function readEntry(entry: TarEntry, options: ContentOptions, layer?: number): Promise<FileEntry> {
  const { path, mode, uid, gid, size, mtime, capability } = entry;
  const content: Content | undefined =
    entry.type === 'file' ? await readContent(path, size, entry.body, options) : undefined;
  return {
    path,
    type: entry.type === 'link' ? 'file' : entry.type,
    mode,
    uid,
    gid,
    size,
    mtime,
    ...content,
    ...(entry.type === 'symlink' ? { target: entry.target } : {}),
    ...(entry.type === 'link' ? { linkOf: entry.target } : {}),
    ...(capability === '' ? {} : { capability }),
    ...(layer === undefined ? {} : { layer }),
  };
}

/**
 * Paths that a container engine puts into every container: `docker export` shows them although they are no part of the
 * image.
 */
const FROM_ENGINE =
  /^\/(?:\.dockerenv|run\/\.containerenv|dev\/(?:console|pts|shm)|etc\/(?:hosts|hostname|resolv\.conf|mtab))$/;

/** Reads the merged file system of an image, as `docker export` writes it, in one pass and bounded memory. */
export async function readFilesystem(stream: ByteStream, options: ContentOptions = {}): Promise<FileIndex> {
  const merged = { ...contentOptions, ...options };
  const entries: FileEntry[] = [];
  for await (const entry of readTar(stream)) {
    const placed = FROM_ENGINE.test(entry.path) && entry.size === 0 && entry.type !== 'link';
    if (!placed) entries.push(await readEntry(entry, merged));
  }
  return new FileIndex(entries);
}
