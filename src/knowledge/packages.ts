/** Why a package is only needed to build. */
export type BuildPackageKind = 'compiler' | 'headers' | 'build system' | 'vcs' | 'download' | 'debugger';

/** The family of package names: where `libssl-dev` (deb), `openssl-dev` (apk), `openssl-devel` (rpm) are at home. */
export type PackageFamily = 'deb' | 'apk' | 'rpm' | 'zypp' | 'arch' | 'language';

/** A package manager as a command. */
export interface PackageManager {
  family: PackageFamily;
  install: readonly string[];
  remove: readonly string[];
  /** Fills or refreshes the index, without installing. */
  update: readonly string[];
  upgrade: readonly string[];
  /** Empties caches. */
  clean: readonly string[];
  /** Flags that answer every question. */
  yes: readonly string[];
  /** Flags whose next word is their value, before or after the subcommand. */
  valueFlags: readonly string[];
  /** Folders that an install fills beside the installed files. */
  caches: readonly string[];
}

const RPM_VALUE_FLAGS = [
  '-c',
  '--config',
  '-d',
  '-e',
  '-R',
  '-x',
  '--exclude',
  '--enablerepo',
  '--disablerepo',
  '--repo',
  '--repoid',
  '--installroot',
  '--releasever',
  '--setopt',
  '--forcearch',
  '--comment',
];

const DNF: PackageManager = {
  family: 'rpm',
  install: ['install', 'in', 'localinstall', 'reinstall', 'groupinstall', 'group', 'builddep', 'module', 'swap'],
  remove: ['remove', 'rm', 'erase', 'autoremove', 'groupremove'],
  update: ['makecache', 'check-update'],
  upgrade: ['upgrade', 'up', 'update', 'upgrade-minimal', 'update-minimal', 'distro-sync', 'dsync', 'system-upgrade'],
  clean: ['clean'],
  yes: ['-y', '--assumeyes'],
  valueFlags: RPM_VALUE_FLAGS,
  caches: ['/var/cache/dnf', '/var/cache/libdnf5'],
};

const APT: PackageManager = {
  family: 'deb',
  install: ['install', 'build-dep', 'reinstall'],
  remove: ['remove', 'purge', 'autoremove', 'autopurge'],
  update: ['update'],
  upgrade: ['upgrade', 'dist-upgrade', 'full-upgrade'],
  clean: ['clean', 'autoclean', 'distclean'],
  yes: ['-y', '--yes', '--assume-yes', '-qq'],
  valueFlags: [
    '-o',
    '--option',
    '-t',
    '--target-release',
    '--default-release',
    '-c',
    '--config-file',
    '-a',
    '--host-architecture',
  ],
  caches: ['/var/lib/apt/lists', '/var/cache/apt'],
};

const pip = (command: string): PackageManager => ({
  family: 'language',
  install: ['install'],
  remove: ['uninstall'],
  update: [],
  upgrade: [],
  clean: [],
  yes: ['-y'],
  valueFlags: [
    '-r',
    '--requirement',
    '-c',
    '--constraint',
    '-e',
    '--editable',
    '-t',
    '--target',
    '-i',
    '--index-url',
    '--extra-index-url',
    '-f',
    '--find-links',
    '--prefix',
    '--root',
    '--trusted-host',
    '--platform',
    '--python-version',
    '--timeout',
    '--retries',
    '--cache-dir',
    '--progress-bar',
    '--no-binary',
    '--only-binary',
    '--upgrade-strategy',
    '--python',
  ],
  caches: [command === 'uv' ? '/root/.cache/uv' : '/root/.cache/pip'],
});

