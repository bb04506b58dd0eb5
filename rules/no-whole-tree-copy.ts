import { type Document, joinPath, type Stage } from '../src/dockerfile/index.ts';
import { runtimeImage, sdkImage } from '../src/knowledge/images.ts';
import { runsBuildTool } from '../src/knowledge/tools.ts';
import { type Copy, isWithin, sourceStage, stageCopies } from '../src/lint/facts/copies.ts';
import { exceptionsOption, optionOf, shippedStages, stagesOption } from '../src/lint/facts/runs.ts';
import { startCommand } from '../src/lint/facts/shipping.ts';
import { compileRuns, sourceCopies } from '../src/lint/facts/sources.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-whole-tree-copy',
  aliases: ['DL3067'],
  parts: ['DL3067'],
  severity: 'warn',
  needs: ['from='],
  options: { exceptions: exceptionsOption, stages: stagesOption },
  presetOptions: { hadolint: { exceptions: false, stages: 'all' } },
  summary: 'A whole file system, or a source folder, is copied out of a stage',
  why: 'Copying `/` onto an image that has files of its own puts the compiler, the package lists and the caches of the other stage into every container; copying the folder that a program was built in ships its sources. Copy what is run, and nothing else. A copy onto `scratch`, which makes one layer of many, is passed over, and so is what holds no complete system.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS build\nWORKDIR /go/src/app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o app .\n\nFROM scratch\nCOPY --from=build /go/src/ /\nENTRYPOINT ["/app/app"]\n',
      good: 'FROM golang:1.22 AS build\nWORKDIR /go/src/app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o app .\n\nFROM scratch\nCOPY --from=build /go/src/app/app /app/app\nENTRYPOINT ["/app/app"]\n',
    },
  ],
  *check(document, context) {
    const { target } = context;
    const hasExceptions = optionOf(context, 'exceptions') !== false;
    const shipped = new Set(target?.chain);
    const answers = new Map<string, boolean>();
    const isSourceFolder = (stage: Stage, path: string): boolean => {
      const key = `${stage.index} ${path}`;
      const known = answers.get(key);
      const answer = known ?? (holdsSources(document, stage, path) && !needsSources(document, target!));
      if (known === undefined) answers.set(key, answer);
      return answer;
    };
    for (const copy of [...shippedStages(document, context)].flatMap((stage) => stageCopies(document, stage))) {
      const from = copy.from?.target;
      if (!from || copy.instruction.flag('exclude') || copy.instruction.flag('parents')) continue;
      const label = `${from.kind === 'stage' ? 'stage' : 'image'} \`${copy.from!.value}\``;
      for (const { word, path, isPattern } of copy.sources) {
        if (path === undefined || isPattern) continue;
        if (path === '/' && (hasExceptions ? coversOwnFiles(copy) : copy.destination === '/')) {
          const message = `the whole file system of ${label} is copied onto \`${copy.stage.baseText}\``;
          yield { at: word, message, part: 'DL3067' };
        } else if (
          path !== '/' &&
          from.kind === 'stage' &&
          shipped.has(copy.stage) &&
          isSourceFolder(from.stage, path)
        ) {
          const message = `\`${word.text}\` of ${label} is the folder of the sources, not only what is built from them`;
          yield { at: word, message };
        }
      }
    }
  },
};

/** Onto `scratch` the copy is the image; and a source that is no complete system is meant to be laid over. */
function coversOwnFiles({ stage, from, destination }: Copy): boolean {
  if (destination !== '/' || !stage.image || stage.image.repository === 'scratch') return false;
  const source = sourceStage(from);
  if (source) return systemOf(source).runtime?.shell === true || systemOf(source).sdk !== undefined;
  if (from?.target.kind !== 'image') return false;
  const { repository, tag } = from.target.image;
  return runtimeImage(repository, tag)?.shell === true || sdkImage(repository, tag) !== undefined;
}

/** Sources from the build context are in that folder when they are compiled, and stay there. */
function holdsSources(document: Document, stage: Stage, folder: string): boolean {
  const lastCompile = compileRuns(document, stage).reduce((last, { index }) => Math.max(last, index), -1);
  const isThere = sourceCopies(document, stage).some(
    ({ instruction, destination }) =>
      destination !== undefined && instruction.index < lastCompile && isWithin(destination, folder),
  );
  return isThere && !removesFiles(document, stage, folder);
}

function removesFiles(document: Document, stage: Stage, folder: string): boolean {
  return stage.chain.some((part) =>
    part.instructions.some((instruction) => {
      if (instruction.keyword !== 'RUN') return false;
      const workdir = document.scope(instruction)?.workdir;
      return document.shell(instruction)?.commands.some((command) => {
        if (!/^(?:rm|mv|find|git|rsync)$/.test(command.name)) return false;
        return command.operands().some(({ value, isLiteral }) => {
          const path = joinPath(workdir, value);
          return !isLiteral || path === undefined || isWithin(path, folder) || isWithin(folder, path);
        });
      });
    }),
  );
}

/** What the container starts is itself an interpreter or a build tool. */
function needsSources(document: Document, target: Stage): boolean {
  if (systemOf(target).sdk?.interpreter) return true;
  const lines = startCommand(document, target)?.lines ?? [];
  return lines.some(
    (line) =>
      runsBuildTool(line) !== undefined || /(?:^|\/)(?:node|python|ruby|php|perl|deno|bun|lua)[\d.]*$/.test(line[0]!),
  );
}
