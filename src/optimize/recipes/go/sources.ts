import type { BuildContext } from '../../context.ts';

/** What the program text of a Go project tells of its needs. */
export interface GoSources {
  /** There is program text to look at. */
  readonly isThere: boolean;
  /** All that is linked in was looked at: nothing but the standard library and what lies in the context. */
  readonly isComplete: boolean;
  readonly imports: ReadonlySet<string>;
  /** A file of the project itself with `import "C"`, or a module that is known to have one. */
  readonly cgo: string | undefined;
  /** The names given to `exec.Command`. */
  readonly programs: readonly string[];
  readonly usesZones: boolean;
  readonly usesTemp: boolean;
  /** Files that are compiled into the program, relative to the context. */
  readonly embedded: readonly string[];
}

const CGO_MODULES =
  /\b(?:mattn\/go-sqlite3|confluentinc\/confluent-kafka-go|mattn\/go-oci8|godror\/godror|go-goracle|go-gl\/|veandco\/go-sdl2|libgit2\/git2go|h2non\/bimg|davidbyttow\/govips|cshum\/vipsgen|DataDog\/zstd|valyala\/gozstd|tecbot\/gorocksdb|linxGnu\/grocksdb|google\/gopacket|pebbe\/zmq4|libvirt\/libvirt-go|libvirt\.org\/go|bytecodealliance\/wasmtime-go|tensorflow\/tensorflow|miekg\/pkcs11|mutecomm\/go-sqlcipher|marcboeker\/go-duckdb|wasmerio\/wasmer-go|rogchap\.com\/v8go|lazytiger\/go-v8|gographics\/imagick|gen2brain\/|kbinani\/screenshot|jgautheron\/gocv|gocv\.io\/x\/gocv|alexbrainman\/odbc|ibmdb\/go_ibm_db|denisenkom\/go-freetds|couchbase\/gocb-|xlab\/|ethereum\/go-ethereum|blevesearch\/cld2|jmhodges\/levigo|bmatsuo\/lmdb-go|moovweb\/gokogiri|lestrrat-go\/libxml2)/;

/** Packages of the standard library that link cgo code where cgo is on (`go list -deps std`: net, os/user, plugin, runtime/cgo). */
const CGO_STANDARD: ReadonlySet<string> = new Set(
  'archive/tar crypto/tls crypto/x509 expvar log/syslog mime/multipart net net/http net/http/cgi net/http/cookiejar net/http/fcgi net/http/httptest net/http/httptrace net/http/httputil net/http/pprof net/mail net/rpc net/rpc/jsonrpc net/smtp net/textproto os/user plugin runtime/cgo'.split(
    ' ',
  ),
);

/** Packages of the standard library that verify certificates. */
const TLS_STANDARD = /^(?:crypto\/(?:tls|x509)|net\/(?:http(?:\/.*)?|rpc.*|smtp)|expvar)$/;

const cache = new WeakMap<BuildContext, GoSources>();

/** Reads the program text of the context. */
export function readGoSources(context: BuildContext): GoSources {
  let sources = cache.get(context);
  if (!sources) {
    sources = scan(context);
    cache.set(context, sources);
  }
  return sources;
}

