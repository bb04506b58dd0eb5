const words = (text: string): readonly string[] => text.split(' ');

/** Accounts beside root in any release of Debian's (and Ubuntu's) base image. */
export const debianAccounts = words(
  'daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody _apt libuuid syslog messagebus systemd-network systemd-resolve systemd-timesync systemd-bus-proxy',
);

/** Accounts beside root in any release of Alpine's base image; `www-data` is a group there, not an account. */
export const alpineAccounts = words(
  'bin daemon adm lp sync shutdown halt mail news uucp operator man postmaster cron ftp sshd at squid xfs games cyrus vpopmail ntp smmsp guest nobody',
);

/** Accounts beside root in the busybox image. */
export const busyboxAccounts = words('daemon bin sys sync mail www-data operator nobody');

/** Accounts beside root in Google's distroless images. */
export const distrolessAccounts = words('nobody nonroot');

/** Accounts beside root in the base images of Red Hat, Fedora, their rebuilds, Amazon Linux, Arch and openSUSE. */
export const rpmAccounts = words(
  'bin daemon adm lp sync shutdown halt mail operator games ftp man nobody dbus tss systemd-network systemd-resolve systemd-oom systemd-coredump systemd-timesync systemd-bus-proxy polkitd',
);
