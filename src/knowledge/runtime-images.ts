import { alpineAccounts, busyboxAccounts, debianAccounts, distrolessAccounts, rpmAccounts } from './accounts.ts';
import type { Ecosystem } from './ecosystems.ts';
import { canonicalRepository, fromTable, isWindowsImage } from './repositories.ts';
import { type Libc, type Suite, suiteOf } from './suites.ts';

export type RuntimeFamily =
  | 'scratch'
  | 'distroless'
  | 'busybox'
  | 'alpine'
  | 'debian'
  | 'ubuntu'
  | 'wolfi'
  | 'rpm'
  | 'arch'
  | 'opensuse';

export type PackageManagerName = 'apt' | 'apk' | 'dnf' | 'yum' | 'microdnf' | 'tdnf' | 'zypper' | 'pacman';

/** An image that programs are run on, with what it offers beside them. */
export interface RuntimeImage {
  family: RuntimeFamily;
  /** `none`: a dynamically linked program does not start at all; absent where the tag does not tell. */
  libc?: Libc | 'none';
  /** `/bin/sh` exists. */
  shell: boolean;
  /** Accounts beside root that the image may have; a name that is not here does not exist. */
  users: readonly string[];
  packageManager?: PackageManagerName;
  /** A bundle of CA certificates is there. */
  hasCa: boolean;
  /** `libgcc_s` and `libstdc++` are there. */
  hasCxx: boolean;
  /** The interpreter or virtual machine that the image exists for. */
  language?: Ecosystem;
  /** The image is that of a server (nginx, postgres …) and brings its own command. */
  server?: boolean;
}

const family = (image: RuntimeImage): RuntimeImage => image;

const SCRATCH = family({ family: 'scratch', libc: 'none', shell: false, users: [], hasCa: false, hasCxx: false });
const BUSYBOX = family({
  family: 'busybox',
  libc: 'none',
  shell: true,
  users: busyboxAccounts,
  hasCa: false,
  hasCxx: false,
});
const ALPINE = family({
  family: 'alpine',
  libc: 'musl',
  shell: true,
  users: alpineAccounts,
  packageManager: 'apk',
  hasCa: true,
  hasCxx: false,
});
const DEBIAN = family({
  family: 'debian',
  libc: 'glibc',
  shell: true,
  users: debianAccounts,
  packageManager: 'apt',
  hasCa: false,
  hasCxx: true,
});
const UBUNTU = family({ ...DEBIAN, family: 'ubuntu' });
/** Since 23.04 the image has an account for everyday use. */
const NEW_UBUNTU = family({ ...UBUNTU, users: [...debianAccounts, 'ubuntu'] });
const RPM = family({
  family: 'rpm',
  libc: 'glibc',
  shell: true,
  users: rpmAccounts,
  packageManager: 'dnf',
  hasCa: true,
  hasCxx: true,
});
const WOLFI = family({
  family: 'wolfi',
  libc: 'glibc',
  shell: true,
  users: ['nonroot', 'nobody'],
  packageManager: 'apk',
  hasCa: true,
  hasCxx: false,
});
const DISTROLESS = family({
  family: 'distroless',
  libc: 'glibc',
  shell: false,
  users: distrolessAccounts,
  hasCa: true,
  hasCxx: true,
});

interface ServerEntry {
  users: string;
  language?: Ecosystem;
  /** The base when the tag does not say; `debian` when absent. */
  base?: 'debian' | 'ubuntu' | 'alpine' | 'rpm';
  /** Not a server: an interpreter, a virtual machine or an SDK. */
  tool?: true;
  /** Tags that are made otherwise, and not known. */
  not?: RegExp;
  /** Tags without a bundle of CA certificates, beyond what the base says. */
  noCa?: RegExp;
}

