import { type Evidence, makeCheck } from '../model.ts';
import { ownPrograms } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** Architectures that another one's kernel runs as well. */
const ALSO: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

/** Programs and libraries are made for the machine that the image says it is for. */
export const architecture: StaticCheck = {
  id: 'architecture',
  check({ before, after }) {
    const evidence: Evidence[] = [];
    const wanted = after.config.architecture;
    const first = after.chain.programs.at(-1)?.entry.path;
    for (const { path, elf } of ownPrograms(after)) {
      if (elf === undefined || wanted === '' || elf.architecture === wanted) continue;
      if (ALSO[wanted]?.includes(elf.architecture)) continue;
      const was = before.files.get(path)?.elf?.architecture;
      if (path !== first && was === elf.architecture) continue; // a file for other machines, kept as it was
      const outcome = path === first && was !== elf.architecture ? 'worse' : 'unknown';
      const cause = { kind: 'architecture', object: path, found: elf.architecture } as const;
      const message = `${path} is made for ${elf.architecture}, the image for ${wanted}: exec format error`;
      evidence.push({ outcome, message, cause });
    }
    return makeCheck('architecture', 'closes', 'Programs are made for the architecture of the image', evidence);
  },
};
