import { alpineAccounts, busyboxAccounts, debianAccounts, distrolessAccounts, rpmAccounts } from './accounts.ts';
import { canonicalRepository } from './repositories.ts';
import { type Libc, type Suite, suiteOf } from './suites.ts';

export { canonicalRepository };

export type Ecosystem =
  | 'go'
  | 'rust'
  | 'java'
  | 'node'
  | 'python'
  | 'dotnet'
  | 'c'
  | 'haskell'
  | 'swift'
  | 'elixir'
  | 'erlang'
  | 'ruby'
  | 'php'
  | 'scala'
  | 'clojure'
  | 'kotlin'
  | 'dart'
  | 'crystal'
  | 'nim'
  | 'zig'
  | 'ocaml'
  | 'graalvm'
  | 'perl'
  | 'julia'
  | 'emscripten'
  | 'd'
  | 'deno'
  | 'bun';

/** An image that carries what is needed to build programs: compilers, package managers of a language, headers. */
export interface SdkImage {
  ecosystem: Ecosystem;
  /** Build commands that it carries. */
  tools: string[];
  /** What a build in it makes: machine code, code for a virtual machine, or nothing but the sources and their dependencies. */
  output: 'native' | 'vm' | 'source';
  /** The commands that build are also those that run: a smaller image of the same language is needed at run time. */
  interpreter: boolean;
  /** Absent where the tag does not tell. */
  libc?: Libc;
  /** Has the SDK but not the extra libraries and headers of the full variant. */
  slim: boolean;
  /** Images that a program built here can run on, smallest first, of the same release where it is known. */
  runtimes: string[];
}

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

interface SdkEntry {
  /** Tags that are an SDK; all, when absent. */
  tags?: RegExp;
  /** Tags that are not, although `tags` has them. */
  not?: RegExp;
  ecosystem: Ecosystem;
  tools: string;
  /** Commands of the slim and Alpine variants, where they are fewer. */
  fewTools?: string;
  /** The libc where neither the tag nor the suite tells; glibc when absent. */
  libc?: Libc;
  output: SdkImage['output'];
  /** Ladder of runtimes: `{debian}` is the suite of the SDK image, `{version}` the leading version of its tag, `{tag}` the whole tag; what cannot be filled in is left out. */
  runtimes: string;
  /** Tags whose image is the slim variant of the SDK. */
  slim?: RegExp;
}

const NATIVE = 'distroless/cc-debian{debianVersion} debian:{debian}-slim ubuntu:{ubuntu} alpine:{alpine}';
const JRE = 'eclipse-temurin:{java}-jre-alpine eclipse-temurin:{java}-jre';