const MANAGERS: Readonly<Record<string, PackageManager>> = {
  'apt-get': APT,
  apt: APT,
  aptitude: {
    ...APT,
    install: ['install', 'build-dep', 'reinstall'],
    remove: ['remove', 'purge'],
    upgrade: ['upgrade', 'safe-upgrade', 'full-upgrade', 'dist-upgrade'],
  },
  'apt-fast': APT,
  install_packages: { ...APT, install: [''], remove: [], update: [], upgrade: [], clean: [] },
  apk: {
    family: 'apk',
    install: ['add'],
    remove: ['del'],
    update: ['update'],
    upgrade: ['upgrade', 'fix'],
    clean: ['cache'],
    yes: [],
    valueFlags: [
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
      '--progress-fd',
    ],
    caches: ['/var/cache/apk', '/etc/apk/cache'],
  },
  yum: { ...DNF, caches: ['/var/cache/yum'] },
  dnf: DNF,
  dnf5: DNF,
  'dnf-3': DNF,
  tdnf: { ...DNF, caches: ['/var/cache/tdnf'] },
  microdnf: { ...DNF, caches: ['/var/cache/yum', '/var/cache/dnf', '/var/cache/libdnf5'] },
  zypper: {
    family: 'zypp',
    install: ['install', 'in', 'install-new-recommends', 'inr', 'source-install', 'si'],
    remove: ['remove', 'rm'],
    update: ['refresh', 'ref'],
    upgrade: ['update', 'up', 'dist-upgrade', 'dup', 'patch'],
    clean: ['clean', 'cc'],
    yes: ['-y', '--no-confirm', '-n', '--non-interactive'],
    valueFlags: ['-r', '--repo', '--from', '-t', '--type', '-R', '--root', '--installroot', '-c', '--config'],
    caches: ['/var/cache/zypp'],
  },
  pacman: {
    family: 'arch',
    install: ['-S', '--sync', '-U', '--upgrade'],
    remove: ['-R', '--remove'],
    update: ['-Sy'],
    upgrade: ['-Su', '-Syu'],
    clean: ['-Sc', '-Scc'],
    yes: ['--noconfirm'],
    valueFlags: [
      '-b',
      '--dbpath',
      '-r',
      '--root',
      '--config',
      '--cachedir',
      '--gpgdir',
      '--arch',
      '--ignore',
      '--ignoregroup',
      '--overwrite',
      '--assume-installed',
    ],
    caches: ['/var/cache/pacman/pkg'],
  },
  pip: pip('pip'),
  pip3: pip('pip3'),
  pip2: pip('pip2'),
};

/** The package manager that a command name stands for. */
export function packageManager(command: string): PackageManager | undefined {
  return Object.hasOwn(MANAGERS, command) ? MANAGERS[command] : undefined;
}

/** What a package manager's command line does, and the packages and flags it names. */
export interface PackageCommand {
  action: 'install' | 'remove' | 'update' | 'upgrade' | 'clean';
  manager: PackageManager;
  subcommand: string;
  /** Positions in `args` of the packages (groups begin with `@` or follow `groupinstall`). */
  packages: number[];
  /** The name given by `apk add --virtual NAME`, or the names of virtual packages removed. */
  virtual?: string;
}

/** Reads the arguments of a package manager; pacman's clusters (`-Syu`) and global flags before the subcommand included. */
export function packageCommand(command: string, args: readonly string[]): PackageCommand | undefined {
  const manager = packageManager(command);
  if (manager === undefined) return undefined;
  const words: number[] = [];
  let virtual: string | undefined;
  let ended = false;
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (ended || !word.startsWith('-') || word === '-') {
      words.push(i);
    } else if (word === '--') {
      ended = true;
    } else if (manager.family === 'apk' && (word === '-t' || word === '--virtual')) {
      virtual = args[++i];
    } else if (word.startsWith('--virtual=')) {
      virtual = word.slice('--virtual='.length);
    } else if (manager.valueFlags.includes(word)) {
      i++;
    }
  }
  if (manager.family === 'arch') return pacmanCommand(manager, args, words);
  const bare = manager.install[0] === '';
  const first = words[0];
  const subcommand = bare ? '' : first === undefined ? undefined : (args[first] as string);
  if (subcommand === undefined) return undefined;
  const action = (['install', 'remove', 'update', 'upgrade', 'clean'] as const).find((name) =>
    manager[name].includes(subcommand),
  );
  if (action === undefined) return undefined;
  let packages = bare ? words : words.slice(1);
  const second = packages[0] === undefined ? undefined : args[packages[0]];
  if (manager.family === 'rpm' && (subcommand === 'group' || subcommand === 'module')) {
    if (second !== 'install') return undefined;
    packages = packages.slice(1);
  }
  return { action, manager, subcommand, packages, ...(virtual !== undefined && { virtual }) };
}

function pacmanCommand(
  manager: PackageManager,
  args: readonly string[],
  packages: number[],
): PackageCommand | undefined {
  const operation = args.find((word) => /^-[SRU][a-z]*$/.test(word) || /^--(?:sync|remove|upgrade)$/.test(word));
  if (operation === undefined) return undefined;
  const subcommand = operation;
  if (/^-R|^--remove/.test(operation)) return { action: 'remove', manager, subcommand, packages };
  if (/^-S[a-z]*c/.test(operation)) return { action: 'clean', manager, subcommand, packages };
  if (packages.length > 0) return { action: 'install', manager, subcommand, packages };
  return { action: /u/.test(operation) ? 'upgrade' : 'update', manager, subcommand, packages };
}

