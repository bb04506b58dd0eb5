import { reachableStages } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-unreachable-stage',
  severity: 'info',
  summary: 'A stage that no build can reach',
  why: 'Nothing copies from the stage, nothing stands on it, and it has no name of its own that `--target` could give, so the builder skips it: its tests do not run and its files go nowhere. Refer to it, name it, or take it out.',
  examples: [
    {
      bad: 'FROM golang:1.22\nCOPY . .\nRUN go test ./...\n\nFROM golang:1.22 AS build\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
      good: 'FROM golang:1.22 AS test\nCOPY . .\nRUN go test ./...\n\nFROM golang:1.22 AS build\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document, { target }) {
    const last = document.stages.at(-1);
    if (!last) return;
    // A name can be given as the target; where several stages have it, it means the last of them.
    const byName = new Map(document.stages.map((stage) => [stage.name, stage]));
    byName.delete(undefined);
    const reached = reachableStages([last, ...(target ? [target] : []), ...byName.values()]);
    for (const stage of document.stages) {
      // A FROM that the builder refuses says nothing about names.
      if (reached.has(stage) || (!stage.nameWord && stage.from.words.length !== 1)) continue;
      yield {
        at: { start: stage.from.start, end: stage.from.lineEnd },
        message: stage.nameWord
          ? `stage ${stage.index} is hidden by a later stage named \`${stage.label}\`, and nothing uses it`
          : `stage ${stage.index} has no name, and nothing uses it`,
      };
    }
  },
};