const GO: SdkEntry = {
  ecosystem: 'go',
  tools: 'go gofmt gcc g++ make git pkg-config',
  fewTools: 'go gofmt',
  output: 'native',
  runtimes: 'scratch gcr.io/distroless/static-debian13 alpine:{alpine} debian:{debian}-slim',
};
const RUST: SdkEntry = {
  ecosystem: 'rust',
  tools: 'cargo rustc rustup gcc cc ld make git',
  fewTools: 'cargo rustc rustup gcc cc ld',
  output: 'native',
  slim: /(?:^|-)slim\b/,
  runtimes: `gcr.io/${NATIVE}`,
};
const C: SdkEntry = {
  ecosystem: 'c',
  tools: 'gcc g++ cc c++ make ld autoconf git',
  output: 'native',
  runtimes: `gcr.io/${NATIVE}`,
};
const JAVA: SdkEntry = { ecosystem: 'java', tools: 'javac jar jlink', output: 'vm', runtimes: JRE };
const MAVEN: SdkEntry = { ...JAVA, tools: 'mvn javac jar jlink' };
const GRADLE: SdkEntry = { ...JAVA, tools: 'gradle javac jar jlink' };
const DOTNET: SdkEntry = {
  ecosystem: 'dotnet',
  tools: 'dotnet',
  output: 'vm',
  runtimes:
    'mcr.microsoft.com/dotnet/runtime-deps:{dotnet} mcr.microsoft.com/dotnet/runtime:{dotnet} mcr.microsoft.com/dotnet/aspnet:{dotnet}',
};
const NODE: SdkEntry = {
  ecosystem: 'node',
  tools: 'node npm npx yarn corepack gcc g++ make python3 git',
  output: 'source',
  runtimes: 'node:{slimTag}',
};
const PYTHON: SdkEntry = {
  ecosystem: 'python',
  tools: 'python python3 pip pip3 gcc g++ make git',
  output: 'source',
  runtimes: 'python:{slimTag}',
};
const RUBY: SdkEntry = {
  ecosystem: 'ruby',
  tools: 'ruby gem bundle gcc g++ make git',
  output: 'source',
  runtimes: 'ruby:{slimTag}',
};
const SWIFT: SdkEntry = {
  ecosystem: 'swift',
  tools: 'swift swiftc clang',
  output: 'native',
  runtimes: 'gcr.io/distroless/cc-debian{debianVersion} ubuntu:{ubuntu} debian:{debian}-slim swift:{slimTag}',
};
const GRAALVM: SdkEntry = {
  ecosystem: 'graalvm',
  tools: 'javac jar native-image gcc',
  output: 'native',
  runtimes: `gcr.io/distroless/base-debian13 gcr.io/distroless/java-base-debian13 ${JRE}`,
};
const PHP_COMPOSER: SdkEntry = {
  ecosystem: 'php',
  tools: 'composer php git',
  libc: 'musl',
  output: 'source',
  runtimes: 'php:cli-alpine php:fpm-alpine',
};
const SCALA: SdkEntry = { ...JAVA, ecosystem: 'scala', tools: 'sbt scala scalac javac jar' };
const CLOJURE: SdkEntry = { ...JAVA, ecosystem: 'clojure', tools: 'clojure clj lein boot javac jar' };
const ELIXIR: SdkEntry = {
  ecosystem: 'elixir',
  tools: 'mix elixir elixirc iex rebar3 erl',
  output: 'vm',
  runtimes: 'alpine:{alpine} debian:{debian}-slim ubuntu:{ubuntu}',
};
const ERLANG: SdkEntry = { ...ELIXIR, ecosystem: 'erlang', tools: 'erl erlc rebar3' };

/** A tag that names a variant without the build tools of the full image. */
const REDUCED = /(?:^|-)(?:slim|alpine|windowsservercore|nanoserver)/;
const JRE_TAG = /(?:^|-)jre\d*(?:-|$)/;