const EXACT: Readonly<Record<BuildPackageKind, string>> = {
  compiler: `build-essential build-base alpine-sdk base-devel gcc g++ cpp gcc-c++ gcc-multilib g++-multilib gfortran gcc-gfortran
    gcc-objc gobjc gcc-go gccgo clang llvm clang-tools binutils nasm yasm golang go golang-go golang-bin rust rustc cargo rustup ghc
    cabal-install haskell-stack stack ocaml opam nim zig crystal shards dmd ldc fpc mono-devel mono-mcs valac vala
    swiftlang openjdk-devel default-jdk default-jdk-headless tinygo emscripten tcc ldc dmd gdc musl-tools lld gold dpkg-dev fakeroot rpcsvc-proto
    devscripts debhelper dh-make dh-python rpm-build rpmdevtools abuild patchelf nodejs-devel typescript node-typescript
    development-tools libtool-bin python3-devtools elixir-dev erlang-dev sbt leiningen cross-toolchain-base
    c-compiler c++-compiler mingw-w64 gcc-mingw-w64 redhat-rpm-config crossbuild-essential-arm64 crossbuild-essential-armhf`,
  headers: 'linux-headers kernel-headers kernel-devel libc-dev musl-dev glibc-devel libc6-dev zlib1g-dev python-dev',
  'build system': `make cmake cmake3 ninja ninja-build samurai meson autoconf autoconf-archive automake autotools-dev libtool m4 bison flex byacc re2c gperf
    pkg-config pkgconf pkgconfig pkgconf-pkg-config scons bazel bazelisk buck maven gradle ant sbt gmake bmake gnumake qmake6 dub
    intltool gettext-dev autopoint ccache sccache distcc swig swig3.0 swig4.0 cython cython3 node-gyp gyp waf premake xmake
    just go-task protobuf-compiler protoc protobuf-compiler-grpc thrift-compiler capnproto help2man texinfo asciidoc
    asciidoctor doxygen xutils-dev imake patch bc-dev automoc qmake qt5-qmake qttools5-dev-tools quilt equivs`,
  vcs: 'git git-core git-lfs git-svn mercurial hg subversion bzr breezy cvs svn',
  download: 'curl wget wget2 aria2 axel curl-minimal',
  debugger: 'gdb gdbserver lldb strace ltrace valgrind perf linux-perf linux-tools-common linux-tools-generic delve',
};

/** Names that the patterns below would take for build packages, and that are needed at run time or are harmless. */
const NOT_BUILD =
  /^(?:gcc-\d+(?:\.\d+)?-base|libgcc.*(?<!-dev|-devel)|libstdc\+\+[\d.]*(?:-\d+)?|cpp-httplib|golang-docker-credential-helpers|libllvm\S*|llvm\d*-libs|clang-libs|libclang\S*(?<!-dev|-devel)|make-guile|python3?-clang|cargo-c-libs|git-daemon|gitweb|udev|.*-udev|eudev|libudev.*(?<!-dev|-devel)|ghc-filesystem|rust-libs)$/;

