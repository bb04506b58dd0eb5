import { type Document, type Instruction, joinPath, type Range, type Stage } from '../src/dockerfile/index.ts';
import { copiesFrom, isWithin } from '../src/lint/facts/copies.ts';
import { type CacheMount, cacheMounts, mayWrite } from '../src/lint/facts/mounts.ts';
import { startCommand } from '../src/lint/facts/shipping.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-cache-mount-artifact',
  severity: 'error',
  summary: 'A build output lies under a cache mount, and is copied or run later',
  why: 'A cache mount is there only while its RUN runs: what the build writes under it is kept beside the image, not in it. A later COPY finds nothing, or an old file; a container finds nothing to run. Copy the output to another folder in the same RUN.',
  examples: [
    {
      bad: 'FROM rust:1.79 AS build\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/app/target cargo build --release\n\nFROM debian:12-slim\nCOPY --from=build /app/target/release/server /usr/local/bin/\nCMD ["server"]\n',
      good: 'FROM rust:1.79 AS build\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/app/target cargo build --release && cp target/release/server /server\n\nFROM debian:12-slim\nCOPY --from=build /server /usr/local/bin/\nCMD ["server"]\n',
    },
  ],
  *check(document, { target }) {
    for (const stage of document.stages) {
      const mounts = stage.chain.flatMap((part) => cacheMounts(document, part));
      if (mounts.length === 0) continue;
      for (const { sources } of copiesFrom(document, stage)) {
        for (const { word, path, isPattern } of sources) {
          if (path === undefined) continue;
          // Of a pattern, the folder in front of its first wildcard.
          const place = isPattern ? path.replace(/\/[^/]*[*?[].*$/, '') : path;
          const mount = hidingMount(document, stage, mounts, place);
          if (mount) yield finding(word, path, mount, `stage \`${stage.label}\``);
        }
      }
      if (stage === target) yield* startedFiles(document, stage, mounts);
    }
  },
};

function finding(at: Range, path: string, { target }: CacheMount, owner: string) {
  return { at, message: `\`${path}\` lies under the cache mount \`${target}\`, which is no part of ${owner}` };
}

function* startedFiles(document: Document, stage: Stage, mounts: readonly CacheMount[]) {
  const start = startCommand(document, stage);
  const { workdir } = stage.scope.end;
  const at: Instruction | undefined = start?.entrypoint ?? start?.cmd;
  for (const word of new Set(start?.lines.flat() ?? [])) {
    const path = word.includes('/') && !word.startsWith('-') ? joinPath(workdir, word) : undefined;
    const mount = path === undefined ? undefined : hidingMount(document, stage, mounts, path);
    if (mount) yield finding(at!.argsRange, path!, mount, 'the image');
  }
}

/** The mount that a path is under, if nothing outside a mount may have written it. */
function hidingMount(
  document: Document,
  stage: Stage,
  mounts: readonly CacheMount[],
  path: string,
): CacheMount | undefined {
  const mount = mounts.find(({ target }) => target !== '/' && isWithin(path, target));
  return mount && !mayWrite(document, stage, path, mount.target) ? mount : undefined;
}
