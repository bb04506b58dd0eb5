import { canonicalRepository } from './repositories.ts';
import { packedSuites, suiteNames } from './suites-table.ts';

export type Libc = 'glibc' | 'musl';

/** The operating system release that an image is made from; `release`, `order` and `libcVersion` are absent where they move or are not known. */
export interface Suite {
  /** Lower case: `debian`, `ubuntu`, `alpine`, `rhel` (and its rebuilds), `centos`, `fedora`, `amazonlinux`, `oraclelinux`, `opensuse`, `arch`, `wolfi`, `azurelinux`. */
  distro: string;
  /** A code name for Debian and Ubuntu (`bookworm`), otherwise a version (`3.20`). */
  release?: string;
  /** Grows with the release; comparable within one distribution only. */
  order?: number;
  libc: Libc;
  /** For instance `2.36`; compare with `compareVersions`. */
  libcVersion?: string;
}

/** Code name, version, glibc. */
const DEBIAN: [name: string, version: string, libc?: string][] = [
  ['wheezy', '7', '2.13'],
  ['jessie', '8', '2.19'],
  ['stretch', '9', '2.24'],
  ['buster', '10', '2.28'],
  ['bullseye', '11', '2.31'],
  ['bookworm', '12', '2.36'],
  ['trixie', '13', '2.41'],
  ['forky', '14'],
  ['duke', '15'],
];

const UBUNTU: [name: string, version: string, libc?: string][] = [
  ['precise', '12.04', '2.15'],
  ['trusty', '14.04', '2.19'],
  ['xenial', '16.04', '2.23'],
  ['artful', '17.10', '2.26'],
  ['bionic', '18.04', '2.27'],
  ['cosmic', '18.10', '2.28'],
  ['disco', '19.04', '2.29'],
  ['eoan', '19.10', '2.30'],
  ['focal', '20.04', '2.31'],
  ['groovy', '20.10', '2.32'],
  ['hirsute', '21.04', '2.33'],
  ['impish', '21.10', '2.34'],
  ['jammy', '22.04', '2.35'],
  ['kinetic', '22.10', '2.36'],
  ['lunar', '23.04', '2.37'],
  ['mantic', '23.10', '2.38'],
  ['noble', '24.04', '2.39'],
  ['oracular', '24.10', '2.40'],
  ['plucky', '25.04', '2.41'],
  ['questing', '25.10', '2.42'],
  ['resolute', '26.04', '2.43'],
  ['stonking', '26.10'],
];

/** The musl of Alpine 3.N, from 3.0 on. */
const MUSL =
  '1.1.4 1.1.5 1.1.11 1.1.12 1.1.14 1.1.15 1.1.16 1.1.18 1.1.19 1.1.20 1.1.22 1.1.24 1.1.24 1.2.2 1.2.2 1.2.2 1.2.3 1.2.3 1.2.4 1.2.4 1.2.5 1.2.5 1.2.5 1.2.5'.split(
    ' ',
  );

/** The glibc of the major releases of Red Hat Enterprise Linux and everything rebuilt from it. */
const RHEL_GLIBC: Record<string, string> = { 6: '2.12', 7: '2.17', 8: '2.28', 9: '2.34', 10: '2.39' };

const AMAZON_GLIBC: Record<string, string> = { 1: '2.17', 2: '2.26', 2023: '2.34' };

/** Fedora has a new glibc with every release: 2.20 came with 21, 2.43 with 44. */
function fedoraGlibc(release: number): string | undefined {
  return release >= 21 && release <= 45 ? `2.${release - 1}` : release === 20 ? '2.18' : undefined;
}

function glibcRelease(
  distro: string,
  release: string,
  libcVersion?: string,
  order = Number.parseFloat(release),
): Suite {
  return {
    distro,
    release,
    order,
    libc: 'glibc',
    ...(libcVersion !== undefined && { libcVersion }),
  };
}

function debian(index: number): Suite {
  const [release, version, libcVersion] = DEBIAN[index] as (typeof DEBIAN)[number];
  return glibcRelease('debian', release, libcVersion, Number(version));
}

function ubuntu(index: number): Suite {
  const [release, version, libcVersion] = UBUNTU[index] as (typeof UBUNTU)[number];
  return glibcRelease('ubuntu', release, libcVersion, Number(version));
}

