import type { FileIndex } from './files.ts';

/** A line of `/etc/passwd`. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** A line of `/etc/group`. */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** What the USER of an image stands for in its own account files. */
export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Absent for a number that no account has. */
  readonly account?: Account;
}

const lines = (files: FileIndex, path: string): string[][] =>
  (files.text(path) ?? '').split('\n').flatMap((line) => (line.includes(':') ? [line.trim().split(':')] : []));
const isNumber = (text: string | undefined): text is string => text !== undefined && /^\d+$/.test(text);

export function readAccounts(files: FileIndex): Account[] {
  return lines(files, '/etc/passwd').flatMap(([name = '', , uid, gid, , home = '', shell = '']) =>
    isNumber(uid) && isNumber(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home, shell }] : [],
  );
}

export function readGroups(files: FileIndex): Group[] {
  return lines(files, '/etc/group').flatMap(([name = '', , gid, members = '']) =>
    isNumber(gid) ? [{ name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') }] : [],
  );
}

/**
 * Resolves `user`, `user:group`, `1000` or `1000:1000` as a container runtime does. `unknown` names the part that no
 * account file has: the container does not start then.
 */
export function resolveUser(files: FileIndex, user: string): ResolvedUser | { readonly unknown: string } {
  const [name = '', group] = (user === '' ? '0' : user).split(':');
  const accounts = readAccounts(files);
  const groups = readGroups(files);
  const account =
    accounts.find((candidate) => candidate.name === name) ??
    (isNumber(name) ? accounts.find(({ uid }) => uid === Number(name)) : undefined);
  if (account === undefined && !isNumber(name)) return { unknown: name };
  const uid = account?.uid ?? Number(name);
  let gid = account?.gid ?? 0;
  if (group !== undefined && group !== '') {
    const found = groups.find((candidate) => candidate.name === group);
    if (found === undefined && !isNumber(group)) return { unknown: group };
    gid = found?.gid ?? Number(group);
  }
  const more = groups.filter(({ members }) => account !== undefined && members.includes(account.name));
  return { uid, gid, groups: [gid, ...more.map((item) => item.gid)], ...(account === undefined ? {} : { account }) };
}