const SDKS: Record<string, SdkEntry> = {
  golang: GO,
  'mcr.microsoft.com/oss/go/microsoft/golang': GO,
  'mcr.microsoft.com/devcontainers/go': GO,
  'cimg/go': GO,
  'circleci/golang': GO,
  'bitnami/golang': GO,
  'goreleaser/goreleaser': { ...GO, libc: 'musl' },
  caddy: {
    ...GO,
    tags: /(?:^|-)builder/,
    tools: 'go xcaddy git',
    libc: 'musl',
    runtimes: 'caddy:{version} caddy:latest',
  },
  'tinygo/tinygo': { ...GO, tools: 'tinygo go' },
  rust: RUST,
  'rustlang/rust': RUST,
  'messense/rust-musl-cross': { ...RUST, runtimes: 'scratch alpine' },
  'clux/muslrust': { ...RUST, runtimes: 'scratch alpine' },
  'ekidd/rust-musl-builder': { ...RUST, runtimes: 'scratch alpine' },
  'lukemathwalker/cargo-chef': RUST,
  gcc: { ...C, tools: `${C.tools} gfortran` },
  'buildpack-deps': { ...C, not: /(?:^|-)(?:curl|scm)$/ },
  'silkeh/clang': { ...C, tools: 'clang clang++ lld make' },
  'emscripten/emsdk': {
    ...C,
    ecosystem: 'emscripten',
    tools: 'emcc em++ emcmake emmake cmake node',
    output: 'source',
    runtimes: 'nginx:alpine',
  },
  openjdk: { ...JAVA, not: JRE_TAG, slim: /(?:^|-)slim/ },
  java: { ...JAVA, not: JRE_TAG },
  'eclipse-temurin': { ...JAVA, not: JRE_TAG },
  amazoncorretto: { ...JAVA, not: /(?:^|-)jre|headless/ },
  'ibm-semeru-runtimes': { ...JAVA, not: JRE_TAG },
  ibmjava: { ...JAVA, tags: /(?:^|-)sdk/ },
  sapmachine: { ...JAVA, not: JRE_TAG },
  adoptopenjdk: { ...JAVA, not: JRE_TAG },
  'azul/zulu-openjdk': { ...JAVA, not: JRE_TAG },
  'azul/zulu-openjdk-alpine': { ...JAVA, not: JRE_TAG },
  'azul/zulu-openjdk-debian': { ...JAVA, not: JRE_TAG },
  'bellsoft/liberica-openjdk-alpine': JAVA,
  'bellsoft/liberica-openjdk-alpine-musl': JAVA,
  'bellsoft/liberica-openjdk-debian': JAVA,
  'bellsoft/liberica-openjdk-centos': JAVA,
  'bellsoft/liberica-runtime-container': { ...JAVA, tags: /(?:^|-)jdk/ },
  'mcr.microsoft.com/openjdk/jdk': JAVA,
  'container-registry.oracle.com/java/openjdk': JAVA,
  'container-registry.oracle.com/java/jdk': JAVA,
  'bitnami/java': { ...JAVA, not: JRE_TAG },
  'cimg/openjdk': MAVEN,
  'circleci/openjdk': MAVEN,
  maven: MAVEN,
  'bitnami/maven': MAVEN,
  'carlossg/maven': MAVEN,
  gradle: { ...GRADLE, not: JRE_TAG },
  'bitnami/gradle': GRADLE,
  'ghcr.io/graalvm/graalvm-ce': GRAALVM,
  'ghcr.io/graalvm/graalvm-community': GRAALVM,
  'ghcr.io/graalvm/jdk': GRAALVM,
  'ghcr.io/graalvm/jdk-community': { ...JAVA },
  'ghcr.io/graalvm/native-image': GRAALVM,
  'ghcr.io/graalvm/native-image-community': GRAALVM,
  'container-registry.oracle.com/graalvm/native-image': GRAALVM,
  'container-registry.oracle.com/graalvm/jdk': JAVA,
  'quay.io/quarkus/ubi-quarkus-native-image': GRAALVM,
  'quay.io/quarkus/ubi-quarkus-mandrel-builder-image': GRAALVM,
  'quay.io/quarkus/ubi9-quarkus-mandrel-builder-image': GRAALVM,
  'oracle/graalvm-ce': GRAALVM,
  'bellsoft/liberica-native-image-kit-container': GRAALVM,
  'mcr.microsoft.com/dotnet/sdk': DOTNET,
  'mcr.microsoft.com/dotnet/core/sdk': DOTNET,
  'mcr.microsoft.com/dotnet/nightly/sdk': DOTNET,
  'microsoft/dotnet': { ...DOTNET, not: /(?:^|-)(?:runtime|aspnetcore-runtime|runtime-deps)/ },
  'bitnami/dotnet-sdk': DOTNET,
  node: { ...NODE, not: REDUCED },
  'circleci/node': NODE,
  'cimg/node': NODE,
  'bitnami/node': { ...NODE, not: /-prod\b/, runtimes: 'bitnami/node:{tag}-prod' },
  'mcr.microsoft.com/devcontainers/javascript-node': NODE,
  'mcr.microsoft.com/devcontainers/typescript-node': NODE,
  'oven/bun': { ...NODE, ecosystem: 'bun', tools: 'bun bunx', not: REDUCED, runtimes: 'oven/bun:{slimTag}' },
  python: { ...PYTHON, not: REDUCED },
  pypy: { ...PYTHON, tools: 'pypy pypy3 pip gcc g++ make git', not: REDUCED, runtimes: 'pypy:{slimTag}' },
  'circleci/python': PYTHON,
  'cimg/python': PYTHON,
  'mcr.microsoft.com/devcontainers/python': PYTHON,
  ruby: { ...RUBY, not: REDUCED },
  'circleci/ruby': RUBY,
  'cimg/ruby': RUBY,
  perl: {
    ...RUBY,
    ecosystem: 'perl',
    tools: 'perl cpan cpanm gcc g++ make git',
    not: REDUCED,
    runtimes: 'perl:{slimTag}',
  },
  swift: { ...SWIFT, not: /(?:^|-)slim$/ },
  'swiftlang/swift': { ...SWIFT, not: /(?:^|-)slim$/, runtimes: 'swiftlang/swift:{slimTag}' },
  haskell: {
    ecosystem: 'haskell',
    tools: 'ghc cabal stack gcc make',
    output: 'native',
    slim: /(?:^|-)slim/,
    runtimes: 'debian:{debian}-slim',
  },
  'fpco/stack-build': { ecosystem: 'haskell', tools: 'ghc stack', output: 'native', runtimes: 'ubuntu:{ubuntu}' },
  elixir: { ...ELIXIR, slim: /(?:^|-)slim/ },
  'hexpm/elixir': ELIXIR,
  'bitwalker/alpine-elixir': ELIXIR,
  erlang: { ...ERLANG, slim: /(?:^|-)slim/ },
  'hexpm/erlang': ERLANG,
  composer: PHP_COMPOSER,
  'composer/composer': PHP_COMPOSER,
  clojure: CLOJURE,
  'sbtscala/scala-sbt': SCALA,
  'hseeberger/scala-sbt': SCALA,
  'mozilla/sbt': SCALA,
  'zenika/kotlin': { ...JAVA, ecosystem: 'kotlin', tools: 'kotlinc javac jar' },
  dart: { ecosystem: 'dart', tools: 'dart', output: 'native', runtimes: 'scratch debian:{debian}-slim' },
  'google/dart': { ecosystem: 'dart', tools: 'dart pub', output: 'native', runtimes: 'scratch' },
  'crystallang/crystal': {
    ecosystem: 'crystal',
    tools: 'crystal shards gcc cc',
    output: 'native',
    runtimes: 'alpine ubuntu:{ubuntu}',
  },
  'nimlang/nim': {
    ecosystem: 'nim',
    tools: 'nim nimble gcc cc',
    output: 'native',
    slim: /(?:^|-)slim/,
    runtimes: 'alpine ubuntu:{ubuntu}',
  },
  'nimlang/choosenim': {
    ecosystem: 'nim',
    tools: 'nim nimble choosenim gcc',
    output: 'native',
    runtimes: 'debian:{debian}-slim',
  },
  'ocaml/opam': {
    ecosystem: 'ocaml',
    tools: 'opam ocaml dune gcc make git',
    output: 'native',
    runtimes: 'debian:{debian}-slim alpine:{alpine}',
  },
  'ocaml/opam2': {
    ecosystem: 'ocaml',
    tools: 'opam ocaml gcc make git',
    output: 'native',
    runtimes: 'debian:{debian}-slim',
  },
  mono: { ...DOTNET, tools: 'mcs csc msbuild nuget mono', not: /(?:^|-)slim/, runtimes: 'mono:{slimTag}' },
  'dlang2/dmd-ubuntu': { ...C, ecosystem: 'd', tools: 'dmd dub gcc', runtimes: 'ubuntu:{ubuntu}' },
  'dlang2/ldc-ubuntu': { ...C, ecosystem: 'd', tools: 'ldc2 dub gcc', runtimes: 'ubuntu:{ubuntu}' },
  'dlangdockerized/ldc': { ...C, ecosystem: 'd', tools: 'ldc2 dub gcc' },
  'euantorano/zig': { ecosystem: 'zig', tools: 'zig', output: 'native', runtimes: 'scratch alpine' },
};