function alpine(release: string): Suite {
  const minor = Number(release.slice(2));
  const libcVersion = MUSL[minor];
  return { distro: 'alpine', release, order: minor, libc: 'musl', ...(libcVersion !== undefined && { libcVersion }) };
}

function rhel(distro: string, major: string): Suite {
  return glibcRelease(distro, major, RHEL_GLIBC[major]);
}

/** The suite with a code name of Debian or Ubuntu. */
export function suiteNamed(name: string): Suite | undefined {
  let index = DEBIAN.findIndex((row) => row[0] === name);
  if (index >= 0) return debian(index);
  index = UBUNTU.findIndex((row) => row[0] === name);
  if (index >= 0) return ubuntu(index);
  const minor = /^alpine(3\.\d+)$/.exec(name)?.[1];
  if (minor !== undefined) return alpine(minor);
  if (name === 'alpine') return { distro: 'alpine', libc: 'musl' };
  if (name === 'sid') return { distro: 'debian', release: 'sid', order: 99, libc: 'glibc' };
  return undefined;
}

function debianVersion(version: string): Suite | undefined {
  const index = DEBIAN.findIndex((row) => row[1] === version.split('.')[0]);
  return index >= 0 ? debian(index) : undefined;
}

function ubuntuVersion(version: string): Suite | undefined {
  const index = UBUNTU.findIndex((row) => row[1] === version);
  return index >= 0 ? ubuntu(index) : undefined;
}

/** Negative when `a` is older than `b`: dotted numbers, compared part by part. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = Number(left[i] ?? 0) - Number(right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What the words of a tag say by themselves: `1.22-bookworm`, `8-jdk-ubi9-minimal`, `20-alpine3.19`. */
function suiteInWords(tag: string): Suite | undefined {
  let bareAlpine = false;
  const words = tag.split(/[-_]/);
  for (let i = words.length - 1; i >= 0; i--) {
    const word = words[i] as string;
    if (word === 'alpine') {
      const release = /^(3\.\d+)(?:\.\d+)?$/.exec(words[i + 1] ?? '')?.[1];
      if (release !== undefined) return alpine(release);
      bareAlpine = true;
      continue;
    }
    const named = suiteNamed(word);
    if (named !== undefined) return named;
    let match = /^(?:ubi|rhel)(\d+)?(?:\.\d+)?$/.exec(word);
    if (match !== null) return match[1] === undefined ? { distro: 'rhel', libc: 'glibc' } : rhel('rhel', match[1]);
    match = /^(centos|rockylinux|almalinux|oraclelinux|ol)(\d+)$/.exec(word);
    if (match !== null) return rhel(match[1] === 'ol' ? 'oraclelinux' : (match[1] as string), match[2] as string);
    match = /^(?:al|amazonlinux)(2|2023)$/.exec(word);
    if (match !== null) return glibcRelease('amazonlinux', match[1] as string, AMAZON_GLIBC[match[1] as string]);
    match = /^fedora(\d+)$/.exec(word);
    if (match !== null) return glibcRelease('fedora', match[1] as string, fedoraGlibc(Number(match[1])));
    match = /^(debian|ubuntu)(\d[\d.]*)?$/.exec(word);
    if (match !== null) {
      const version = match[2] ?? (/^\d+(\.\d+)?$/.test(words[i + 1] ?? '') ? words[i + 1] : undefined);
      const distro = match[1] as string;
      const known =
        version === undefined ? undefined : distro === 'debian' ? debianVersion(version) : ubuntuVersion(version);
      return known ?? { distro, libc: 'glibc' };
    }
    match = /^(?:azurelinux|mariner)(\d[\d.]*)$/.exec(word);
    if (match !== null) return glibcRelease('azurelinux', match[1] as string);
  }
  return bareAlpine ? { distro: 'alpine', libc: 'musl' } : undefined;
}

/** The newest releases that a moving tag of the distributions' own images stands for, as far as this table knows. */
const MOVING: Record<string, string> = {
  'debian:latest': 'trixie',
  'debian:stable': 'trixie',
  'debian:oldstable': 'bookworm',
  'debian:oldoldstable': 'bullseye',
  'debian:testing': 'forky',
  'debian:unstable': 'sid',
  'debian:experimental': 'sid',
  'debian:rc-buggy': 'sid',
  'ubuntu:latest': 'resolute',
  'ubuntu:rolling': 'resolute',
  'alpine:latest': 'alpine3.24',
  'alpine:3': 'alpine3.24',
};

