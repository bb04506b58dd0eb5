import { type FileEntry, isStaticProgram } from '../image/index.ts';
import type { EntryKind } from './classes.ts';
import type { Snapshot } from './snapshot.ts';

/** Something of the image around it that a program may ask for while it runs. */
export type Need = 'certificates' | 'time zones' | 'temporary files' | 'accounts' | 'programs' | 'locale';

/** Whether a program asks for it. `maybe` where its files do not tell: scripts, virtual machines, files not searched. */
export interface Answer {
  readonly answer: 'yes' | 'no' | 'maybe';
  /** The file that says so. */
  readonly by?: string;
}

// Go keeps the names of all functions that are linked in, even when stripped, each between zero bytes.
const go = (...names: string[]): string[] => names.map((name) => `\0${name}\0`);

/** Go packages that may open TLS connections by themselves: the function that does it is linked into servers too. */
const GO_TLS_CLIENTS = [
  ...['lib/pq.', 'jackc/pgx', 'go-sql-driver/mysql.', 'redis/go-redis', 'go-redis/redis', 'gomodule/redigo'],
  ...['gorilla/websocket.(*Dialer)', 'coder/websocket.Dial', 'nats-io/nats.go', 'eclipse/paho.mqtt.golang'],
  ...['segmentio/kafka-go', 'IBM/sarama', 'Shopify/sarama', 'twmb/franz-go', 'rabbitmq/amqp091-go', 'streadway/amqp'],
  ...['valyala/fasthttp.(*Client)', 'quic-go/quic-go.Dial', 'go-ldap/ldap', 'emersion/go-imap', 'microsoft/go-mssqldb'],
]
  .map((name) => `\0github.com/${name}`)
  .concat(
    '\0go.mongodb.org/mongo-driver',
    '\0golang.org/x/net/websocket.Dial',
    '\0google.golang.org/grpc.NewClient',
    '\0google.golang.org/grpc.Dial',
  );
/** In the messages of Rust's own library. */
const RUST = '/rustc/';
const GO_TLS = '\0crypto/tls.Client\0';
const GO_SERVER = '\0net/http.(*Server).Serve\0';

const GO_FUNCTIONS: Readonly<Record<Need, readonly string[]>> = {
  certificates: go(
    'net/http.(*Client).do',
    'net/http.(*Transport).roundTrip',
    'crypto/tls.Dial',
    'crypto/tls.DialWithDialer',
    'crypto/tls.(*Dialer).DialContext',
    'crypto/tls.dial',
    'crypto/x509.SystemCertPool',
    'net/smtp.(*Client).StartTLS',
  ).concat(GO_TLS_CLIENTS),
  'time zones': go('time.LoadLocation'),
  'temporary files': go('os.CreateTemp', 'os.MkdirTemp', 'os.TempDir', 'io/ioutil.TempFile', 'io/ioutil.TempDir'),
  accounts: go('os/user.Current', 'os/user.current', 'os/user.Lookup', 'os/user.lookupUser', 'os/user.LookupId'),
  programs: go('os/exec.(*Cmd).Start', 'syscall.Exec', 'os.StartProcess'),
  locale: [],
};

/** Texts of programs in other languages that are linked statically. */
const LITERALS: Readonly<Record<Need, readonly string[]>> = {
  certificates: ['SSL_CERT_FILE', '/etc/ssl/cert', '/etc/pki/tls/certs'],
  'time zones': ['/usr/share/zoneinfo'],
  // Every program with a static glibc holds `TMPDIR` and `/tmp` alone.
  'temporary files': ['/tmp/'],
  accounts: ['/etc/passwd'],
  programs: ['/bin/sh\0'],
  locale: [],
};

const IMPORTS: Readonly<Record<Need, readonly string[]>> = {
  certificates: [
    'SSL_CTX_new',
    'SSL_CTX_set_default_verify_paths',
    'gnutls_certificate_set_x509_system_trust',
    'curl_easy_init',
  ],
  'time zones': ['tzset'],
  'temporary files': ['mkstemp', 'mkstemp64', 'mkdtemp', 'tmpfile', 'tmpfile64', 'tmpnam', 'mkostemp', 'mkostemp64'],
  accounts: ['getpwnam', 'getpwnam_r', 'getpwuid', 'getpwuid_r', 'getgrnam', 'getgrnam_r', 'getgrgid', 'getgrgid_r'],
  programs: ['execve', 'execvp', 'execlp', 'posix_spawn', 'posix_spawnp', 'popen', 'system'],
  locale: ['setlocale', 'newlocale'],
};

/** Libraries that make TLS connections for whoever loads them. */
const TLS_LIBRARIES = /^lib(?:ssl|curl|curl-gnutls|gnutls|nss3|mbedtls|neon|pq|mysqlclient|mariadb)[.-]/;

/** Every text that `needOf` looks for in programs. */
export const NEED_TEXTS: readonly string[] = [
  ...Object.values(GO_FUNCTIONS).flat(),
  ...Object.values(LITERALS).flat(),
  '\0time/tzdata.init',
  GO_TLS,
  GO_SERVER,
  RUST,
];

