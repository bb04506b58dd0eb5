import {
  type Document,
  type Instruction,
  instructionCommand,
  mountOption,
  type Stage,
} from '../src/dockerfile/index.ts';
import { shellKind } from '../src/knowledge/shells.ts';
import { type Copy, placeOfFile, stageCopies } from '../src/lint/facts/copies.ts';
import { execForm } from '../src/lint/facts/exec-form.ts';
import { commandLines, startCommand } from '../src/lint/facts/shipping.ts';
import { imageName, systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-shell-in-shell-less-base',
  severity: 'error',
  fixable: 'safe',
  summary: 'A command in shell form, in an image that has no shell',
  why: 'The shell form runs `/bin/sh -c` and the text. `scratch` and distroless images have no /bin/sh, so the build or the container fails with "no such file or directory". Write the command as a JSON array; what needs a shell belongs in an earlier stage.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS build\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /server .\n\nFROM scratch\nCOPY --from=build /server /server\nCMD /server --port 8080\n',
      good: 'FROM golang:1.22 AS build\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /server .\n\nFROM scratch\nCOPY --from=build /server /server\nCMD ["/server", "--port", "8080"]\n',
    },
  ],
  *check(document) {
    for (const stage of document.stages) {
      if (systemOf(stage).runtime?.shell !== false) continue;
      const start = startCommand(document, stage);
      const programs = programNames(document, stage);
      const isShellThere = mayHaveShell(document, stage, programs);
      for (const instruction of stage.instructions) {
        const { keyword } = instruction;
        const command = instructionCommand(instruction);
        if (!command || command.argv || isShellThere) continue;
        // An empty command only lets a container of a data image be created.
        if (/^["'\s]*$/.test(document.source.slice(command))) continue;
        if (document.scope(instruction)?.shell || (keyword === 'RUN' && bringsShell(instruction))) continue;
        // Only the last ENTRYPOINT counts, and a CMD only beside none or one in exec form.
        if (keyword === 'ENTRYPOINT' && start?.entrypoint !== instruction) continue;
        if (keyword === 'CMD' && (start?.cmd !== instruction || (start.entrypoint && !start.entrypoint.json))) continue;
        const isArgument = keyword === 'CMD' && (start?.entrypoint || systemOf(stage).runtime?.language);
        const text = isArgument ? undefined : execForm(document, instruction, command);
        yield {
          at: command,
          message: `${keyword} in shell form runs /bin/sh, which \`${imageName(stage)}\` does not have`,
          fix:
            text === undefined || (keyword === 'RUN' && !text.startsWith('["/'))
              ? undefined
              : {
                  title: `Write the ${keyword} as a JSON array`,
                  safety: 'safe',
                  edits: [{ start: command.start, end: command.end, text }],
                },
        };
      }
    }
  },
};

function programNames(document: Document, stage: Stage): ReadonlySet<string> {
  const lines = stage.instructions.flatMap((instruction) =>
    instructionCommand(instruction) ? commandLines(document, instruction) : [],
  );
  return new Set(lines.flatMap(([program = '']) => [program, ...(program.includes('/') ? [] : [`/${program}`])]));
}

/** Whether the file may put a shell into the stage: what is copied is not always known. */
function mayHaveShell(document: Document, stage: Stage, programs: ReadonlySet<string>): boolean {
  return stage.chain.some(
    (part) =>
      stageCopies(document, part).some((copy) => mayCopyShell(copy, programs)) ||
      part.instructions.some(({ keyword, json }) => keyword === 'RUN' && json !== undefined),
  );
}

function mayCopyShell(copy: Copy, programs: ReadonlySet<string>): boolean {
  const { destination, instruction, sources } = copy;
  if (destination === undefined || instruction.flag('parents')) return true;
  if (isShellName(destination)) return true;
  return sources.some((source) => {
    const { path, kind, isPattern, isFolder } = source;
    if (kind !== 'path') return false;
    if (path === undefined || isShellName(path)) return true;
    if (instruction.keyword === 'ADD' && /\.(?:tar|tgz|t?[gx]z|bz2|zst)\b/.test(path)) return true;
    // A folder may bring anything into the folders where shells live; a program that is started is a file.
    if (!/^\/(?:(?:usr\/)?s?bin|usr|busybox)?$/.test(destination)) return false;
    if (isPattern || isFolder || path === '/') return true;
    const place = placeOfFile(copy, source);
    return !/\.[a-z]\w*$/.test(path) && !(place !== undefined && programs.has(place));
  });
}

function isShellName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return shellKind(name) !== undefined || name === 'toybox' || name === 'coreutils';
}

/** A mount of another image or folder may hold a shell. */
function bringsShell(run: Instruction): boolean {
  return run.flags.some((flag) => flag.name === 'mount' && mountOption(flag, run, 'from') !== undefined);
}
