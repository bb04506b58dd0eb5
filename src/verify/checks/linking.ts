import type { FileEntry, LinkProblem } from '../../image/index.ts';
import { type Cause, type Evidence, makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { ownPrograms } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/**
 * Every program and library that the image brings beyond its base can be loaded: its dynamic loader, the libraries it
 * needs, in versions new enough. Not only the program that is started: an extension module is loaded when it is used.
 */
export const linking: StaticCheck = {
  id: 'linking',
  check({ before, after }) {
    const evidence: Evidence[] = [];
    const started = new Set(after.chain.programs.map(({ entry }) => entry.path));
    const seen = new Set<string>();
    for (const entry of ownPrograms(after)) {
      const problems = problemsOf(after, entry);
      if (problems.length === 0) continue;
      const known = new Set(problemsOf(before, entry).map(keyOf));
      for (const problem of problems) {
        if (seen.has(keyOf(problem))) continue;
        seen.add(keyOf(problem));
        const wasBroken = known.has(keyOf(problem)) && before.files.get(entry.path) !== undefined;
        if (wasBroken && !started.has(entry.path)) continue;
        evidence.push(explain(problem, wasBroken));
      }
    }
    return makeCheck('linking', 'closes', 'Every program and library finds what it needs to be loaded', evidence);
  },
};

function problemsOf(snapshot: Snapshot, entry: FileEntry): readonly LinkProblem[] {
  const isLibrary = entry.elf?.interpreter === undefined;
  return snapshot.loader.closure(entry.path, isLibrary ? libcFor(snapshot, entry) : undefined).problems;
}

/** A library is opened by the program of the image, when that is dynamic. */
function libcFor(snapshot: Snapshot, entry: FileEntry): Snapshot['libc'] {
  // Files of a second architecture, or in a folder of their own C library, are not opened by it.
  const program = snapshot.chain.programs.at(-1)?.entry.elf;
  return program?.architecture === entry.elf?.architecture ? snapshot.libc : undefined;
}

const keyOf = ({ kind, object, needs, version }: LinkProblem): string => [kind, object, needs, version].join('\0');

function explain(problem: LinkProblem, wasBroken: boolean): Evidence {
  const { object, needs, version, found } = problem;
  const outcome = wasBroken || problem.kind === 'unreadable' ? 'unknown' : 'worse';
  const say = (message: string, cause: Cause, hint?: string): Evidence => ({
    outcome,
    message: wasBroken ? `${message}, as in the original` : message,
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
  switch (problem.kind) {
    case 'interpreter': {
      const cause = { kind: 'interpreter', object, needs } as const;
      const hint = `Link it statically, or use a base image with ${/musl/.test(needs) ? 'musl' : 'glibc'}`;
      return say(
        `${object} is linked dynamically and its loader ${needs} is not there: "no such file or directory"`,
        cause,
        hint,
      );
    }
    case 'library': {
      const cause = { kind: 'library', object, needs } as const;
      const message = `${object} needs ${needs}, which is not found`;
      if (found !== undefined)
        return say(`${message}; ${found} is there, but the loader's cache does not list it`, cause, 'Run ldconfig');
      return say(message, cause, `Install the package that ${needs} is in, or copy the library`);
    }
    case 'version': {
      const cause = { kind: 'version', object, needs, version: version ?? '' } as const;
      const hint = 'Use a runtime image of the same release as the build image';
      return say(`${object} needs ${version} of ${needs}; ${found} does not have it`, cause, hint);
    }
    case 'libc':
      return say(`${object} is made for glibc, and the program that loads it uses musl`, { kind: 'libc', object });
    case 'unreadable':
      return say(`${object} could not be read well enough to tell what it needs`, { kind: 'file', path: object });
  }
}