/** Repositories that are known by their shape, in the order in which they are tried. */
const SDK_PATTERNS: [RegExp, SdkEntry][] = [
  [/(?:^|\/)ubi\d+\/go-toolset$/, GO],
  [/(?:^|\/)ubi\d+\/gcc-toolset/, C],
  [/(?:^|\/)rhel\d+\/go-toolset$/, GO],
  [
    /(?:^|\/)ubi\d+\/nodejs-\d+$/,
    {
      ...NODE,
      runtimes: '{repository}-minimal:latest',
    },
  ],
  [/(?:^|\/)ubi\d+\/python-\d+$/, { ...PYTHON, runtimes: '' }],
  [/(?:^|\/)ubi\d+\/ruby-\d+$/, { ...RUBY, runtimes: '' }],
  [/(?:^|\/)ubi\d+\/openjdk-\d+$/, { ...MAVEN, runtimes: '{repository}-runtime:{tag}' }],
  [/(?:^|\/)ubi\d+\/dotnet-\d+$/, { ...DOTNET, runtimes: '{repository}-runtime:{tag}' }],
  [/^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/go$/, { ...GO, runtimes: 'cgr.dev/chainguard/static' }],
  [/^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/rust$/, { ...RUST, runtimes: 'cgr.dev/chainguard/glibc-dynamic' }],
  [/^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/gcc-glibc$/, { ...C, runtimes: 'cgr.dev/chainguard/glibc-dynamic' }],
  [/^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/(?:jdk|jdk-lts)$/, { ...JAVA, runtimes: 'cgr.dev/chainguard/jre' }],
  [/^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/maven$/, { ...MAVEN, runtimes: 'cgr.dev/chainguard/jre' }],
  [/^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/gradle$/, { ...GRADLE, runtimes: 'cgr.dev/chainguard/jre' }],
  [
    /^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/dotnet-sdk$/,
    { ...DOTNET, runtimes: 'cgr.dev/chainguard/dotnet-runtime cgr.dev/chainguard/aspnet-runtime' },
  ],
  [
    /^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/node$/,
    { ...NODE, tags: /-dev$/, tools: 'node npm npx yarn', runtimes: 'cgr.dev/chainguard/node:latest' },
  ],
  [
    /^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/python$/,
    { ...PYTHON, tags: /-dev$/, tools: 'python python3 pip', runtimes: 'cgr.dev/chainguard/python:latest' },
  ],
  [
    /^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/ruby$/,
    { ...RUBY, tags: /-dev$/, tools: 'ruby gem bundle', runtimes: 'cgr.dev/chainguard/ruby:latest' },
  ],
  [
    /^cgr\.dev\/(?:chainguard|[a-z0-9.-]+)\/php$/,
    { ...PHP_COMPOSER, tags: /-dev$/, runtimes: 'cgr.dev/chainguard/php:latest' },
  ],
];

