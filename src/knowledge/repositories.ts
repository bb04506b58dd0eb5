const HUB_AND_MIRRORS =
  /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com|mirror\.gcr\.io|public\.ecr\.aws\/docker)\//;

/** The name under which the tables know a repository: Docker Hub, its mirrors and `library/` are left out. */
export function canonicalRepository(repository: string): string {
  const name = repository.toLowerCase().replace(HUB_AND_MIRRORS, '');
  return /(?:^|\/)library\/([^/]+)$/.exec(name)?.[1] ?? name;
}