/** What an image runs in the end. */
export function entryKind(snapshot: Snapshot): EntryKind {
  const program = snapshot.chain.programs.at(-1);
  if (program === undefined) return 'none';
  return programKind(program.path, snapshot);
}

const KINDS: readonly (readonly [EntryKind, RegExp])[] = [
  ['node', /^(?:node|nodejs|deno|bun)$/],
  ['python', /^(?:python|pypy)[\d.]*$/],
  ['java', /^java$/],
  ['dotnet', /^dotnet$/],
  ['interpreted', /^(?:ruby|perl|php|php-fpm|lua|R|Rscript|erl|beam\.smp|guile|tclsh)[\d.]*$/],
];
const SHELL = /^(?:sh|bash|dash|ash|busybox|zsh|ksh)$/;

function programKind(path: string, snapshot: Snapshot): EntryKind {
  const kind = kindNamed(path);
  if (kind !== undefined) return kind;
  if (!SHELL.test(nameOf(path))) return 'native';
  // A shell runs what its words name, and the scripts among them name further programs.
  const texts = [snapshot.command.slice(1).join(' '), ...snapshot.chain.programs.map(({ entry }) => textOf(entry))];
  const seen = new Set<string>();
  for (let text = texts.shift(); text !== undefined; text = texts.shift()) {
    for (const word of text.split(/[\s;&|()"'`]+/)) {
      if (!/^[\w./+-]{2,200}$/.test(word) || seen.has(word) || seen.size > 2000) continue;
      seen.add(word);
      const program = snapshot.follow(word).programs.at(-1);
      const found = kindNamed(program?.path ?? word);
      if (found !== undefined) return found;
      const script = snapshot.follow(word).programs[0]?.entry;
      if (script?.shebang !== undefined && !snapshot.isBase(script)) texts.push(textOf(script));
    }
  }
  return 'native';
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const textOf = ({ bytes }: FileEntry): string => bytes?.toString('utf8') ?? '';
const kindNamed = (path: string): EntryKind | undefined => KINDS.find(([, pattern]) => pattern.test(nameOf(path)))?.[0];

/** The program that the image starts, and programs and libraries that it brings beyond its base. */
export function ownPrograms(snapshot: Snapshot): FileEntry[] {
  const found = new Map<string, FileEntry>();
  for (const { entry } of snapshot.chain.programs) {
    const name = nameOf(entry.path);
    if (entry.elf && !(SHELL.test(name) && snapshot.isBase(entry)) && name !== 'env') found.set(entry.path, entry);
  }
  for (const entry of snapshot.files.entries()) {
    if (entry.elf && entry.elf.type !== 'relocatable' && !snapshot.isBase(entry)) found.set(entry.path, entry);
  }
  return [...found.values()];
}

const C_LIBRARY = /^(?:ld-(?:musl|linux)-|libc\.(?:so|musl)|libc-\d)/;

/** Whether what the image runs asks for something at run time. `searched`: its files were searched for `NEED_TEXTS`. */
export function needOf(snapshot: Snapshot, need: Need, searched: boolean): Answer {
  const kind = entryKind(snapshot);
  if (kind !== 'native') return { answer: 'maybe' };
  let maybe: Answer | undefined;
  // The C library can do everything; who calls it tells whether it does.
  const programs = ownPrograms(snapshot).filter(({ path }) => !C_LIBRARY.test(nameOf(path)));
  if (programs.length === 0) return { answer: 'maybe' };
  for (const entry of programs) {
    const { answer } = needOfProgram(snapshot, entry, need, searched);
    if (answer === 'yes') return { answer, by: entry.path };
    if (answer === 'maybe') maybe ??= { answer, by: entry.path };
  }
  return maybe ?? { answer: 'no' };
}

function needOfProgram(snapshot: Snapshot, entry: FileEntry, need: Need, searched: boolean): Answer {
  const { elf } = entry;
  if (elf === undefined) return { answer: 'maybe' };
  const says = (texts: readonly string[]) => texts.some((text) => snapshot.mentioning(text).has(entry.path));
  if (elf.imports.some((symbol) => IMPORTS[need].includes(symbol)) && !elf.go) return { answer: 'yes' };
  if (need === 'certificates' && elf.needed.some((library) => TLS_LIBRARIES.test(library))) return { answer: 'yes' };
  if (!searched) return { answer: 'maybe' };
  if (elf.go) {
    const dials = need === 'certificates' && says([GO_TLS]) && !says([GO_SERVER]);
    return { answer: dials || says(GO_FUNCTIONS[need]) ? 'yes' : 'no' };
  }
  if (says(LITERALS[need])) return { answer: 'yes' };
  if (need === 'locale') return { answer: isStaticProgram(elf) ? 'maybe' : 'no' };
  // Rust's own library asks for the folder of temporary files without a text that could be found.
  return { answer: need === 'temporary files' && says([RUST]) ? 'maybe' : 'no' };
}

/** Go programs may carry the time zones themselves. */
export function carriesZones(snapshot: Snapshot): boolean {
  return snapshot.mentioning('\0time/tzdata.init').size > 0;
}