/** Official and well-known images that run something of their own, with the accounts that they add to those of their base. */
const SERVERS: Record<string, ServerEntry> = {
  nginx: { users: 'nginx' },
  'nginxinc/nginx-unprivileged': { users: 'nginx' },
  httpd: { users: 'www-data' },
  caddy: { users: '', base: 'alpine' },
  traefik: { users: '', base: 'alpine', not: /^v?1(?:\.|$)/ },
  haproxy: { users: 'haproxy' },
  varnish: { users: 'varnish varnishlog vcache' },
  postgres: { users: 'postgres' },
  mysql: { users: 'mysql www-data', base: 'rpm' },
  mariadb: { users: 'mysql', base: 'ubuntu' },
  mongo: { users: 'mongodb', base: 'ubuntu' },
  redis: { users: 'redis' },
  valkey: { users: 'valkey' },
  'valkey/valkey': { users: 'valkey' },
  memcached: { users: 'memcache' },
  rabbitmq: { users: 'rabbitmq', base: 'ubuntu' },
  influxdb: { users: 'influxdb' },
  telegraf: { users: 'telegraf' },
  cassandra: { users: 'cassandra', base: 'ubuntu' },
  couchdb: { users: 'couchdb' },
  zookeeper: { users: 'zookeeper', base: 'ubuntu', not: /^3\.4/ },
  solr: { users: 'solr', base: 'ubuntu' },
  neo4j: { users: 'neo4j', not: /^[1-3]\./ },
  'eclipse-mosquitto': { users: 'mosquitto', base: 'alpine' },
  tomcat: { users: '', base: 'ubuntu', language: 'java' },
  jetty: { users: 'jetty', base: 'ubuntu', language: 'java' },
  wordpress: { users: 'www-data', language: 'php' },
  drupal: { users: 'www-data', language: 'php' },
  nextcloud: { users: 'www-data', language: 'php' },
  joomla: { users: 'www-data', language: 'php' },
  ghost: { users: 'node', language: 'node' },
  'jenkins/jenkins': { users: 'jenkins', language: 'java' },
  'grafana/grafana': { users: 'grafana', base: 'alpine' },
  php: { users: 'www-data', language: 'php', tool: true },
  node: { users: 'node', language: 'node', tool: true, noCa: /(?:^|-)slim/ },
  python: { users: '', language: 'python', tool: true },
  pypy: { users: '', language: 'python', tool: true },
  ruby: { users: '', language: 'ruby', tool: true },
  perl: { users: '', language: 'perl', tool: true },
  julia: { users: '', language: 'julia', tool: true },
  swift: { users: '', base: 'ubuntu', language: 'swift', tool: true, noCa: /(?:^|-)slim/ },
  openjdk: { users: '', language: 'java', tool: true },
  'eclipse-temurin': { users: '', base: 'ubuntu', language: 'java', tool: true },
  amazoncorretto: { users: '', base: 'rpm', language: 'java', tool: true },
  'ibm-semeru-runtimes': { users: '', base: 'ubuntu', language: 'java', tool: true },
  sapmachine: { users: '', base: 'ubuntu', language: 'java', tool: true },
  'oven/bun': { users: 'bun', language: 'bun', tool: true },
  'denoland/deno': { users: 'deno', language: 'deno', tool: true },
  // SDK images are bases like any other when it comes to accounts and shells.
  golang: { users: '', tool: true },
  rust: { users: '', tool: true },
  gcc: { users: '', tool: true },
  'buildpack-deps': { users: '', tool: true },
  maven: { users: '', base: 'ubuntu', language: 'java', tool: true },
  gradle: { users: 'gradle', base: 'ubuntu', language: 'java', tool: true },
  haskell: { users: '', tool: true },
  elixir: { users: '', language: 'elixir', tool: true, noCa: /(?:^|-)slim/ },
  erlang: { users: '', language: 'erlang', tool: true, noCa: /(?:^|-)slim/ },
  dart: { users: '', tool: true },
  clojure: { users: '', language: 'clojure', tool: true },
  composer: { users: 'www-data', base: 'alpine', language: 'php', tool: true },
};

const BASES = { debian: DEBIAN, ubuntu: NEW_UBUNTU, alpine: ALPINE, rpm: RPM };

function ubuntuImage(suite: Suite | undefined): RuntimeImage {
  return suite?.order !== undefined && suite.order < 23 ? UBUNTU : NEW_UBUNTU;
}

