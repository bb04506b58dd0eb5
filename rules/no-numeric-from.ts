import { sourceStage } from '../src/lint/facts/copies.ts';
import { stageNaming } from '../src/lint/facts/stage-names.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-numeric-from',
  severity: 'warn',
  fixable: 'safe',
  needs: ['from='],
  summary: '`--from` refers to a stage by its number',
  why: 'A number counts the stages from the top, so a stage that is put in front of another renumbers all that follow, and the copy silently takes its files from somewhere else. A name says what is meant and stays right. Numbers behind ONBUILD count the stages of another file and are left alone.',
  examples: [
    {
      bad: 'FROM golang:1.22\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=0 /app /app\nCMD ["/app"]\n',
      good: 'FROM golang:1.22 AS build\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document) {
    for (const { references } of document.stages) {
      for (const reference of references) {
        const stage = sourceStage(reference);
        if (!stage || !reference.isNumeric) continue;
        const naming = stageNaming(document, stage);
        const { start, end } = reference.range;
        yield {
          at: reference.range,
          message: stage.nameWord
            ? `\`--from=${reference.value}\` refers to stage \`${stage.label}\` by its number`
            : `\`--from=${reference.value}\` refers to a stage by its number, and the stage has no name`,
          fix: naming && {
            title: stage.nameWord ? `Refer to the stage as \`${naming.name}\`` : `Name the stage \`${naming.name}\``,
            safety: 'safe',
            edits: [...naming.edits, { start, end, text: naming.name }],
          },
        };
      }
    }
  },
};
