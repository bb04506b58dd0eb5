import type { Evidence } from '../../types.ts';
import { readToml, tableOf } from './manifest.ts';

/** As much program text as is read. */
const MOST_TEXT = 8 << 20;

/** A library of the system that a crate links. */
interface Linked {
  readonly crate: string;
  readonly deb: string;
  readonly apk: string;
}

/** What the crates and the program's own text say about the run time. */
export interface RustSources {
  /** The sources and the list of all crates are in the build context. */
  readonly isComplete: boolean;
  readonly libraries: readonly Linked[];
  /** The crate for each, or a clause. */
  readonly tls: string | undefined;
  readonly temp: string | undefined;
  readonly zones: string | undefined;
  readonly accounts: string | undefined;
  readonly programs: readonly string[];
}

/** Crates that link a library of the system, unless a crate beside them brings its sources. */
const SYSTEM_CRATES: readonly (readonly [crate: string, deb: string, apk: string, bundled?: string])[] = [
  ['openssl-sys', 'libssl-dev', 'openssl-dev', 'openssl-src'],
  ['pq-sys', 'libpq-dev', 'libpq-dev', 'pq-src'],
  ['mysqlclient-sys', 'default-libmysqlclient-dev', 'mariadb-dev', 'mysqlclient-src'],
  ['libsqlite3-sys', 'libsqlite3-dev', 'sqlite-dev'],
  ['libz-sys', 'zlib1g-dev', 'zlib-dev'],
  ['curl-sys', 'libcurl4-openssl-dev', 'curl-dev'],
  ['zmq-sys', 'libzmq3-dev', 'zeromq-dev', 'zeromq-src'],
  ['libsodium-sys', 'libsodium-dev', 'libsodium-dev'],
  ['libdbus-sys', 'libdbus-1-dev', 'dbus-dev'],
  ['alsa-sys', 'libasound2-dev', 'alsa-lib-dev'],
  ['libudev-sys', 'libudev-dev', 'eudev-dev'],
  ['libxml', 'libxml2-dev', 'libxml2-dev'],
  ['sasl2-sys', 'libsasl2-dev', 'cyrus-sasl-dev'],
  ['pcap', 'libpcap-dev', 'libpcap-dev'],
  ['gmp-mpfr-sys', 'libgmp-dev', 'gmp-dev'],
  ['libvips', 'libvips-dev', 'vips-dev'],
];
const TLS =
  /^(?:native-tls|openssl|rustls-native-certs|rustls-platform-verifier|reqwest|ureq|isahc|curl|hyper-tls|hyper-rustls|tokio-native-tls|postgres-native-tls|lettre|aws-config|octocrab|attohttpc|surf|minreq)$/;
const TEMP = /^(?:tempfile|tempdir|temp-dir|temp-file|mktemp|actix-multipart|rocket|assert_fs)$/;
const ACCOUNTS = /^(?:users|uzers|whoami|pwd|nix-user|homedir)$/;

/** Reads Cargo.lock and the sources that are at hand. */
export function readRustSources({ context, world }: Pick<Evidence, 'context' | 'world'>): RustSources {
  const lockPath =
    context.files.find((path) => path === 'Cargo.lock') ?? context.files.find((path) => path.endsWith('/Cargo.lock'));
  const lock = readToml(lockPath === undefined ? undefined : context.readText(lockPath));
  const packages = Array.isArray(lock?.package) ? lock.package.map(tableOf) : [];
  const crates = new Set(packages.flatMap((item) => (typeof item?.name === 'string' ? [item.name] : [])));
  const manifests = context.files
    .filter((path) => /(?:^|\/)Cargo\.toml$/.test(path))
    .map((path) => context.readText(path) ?? '');
  const manifest = manifests.join('\n');
  const hasDependencies = /^\s*\[(?:\w+\.)?dependencies[\].]|^\s*\[target\..*dependencies/m.test(manifest);
  let length = 0;
  const files = context.files.filter((path) => path.endsWith('.rs'));
  const parts = files.flatMap((path) => {
    const text = length > MOST_TEXT ? undefined : context.readText(path);
    length += text?.length ?? 0;
    return text === undefined ? [] : [text];
  });
  const text = parts.join('\n');
  const find = (pattern: RegExp) => [...crates].find((crate) => pattern.test(crate));
  const isFetched = world.tree.entries.some(
    ({ role, isOpaque, contextPath, kind, marks }) =>
      isOpaque && contextPath === undefined && kind !== 'file' && role === 'source' && !marks.includes('target'),
  );
  const isComplete =
    files.length > 0 &&
    parts.length === files.length &&
    context.isComplete &&
    !isFetched &&
    (lock !== undefined || !hasDependencies);
  const libraries = SYSTEM_CRATES.flatMap(([crate, deb, apk, bundled]) => {
    const isBundled =
      (bundled !== undefined && crates.has(bundled)) ||
      (crate === 'libsqlite3-sys' &&
        /["'](?:bundled[\w-]*|sqlite-bundled)["']|\bsqlx\b|\bdiesel\b.*\bbundled\b/.test(manifest));
    return crates.has(crate) && !isBundled ? [{ crate, deb, apk }] : [];
  });
  const temp = /\btemp_dir\s*\(|"\/tmp\b/.test(text) ? 'it makes temporary files' : undefined;
  const tempCrate = find(TEMP);
  return {
    isComplete,
    libraries,
    tls: find(TLS),
    temp: temp ?? (tempCrate && `it uses ${tempCrate}`),
    zones: find(/^(?:iana-time-zone|tzfile|tz-rs|localzone)$/) && /\bLocal\b/.test(text) ? 'local time' : undefined,
    accounts: find(ACCOUNTS),
    programs: [...text.matchAll(/\bCommand::new\s*\(\s*"([^"\\]+)"/g)]
      .map(([, name]) => name!)
      .filter((name) => !name.includes('{')),
  };
}