function distrolessImage(repository: string, tag: string): RuntimeImage | undefined {
  const name = /^gcr\.io\/distroless\/([a-z0-9-]+?)(?:-debian\d+)?$/.exec(repository)?.[1];
  if (name === undefined) return undefined;
  const shell = /(?:^|-)debug\b/.test(tag);
  if (name === 'static') return { ...DISTROLESS, libc: 'none', shell, hasCxx: false };
  if (name === 'base' || name === 'base-nossl') return { ...DISTROLESS, shell, hasCxx: false };
  if (name === 'cc') return { ...DISTROLESS, shell };
  if (name.startsWith('java')) {
    return name.startsWith('java-base') ? { ...DISTROLESS, shell } : { ...DISTROLESS, shell, language: 'java' };
  }
  if (name.startsWith('nodejs')) return { ...DISTROLESS, shell, language: 'node' };
  if (name.startsWith('python')) return { ...DISTROLESS, shell, language: 'python' };
  return undefined;
}

function dotnetImage(repository: string, tag: string): RuntimeImage | undefined {
  const name = /^mcr\.microsoft\.com\/dotnet\/(?:core\/|nightly\/)?(sdk|aspnet|runtime|runtime-deps)$/.exec(
    repository,
  )?.[1];
  if (name === undefined) return undefined;
  const language = name === 'runtime-deps' ? undefined : ({ language: 'dotnet' } as const);
  if (/chiseled|distroless/.test(tag)) return { ...DISTROLESS, users: ['app', 'nobody'], ...language };
  const suite = suiteOf(repository, tag);
  const base =
    suite?.distro === 'alpine'
      ? ALPINE
      : suite?.distro === 'ubuntu'
        ? ubuntuImage(suite)
        : suite?.distro === 'azurelinux'
          ? family({ ...RPM, packageManager: 'tdnf' })
          : DEBIAN;
  // The account came with .NET 8.
  const added = /^[1-7]\.|^[1-7]$/.test(tag) ? [] : ['app'];
  return { ...base, users: [...base.users, ...added], hasCa: true, hasCxx: true, ...language };
}

function chainguardImage(repository: string, tag: string): RuntimeImage | undefined {
  const name = /^cgr\.dev\/[a-z0-9.-]+\/([a-z0-9-]+)$/.exec(repository)?.[1];
  if (name === undefined) return undefined;
  if (name === 'wolfi-base' || name === 'chainguard-base' || name === 'go' || tag.endsWith('-dev')) return WOLFI;
  const bare = family({ ...WOLFI, shell: false });
  delete bare.packageManager;
  if (name === 'static') return { ...bare, libc: 'none' };
  if (name === 'glibc-dynamic' || name === 'cc-dynamic') return { ...bare, hasCxx: true };
  return undefined;
}

/** Red Hat's images for a language or a server, with an account of their own. */
const UBI_LANGUAGE =
  /(?:^|\/)ubi\d+\/(go-toolset|(?:nodejs|python|ruby|php|perl|nginx|httpd|openjdk|dotnet)-\d+(?:-minimal|-runtime)?)$/;

function rpmImage(repository: string, tag: string): RuntimeImage | undefined {
  const ubi =
    /^(?:registry\.access\.redhat\.com\/|registry\.redhat\.io\/|redhat\/)?(ubi\d+)(?:[/-](ubi|ubi-minimal|ubi-micro|ubi-init|minimal|micro|init))?$/.exec(
      repository,
    );
  if (ubi !== null) {
    const variant = (ubi[2] ?? 'ubi').replace(/^ubi-/, '');
    if (variant === 'micro') {
      const micro = family({ ...RPM, hasCa: false, hasCxx: false });
      delete micro.packageManager;
      return micro;
    }
    return {
      ...RPM,
      packageManager: variant === 'minimal' ? 'microdnf' : ubi[1] === 'ubi7' ? 'yum' : 'dnf',
    };
  }
  const toolset = UBI_LANGUAGE.exec(repository)?.[1];
  if (toolset !== undefined) {
    const user = toolset.startsWith('openjdk') ? ['default', 'jboss'] : ['default'];
    const small = /-(?:minimal|runtime)$/.test(repository);
    return { ...RPM, packageManager: small ? 'microdnf' : 'dnf', users: [...rpmAccounts, ...user] };
  }
  const suite = suiteOf(repository, tag);
  if (suite === undefined) return undefined;
  if (suite.distro === 'arch')
    return { ...RPM, family: 'arch', packageManager: 'pacman', users: [...rpmAccounts, 'http'] };
  if (suite.distro === 'opensuse') return { ...RPM, family: 'opensuse', packageManager: 'zypper' };
  if (suite.distro === 'azurelinux') return { ...RPM, packageManager: 'tdnf' };
  const old = suite.order !== undefined && suite.order < (suite.distro === 'fedora' ? 22 : 8);
  const minimal = /-minimal$/.test(repository) || /(?:^|-)minimal/.test(tag) || /slim/.test(tag);
  return { ...RPM, packageManager: old ? 'yum' : minimal ? 'microdnf' : 'dnf' };
}

