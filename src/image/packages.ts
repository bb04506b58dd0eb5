import type { FileIndex } from './files.ts';

/** The packages of the operating system that an image says are installed (Debian's and Alpine's databases). */
export class Packages {
  /** Names without architecture and version. */
  readonly names: ReadonlySet<string>;
  readonly #owners = new Map<string, string>();

  constructor(files: FileIndex) {
    const names = new Set<string>();
    for (const file of files.list('/var/lib/dpkg/info')) {
      if (!file.endsWith('.list')) continue;
      const name = file.slice(0, -'.list'.length).split(':')[0] as string;
      names.add(name);
      for (const path of (files.text(`/var/lib/dpkg/info/${file}`) ?? '').split('\n')) this.#own(path, name);
    }
    let folder = '';
    let name = '';
    const installed = files.text('/lib/apk/db/installed') ?? files.text('/usr/lib/apk/db/installed') ?? '';
    for (const line of installed.split('\n')) {
      const value = line.slice(2);
      if (line.startsWith('P:')) {
        name = value;
        names.add(name);
      } else if (line.startsWith('F:')) folder = `/${value}`;
      else if (line.startsWith('R:')) this.#own(`${folder === '/' ? '' : folder}/${value}`, name);
    }
    this.names = names;
  }

  #own(path: string, name: string): void {
    if (path !== '') this.#owners.set(merged(path), name);
  }

  /** The package that brought a path; undefined for files of no package. */
  ownerOf(path: string): string | undefined {
    return this.#owners.get(merged(path));
  }
}

/** Databases may say `/lib/x` of what lies in `/usr/lib/x`, and the other way round. */
function merged(path: string): string {
  return /^\/usr\/(?:bin|sbin|lib|lib32|lib64|libx32)\//.test(path) ? path.slice(4) : path;
}
