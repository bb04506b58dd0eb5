import { type Document, type Instruction, reachableStages, type Stage } from '../src/dockerfile/index.ts';
import { runsBuildTool } from '../src/knowledge/tools.ts';
import { cachesOf } from '../src/lint/facts/caches.ts';
import { copiesFrom, isWithin } from '../src/lint/facts/copies.ts';
import { Memo } from '../src/lint/facts/memo.ts';
import { startCommand } from '../src/lint/facts/shipping.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-cache-mount',
  severity: 'off',
  fixable: 'unsafe',
  summary: 'A package manager downloads again what a cache mount would keep between builds',
  why: 'A layer that is built again starts with empty caches. `RUN --mount=type=cache,target=…` keeps them between builds and out of the image. What lies in such a mount is not in the image: it is only proposed for folders that nothing copies, and that the container does not need. Needs BuildKit. For apt the base images of Debian and Ubuntu remove downloaded packages by /etc/apt/apt.conf.d/docker-clean, which has to go first, and the lists must not be removed in the same RUN.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
      good: 'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document, { target }) {
    if (!target) return;
    const start = startCommand(document, target);
    const runsTool = start?.lines.some((line) => runsBuildTool(line) !== undefined) ?? true;
    for (const stage of reachableStages(target)) {
      // A build tool that runs in the container wants what it downloaded.
      if (runsTool && target.chain.includes(stage)) continue;
      for (const run of stage.instructions) {
        if (run.keyword !== 'RUN' || run.json) continue;
        const caches = cachesOf(document, stage, run).filter(
          ({ folders, isExclusive }) => !isExclusive || (keepsAptFiles(document, stage, run) && folders.length > 0),
        );
        const missing = [...new Set(caches.flatMap(({ folders }) => folders))].filter(
          (folder) => !isMounted(run, folder) && !isWanted(document, stage, folder),
        );
        if (missing.length === 0) continue;
        const first = caches.find(({ folders }) => folders.some((folder) => missing.includes(folder)))!;
        const isExclusive = (folder: string) =>
          caches.some((cache) => cache.isExclusive && cache.folders.includes(folder));
        const flags = missing.map(
          (folder) => `--mount=type=cache,target=${folder}${isExclusive(folder) ? ',sharing=locked' : ''}`,
        );
        const at = run.keywordRange.end;
        const { words } = first.command;
        yield {
          at: { start: words[0]!.start, end: words.at(-1)!.end },
          message: `\`${first.name}\` starts with empty caches whenever the layer is built again; mount a cache at ${missing.map((folder) => `\`${folder}\``).join(' and ')}`,
          fix: {
            title: `Mount ${missing.length === 1 ? 'a cache' : 'caches'}`,
            safety: 'unsafe',
            edits: [{ start: at, end: at, text: ` ${flags.join(' ')}` }],
          },
        };
      }
    }
  },
};

/** Some mount already stands at the folder, above it or below it. */
function isMounted(run: Instruction, folder: string): boolean {
  return run.flags.some(({ name, value }) => {
    const path = name === 'mount' ? /(?:target|dst|destination)=([^,]+)/.exec(value ?? '')?.[1] : undefined;
    return (
      path !== undefined &&
      (path.includes('$') || path.startsWith('~') || isWithin(folder, path) || isWithin(path, folder))
    );
  });
}

/** Another stage copies the folder, something in it, or something around it; or a later stage stands on it. */
function isWanted(document: Document, stage: Stage, folder: string): boolean {
  return document.stages.some(
    (other) =>
      copiesFrom(document, other).some(({ sources }) =>
        sources.some(
          ({ path }) => path === undefined || (path !== '/' && (isWithin(path, folder) || isWithin(folder, path))),
        ),
      ) && other.chain.includes(stage),
  );
}

/** Debian's images remove downloaded packages at once, unless told not to; and a RUN may remove the lists itself. */
function keepsAptFiles(document: Document, stage: Stage, run: Instruction): boolean {
  return keepsPackagesFrom(document, stage) <= run.index && !removes(document, run, /^\/var\/(?:lib\/apt|cache\/apt)/);
}

const firstKeeping = new Memo<Stage, number>();

/** The index of the RUN that tells Debian's image to keep what it downloads; infinite when none does. */
function keepsPackagesFrom(document: Document, stage: Stage): number {
  let first = firstKeeping.get(stage);
  if (first === undefined) {
    const runs = stage.chain.flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'RUN'));
    const keeping = runs.filter((run) => removes(document, run, /docker-clean$/)).map(({ index }) => index);
    first = Math.min(...keeping, Number.POSITIVE_INFINITY);
    firstKeeping.set(stage, first);
  }
  return first;
}

function removes(document: Document, run: Instruction, path: RegExp): boolean {
  const commands = document.shell(run)?.commands ?? [];
  return commands.some(({ name, args }) => name === 'rm' && args.some(({ value }) => path.test(value)));
}
