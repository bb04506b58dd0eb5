import { type Document, type Instruction, joinPath, mountOption } from '../../dockerfile/index.ts';
import { isWithin } from './copies.ts';

/**
 * Whether what a RUN writes to a folder stays out of the image, because a cache or a tmpfs is mounted there. The folder
 * is absolute, or the end of a path in whatever home (`.cache/pip`). A target that the file does not tell may be it.
 */
export function isMountedAway(document: Document, run: Instruction, folder: string): boolean {
  const scope = document.scope(run);
  return run.flags.some((flag) => {
    if (flag.name !== 'mount' || !/^(?:cache|tmpfs)$/.test(mountOption(flag, run, 'type')?.value ?? '')) return false;
    const option = ['target', 'dst', 'destination'].flatMap((name) => mountOption(flag, run, name) ?? [])[0];
    const expansion = option && scope?.expand(option.value);
    if (!option) return false;
    if (!expansion?.complete) return true;
    const target = joinPath(scope?.workdir ?? '/', expansion.value)!;
    if (folder.startsWith('/')) return isWithin(folder, target);
    const parts = folder.split('/');
    const places = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
    return places.some((place) => target.endsWith(place)) || target.includes(`${places.at(-1)}/`);
  });
}
