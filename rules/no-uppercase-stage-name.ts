import type { Document, Edit, Stage } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-uppercase-stage-name',
  aliases: ['StageNameCasing'],
  severity: 'info',
  fixable: 'safe',
  summary: 'The name of a stage has upper-case letters',
  why: 'The builder keeps stage names in lower case and compares them so, but FROM takes a name as it is written: `FROM Build` does not find the stage that was called `Build`. With names in lower case there is one way to write each.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS Build\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=Build /app /app\nCMD ["/app"]\n',
      good: 'FROM golang:1.22 AS build\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document) {
    for (const stage of document.stages) {
      const { nameWord, name } = stage;
      if (!nameWord || nameWord.text === name) continue;
      const edits = [nameWord, ...mentions(document, stage)].map(
        ({ start, end }): Edit => ({ start, end, text: name! }),
      );
      yield {
        at: nameWord,
        message: `the stage name \`${nameWord.text}\` is not in lower case`,
        // A name that a continuation splits is not put together.
        fix:
          document.source.slice(nameWord) === nameWord.text
            ? { title: `Name the stage \`${name}\``, safety: 'safe', edits }
            : undefined,
      };
    }
  },
};

/** Where COPY and RUN refer to the stage in other letters than its name will have; they find it in any. */
function mentions(document: Document, stage: Stage) {
  return document.stages
    .flatMap(({ references }) => references)
    .filter(
      ({ kind, value, target, range, isNumeric }) =>
        kind !== 'base' &&
        !isNumeric &&
        target.kind === 'stage' &&
        target.stage === stage &&
        value !== stage.name &&
        document.source.slice(range) === value,
    )
    .map(({ range }) => range);
}