const PATTERNS: readonly [RegExp, BuildPackageKind][] = [
  // Compilers with a version or a target: gcc-12, gcc12, g++-9, clang-15, llvm17, gcc-x86-64-linux-gnu, gcc-toolset-12, devtoolset-11-gcc.
  [
    /^(?:gcc|g\+\+|gfortran|cpp|gnat|gdc|gccgo|gobjc)-?\d[\d.]*(?:-(?:multilib|plugin-dev|[a-z0-9_-]+-linux-[a-z0-9]+))?$/,
    'compiler',
  ],
  [
    /^(?:gcc|g\+\+|cpp|binutils|gfortran)-[a-z0-9_-]*(?:linux-(?:gnu|musl)|mingw|none-eabi|elf)[a-z0-9_-]*$/,
    'compiler',
  ],
  [/^(?:clang|llvm|lld)-?\d[\d.]*(?:-tools|-dev|-devel|-static)?$/, 'compiler'],
  [/^gcc-(?:toolset|arm|aarch64|gnat|gfortran|objc|go|plugin)(?:-.+)?$/, 'compiler'],
  [/^(?:gcc-toolset|devtoolset|llvm-toolset|rust-toolset|go-toolset|scl-utils-build)(?:-.+)?$/, 'compiler'],
  [/^crossbuild-essential-.+$/, 'compiler'],
  [/^(?:golang-?|go)\d[\d.]*(?:-go)?$/, 'compiler'],
  [/^golang-(?:go|bin|src|go\.tools|golang-x-tools)$/, 'compiler'],
  [/^(?:rust|cargo|rustc)-?\d[\d.]*(?:-all)?$/, 'compiler'],
  [/^ghc-?\d[\d.]*$/, 'compiler'],
  [
    /^(?:openjdk|temurin|zulu|msopenjdk|adoptopenjdk|bellsoft-java|jdk|java-\d.*-openjdk)-?\d*[\w.]*-?(?:jdk|devel)(?:-headless|-hotspot|-full)?$/,
    'compiler',
  ],
  [/^java-[\d.]+-(?:openjdk|amazon-corretto)-devel(?:-.+)?$/, 'compiler'],
  [/^(?:jdk|oracle-java)-?\d+(?:-installer|-openjdk|-headful|-headless)?$/, 'compiler'],
  [/^jdk-openjdk$|^openjdk\d+$/, 'compiler'],
  [/^dotnet-?\d*-?sdk(?:-?[\d.]+)?$/, 'compiler'],
  [/^mono-(?:complete|devel|mcs|xbuild)$/, 'compiler'],
  [/^(?:libtool|automake|autoconf|bison|flex)-?\d[\d.]*$/, 'build system'],
  [/^(?:maven|gradle|bazel|cmake|ninja|meson)-?\d[\d.]*$/, 'build system'],
  // Headers: libssl-dev, libpq-dev, openssl-devel, linux-headers-generic, kernel-headers, zlib1g-dev, python3.11-dev, glibc-static.
  [/^.+-dev(?:el)?(?:-\d[\d.]*)?$/, 'headers'],
  [/^.+-dev(?:el)?[-:](?:static|debug|amd64|arm64|armhf|i386|x86_64|aarch64|native)$/, 'headers'],
  [/^(?:linux|kernel)-(?:headers|libc-dev|devel)(?:-.+)?$/, 'headers'],
  [
    /^(?:.+-(?:libs|libunwind)|glibc|libstdc\+\+|openssl|zlib|libxml2|musl|libcxx|ncurses|sqlite|xz|bzip2|zstd|gmp|pcre2?)-static$/,
    'headers',
  ],
  [/^lib.+-(?:headers|static-dev)$/, 'headers'],
  [/^(?:git|mercurial|subversion)-(?:all|svn|lfs|core|man)$/, 'vcs'],
];

/** The name without version pin, architecture or repository tag: `gcc=4:12.2.0-3`, `make~=4.3`, `curl@edge`, `libssl-dev:amd64`, `git/bookworm-backports`. */
export function packageName(word: string): string {
  const plain = word
    .replace(/^!/, '')
    .replace(/[=~<>].*$/, '')
    .replace(/(?<=.)@.*$/, '')
    .replace(/(?<=.)\/.*$/, '');
  return plain
    .replace(/:(?:any|native|all|amd64|i386|arm64|armhf|armel|ppc64el|s390x|riscv64)$/, '')
    .replace(/\.(?:x86_64|aarch64|i686|noarch)$/, '');
}

const GROUPS =
  /^@?["']?(?:development[ -]tools|development|c-development|base-devel|buildsys-build|rpm-development-tools|devel_basis|devel_C_C\+\+)["']?$/i;

let exact: ReadonlyMap<string, BuildPackageKind> | undefined;

/** The kind of a package by its name, made when it is first asked for. */
function exactKind(name: string): BuildPackageKind | undefined {
  exact ??= new Map(
    Object.entries(EXACT)
      .reverse() // the first kind that lists a name holds
      .flatMap(([kind, names]) => names.split(/\s+/).map((each) => [each, kind as BuildPackageKind] as const)),
  );
  return exact.get(name);
}

/** The packages of language package managers that exist to build other packages. */
const PYTHON_BUILD = new Set(
  'build cython meson meson-python ninja cmake scikit-build scikit-build-core maturin setuptools-rust pybind11 hatchling flit poetry-core nuitka pyinstaller conan'.split(
    ' ',
  ),
);

/** Why `name` is needed for building only, or nothing when it is not known to be; `manager` is a command (`apt-get`) of this table. */
export function isBuildPackage(manager: string, name: string): BuildPackageKind | undefined {
  const known = packageManager(manager);
  if (known === undefined) return undefined;
  const group = known.family === 'rpm' || known.family === 'zypp' ? name.replace(/^pattern:/, '@') : name;
  if (known.family !== 'deb' && known.family !== 'apk' && GROUPS.test(group)) return 'compiler';
  const plain = packageName(name).toLowerCase();
  if (known.family === 'language') return PYTHON_BUILD.has(plain) ? 'build system' : undefined;
  if (NOT_BUILD.test(plain)) return undefined;
  return exactKind(plain) ?? PATTERNS.find(([pattern]) => pattern.test(plain))?.[1];
}

/** A virtual package whose name says that it is for building, as in `apk add --virtual .build-deps`. */
export function isBuildVirtual(name: string): boolean {
  return /build|dev|deps|compile|tmp|temp|fetch/i.test(name) && !/run/i.test(name);
}
