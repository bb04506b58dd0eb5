import { Packages } from '../../image/index.ts';
import { isBuildPackage } from '../../knowledge/packages.ts';
import { type Evidence, makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { needOf } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** Packages of the operating system that the original installed on its base, and the rewrite has not. */
export const lostPackages: StaticCheck = {
  id: 'lost-packages',
  check({ before, after }, { searched }) {
    const evidence: Evidence[] = [];
    const now = new Packages(after.files).names;
    const { manager, names } = installed(before);
    const dragged = cameAlong(before, names);
    const starts = needOf(after, 'programs', searched).answer;
    for (const name of names) {
      if (now.has(name)) continue;
      const kind = isBuildPackage(manager, name);
      const cause = { kind: 'program', name } as const;
      if (kind !== undefined)
        evidence.push({ outcome: 'changed', message: `The package ${name} is left behind: ${kind}`, cause });
      else if (dragged.has(name))
        evidence.push({
          outcome: 'changed',
          message: `The package ${name} is left behind; it came along with packages to build with`,
          cause,
        });
      else if (COVERED.test(name))
        evidence.push({
          outcome: 'changed',
          message: `The package ${name} is left behind; what needs it is checked by itself`,
          cause,
        });
      else if (starts === 'no')
        evidence.push({
          outcome: 'changed',
          message: `The package ${name} is left behind; the program starts no other programs`,
          cause,
        });
      else if (hasPrograms(before, name)) {
        evidence.push({
          outcome: 'unknown',
          message: `The package ${name} is not there any more, and its programs may be started at run time`,
          cause,
        });
      } else
        evidence.push({ outcome: 'changed', message: `The package ${name} is left behind; it has no programs`, cause });
    }
    return makeCheck('lost-packages', 'closes', 'No package is lost that is used at run time', evidence);
  },
};

/** Libraries, data and headers whose absence other checks see. */
const COVERED =
  /^(?:lib.*|.*-dev|.*-dev-.*|.*-doc|.*-common|.*-data|.*-dbg|ca-certificates.*|tzdata.*|locales.*|openssl|netbase|zlib1g|zlib|musl.*|g?libc.*|linux-.*|cpp.*|gcc.*|g\+\+.*|binutils.*|python3.*-minimal|perl.*|readline-common|media-types|mime-support|sensible-utils|krb5-locales|manpages.*|fontconfig-config|ucf|xdg-user-dirs|publicsuffix|bash-completion|readline|ncurses.*|pkgconf.*|alpine-.*|busybox.*|apk-tools|ssl_client|scanelf|\.[\w-]+)$/;

/** The packages beyond the base; on Alpine those that were asked for by name. */
function installed(before: Snapshot): { manager: string; names: string[] } {
  const names: string[] = [];
  for (const file of before.files.list('/var/lib/dpkg/info')) {
    const entry = before.files.get(`/var/lib/dpkg/info/${file}`);
    if (file.endsWith('.list') && entry && !before.isBase(entry) && before.knowsBase)
      names.push(file.slice(0, -5).split(':')[0] as string);
  }
  if (names.length > 0) return { manager: 'apt', names };
  const world = before.files.resolve('/etc/apk/world');
  if (world === undefined || before.isBase(world)) return { manager: 'apk', names: [] };
  return {
    manager: 'apk',
    names: (before.files.text('/etc/apk/world') ?? '')
      .split(/\s+/)
      .map((word) => word.replace(/[<>=~@].*/, ''))
      .filter((word) => word !== ''),
  };
}

/** Packages that apt installed by itself, and that nothing but packages to build with needs. */
function cameAlong({ files }: Snapshot, names: readonly string[]): ReadonlySet<string> {
  const fields = (path: string) =>
    (files.text(path) ?? '').split('\n\n').map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)`, 'm').exec(block)?.[1] ?? '';
      return { name: field('Package'), field };
    });
  const byItself = new Set(
    fields('/var/lib/apt/extended_states').flatMap(({ name, field }) => (field('Auto-Installed') === '1' ? name : [])),
  );
  const needs = new Map(
    fields('/var/lib/dpkg/status').map(({ name, field }) => {
      const words = ['Pre-Depends', 'Depends', 'Recommends'].map(field).join(',').split(/[,|]/);
      return [name, words.map((word) => word.trim().replace(/[\s:(].*/, ''))];
    }),
  );
  const needed = names.filter((name) => !byItself.has(name) && isBuildPackage('apt', name) === undefined);
  for (const name of needed) for (const other of needs.get(name) ?? []) if (!needed.includes(other)) needed.push(other);
  return new Set(names.filter((name) => byItself.has(name) && !needed.includes(name)));
}

function hasPrograms(before: Snapshot, name: string): boolean {
  const list =
    before.files.text(`/var/lib/dpkg/info/${name}.list`) ?? before.files.text(`/var/lib/dpkg/info/${name}:amd64.list`);
  return list === undefined || /^\/(?:usr\/)?s?bin\/\S+$/m.test(list);
}
