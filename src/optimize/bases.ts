import { defaultPath } from '../knowledge/names.ts';
import { canonicalRepository } from '../knowledge/repositories.ts';

/** What an image says in its configuration, where it matters to those built on it. */
export interface BaseConfig {
  /** Undefined for an image that is not known. */
  readonly workdir: string | undefined;
  readonly path: string;
  /** Beside PATH. */
  readonly variables: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly user?: string;
}

interface BaseEntry {
  readonly repository: RegExp;
  readonly config: Partial<BaseConfig>;
}

/** The configuration of images that programs are built on; the first entry that matches counts. */
const BASES: readonly BaseEntry[] = [
  {
    repository: /^golang$/,
    config: {
      workdir: '/go',
      path: `/go/bin:/usr/local/go/bin:${defaultPath}`,
      variables: { GOPATH: '/go', GOTOOLCHAIN: 'local' },
    },
  },
  {
    repository: /^rust$/,
    config: {
      path: `/usr/local/cargo/bin:${defaultPath}`,
      variables: { CARGO_HOME: '/usr/local/cargo', RUSTUP_HOME: '/usr/local/rustup' },
    },
  },
  { repository: /^node$/, config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['node'] } },
  { repository: /^oven\/bun$/, config: { workdir: '/home/bun/app', cmd: ['bun'] } },
  { repository: /^(?:python|pypy)$/, config: { cmd: ['python3'], variables: { LANG: 'C.UTF-8' } } },
  {
    repository: /^maven$/,
    config: {
      entrypoint: ['/usr/local/bin/mvn-entrypoint.sh'],
      cmd: ['mvn'],
      variables: { MAVEN_CONFIG: '/root/.m2' },
    },
  },
  {
    repository: /^gradle$/,
    config: { workdir: '/home/gradle', cmd: ['gradle'], variables: { GRADLE_HOME: '/opt/gradle' } },
  },
  { repository: /^(?:eclipse-temurin|openjdk|amazoncorretto)$/, config: { cmd: ['jshell'] } },
  { repository: /^ruby$/, config: { cmd: ['irb'], variables: { LANG: 'C.UTF-8' } } },
  { repository: /^php$/, config: { entrypoint: ['docker-php-entrypoint'], cmd: ['php', '-a'] } },
  { repository: /^composer$/, config: { workdir: '/app', entrypoint: ['/docker-entrypoint.sh'], cmd: ['composer'] } },
  { repository: /^elixir$/, config: { cmd: ['iex'], variables: { LANG: 'C.UTF-8' } } },
  {
    repository: /^haskell$/,
    config: { path: `/root/.cabal/bin:/root/.local/bin:${defaultPath}`, variables: { LANG: 'C.UTF-8' } },
  },
  {
    repository:
      /^(?:swift|gcc|buildpack-deps|debian|ubuntu|alpine|busybox|scratch|fedora|rockylinux|almalinux|amazonlinux|centos|erlang|dart|clojure|mcr\.microsoft\.com\/dotnet\/sdk|crystallang\/crystal|nimlang\/nim)$/,
    config: {},
  },
];

/** The configuration of `repository`; an image that is not in the table has no known working directory. */
export function baseConfig(repository: string | undefined): BaseConfig {
  const name = repository === undefined ? '' : canonicalRepository(repository);
  const config = BASES.find((base) => base.repository.test(name))?.config;
  return { workdir: config ? '/' : undefined, path: defaultPath, variables: {}, ...config };
}
