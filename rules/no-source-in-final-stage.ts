import { type Document, joinPath, type Stage } from '../src/dockerfile/index.ts';
import { isWithin, placeOfFile, sourceStage, stageCopies } from '../src/lint/facts/copies.ts';
import { shippedCommand } from '../src/lint/facts/shipping.ts';
import { compileRuns, isSourceCode, sourceCopies } from '../src/lint/facts/sources.ts';
import type { Project, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-source-in-final-stage',
  severity: 'info',
  fixable: 'rewrite',
  needs: ['from='],
  summary: 'Sources are copied into the final stage, whose command is a program that was built from them',
  why: 'The program came out of another stage and does not read its sources. They make the image larger and every change of them a new layer, and they hand the code, and what lies beside it, to everyone who has the image. Copy the files that are read at run time by name; `optimize` writes the stage anew.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/server .\n\nFROM debian:12-slim\nWORKDIR /srv\nCOPY . .\nCOPY --from=build /out/server /usr/local/bin/server\nCMD ["server"]\n',
      good: 'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/server .\n\nFROM debian:12-slim\nWORKDIR /srv\nCOPY --from=build /out/server /usr/local/bin/server\nCMD ["server"]\n',
    },
  ],
  *check(document, { target, project }) {
    const program = target && copiedProgram(document, target);
    if (!program || !holdsCode(project)) return;
    const compiled = sourceCopies(document, program.stage).flatMap(({ sources }) => sources.map(({ path }) => path));
    for (const stage of target.chain) {
      for (const { instruction, from, sources, destination } of stageCopies(document, stage)) {
        if (from || destination === undefined) continue;
        const source = sources.find(({ kind, path }) => kind === 'path' && path !== undefined && isSourceCode(path));
        // What is not compiled there, such as migrations for a tool, is read at run time; so is a file the command names.
        if (!source || !compiled.includes(source.path)) continue;
        if (program.files.some((file) => isWithin(file, destination))) continue;
        yield {
          at: { start: instruction.start, end: instruction.lineEnd },
          message: `\`${source.word.text}\` is copied into the image, and \`${program.path}\` from stage \`${program.stage.label}\` is what it runs`,
        };
      }
    }
  },
};

interface CopiedProgram {
  readonly path: string;
  readonly stage: Stage;
  /** The files that its arguments name. */
  readonly files: readonly string[];
}

/** The program that the container starts, if it was compiled in another stage and copied as one file. */
function copiedProgram(document: Document, target: Stage): CopiedProgram | undefined {
  const [line = [], ...parts] = shippedCommand(document, target)?.lines ?? [];
  // Behind the whole line come its parts from ENTRYPOINT and CMD; anything else is a script.
  if (!parts.flat().every((word) => line.includes(word))) return undefined;
  const { workdir } = target.scope.end;
  const at = programIndex(line);
  const program = line[at];
  if (program === undefined || /[$`]/.test(line.join(' '))) return undefined;
  const files = line.flatMap((word, index) => {
    const value = word.replace(/^-[\w-]+=/, '');
    return index !== at && /\/|\.[a-z]{2,5}$/.test(value) && index > 0 ? (joinPath(workdir ?? '/', value) ?? []) : [];
  });
  for (const part of target.chain) {
    for (const copy of stageCopies(document, part)) {
      const stage = sourceStage(copy.from);
      if (!stage) continue;
      for (const source of copy.sources) {
        const place = placeOfFile(copy, source);
        if (place === undefined || source.isFolder) continue;
        const isProgram =
          program.includes('/') || at > 0 ? joinPath(workdir, program) === place : isOnPath(place, program);
        if (isProgram && compileRuns(document, stage).length > 0) return { path: place, stage, files };
      }
    }
  }
  return undefined;
}

/** Behind `java -jar` and `dotnet` the program is an argument. */
function programIndex(line: readonly string[]): number {
  const name = line[0]?.slice(line[0].lastIndexOf('/') + 1);
  if (name === 'java') return line.includes('-jar') ? line.indexOf('-jar') + 1 : -1;
  if (name === 'dotnet') return line.findIndex((word) => word.endsWith('.dll'));
  return 0;
}

function isOnPath(place: string, name: string): boolean {
  return /^(?:\/usr(?:\/local)?)?\/s?bin\/[^/]+$/.test(place) && place.endsWith(`/${name}`);
}

/** False where the build context is known, and has no code to copy. */
function holdsCode(project: Project): boolean {
  const names = project.list('.');
  const ignored = project.readText('.dockerignore') ?? '';
  if (/^\s*(?:\*|\*\*|\/)\s*$/m.test(ignored)) return false;
  return (
    names.length === 0 ||
    names.some(
      (name) =>
        isSourceCode(`/${name}`) ||
        /^(?:go\.mod|Cargo\.toml|pom\.xml|build\.gradle.*|.*\.(?:csproj|sln|cabal))$/.test(name),
    )
  );
}
