import { fromTable, isWindowsImage } from './repositories.ts';

/** Docker Hub's organizations that hold the official images of one platform each. */
const ORGANIZATIONS: Readonly<Record<string, string>> = {
  amd64: 'linux/amd64',
  arm32v5: 'linux/arm',
  arm32v6: 'linux/arm',
  arm32v7: 'linux/arm',
  arm64v8: 'linux/arm64',
  i386: 'linux/386',
  mips64le: 'linux/mips64le',
  ppc64le: 'linux/ppc64le',
  riscv64: 'linux/riscv64',
  s390x: 'linux/s390x',
  winamd64: 'windows/amd64',
};

/** Other names of an architecture that a platform may be written with. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  armel: 'arm',
  i386: '386',
};

/**
 * The platform of an image that is there for one only, with no variant: `linux/arm64`, or `windows` where the name
 * tells no more.
 * @param repository with Docker Hub's defaults left out
 */
export function onlyPlatform(repository: string, tag: string | undefined): string | undefined {
  const [organization = '', ...rest] = repository.split('/');
  const platform = rest.length === 1 ? fromTable(ORGANIZATIONS, organization) : undefined;
  return platform ?? (isWindowsImage(repository, tag) ? 'windows' : undefined);
}

/** The systems and architectures that a platform may name. */
const SYSTEMS =
  /^(?:aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|windows|zos)$/;
const KNOWN_ARCHITECTURES =
  /^(?:386|amd64|amd64p32|arm|armbe|arm64|arm64be|ppc64|ppc64le|loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|ppc|riscv|riscv64|s390|s390x|sparc|sparc64|wasm)$/;

/** The system and the architecture of a platform; one that it leaves out is that of most builds. */
export function parsePlatform(platform: string): { readonly os: string; readonly architecture: string } | undefined {
  if (!/^[\w-]+(?:\([\w.-]+\))?(?:\/[\w.-]+){0,2}$/.test(platform)) return undefined;
  const [first = '', second] = partsOf(platform.replace(/\(.*\)/, '').replace(/^macos\b/i, 'darwin'));
  if (second !== undefined) return { os: first, architecture: second };
  if (SYSTEMS.test(first)) return { os: first, architecture: 'amd64' };
  const architecture = fromTable(ARCHITECTURES, first) ?? first;
  return KNOWN_ARCHITECTURES.test(architecture) ? { os: 'linux', architecture } : undefined;
}

/** Whether two platforms are different, as far as both are told; variants and versions do not count. */
export function platformsDiffer(one: string, other: string): boolean {
  const [system, architecture] = partsOf(one);
  const [otherSystem, otherArchitecture] = partsOf(other);
  if (system !== otherSystem) return true;
  return architecture !== undefined && otherArchitecture !== undefined && architecture !== otherArchitecture;
}

function partsOf(platform: string): readonly (string | undefined)[] {
  const [system, architecture] = platform.toLowerCase().split('/');
  return [system, architecture && (fromTable(ARCHITECTURES, architecture) ?? architecture)];
}
