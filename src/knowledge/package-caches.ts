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

/** The first release whose package manager knows the flag that keeps no cache, where there are images of older ones. */
const FIRST_WITHOUT_CACHE: Readonly<Record<'apk' | 'pip', Readonly<Record<string, number>>>> = {
  apk: { alpine: 3 },
  // pip 6.0: Debian 8 and Ubuntu 14.04 have an older one.
  pip: { debian: 9, ubuntu: 16, rhel: 7, centos: 7, oraclelinux: 7, alpine: 3 },
};

/**
 * Whether the package manager of a distribution knows `apk add --no-cache` or `pip install --no-cache-dir`, given the
 * order of its release (see `Suite`).
 */
export function canDoWithoutCache(manager: 'apk' | 'pip', distro: string, order: number | undefined): boolean {
  const first = FIRST_WITHOUT_CACHE[manager][distro];
  // A variant such as `node:20-alpine` is never older than Alpine 3.3.
  return first === undefined || (order === undefined ? distro === 'alpine' : order >= first);
}