const has = <T>(table: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** A Windows image, about whose accounts, shells and libraries these tables say nothing. */
export function isWindowsImage(repository: string, tag: string | undefined): boolean {
  return (
    /windowsservercore|nanoserver|windows-?(?:ltsc|server)|-ltsc20\d\d/.test(tag ?? '') ||
    /^mcr\.microsoft\.com\/(?:windows\b|dotnet\/framework\b)|^microsoft\/(?:windowsservercore|nanoserver)/.test(
      repository,
    )
  );
}

function libcOf(repository: string, tag: string | undefined, otherwise: Libc | undefined): Libc | undefined {
  if (/(?:^|[-_])alpine|(?:^|-)musl(?:-|$)/.test(`${repository.split('/').pop()}-${tag ?? ''}`)) return 'musl';
  return suiteOf(repository, tag)?.libc ?? otherwise;
}

/** The major version of Java that a tag or a repository names (`3.9-eclipse-temurin-17`, `8.5-jdk21`, `17-jdk`). */
function javaVersion(repository: string, tag: string): string | undefined {
  const said =
    /(?:jdk|jre|java|openjdk|temurin|corretto|semeru|sapmachine|zulu|liberica)-?(\d+)/.exec(tag)?.[1] ??
    /(?:openjdk|jdk|java)-?(\d+)$/.exec(repository)?.[1];
  if (said !== undefined) return said;
  if (
    /^(?:openjdk|java|eclipse-temurin|amazoncorretto|.*\/(?:zulu-)?openjdk.*|.*\/jdk|.*liberica.*|.*graalvm.*|sapmachine)$/.test(
      repository,
    )
  ) {
    return /^(\d+)/.exec(tag)?.[1];
  }
  return undefined;
}

/** The tag of the slim variant; the official images do not agree on where the suite goes. */
function slimTag(repository: string, tag: string): string {
  if (tag === 'latest') return 'slim';
  const [, version, suite] = /^(?:(.*)-)?(trixie|bookworm|bullseye|buster|stretch|jessie)$/.exec(tag) ?? [];
  if (suite === undefined || /^(?:node|swift)/.test(repository)) return `${tag}-slim`;
  return [version, 'slim', suite].filter((part) => part !== undefined).join('-');
}

function fillRuntimes(template: string, repository: string, tag: string, libc: Libc | undefined): string[] {
  const suite = suiteOf(repository, tag);
  const order = suite?.order;
  const values: Record<string, string | undefined> = {
    repository,
    tag,
    version: /^[\d.]+/.exec(tag)?.[0],
    slimTag: slimTag(repository, tag),
    debian: suite?.distro === 'debian' ? suite.release : undefined,
    // distroless keeps the newest Debian only; what was linked on the one before finds its libraries there too.
    debianVersion: suite?.distro === 'debian' && (order === 12 || order === 13) ? '13' : undefined,
    ubuntu: suite?.distro === 'ubuntu' ? suite.release : undefined,
    alpine: libc === 'musl' && suite?.distro === 'alpine' ? suite.release : undefined,
    java: javaVersion(repository, tag),
    // An SDK has versions of its own: 8.0.404 comes with runtime 8.0.11.
    dotnet: tag.replace(/^(\d+\.\d+)\.\d{3}(?=-|$)/, '$1'),
  };
  const filled: string[] = [];
  for (const runtime of template.split(' ')) {
    let complete = runtime !== '';
    let text = runtime.replace(/\{(\w+)\}/g, (_, key: string) => {
      const value = values[key];
      if (value === undefined) complete = false;
      return value ?? '';
    });
    if (!complete && runtime === 'alpine:{alpine}' && libc === 'musl') {
      text = 'alpine';
      complete = true;
    }
    if (complete) filled.push(text);
  }
  return filled;
}

/** What `repository:tag` offers for building, or nothing when it is not an SDK, or not known. */
export function sdkImage(repository: string, tag: string | undefined): SdkImage | undefined {
  const name = canonicalRepository(repository);
  const asked = tag ?? 'latest';
  const entry = has(SDKS, name) ?? SDK_PATTERNS.find(([pattern]) => pattern.test(name))?.[1];
  if (entry === undefined || isWindowsImage(name, asked)) return undefined;
  if (entry.tags?.test(asked) === false || entry.not?.test(asked) === true) return undefined;
  const libc = libcOf(name, asked, entry.libc ?? 'glibc');
  const slim = entry.slim?.test(asked) ?? false;
  return {
    ecosystem: entry.ecosystem,
    tools: (slim || libc === 'musl' ? (entry.fewTools ?? entry.tools) : entry.tools).split(' '),
    output: entry.output,
    interpreter: entry.output === 'source',
    ...(libc !== undefined && { libc }),
    slim,
    // Only a rewrite asks for them.
    get runtimes() {
      return fillRuntimes(entry.runtimes, name, asked, libc);
    },
  };
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
  const server = has(SERVERS, name);
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