function scan(context: BuildContext): GoSources {
  const files = context.files.filter(
    (file) => file.endsWith('.go') && !file.endsWith('_test.go') && !/(?:^|\/)testdata\//.test(file),
  );
  const modules = context.files
    .filter((file) => /(?:^|\/)go\.mod$/.test(file))
    .map((file) => context.readText(file) ?? '');
  const own = modules.flatMap((text) => /^module\s+"?([^\s"]+)/m.exec(text)?.[1] ?? []);
  const imports = new Set<string>();
  const programs = new Set<string>();
  const embedded: string[] = [];
  let cgo = CGO_MODULES.exec(modules.join('\n'))?.[0];
  let usesZones = false;
  let usesTemp = false;
  for (const file of files) {
    const text = context.readText(file);
    // What cannot be read may need anything.
    if (text === undefined) imports.add('unreadable/file');
    if (text === undefined || /^\/\/go:build ignore\b|^\/\/ \+build ignore\b/m.test(text)) continue;
    const isVendored = /(?:^|\/)vendor\//.test(file);
    for (const name of importsOf(text)) {
      if (name === 'C' && !isVendored) cgo ??= `import "C" in ${file}`;
      imports.add(name);
    }
    usesZones ||= /\btime\.LoadLocation\b/.test(text);
    usesTemp ||=
      /\b(?:os\.(?:CreateTemp|MkdirTemp|TempDir)|ioutil\.Temp(?:File|Dir))\b|\.(?:ParseMultipartForm|FormFile|MultipartForm|MultipartReader)\b/.test(
        text,
      );
    if (!isVendored) {
      for (const [, name] of text.matchAll(
        /\bexec\.(?:Command|LookPath)\(\s*"([^"]+)"|\bexec\.CommandContext\(\s*[^,]+,\s*"([^"]+)"/g,
      ))
        if (name) programs.add(name);
      for (const [, name] of text.matchAll(/\bexec\.CommandContext\(\s*[^,]+,\s*"([^"]+)"/g)) programs.add(name!);
    }
    embedded.push(...embeddedBy(file, text, context));
  }
  const isVendored = context.files.some((file) => /(?:^|\/)vendor\/modules\.txt$/.test(file));
  const isOwn = (name: string) => own.some((module) => name === module || name.startsWith(`${module}/`));
  const foreign = [...imports].filter((name) => /^[^/]*\./.test(name) && !isOwn(name));
  return {
    isThere: files.length > 0,
    isComplete:
      files.length > 0 && context.isComplete && !imports.has('unreadable/file') && (foreign.length === 0 || isVendored),
    imports,
    cgo,
    programs: [...programs],
    usesZones,
    usesTemp,
    embedded,
  };
}

function importsOf(text: string): readonly string[] {
  const found: string[] = [];
  for (const [, single, block] of text.matchAll(/^import\s+(?:[\w.]+\s+)?(?:"([^"]+)"|\(([^)]*)\))/gm)) {
    if (single !== undefined) found.push(single);
    for (const [, name] of (block ?? '').matchAll(/^\s*(?:[\w.]+\s+)?["`]([^"`]+)["`]/gm)) found.push(name!);
  }
  return found;
}

function embeddedBy(file: string, text: string, context: BuildContext): readonly string[] {
  const folder = file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/` : '';
  const patterns = [...text.matchAll(/^\/\/go:embed[ \t]+(.+)$/gm)].flatMap(([, list]) => list!.trim().split(/\s+/));
  return patterns.flatMap((pattern) => {
    const path = folder + pattern.replace(/^all:/, '').replace(/^["`]|["`]$/g, '');
    const expression = new RegExp(
      `^${path
        .replace(/[.+^${}()|\\[\]]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')}(?:/|$)`,
    );
    return context.files.filter((name) => expression.test(name));
  });
}

/** Why the program may be linked with libc where cgo is on; undefined when it cannot be. */
export function mayUseCgo(sources: GoSources): string | undefined {
  if (!sources.isThere) return 'its sources are not at hand';
  const name = [...sources.imports].find((item) => CGO_STANDARD.has(item));
  if (name !== undefined) return `it imports ${name}`;
  return sources.isComplete ? undefined : 'it imports modules from elsewhere';
}

/** Why the program may verify certificates; undefined when it cannot. */
export function mayUseTls(sources: GoSources): string | undefined {
  if (!sources.isThere) return 'its sources are not at hand';
  const name = [...sources.imports].find((item) => TLS_STANDARD.test(item));
  if (name !== undefined) return `it imports ${name}`;
  return sources.isComplete ? undefined : 'it imports modules from elsewhere';
}
