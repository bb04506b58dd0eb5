import type { Evidence } from '../../types.ts';

const SOURCE = /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|ipp|inl|f90|f|m|s)$/i;
/** As much program text as is read. */
const MOST_TEXT = 8 << 20;

/** What the program's own text says about the run time. */
export interface CSources {
  /** All of it is in the build context. */
  readonly isComplete: boolean;
  readonly isCxx: boolean;
  /** Looks up names of hosts or accounts, for which glibc loads libraries. */
  readonly usesNames: boolean;
  readonly usesAccounts: boolean;
  readonly usesTemp: boolean;
  readonly usesZones: boolean;
  readonly usesTls: boolean;
  readonly usesShell: boolean;
  /** Loads libraries, character sets or locales by name. */
  readonly loads: boolean;
  /** Programs that it starts, by literals in calls of exec. */
  readonly programs: readonly string[];
  /** Packages with the headers that it includes, by their names in Debian and in Alpine. */
  readonly headers: readonly { readonly deb: string; readonly apk: string }[];
}

/** Headers of libraries that images made for building have without being told. */
const HEADERS: readonly (readonly [header: RegExp, deb: string, apk: string])[] = [
  [/openssl\/\w+\.h/, 'libssl-dev', 'openssl-dev'],
  [/curl\/curl\.h/, 'libcurl4-openssl-dev', 'curl-dev'],
  [/sqlite3\.h/, 'libsqlite3-dev', 'sqlite-dev'],
  [/zlib\.h/, 'zlib1g-dev', 'zlib-dev'],
  [/libpq-fe\.h/, 'libpq-dev', 'libpq-dev'],
  [/(?:mysql|mariadb)\/mysql\.h|mysql\.h/, 'libmariadb-dev', 'mariadb-dev'],
  [/libxml\/\w+\.h/, 'libxml2-dev', 'libxml2-dev'],
  [/yaml\.h/, 'libyaml-dev', 'yaml-dev'],
  [/png\.h/, 'libpng-dev', 'libpng-dev'],
  [/jpeglib\.h/, 'libjpeg-dev', 'jpeg-dev'],
  [/gmp(?:xx)?\.h/, 'libgmp-dev', 'gmp-dev'],
  [/ffi\.h/, 'libffi-dev', 'libffi-dev'],
  [/event2?\/\w+\.h/, 'libevent-dev', 'libevent-dev'],
  [/ncurses\.h|curses\.h/, 'libncurses-dev', 'ncurses-dev'],
  [/readline\/\w+\.h/, 'libreadline-dev', 'readline-dev'],
  [/bzlib\.h/, 'libbz2-dev', 'bzip2-dev'],
  [/lzma\.h/, 'liblzma-dev', 'xz-dev'],
];

/** Looks through the sources for calls whose needs an image has to meet. */
export function readCSources({ context, world }: Pick<Evidence, 'context' | 'world'>): CSources {
  const parts: string[] = [];
  let length = 0;
  const files = context.files.filter((path) => SOURCE.test(path));
  for (const path of files) {
    const part = length > MOST_TEXT ? undefined : context.readText(path);
    length += part?.length ?? 0;
    if (part !== undefined) parts.push(part);
  }
  const text = parts.join('\n');
  const isFetched = world.tree.entries.some(
    ({ role, isOpaque, marks, contextPath, kind }) =>
      isOpaque &&
      contextPath === undefined &&
      kind !== 'file' &&
      (role === 'source' || role === 'unknown' || marks.includes('prefix')),
  );
  const programs = [...text.matchAll(/\bexecv?l?[pe]*\s*\(\s*"([^"\\]+)"/g)].map(([, name]) => name!);
  return {
    isComplete: files.length > 0 && parts.length === files.length && context.isComplete && !isFetched,
    isCxx: files.some((path) => /\.(?:cc|cpp|cxx|hpp|hh|hxx)$/.test(path)),
    usesNames:
      /\b(?:getaddrinfo|gethostby\w+|getservby\w+|getprotoby\w+|getpw\w+|getgr\w+|initgroups|iconv_open|dlopen)\s*\(|\bboost\/asio|\bcurl\/curl\.h/.test(
        text,
      ),
    usesAccounts: /\b(?:getpw\w+|getgr\w+|initgroups|wordexp)\s*\(/.test(text),
    usesTemp: /\b(?:tmpfile|tmpnam|mkstemps?|mkdtemp|tempnam|temp_directory_path)\s*\(|"\/tmp\b|"\/var\/tmp\b/.test(
      text,
    ),
    usesZones: /\b(?:localtime(?:_r)?|tzset|mktime|zoned_time|current_zone)\b/.test(text),
    usesTls: /openssl\/ssl\.h|curl\/curl\.h|gnutls\/gnutls\.h|mbedtls\/ssl\.h|boost\/asio\/ssl|cpr\/cpr\.h/.test(text),
    usesShell: /\b(?:system|popen)\s*\(/.test(text) || /"\/bin\/(?:ba)?sh"/.test(text),
    loads: /\b(?:dlopen|iconv_open|setlocale|bindtextdomain)\s*\(|std::locale\s*[({]/.test(text),
    programs,
    headers: HEADERS.flatMap(([header, deb, apk]) => {
      const isIncluded = new RegExp(`#\\s*include\\s*[<"](?:${header.source})[>"]`).test(text);
      const isOwn = context.files.some((path) => new RegExp(`(?:^|/)(?:${header.source})$`).test(path));
      return isIncluded && !isOwn ? [{ deb, apk }] : [];
    }),
  };
}
