/** How the packages of a package manager are tied to a version. */
export interface Pinning {
  readonly subcommands: readonly string[];
  /** Options whose next word is their value. */
  readonly valueOptions: readonly string[];
  /** Options that say which version is meant, or where it is written. */
  readonly pinningOptions: readonly string[];
  /** Whether the word names one version, or something that has none. */
  isPinned(text: string): boolean;
  /** How a pinned package is written. */
  readonly form: string;
}

const rpm: Pinning = {
  subcommands: ['install', 'module'],
  valueOptions: [
    '-c',
    '--config',
    '-x',
    '--exclude',
    '--enablerepo',
    '--disablerepo',
    '--repo',
    '--installroot',
    '--releasever',
    '--setopt',
  ],
  pinningOptions: [],
  // A name may hold dashes; a version is a part behind one that begins with a digit. Groups and streams of modules.
  isPinned: (text) =>
    /^@|\.rpm$|^\w[\w-]*:/.test(text) ||
    text
      .split('-')
      .slice(1)
      .some((part) => /^\d/.test(part)),
  form: 'NAME-VERSION',
};

const pip: Pinning = {
  subcommands: ['install'],
  valueOptions: [
    '--abi',
    '-b',
    '--build',
    '-e',
    '--editable',
    '--extra-index-url',
    '-f',
    '--find-links',
    '-i',
    '--index-url',
    '--implementation',
    '--no-binary',
    '--only-binary',
    '--platform',
    '--prefix',
    '--progress-bar',
    '--proxy',
    '--python',
    '--python-version',
    '--root',
    '--root-user-action',
    '--src',
    '-t',
    '--target',
    '--trusted-host',
    '--upgrade-strategy',
    '--cache-dir',
    '--timeout',
    '--retries',
    '--report',
    '--config-settings',
  ],
  pinningOptions: ['-r', '--requirement', '-c', '--constraint'],
  isPinned: (text) => {
    if (/^(?:git|hg|svn|bzr)(?:\+\w+)?:/.test(text)) return text.replace(/^[\w+]+:(?:\/\/[^/]*)?/, '').includes('@');
    return /[=<>]=|[<>]|~=|!=|\.(?:whl|tar\.gz|zip)$|\//.test(text) || text.startsWith('.');
  },
  form: 'NAME==VERSION',
};

const npm: Pinning = {
  subcommands: ['install', 'i', 'add'],
  valueOptions: [
    '--loglevel',
    '--registry',
    '--prefix',
    '--cache',
    '-C',
    '--userconfig',
    '--omit',
    '--include',
    '-w',
    '--workspace',
    '--fetch-timeout',
  ],
  pinningOptions: [],
  isPinned: (text) => {
    if (/^(?:git(?:\+\w+)?|github|gitlab|bitbucket):/.test(text)) return text.includes('#');
    return /^(?:[./~]|https?:)|\.(?:tar|tar\.gz|tgz)$|.@/.test(text);
  },
  form: 'NAME@VERSION',
};

const gem: Pinning = {
  subcommands: ['install', 'i'],
  valueOptions: [
    '-i',
    '--install-dir',
    '-n',
    '--bindir',
    '--platform',
    '-s',
    '--source',
    '-P',
    '--trust-policy',
    '-p',
    '--http-proxy',
  ],
  pinningOptions: ['-v', '--version', '-g', '--file'],
  isPinned: (text) => text.includes(':') || text.endsWith('.gem'),
  form: 'NAME:VERSION',
};

const go: Pinning = {
  subcommands: ['install', 'get', 'run'],
  valueOptions: [
    '-C',
    '-p',
    '-asmflags',
    '-buildmode',
    '-compiler',
    '-gcflags',
    '-ldflags',
    '-mod',
    '-modfile',
    '-o',
    '-tags',
    '-toolexec',
    '-exec',
  ],
  pinningOptions: [],
  // Only a path that begins with a host is a module that has to be fetched.
  isPinned: (text) =>
    !/^[\w-]+(?:\.[\w-]+)+\//.test(text) ||
    (/@/.test(text) && !/@(?:latest|none|upgrade|patch|main|master)$/.test(text)),
  form: 'PATH@VERSION',
};

const PINNING: Readonly<Record<string, Pinning>> = {
  'apt-get': {
    subcommands: ['install'],
    valueOptions: ['-t', '--target-release', '--default-release', '-o', '--option', '-c', '--config-file', '-a'],
    pinningOptions: [],
    // A release behind a slash, a file, or a package that is removed.
    isPinned: (text) => /[=/]|\.deb$|-$/.test(text),
    form: 'NAME=VERSION',
  },
  apk: {
    subcommands: ['add'],
    valueOptions: [
      '-t',
      '--virtual',
      '-X',
      '--repository',
      '-p',
      '--root',
      '--arch',
      '--keys-dir',
      '--repositories-file',
      '--wait',
      '--cache-dir',
      '--cache-max-age',
    ],
    pinningOptions: [],
    isPinned: (text) => /[=~<>]|\.apk$|^!/.test(text),
    form: 'NAME=VERSION',
  },
  pip,
  npm,
  gem,
  go,
  yum: rpm,
  dnf: rpm,
  microdnf: rpm,
  zypper: {
    subcommands: ['install', 'in'],
    valueOptions: ['-r', '--repo', '--from', '-t', '--type', '-R', '--root', '--installroot', '-c', '--config'],
    pinningOptions: [],
    isPinned: (text) => /[=<>]|\.rpm$/.test(text),
    form: 'NAME=VERSION',
  },
};

/** How the packages of a package manager are tied to a version; undefined for those that nothing is known of. */
export function pinning(manager: string): Pinning | undefined {
  return Object.hasOwn(PINNING, manager) ? PINNING[manager] : undefined;
}
