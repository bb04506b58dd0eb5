import { isBuildPackage, isBuildVirtual, packageCommand, packageName } from '../../src/knowledge/packages.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('knowledge/packages');

const BUILD: Record<string, [manager: string, names: string][]> = {
  compiler: [
    [
      'apt-get',
      'build-essential gcc g++ gcc-12 g++-9 clang clang-15 llvm-14-dev gcc-multilib g++-12-multilib gcc-aarch64-linux-gnu gcc=4:12.2.0-3 golang golang-go golang-1.19-go rustc cargo default-jdk openjdk-17-jdk openjdk-11-jdk-headless nasm dpkg-dev ghc dotnet-sdk-8.0 temurin-17-jdk crossbuild-essential-arm64',
    ],
    [
      'apk',
      'build-base alpine-sdk gcc g++ go rust cargo openjdk17 openjdk8 openjdk11-jdk clang15 llvm15 gcc~=12 gcc>9',
    ],
    [
      'yum',
      'gcc gcc-c++ golang java-1.8.0-openjdk-devel java-11-openjdk-devel gcc-toolset-12 devtoolset-11-gcc-c++ java-17-amazon-corretto-devel @development gcc.x86_64 dotnet-sdk-6.0',
    ],
    ['dnf', '@development-tools @c-development rust'],
    ['zypper', 'gcc gcc12 gcc-c++ pattern:devel_basis go1.21'],
    ['pacman', 'base-devel gcc jdk-openjdk jdk17-openjdk go'],
  ],
  headers: [
    [
      'apt-get',
      'libssl-dev libpq-dev python3-dev python3.11-dev zlib1g-dev libc6-dev linux-headers-generic linux-libc-dev libgcc-12-dev libstdc++-12-dev libudev-dev libssl-dev:arm64 libpq-dev/bookworm-backports',
    ],
    ['apk', 'musl-dev libc-dev linux-headers openssl-dev postgresql-dev python3-dev libffi-dev@edge zlib-static'],
    ['dnf', 'openssl-devel python3-devel kernel-headers kernel-devel glibc-static'],
  ],
  'build system': [
    [
      'apt',
      'make cmake ninja-build autoconf automake libtool pkg-config maven gradle ant bison flex protobuf-compiler',
    ],
    ['apk', 'make cmake samurai meson autoconf pkgconf maven protoc'],
    ['pip', 'cython meson ninja scikit-build maturin'],
  ],
  vcs: [
    ['apt-get', 'git mercurial subversion git-lfs bzr git-core'],
    ['apk', 'git mercurial subversion git=2.40.1-r0'],
  ],
  download: [
    ['apt-get', 'curl wget'],
    ['microdnf', 'wget curl-minimal'],
  ],
  debugger: [['apt-get', 'gdb strace valgrind']],
};

for (const [kind, rows] of Object.entries(BUILD)) {
  for (const [manager, names] of rows) {
    test(`${manager}: ${kind}`, () => {
      for (const name of names.split(' ')) assert.is(isBuildPackage(manager, name), kind, name);
    });
  }
}

test('groups by their titles', () => {
  assert.is(isBuildPackage('yum', 'Development Tools'), 'compiler');
  assert.is(isBuildPackage('yum', '"Development Tools"'), 'compiler');
  assert.is(isBuildPackage('apt-get', 'Development Tools'), undefined);
});

test('names that look like it and are needed at run time', () => {
  const names =
    'libgcc-s1 libgcc1 libgcc libstdc++6 libstdc++ gcc-12-base gcc-8-base libc6 musl ca-certificates tzdata libssl3 openssl libpq5 postgresql-client udev eudev libudev1 libllvm15 llvm15-libs libclang1-15 gettext-base gettext nodejs npm python3 python3-pip openjdk-17-jre openjdk-17-jre-headless openjdk17-jre java-17-openjdk java-11-openjdk-headless default-jre-headless git-daemon bash tini dumb-init gosu su-exec libcurl4 libcurl libgit2-1.5 gnupg unzip xz-utils procps less makedumpfile cmatrix goaccess golang-docker-credential-helpers rustdesk libgomp1 libgfortran5 ffmpeg imagemagick graphviz device-mapper devscripts-el';
  for (const name of names.split(' ')) {
    for (const manager of ['apt-get', 'apk', 'dnf'])
      assert.is(isBuildPackage(manager, name), undefined, `${manager} ${name}`);
  }
});

