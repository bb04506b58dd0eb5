import { packageManager } from '../../knowledge/packages.ts';
import type { Call, Effect, Subject } from '../types.ts';
import { operands } from './files.ts';

const NONE: readonly Effect[] = [];

/** Commands of package managers and the like that the table of packages does not list; what they add is the system's. */
const SYSTEM: ReadonlySet<string> = new Set(
  `apt-key apt-mark apt-config apt-cache add-apt-repository dpkg dpkg-query dpkg-reconfigure rpm yum-config-manager
  ldconfig update-locale update-alternatives alternatives debconf-set-selections rc-update service
  update-rc.d systemctl c_rehash fc-cache gpg-agent apk-tools lsb_release setcap`.split(/\s+/),
);

const LOCALES = '/usr/lib/locale/locale-archive';

/** What the commands do that add packages and accounts. */
export function systemEffects(
  call: Call,
  subject: Pick<Subject, 'document' | 'system'>,
): readonly Effect[] | undefined {
  const { name } = call;
  // Which packages an instruction installs is a fact of its own, see `installsOf`.
  if (packageManager(name)?.family !== 'language' && packageManager(name)) return NONE;
  switch (name) {
    case 'adduser':
      return account(call, [
        '-u',
        '-g',
        '-h',
        '-s',
        '-G',
        '-k',
        '--uid',
        '--gid',
        '--home',
        '--shell',
        '--ingroup',
        '--gecos',
      ]);
    case 'useradd':
      return account(call, [
        '-u',
        '-g',
        '-d',
        '-s',
        '-G',
        '-c',
        '-k',
        '--uid',
        '--gid',
        '--home-dir',
        '--shell',
        '--groups',
        '--comment',
        '--home',
        '-b',
        '-K',
      ]);
    case 'addgroup':
    case 'groupadd':
    case 'usermod':
    case 'groupmod':
    case 'passwd':
    case 'chpasswd':
    case 'deluser':
    case 'userdel':
      return [{ kind: 'account', name: operands(call).at(-1) ?? '' }];
    case 'update-ca-certificates':
    case 'update-ca-trust':
      return [
        { kind: 'write', path: '/etc/ssl/certs/ca-certificates.crt', role: 'data', origin: `made by \`${name}\`` },
      ];
    case 'locale-gen':
      if (!generatesLocales(call, subject)) return NONE;
      return [{ kind: 'write', path: LOCALES, role: 'data', origin: `made by \`${name}\`` }];
    case 'localedef':
      if (call.args.includes('--no-archive'))
        return [{ kind: 'unknown', below: '/usr/lib/locale', why: `where \`${name}\` puts the locale is not known` }];
      return [{ kind: 'write', path: LOCALES, role: 'data', origin: `made by \`${name}\`` }];
    default:
      return SYSTEM.has(name) ? NONE : undefined;
  }
}

/** Without a list of locales there is nothing to generate; only Ubuntu's command takes their names as arguments. */
function generatesLocales(call: Call, { document, system }: Pick<Subject, 'document' | 'system'>): boolean {
  if (/\blocale\.gen\b/.test(document.source.text)) return true;
  return system.suite?.distro !== 'debian' && call.args.some((arg) => /^[a-z]{2,3}(?:_|\.|$)/.test(arg));
}

function account(call: Call, valueOptions: readonly string[]): readonly Effect[] {
  // `-Dh /home/x`: the last letter of a cluster takes the value.
  const clusters = call.args.filter((arg) => /^-[a-zA-Z]{2,}$/.test(arg) && valueOptions.includes(`-${arg.at(-1)}`));
  const words = operands(call, [...valueOptions, ...clusters]);
  // Alpine's `adduser NAME GROUP` puts an account into a group; Debian's account is the last word of `useradd`.
  const name = (call.name === 'adduser' ? words[0] : words.at(-1)) ?? '';
  const at = call.args.findIndex((arg) => /^(?:-[a-zA-Z]*[hd]|--home|--home-dir)$/.test(arg));
  const home = at < 0 ? `/home/${name}` : call.path(call.args[at + 1] ?? '');
  const isHomeless =
    call.args.some((arg) =>
      /^(?:--no-create-home|-[a-zA-Z]*H[a-zA-Z]*|--system|-[a-zA-Z]*S[a-zA-Z]*|-[a-zA-Z]*M[a-zA-Z]*|-[a-zA-Z]*r[a-zA-Z]*)$/.test(
        arg,
      ),
    ) ||
    (call.name === 'useradd' && !call.args.some((arg) => /^(?:--create-home|-[a-zA-Z]*m[a-zA-Z]*)$/.test(arg)));
  const made: Effect[] = [{ kind: 'account', name }];
  if (!isHomeless && home !== undefined && !name.includes('$')) {
    made.push({ kind: 'write', path: home, role: 'data', entry: 'folder' }, { kind: 'owner', path: home, owner: name });
  }
  return made;
}
