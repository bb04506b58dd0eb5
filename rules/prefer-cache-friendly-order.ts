import { type Document, type Instruction, reachableStages, type Stage } from '../src/dockerfile/index.ts';
import { type Copy, stageCopies } from '../src/lint/facts/copies.ts';
import { type DependencyInstall, dependencyInstall } from '../src/lint/facts/dependencies.ts';
import { copyManifestsFirst } from '../src/lint/facts/reordering.ts';
import type { Project, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-cache-friendly-order',
  severity: 'info',
  fixable: 'unsafe',
  needs: ['copy', 'add'],
  summary: 'All sources are copied before the dependencies are installed',
  why: 'A layer is built again when anything that was copied before it has changed. With `COPY . .` in front of the install, every change of a source file installs all dependencies again. Copy the manifests first, install, and copy the rest afterwards.',
  examples: [
    {
      bad: 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nCMD ["node", "server.js"]\n',
      good: 'FROM node:22-slim\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nCMD ["node", "server.js"]\n',
    },
  ],
  *check(document, { target, project }) {
    if (!target) return;
    for (const stage of reachableStages(target)) {
      const copies = new Map(stageCopies(document, stage).map((copy) => [copy.instruction, copy]));
      if (![...copies.values()].some(isWhole)) continue;
      const seen = new Set<string>(stage.baseStage && installedBefore(document, stage.baseStage));
      let whole: Copy | undefined;
      for (const instruction of stage.instructions) {
        const copy = copies.get(instruction);
        if (copy && !whole && isWhole(copy)) whole = copy;
        if (instruction.keyword !== 'RUN') continue;
        for (const command of document.shell(instruction)?.commands ?? []) {
          const called = dependencyInstall(command);
          if (!called) continue;
          const install = whole ? fromContext(called, whole) : called;
          // What was installed before the sources came is cached; a second install only adds to it.
          if (!whole || command.isConditional || hasBindMount(instruction)) seen.add(install.tool);
          if (!whole || seen.has(install.tool) || !TOOLS.has(install.tool)) continue;
          seen.add(install.tool);
          yield {
            at: { start: whole.instruction.start, end: whole.instruction.lineEnd },
            message: `\`${install.name}\` runs again after every change of a source file, because all of them are copied before it; copy ${presentManifests(
              install,
              project,
            )
              .map((file) => `\`${file}\``)
              .join(' and ')} first`,
            fix: copyManifestsFirst(document, stage, whole, instruction, install, project),
          };
        }
      }
    }
  },
};

const TOOLS: ReadonlySet<DependencyInstall['tool']> = new Set([
  'npm',
  'yarn',
  'pnpm',
  'pip',
  'go',
  'bundle',
  'cargo',
  'composer',
]);

/** Whether a copy takes the whole build context. */
function isWhole({ from, sources }: Copy): boolean {
  return !from && sources.length === 1 && sources[0]!.kind === 'path' && sources[0]!.path === '/';
}

/** The install with the paths of its manifests as they are in the build context. */
function fromContext(install: DependencyInstall, { destination }: Copy): DependencyInstall {
  const prefix = `${destination}/`;
  const manifests = install.manifests.map((file) => (file.startsWith(prefix) ? file.slice(prefix.length) : file));
  return { ...install, manifests };
}

/** The manifests to name: those that are there, or the usual ones. */
function presentManifests({ manifests }: DependencyInstall, project: Project): readonly string[] {
  const present = manifests.filter((file) => project.list('.').includes(file));
  return present.length > 0 ? present : manifests.slice(0, 2);
}

/** The tools that already installed something in the stages below. */
function installedBefore(document: Document, stage: Stage): string[] {
  const runs = stage.chain.flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'RUN'));
  const commands = runs.flatMap((run) => document.shell(run)?.commands ?? []);
  return commands.flatMap((command) => dependencyInstall(command)?.tool ?? []);
}

/** The manifests come from the build context by themselves. */
function hasBindMount({ flags }: Instruction): boolean {
  return flags.some(({ name, value }) => name === 'mount' && !/type=(?:cache|tmpfs|secret|ssh)/.test(value ?? ''));
}
