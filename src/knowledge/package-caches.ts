/** How a package manager that keeps what it downloads is told to remove it. */
export interface CacheCleaning {
  /** Subcommands that fill the cache. */
  readonly fills: readonly string[];
  /** Subcommands that empty it. */
  readonly cleans: readonly string[];
  readonly command: string;
  readonly folders: readonly string[];
}

const dnf = (name: string): CacheCleaning => ({
  fills: ['install', 'in', 'upgrade', 'up', 'upgrade-minimal', 'up-min', 'reinstall', 'rei'],
  cleans: ['clean'],
  command: `${name} clean all`,
  folders: ['/var/cache/dnf', '/var/cache/libdnf5', '/var/cache/yum'],
});

const CLEANING: Readonly<Record<string, CacheCleaning>> = {
  yum: {
    fills: ['install'],
    cleans: ['clean'],
    command: 'yum clean all',
    folders: ['/var/cache/yum', '/var/cache/dnf'],
  },
  dnf: dnf('dnf'),
  microdnf: dnf('microdnf'),
  zypper: {
    fills: ['install', 'in'],
    cleans: ['clean', 'cc'],
    command: 'zypper clean --all',
    folders: ['/var/cache/zypp'],
  },
};

/** How the package manager's cache is emptied; undefined for those that need not be told. */
export function cacheCleaning(manager: string): CacheCleaning | undefined {
  return Object.hasOwn(CLEANING, manager) ? CLEANING[manager] : undefined;
}
