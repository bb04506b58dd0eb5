const HUB_AND_MIRRORS =
  /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com|mirror\.gcr\.io|public\.ecr\.aws\/docker)\//;

/** Official images for one architecture: `arm64v8/golang` is `golang`. */
const ARCHITECTURE = /^(?:amd64|arm32v[5-7]|arm64v8|i386|mips64le|ppc64le|riscv64|s390x)\/(?=[^/]+$)/;

/** The name under which the tables know a repository: Docker Hub, its mirrors, `library/` and architectures are left out. */
export function canonicalRepository(repository: string): string {
  const name = repository.toLowerCase().replace(HUB_AND_MIRRORS, '').replace(ARCHITECTURE, '');
  return /(?:^|\/)library\/([^/]+)$/.exec(name)?.[1] ?? name;
}
