import { copiesFrom } from '../src/lint/facts/copies.ts';
import { stageNaming } from '../src/lint/facts/stage-names.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-stage-name',
  severity: 'info',
  fixable: 'safe',
  summary: 'A stage that is not the last one has no name',
  why: 'Only a name lets other stages, `--target` and readers refer to a stage in a way that stays right when stages are added. Name every stage but the last after what it does: `build`, `deps`, `test`, `assets`.',
  examples: [
    {
      bad: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n\nFROM nginx\nCOPY --from=0 /app/dist /usr/share/nginx/html\n',
      good: 'FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n\nFROM nginx\nCOPY --from=build /app/dist /usr/share/nginx/html\n',
    },
  ],
  *check(document) {
    for (const stage of document.stages.slice(0, -1)) {
      if (stage.from.words.length !== 1) continue;
      const naming = stageNaming(document, stage);
      const numbers = copiesFrom(document, stage).flatMap(({ from }) => (from?.isNumeric ? from.range : []));
      yield {
        at: { start: stage.from.start, end: stage.from.lineEnd },
        message: `stage ${stage.index} has no name`,
        fix: naming && {
          title: `Name the stage \`${naming.name}\``,
          safety: 'safe',
          edits: [...naming.edits, ...numbers.map(({ start, end }) => ({ start, end, text: naming.name }))],
        },
      };
    }
  },
};
