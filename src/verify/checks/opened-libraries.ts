import { absentLibraries, textsOfLibrary } from '../absent.ts';
import { type Evidence, makeCheck } from '../model.ts';
import type { StaticCheck } from './check.ts';

/** Libraries that are opened by name while a program runs, so that no list of needed libraries has them. */
export const openedLibraries: StaticCheck = {
  id: 'opened-libraries',
  check(pair) {
    const { before, after } = pair;
    const evidence: Evidence[] = [];
    for (const name of absentLibraries(pair)) {
      // What a file needs by its header is the business of linking.
      const readers = textsOfLibrary(name).flatMap((text) => [...after.mentioning(text)]);
      const reader = readers.find((path) => !needs(after.files.get(path)?.elf?.needed, name));
      if (reader === undefined) continue;
      const cause = { kind: 'library', object: reader, needs: name } as const;
      const hint = 'Install the package that it is in, or copy the library';
      evidence.push({
        outcome: 'unknown',
        message: `${reader} names ${name}, which is not there any more`,
        cause,
        hint,
      });
    }
    const gconv = ({ files }: typeof before) =>
      ['/usr/lib', '/lib'].some((folder) =>
        files.list(folder).some((name) => files.list(`${folder}/${name}/gconv`).length > 10),
      );
    if (gconv(before) && !gconv(after)) {
      for (const entry of after.files.entries()) {
        if (!entry.elf?.imports.includes('iconv_open') || after.isBase(entry)) continue;
        const cause = { kind: 'locale' } as const;
        const message = `${entry.path} converts between character sets, and the tables for that are lost`;
        evidence.push({ outcome: 'unknown', message, cause, hint: 'Copy the folder gconv next to the C library' });
      }
    }
    return makeCheck('opened-libraries', 'closes', 'No library is lost that a program names', evidence);
  },
};

/** `libz.so.1.2.13` lies behind `libz.so.1`. */
function needs(needed: readonly string[] | undefined, name: string): boolean {
  return needed?.some((one) => one === name || name.startsWith(`${one}.`) || one.startsWith(`${name}.`)) ?? false;
}