/** What a base of its own (no server, no language) offers. */
function systemImage(repository: string, tag: string): RuntimeImage | undefined {
  if (repository === 'scratch') return SCRATCH;
  if (repository === 'busybox') {
    // uclibc and musl are linked into the one program; only the glibc variant has a loader and a libc to offer.
    const version = /^1\.(\d+)/.exec(tag)?.[1];
    const plain = /^(?:[\d.]+|latest|stable|unstable)$/.test(tag) && (version === undefined || Number(version) >= 35);
    return plain || /(?:^|-)glibc$/.test(tag) ? { ...BUSYBOX, libc: 'glibc' } : BUSYBOX;
  }
  if (repository === 'alpine') return ALPINE;
  if (repository === 'debian' || repository === 'bitnami/minideb') return { ...DEBIAN, hasCxx: true };
  if (repository === 'ubuntu') return ubuntuImage(suiteOf(repository, tag));
  return undefined;
}

/** What `repository:tag` offers to a program that runs on it, or nothing when it is not known. */
export function runtimeImage(repository: string, tag: string | undefined): RuntimeImage | undefined {
  const name = canonicalRepository(repository);
  const asked = tag ?? 'latest';
  if (isWindowsImage(name, asked)) return undefined;
  const own =
    systemImage(name, asked) ??
    distrolessImage(name, asked) ??
    dotnetImage(name, asked) ??
    chainguardImage(name, asked);
  if (own !== undefined) return own;
  const server = fromTable(SERVERS, name);
  if (server?.not?.test(asked) === true) return undefined;
  if (server === undefined) return isRpmRepository(name) ? rpmImage(name, asked) : undefined;
  const suite = suiteOf(name, asked);
  const base =
    suite === undefined
      ? BASES[server.base ?? 'debian']
      : suite.distro === 'debian' || suite.distro === 'alpine'
        ? BASES[suite.distro]
        : suite.distro === 'ubuntu'
          ? ubuntuImage(suite)
          : (rpmImage(name, asked) ?? RPM);
  const added = server.users === '' ? [] : server.users.split(' ');
  const image: RuntimeImage = { ...base, users: [...base.users, ...added] };
  // Servers install no more than they need: nginx and httpd speak TLS to others, the rest is not known to.
  image.hasCa ||= server.tool === true ? server.noCa?.test(asked) !== true : /^(?:nginx|httpd)$/.test(name);
  image.hasCxx ||= /^(?:node|bun|deno|elixir|erlang)$/.test(server.language ?? '') || name === 'rust' || name === 'gcc';
  if (server.language !== undefined) image.language = server.language;
  if (server.tool === undefined) image.server = true;
  return image;
}

function isRpmRepository(repository: string): boolean {
  if (UBI_LANGUAGE.test(repository)) return true;
  return /(?:^|\/)(?:ubi\d*(?:-\w+)?|fedora(?:-minimal)?|centos|rockylinux|almalinux|oraclelinux|amazonlinux|archlinux|leap|tumbleweed)(?:$|\/\d-base$)/.test(
    repository,
  );
}

/** The shells of an image: what `/bin/sh` is, and whether bash is there. */
export interface ImageShells {
  sh: 'dash' | 'ash' | 'bash' | 'none';
  bash: boolean;
}

/** The shells of `repository:tag`, or nothing when the image is not known. */
export function shellOf(repository: string, tag: string | undefined): ImageShells | undefined {
  const image = runtimeImage(repository, tag);
  if (image === undefined) return undefined;
  if (!image.shell) return { sh: 'none', bash: false };
  if (image.family === 'debian' || image.family === 'ubuntu') return { sh: 'dash', bash: true };
  if (image.family === 'rpm' || image.family === 'arch' || image.family === 'opensuse')
    return { sh: 'bash', bash: true };
  return { sh: 'ash', bash: false };
}
