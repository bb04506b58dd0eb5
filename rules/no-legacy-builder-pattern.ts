import { carriedFiles } from '../src/lint/facts/builder-scripts.ts';
import { stageCopies } from '../src/lint/facts/copies.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-legacy-builder-pattern',
  severity: 'warn',
  fixable: 'migrate',
  needs: ['copy', 'add'],
  summary: 'A script takes a file out of another image, and the Dockerfile copies it from the host',
  why: 'Before there were stages, a script built one image, took the program out of it with `docker cp`, and built a second one around the program. Nobody sees from the Dockerfile where its files come from, the build works only by way of that script, what lies on the host may be of yesterday, and the cache of the first build is lost on every other machine. A stage that builds and `COPY --from` do the same in one file and one command. `dockerfileopt migrate SCRIPT` makes them of the script.',
  examples: [
    {
      files: {
        'build.sh':
          'docker build -t app:build -f Dockerfile.build .\ndocker create --name extract app:build\ndocker cp extract:/src/app ./app\ndocker build -t app .\n',
      },
      bad: 'FROM alpine:3.20\nCOPY app /usr/local/bin/app\nCMD ["app"]\n',
      good: 'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o app .\n\nFROM alpine:3.20\nCOPY --from=build /src/app /usr/local/bin/app\nCMD ["app"]\n',
    },
  ],
  *check(document, { project }) {
    const copies = document.stages.flatMap((stage) => stageCopies(document, stage)).filter(({ from }) => !from);
    if (copies.length === 0) return;
    const carried = carriedFiles(project);
    if (carried.length === 0) return;
    for (const { sources } of copies) {
      for (const { kind, path, isPattern, word } of sources) {
        if (kind !== 'path' || path === undefined || isPattern) continue;
        const name = path.slice(path.lastIndexOf('/') + 1);
        const found = carried.find((file) => file.name === name);
        if (found === undefined || name === '') continue;
        yield {
          at: word,
          message: `\`${found.script}\` takes \`${name}\` out of another image: \`${found.how}\`; a stage does the same in one build`,
        };
      }
    }
  },
};
