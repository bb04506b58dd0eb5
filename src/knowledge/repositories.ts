const HUB_AND_MIRRORS =
  /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com|mirror\.gcr\.io|public\.ecr\.aws\/docker)\//;

/** Official images for one architecture: `arm64v8/golang` is `golang`. */
const ARCHITECTURE = /^(?:amd64|arm32v[5-7]|arm64v8|i386|mips64le|ppc64le|riscv64|s390x)\/(?=[^/]+$)/;

/** The name under which the tables know a repository: Docker Hub, its mirrors, `library/` and architectures are left out. */
export function canonicalRepository(repository: string): string {
  if (!repository.includes('/')) return repository.toLowerCase();
  const name = repository.toLowerCase().replace(HUB_AND_MIRRORS, '').replace(ARCHITECTURE, '');
  return /(?:^|\/)library\/([^/]+)$/.exec(name)?.[1] ?? name;
}

/** A Windows image, about whose accounts, shells and libraries these tables say nothing. */
export function isWindowsImage(repository: string, tag: string | undefined): boolean {
  return (
    /windowsservercore|nanoserver|windows-?(?:ltsc|server)|-ltsc20\d\d/.test(tag ?? '') ||
    /^mcr\.microsoft\.com\/(?:windows\b|dotnet\/framework\b)|^microsoft\/(?:windowsservercore|nanoserver)/.test(
      repository,
    )
  );
}

/** What a table says of a name; nothing of what every object has. */
export function fromTable<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