test('a command that is no package manager', () => assert.is(isBuildPackage('echo', 'gcc'), undefined));

test('package names without pins, repositories and architectures', () => {
  const names: Record<string, string> = {
    'gcc=4:12.2.0-3': 'gcc',
    'make~=4.3': 'make',
    'curl@edge': 'curl',
    'libssl-dev:amd64': 'libssl-dev',
    'git/bookworm-backports': 'git',
    'gcc.x86_64': 'gcc',
    '@development': '@development',
    'g++': 'g++',
    '!busybox': 'busybox',
    'python3.11': 'python3.11',
  };
  for (const [word, name] of Object.entries(names)) assert.is(packageName(word), name);
});

test('virtual packages', () => {
  for (const name of ['.build-deps', 'build-dependencies', '.tmp-build', '.fetch-deps', '.gyp-deps'])
    assert.ok(isBuildVirtual(name), name);
  for (const name of ['.run', '.phpexts-rundeps', '.php-rundeps', '.runtime-deps', 'run-deps'])
    assert.not.ok(isBuildVirtual(name), name);
});

/** `action: packages` of a command line. */
function read(line: string): string | undefined {
  const [command, ...args] = line.split(' ');
  const found = packageCommand(command as string, args);
  if (found === undefined) return undefined;
  const virtual = found.virtual === undefined ? '' : ` (${found.virtual})`;
  return `${found.action}:${found.packages.map((at) => ` ${args[at]}`).join('')}${virtual}`;
}

const COMMANDS: Record<string, string | undefined> = {
  'apt-get update': 'update:',
  'apt-get install -y --no-install-recommends gcc make': 'install: gcc make',
  'apt-get -y -o Dpkg::Options::=--force-confold install gcc': 'install: gcc',
  'apt-get install -y -t bookworm-backports git': 'install: git',
  'apt-get -qq purge --auto-remove -y gcc': 'remove: gcc',
  'apt-get clean': 'clean:',
  'apt-get dist-upgrade -y': 'upgrade:',
  'apt-get build-dep -y nginx': 'install: nginx',
  'apt-get --version': undefined,
  'apt-get source nginx': undefined,
  'apk add --no-cache gcc musl-dev': 'install: gcc musl-dev',
  'apk --no-cache add gcc': 'install: gcc',
  'apk add --no-cache --virtual .build-deps gcc': 'install: gcc (.build-deps)',
  'apk add --virtual=.build-deps gcc': 'install: gcc (.build-deps)',
  'apk add -t .build-deps gcc': 'install: gcc (.build-deps)',
  'apk add --repository http://x/main gcc': 'install: gcc',
  'apk del .build-deps': 'remove: .build-deps',
  'yum -y install gcc': 'install: gcc',
  'yum groupinstall -y Development': 'install: Development',
  'dnf group install -y Development': 'install: Development',
  'dnf group list': undefined,
  'dnf install -y --setopt tsflags=nodocs gcc': 'install: gcc',
  'dnf clean all': 'clean: all',
  'dnf update -y': 'upgrade:',
  'microdnf remove gcc': 'remove: gcc',
  'zypper --non-interactive install gcc': 'install: gcc',
  'zypper -n in -y gcc': 'install: gcc',
  'zypper ref': 'update:',
  'pacman -Syu --noconfirm base-devel git': 'install: base-devel git',
  'pacman -Syu --noconfirm': 'upgrade:',
  'pacman -Sy': 'update:',
  'pacman -Rns gcc': 'remove: gcc',
  'pacman -Scc --noconfirm': 'clean:',
  'install_packages gcc make': 'install: gcc make',
  'pip install --no-cache-dir -r requirements.txt flask': 'install: flask',
  'pip freeze': undefined,
  'echo install gcc': undefined,
};

for (const [line, expected] of Object.entries(COMMANDS)) {
  test(line, () => assert.is(read(line), expected));
}
