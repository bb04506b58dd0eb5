import { type Instruction, instructionCommand, mountOption } from '../src/dockerfile/index.ts';
import { execForm } from '../src/lint/facts/exec-form.ts';
import { mayHaveShell } from '../src/lint/facts/shell-copies.ts';
import { startCommand } from '../src/lint/facts/shipping.ts';
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
      const shellForms = stage.instructions.flatMap((instruction) => {
        const command = instructionCommand(instruction);
        return command && !command.argv ? [{ instruction, command }] : [];
      });
      if (shellForms.length === 0 || mayHaveShell(document, stage)) continue;
      const start = startCommand(document, stage);
      for (const { instruction, command } of shellForms) {
        const { keyword } = instruction;
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

/** A mount of another image or folder may hold a shell. */
function bringsShell(run: Instruction): boolean {
  return run.flags.some((flag) => flag.name === 'mount' && mountOption(flag, run, 'from') !== undefined);
}