const RPM_DISTROS: Record<string, string> = {
  rockylinux: 'rockylinux',
  'rockylinux/rockylinux': 'rockylinux',
  'quay.io/rockylinux/rockylinux': 'rockylinux',
  almalinux: 'almalinux',
  'almalinux/8-base': 'almalinux',
  'almalinux/9-base': 'almalinux',
  'quay.io/almalinuxorg/almalinux': 'almalinux',
  centos: 'centos',
  'quay.io/centos/centos': 'centos',
  oraclelinux: 'oraclelinux',
  'container-registry.oracle.com/os/oraclelinux': 'oraclelinux',
};

/** What the image of a distribution itself says with its tag. */
function suiteOfDistro(repository: string, tag: string): Suite | undefined {
  const name = repository.startsWith('bitnami/minideb') ? 'debian' : repository;
  if (name === 'debian' || name === 'ubuntu' || name === 'alpine') {
    const plain = tag.replace(/-slim$/, '');
    const first = plain.split('-')[0] as string;
    const moving = MOVING[`${name}:${first}`];
    if (moving !== undefined) return suiteNamed(moving);
    if (name === 'alpine') {
      const release = /^(3\.\d+)(?:\.\d+|_\w+)*$/.exec(first)?.[1];
      return release !== undefined ? alpine(release) : { distro: 'alpine', libc: 'musl' };
    }
    const known = suiteNamed(first) ?? (name === 'debian' ? debianVersion(first) : ubuntuVersion(first));
    if (known !== undefined) return known;
    const version = Number(first);
    return { distro: name, libc: 'glibc', ...(version > 0 && { release: first, order: version }) };
  }
  const rpm = Object.hasOwn(RPM_DISTROS, repository) ? RPM_DISTROS[repository] : undefined;
  if (rpm !== undefined) {
    const major = /^(?:centos|stream)?(\d+)/.exec(tag)?.[1] ?? /\/(\d+)-base$/.exec(repository)?.[1];
    return major !== undefined ? rhel(rpm, major) : { distro: rpm, libc: 'glibc' };
  }
  if (repository === 'fedora' || repository.endsWith('/fedora') || repository.endsWith('/fedora-minimal')) {
    const release = tag === 'latest' ? '44' : /^\d+$/.exec(tag)?.[0];
    return release !== undefined
      ? glibcRelease('fedora', release, fedoraGlibc(Number(release)))
      : { distro: 'fedora', libc: 'glibc' };
  }
  if (repository === 'amazonlinux' || repository === 'public.ecr.aws/amazonlinux/amazonlinux') {
    const release = tag === 'latest' ? '2023' : /^(2023|2018|2017|2|1)\b/.exec(tag)?.[1];
    const major = release === '2018' || release === '2017' ? '1' : release;
    return major !== undefined
      ? glibcRelease('amazonlinux', major, AMAZON_GLIBC[major])
      : { distro: 'amazonlinux', libc: 'glibc' };
  }
  if (repository === 'archlinux' || repository === 'archlinux/archlinux') return { distro: 'arch', libc: 'glibc' };
  if (repository.startsWith('opensuse/') || repository.startsWith('registry.opensuse.org/opensuse/')) {
    return { distro: 'opensuse', libc: 'glibc' };
  }
  return undefined;
}

/** .NET's default suites (mcr.microsoft.com/dotnet): the release that a bare version stands for. */
const DOTNET: Record<string, string> = {
  '2.1': 'stretch',
  '2.2': 'stretch',
  '3.0': 'buster',
  '3.1': 'buster',
  '5.0': 'buster',
  '6.0': 'bullseye',
  '7.0': 'bullseye',
  '8.0': 'bookworm',
  '9.0': 'bookworm',
  '10.0': 'noble',
};

