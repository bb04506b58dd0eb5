/** Programs that come with any shell: its own, and those of busybox and of coreutils alike. */
export const shellPrograms: ReadonlySet<string> = new Set(
  `: . [ [[ alias awk base64 basename bg break cal cat cd chgrp chmod chown chroot cksum clear cmp command continue cp cut date
  dd df diff dirname dmesg du echo egrep env eval exec exit expand export expr factor false fg fgrep find fold getopts grep
  groups gunzip gzip hash head hostid hostname id install jobs kill ln local logger ls md5sum mkdir mkfifo mknod mktemp mv
  nice nl nohup nproc od paste pidof printenv printf pwd read readlink readonly realpath return rm rmdir sed seq set sh
  sha1sum sha256sum sha512sum shift shuf sleep sort source split stat stty sum sync tac tail tee test timeout times
  touch tr trap true truncate tty type ulimit umask uname unexpand uniq unlink unset wait wc which whoami xargs yes
  let shopt declare typeset ash dash`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Further programs of busybox, and so of Alpine; Debian's slim images have them in packages of their own. */
export const busyboxPrograms: ReadonlySet<string> = new Set(
  'wget nc netstat ps top free pgrep pkill ping traceroute nslookup tar unzip bzip2 xz vi less more ip ifconfig adduser addgroup su hexdump watch uptime telnet ftpget crond tree'.split(
    ' ',
  ),
);

/** Programs and the package that has them; most packages have one name everywhere. */
const PACKAGES: Readonly<Record<string, { readonly apt: string; readonly apk: string }>> = {
  ps: { apt: 'procps', apk: 'procps' },
  pgrep: { apt: 'procps', apk: 'procps' },
  pkill: { apt: 'procps', apk: 'procps' },
  nc: { apt: 'netcat-openbsd', apk: 'netcat-openbsd' },
  ncat: { apt: 'ncat', apk: 'nmap-ncat' },
  ping: { apt: 'iputils-ping', apk: 'iputils' },
  nslookup: { apt: 'dnsutils', apk: 'bind-tools' },
  dig: { apt: 'dnsutils', apk: 'bind-tools' },
  ssh: { apt: 'openssh-client', apk: 'openssh-client' },
  psql: { apt: 'postgresql-client', apk: 'postgresql-client' },
  pg_isready: { apt: 'postgresql-client', apk: 'postgresql-client' },
  mysql: { apt: 'default-mysql-client', apk: 'mysql-client' },
  mysqladmin: { apt: 'default-mysql-client', apk: 'mysql-client' },
  'redis-cli': { apt: 'redis-tools', apk: 'redis' },
  sqlite3: { apt: 'sqlite3', apk: 'sqlite' },
  envsubst: { apt: 'gettext-base', apk: 'gettext' },
  xz: { apt: 'xz-utils', apk: 'xz' },
  convert: { apt: 'imagemagick', apk: 'imagemagick' },
  pdftotext: { apt: 'poppler-utils', apk: 'poppler-utils' },
  ip: { apt: 'iproute2', apk: 'iproute2' },
  ifconfig: { apt: 'net-tools', apk: 'net-tools' },
  netstat: { apt: 'net-tools', apk: 'net-tools' },
  su: { apt: 'util-linux', apk: 'shadow' },
  'su-exec': { apt: 'gosu', apk: 'su-exec' },
  gosu: { apt: 'gosu', apk: 'gosu' },
};

const SAME_NAME = new Set(
  'bash curl wget git jq openssl ffmpeg tini dumb-init make less nano vim unzip zip rsync socat graphviz tzdata ca-certificates ghostscript supervisor cron tar bzip2 file'.split(
    ' ',
  ),
);

/** The package that brings a program; undefined when the tables do not know one. */
export function packageOfProgram(name: string, manager: 'apt' | 'apk'): string | undefined {
  if (SAME_NAME.has(name)) return name;
  return Object.hasOwn(PACKAGES, name) ? PACKAGES[name]![manager] : undefined;
}

/** The same package under another manager's names; undefined when that is not known. */
export function samePackage(name: string): string | undefined {
  return SAME_NAME.has(name) ? name : undefined;
}

/** Packages that only help others to be installed or the sources to be fetched; not in the table of build packages. */
export const installHelpers: ReadonlySet<string> = new Set(
  'apt-transport-https apt-utils software-properties-common gnupg gnupg2 gpg gpg-agent dirmngr lsb-release unzip zip xz-utils bzip2 tar xz upx upx-ucl rsync openssh-client openssh ssh locales debconf-utils file less vim nano tree sudo procps shadow man-db'.split(
    ' ',
  ),
);
