import { reservedStageNames } from '../src/knowledge/names.ts';
import { freeStageName, renamedStage, stageRole } from '../src/lint/facts/stage-names.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-reserved-stage-name',
  aliases: ['ReservedStageName', 'DL3063'],
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['scratch', 'context'],
  summary: 'A stage has a name that the builder keeps for itself',
  why: '`scratch` is the empty base and `context` the build context. A stage of that name hides it, or is never found. Call the stage after what it does. The repair renames what refers to the stage in the file, and cannot see who asks for it with `--target`.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS context\nRUN go build -o /app .\n\nFROM alpine\nCOPY --from=context /app /app\n',
      good: 'FROM golang:1.22 AS build\nRUN go build -o /app .\n\nFROM alpine\nCOPY --from=build /app /app\n',
    },
  ],
  *check(document) {
    for (const stage of document.stages) {
      if (!stage.nameWord || !reservedStageNames.has(stage.label.toLowerCase())) continue;
      const name = freeStageName(document, stageRole(document, stage));
      const edits = renamedStage(document, stage, name);
      yield {
        at: stage.nameWord,
        message: `\`${stage.label}\` is a reserved name`,
        fix: edits && { title: `Rename the stage \`${name}\``, safety: 'unsafe', edits },
      };
    }
  },
};
