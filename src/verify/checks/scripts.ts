import { type Evidence, makeCheck } from '../model.ts';
import type { StaticCheck } from './check.ts';

/** Every script that the image brings beyond its base finds its interpreter, not only the one that is started first. */
export const scripts: StaticCheck = {
  id: 'scripts',
  check({ before, after }) {
    const evidence: Evidence[] = [];
    const onTheWay = new Set(after.chain.programs.map(({ entry }) => entry.path));
    for (const entry of after.files.entries()) {
      if (entry.shebang === undefined || (entry.mode & 0o111) === 0) continue;
      if (after.isBase(entry) || onTheWay.has(entry.path)) continue;
      const { problem } = after.follow(entry.path);
      if (problem === undefined || problem.kind === 'denied') continue;
      const old = before.files.get(entry.path);
      if (old === undefined || before.follow(entry.path).problem !== undefined) continue;
      const cause = { kind: 'program', name: problem.name, path: entry.path } as const;
      const what = problem.kind === 'line end' ? 'has lines that end in a carriage return' : `needs ${problem.name}`;
      evidence.push({
        outcome: toolScript(entry.path) ? 'changed' : 'unknown',
        message: `${entry.path} ${what}, which worked in the original`,
        cause,
      });
    }
    return makeCheck('scripts', 'closes', 'Scripts find their interpreters', evidence);
  },
};

/** Scripts that packages carry for those who develop them. */
const toolScript = (path: string): boolean =>
  /\/node_modules\/|\/(?:site|dist)-packages\/|^\/usr\/(?:share|lib|sbin|bin)\//.test(path);
