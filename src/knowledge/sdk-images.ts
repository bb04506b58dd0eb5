import type { Ecosystem } from './ecosystems.ts';
import { canonicalRepository, fromTable, isWindowsImage } from './repositories.ts';
import { type Libc, libcOf, suiteOf } from './suites.ts';

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

/** What all of those have that are known by their shape. */
const SHAPED = /(?:^|\/)(?:ubi|rhel)\d|^cgr\.dev\//;

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

function shapedEntry(name: string): SdkEntry | undefined {
  return SHAPED.test(name) ? SDK_PATTERNS.find(([pattern]) => pattern.test(name))?.[1] : undefined;
}

/** What `repository:tag` offers for building, or nothing when it is not an SDK, or not known. */
export function sdkImage(repository: string, tag: string | undefined): SdkImage | undefined {
  const name = canonicalRepository(repository);
  const asked = tag ?? 'latest';
  const entry = fromTable(SDKS, name) ?? shapedEntry(name);
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