/** What a repository's own name says: `gcr.io/distroless/cc-debian12`, `registry.access.redhat.com/ubi9/go-toolset`. */
function suiteOfRepository(repository: string, tag: string): Suite | undefined {
  const distroless = /^gcr\.io\/distroless\/[a-z0-9-]+?-debian(\d+)$/.exec(repository)?.[1];
  if (distroless !== undefined) return debianVersion(distroless);
  const ubi = /(?:^|\/)ubi(\d+)(?:\/|-|$)/.exec(repository)?.[1];
  if (ubi !== undefined) return rhel('rhel', ubi);
  if (repository.startsWith('cgr.dev/')) return { distro: 'wolfi', libc: 'glibc' };
  if (repository.startsWith('mcr.microsoft.com/dotnet/')) {
    const version = /^(\d+\.\d+)(?:\.\d+)*$/.exec(tag)?.[1];
    const name = version === undefined ? undefined : DOTNET[version];
    return name === undefined ? undefined : suiteNamed(name);
  }
  if (repository === 'amazoncorretto') return { distro: 'amazonlinux', libc: 'glibc' };
  return undefined;
}

interface Runs {
  starts: number[][];
  ends: number[][];
  names: string[];
}

/** Image → shape of a tag → its runs, as text until they are asked for. */
const parsed = new Map<string, Map<string, string | Runs>>();

function shapesOf(image: string): Map<string, string | Runs> | undefined {
  const known = parsed.get(image);
  if (known !== undefined) return known;
  const packed = Object.hasOwn(packedSuites, image) ? packedSuites[image] : undefined;
  if (packed === undefined) return undefined;
  const shapes = new Map<string, string | Runs>();
  for (const line of packed.split(';')) {
    const at = line.indexOf('=');
    for (const shape of line.slice(0, at).split(' ')) shapes.set(shape, line.slice(at + 1));
  }
  parsed.set(image, shapes);
  return shapes;
}

/** Reads `b1.12.7-..17x.13`: a letter for the suite, the first and the last numbers; each leading dot repeats a number of those before. */
function readRuns(text: string): Runs {
  const runs: Runs = { starts: [], ends: [], names: [] };
  const names = suiteNames.split(' ');
  let before: number[] = [];
  const read = (written: string): number[] => {
    const shared = /^\.*/.exec(written)?.[0].length ?? 0;
    const rest = written.slice(shared);
    before = [...before.slice(0, shared), ...(rest === '' ? [] : rest.split('.').map(Number))];
    return before;
  };
  for (const [, letter, start, end] of text.matchAll(/([a-zA-Z])([\d.]*)(?:-([\d.]+))?/g)) {
    const code = (letter as string).charCodeAt(0);
    runs.names.push(names[code >= 97 ? code - 97 : code - 65 + 26] as string);
    runs.starts.push(read(start as string));
    runs.ends.push(end === undefined ? before : read(end));
  }
  return runs;
}

function compareNumbers(a: number[], b: number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The recorded default suite of an official image's tag; a version between two recorded neighbours of one suite shares it. */
function suiteInTable(image: string, tag: string): Suite | undefined {
  const shapes = shapesOf(image);
  const shape = tag.replace(/\d+/g, '#');
  let runs = shapes?.get(shape);
  if (runs === undefined) return undefined;
  if (typeof runs === 'string') {
    runs = readRuns(runs);
    shapes?.set(shape, runs);
  }
  const numbers = (tag.match(/\d+/g) ?? []).map(Number);
  for (let i = 0; i < runs.starts.length; i++) {
    if (compareNumbers(numbers, runs.starts[i] as number[]) < 0) return undefined;
    if (compareNumbers(numbers, runs.ends[i] as number[]) <= 0) {
      const name = runs.names[i] as string;
      return suiteNamed(name) ?? suiteInWords(name);
    }
  }
  return undefined;
}

/** The distribution release that `repository:tag` is made from: what the tag's own words say, else what the table of default suites records. */
export function suiteOf(repository: string, tag: string | undefined): Suite | undefined {
  const asked = tag ?? 'latest';
  const name = canonicalRepository(repository);
  const distro = suiteOfDistro(name, asked);
  if (distro !== undefined) return distro;
  const words = suiteInWords(asked);
  if (words?.release !== undefined) return words;
  return suiteInTable(name, asked) ?? words ?? suiteOfRepository(name, asked);
}

/** The libc of `repository:tag`, where neither tells `otherwise`. */
export function libcOf(repository: string, tag: string | undefined, otherwise: Libc | undefined): Libc | undefined {
  if (/(?:^|[-_])alpine|(?:^|-)musl(?:-|$)/.test(`${repository.split('/').pop()}-${tag ?? ''}`)) return 'musl';
  return suiteOf(repository, tag)?.libc ?? otherwise;
}

/** The newest release of Alpine that the tables know; for programs that run on any. */
export const newestAlpine = 'alpine:3.23';
