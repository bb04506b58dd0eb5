import { joinPath } from '../dockerfile/index.ts';
import { startCommand } from '../lint/facts/shipping.ts';
import { finalWorkdir } from './entry-point.ts';
import { shellPrograms } from './programs.ts';
import type { Subject } from './types.ts';
import type { World } from './world.ts';

/** What only starts something else, and its options. */
const WRAPPER = /^(?:(?:.*\/)?(?:tini|dumb-init|env|exec|nohup|sh|bash)|-.*|\w+=.*)$/;

/** The programs that ENTRYPOINT and CMD start, by path; one that is called by its name alone stands as it is. */
export function startedPrograms(subject: Subject, world: World): readonly string[] {
  const workdir = finalWorkdir(subject.stage, world);
  const found = new Set<string>();
  for (const line of startCommand(subject.document, subject.stage)?.lines ?? []) {
    const word = line.find((item) => !WRAPPER.test(item));
    if (word === undefined || /[$`*]/.test(word) || shellPrograms.has(word)) continue;
    const path = word.includes('/') ? joinPath(workdir, word) : word;
    if (path !== undefined) found.add(path);
  }
  return [...found];
}

/** Those of them that may be made in a folder, and are not known to lie there already. */
export function startedBelow(folder: string, subject: Subject, world: World): readonly string[] {
  const start = folder === '/' ? '/' : `${folder}/`;
  return startedPrograms(subject, world).filter((path) => path.startsWith(start) && !world.tree.get(path));
}

/** Those that are called by name alone, as they would lie in a folder of programs. */
export function startedIn(folder: string, subject: Subject, world: World): readonly string[] {
  return startedPrograms(subject, world)
    .filter((name) => !name.includes('/'))
    .map((name) => `${folder}/${name}`)
    .filter((path) => !world.tree.get(path));
}
