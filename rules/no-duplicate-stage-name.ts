import type { Document, Stage } from '../src/dockerfile/index.ts';
import { freeStageName, renamedStage } from '../src/lint/facts/stage-names.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-duplicate-stage-name',
  aliases: ['DuplicateStageName', 'DL3024'],
  severity: 'error',
  fixable: 'unsafe',
  summary: 'Two stages have the same name',
  why: 'The builder compares names without regard to case and takes the last of them for `--from` and `--target`; a FROM between the two means the first. What a name stands for should not depend on the place where it is used. The repair renames the first with the FROMs that mean it; BuildKit never takes it for `--target`, but other builders do.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS build\nRUN go build -o /server ./server\n\nFROM build AS build\nRUN go build -o /client ./client\n\nFROM scratch\nCOPY --from=build /server /client /\n',
      good: 'FROM golang:1.22 AS build-1\nRUN go build -o /server ./server\n\nFROM build-1 AS build\nRUN go build -o /client ./client\n\nFROM scratch\nCOPY --from=build /server /client /\n',
    },
  ],
  *check(document) {
    const last = new Map<string, Stage>();
    for (const stage of document.stages) {
      if (stage.name === undefined || !stage.nameWord) continue;
      const earlier = last.get(stage.name);
      last.set(stage.name, stage);
      if (!earlier) continue;
      const { line } = document.source.position(earlier.from.start);
      yield {
        at: stage.nameWord,
        message: `the stage of line ${line} is called \`${earlier.label}\`, too`,
        fix: renaming(document, earlier),
      };
    }
  },
};

function renaming(document: Document, stage: Stage) {
  const name = freeStageName(document, `${stage.label}-${stage.index + 1}`);
  const edits = renamedStage(document, stage, name);
  return edits && { title: `Rename the first of the stages \`${name}\``, safety: 'unsafe' as const, edits };
}
