import { type Evidence, makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { entryKind, needOf } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** The locale that the image's variables ask for is installed, where it was. */
export const locale: StaticCheck = {
  id: 'locale',
  check({ before, after }, { searched }) {
    const evidence: Evidence[] = [];
    const { env } = after.config;
    const asked = env.get('LC_ALL') || env.get('LANG') || '';
    const isBuiltIn = /^(?:C|POSIX|C\.utf-?8)?$/i.test(asked);
    // musl knows no locales that could be missing, and neither do programs that bring their own.
    const matters = !isBuiltIn && after.libc === 'glibc' && entryKind(after) !== 'java' && entryKind(after) !== 'node';
    if (matters && hasLocale(before, asked) && !hasLocale(after, asked)) {
      const { answer } = needOf(after, 'locale', searched);
      const hint = 'Install locales and generate it, or copy /usr/lib/locale from the build stage';
      const message = `The locale ${asked} is not installed any more, so that the C locale is used`;
      evidence.push({ outcome: answer === 'no' ? 'changed' : 'worse', message, cause: { kind: 'locale' }, hint });
    }
    return makeCheck('locale', 'closes', 'The locale that is asked for is there, or none is', evidence);
  },
};

function hasLocale({ files }: Snapshot, name: string): boolean {
  const plain = name.toLowerCase().replace(/-/g, '');
  if (files.list('/usr/lib/locale').includes('locale-archive')) return true;
  return files.list('/usr/lib/locale').some((folder) => folder.toLowerCase().replace(/-/g, '') === plain);
}
