import type { Stage, StageReference } from '../src/dockerfile/index.ts';
import { isLibraryImage } from '../src/knowledge/library.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-forward-stage-reference',
  aliases: ['DL3022'],
  severity: 'error',
  summary: 'A stage refers to one that is defined further down',
  why: 'Stages are built in the order of the file: the builder refuses `--from` with a later stage, and a FROM with the name of a later stage means an image of that name. Move the stage that is referred to up.',
  examples: [
    {
      bad: 'FROM alpine\nCOPY --from=build /app /app\nCMD ["/app"]\n\nFROM golang:1.22 AS build\nCOPY . .\nRUN go build -o /app .\n',
      good: 'FROM golang:1.22 AS build\nCOPY . .\nRUN go build -o /app .\n\nFROM alpine\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document) {
    const byName = new Map(document.stages.map((stage) => [stage.name, stage]));
    for (const stage of document.stages) {
      for (const reference of stage.references) {
        const later = laterStage(reference, byName);
        if (!later) continue;
        const line = document.source.position(later.from.start).line;
        const where = `which is defined further down, in line ${line}`;
        yield {
          at: reference.range,
          message: reference.isNumeric
            ? `\`--from=${reference.value}\` is the number of a stage ${where}`
            : `\`${reference.value}\` is the name of a stage ${where}`,
        };
      }
    }
  },
};

/** FROM with a name that a later stage has means an image; unless there is a well-known one, the stage is meant. */
function laterStage(
  { kind, target, value, from }: StageReference,
  byName: ReadonlyMap<string | undefined, Stage>,
): Stage | undefined {
  if (target.kind === 'later-stage') return target.stage === from ? undefined : target.stage;
  if (kind !== 'base' || target.kind !== 'image' || isLibraryImage(value)) return undefined;
  const named = byName.get(value.toLowerCase());
  return named && named.index > from.index ? named : undefined;
}
