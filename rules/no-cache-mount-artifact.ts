import { type Document, type Instruction, joinPath, type Range, type Stage } from '../src/dockerfile/index.ts';
import { copiesFrom } from '../src/lint/facts/copies.ts';
import { type CacheMount, type CacheMounts, cacheMounts, hidingMount } from '../src/lint/facts/mounts.ts';
import { startCommand } from '../src/lint/facts/shipping.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-cache-mount-artifact',
  severity: 'error',
  needs: ['--mount'],
  summary: 'A build output lies under a cache mount, and is copied or run later',
  why: 'A cache mount is there only while its RUN runs: what the build writes under it is kept beside the image, not in it. A later COPY finds nothing, or an old file; a container finds nothing to run. Copy the output to another folder in the same RUN.',
  examples: [
    {
      bad: 'FROM rust:1.79 AS build\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/app/target cargo build --release\n\nFROM debian:12-slim\nCOPY --from=build /app/target/release/server /usr/local/bin/\nCMD ["server"]\n',
      good: 'FROM rust:1.79 AS build\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/app/target cargo build --release && cp target/release/server /server\n\nFROM debian:12-slim\nCOPY --from=build /server /usr/local/bin/\nCMD ["server"]\n',
    },
  ],
  *check(document, { target }) {
    const mounts = cacheMounts(document);
    if (mounts.size === 0) return;
    for (const stage of document.stages) {
      for (const { sources } of copiesFrom(document, stage)) {
        for (const { word, path, isPattern } of sources) {
          // Of a pattern, the folder in front of its first wildcard.
          const place = isPattern ? path?.replace(/\/[^/]*[*?[].*$/, '') : path;
          const mount = place === undefined ? undefined : hidingMount(document, mounts, stage, place);
          if (mount) yield finding(word, path!, mount, `stage \`${stage.label}\``);
        }
      }
    }
    if (target) yield* startedFiles(document, mounts, target);
  },
};

function finding(at: Range, path: string, { target }: CacheMount, owner: string) {
  return { at, message: `\`${path}\` lies under the cache mount \`${target}\`, which is no part of ${owner}` };
}

function* startedFiles(document: Document, mounts: CacheMounts, stage: Stage) {
  const start = startCommand(document, stage);
  const { workdir } = stage.scope.end;
  const at: Instruction | undefined = start?.entrypoint ?? start?.cmd;
  for (const word of new Set(start?.lines.flat() ?? [])) {
    const path = word.includes('/') && !word.startsWith('-') ? joinPath(workdir, word) : undefined;
    const mount = path === undefined ? undefined : hidingMount(document, mounts, stage, path);
    if (mount) yield finding(at!.argsRange, path!, mount, 'the image');
  }
}
