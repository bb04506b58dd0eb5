import { type Document, instructionCommand, type Stage } from '../../dockerfile/index.ts';
import { shellKind } from '../../knowledge/shells.ts';
import { type Copy, placeOfFile, stageCopies } from './copies.ts';
import { Memo } from './memo.ts';
import { commandLines } from './shipping.ts';

const answers = new Memo<Document, ReadonlySet<Stage>>();

/** Whether the file itself may put a shell into a stage whose image has none; what a copy brings is not always known. */
export function mayHaveShell(document: Document, stage: Stage): boolean {
  let found = answers.get(document);
  if (!found) {
    found = stagesWithShell(document);
    answers.set(document, found);
  }
  return found.has(stage);
}

function stagesWithShell(document: Document): Set<Stage> {
  const programs = programPaths(document);
  const found = new Set<Stage>();
  for (const stage of document.stages) {
    const { baseStage } = stage;
    if (
      (baseStage && found.has(baseStage)) ||
      stageCopies(document, stage).some((copy) => mayCopyShell(copy, programs)) ||
      // A program that the build runs may install one.
      stage.instructions.some(({ keyword, json }) => keyword === 'RUN' && json !== undefined)
    ) {
      found.add(stage);
    }
  }
  return found;
}

/** What the file runs, as paths; a bare name as one in the root folder. */
function programPaths(document: Document): Set<string> {
  const lines = document.instructions.flatMap((instruction) =>
    instructionCommand(instruction) ? commandLines(document, instruction) : [],
  );
  return new Set(lines.map(([program = '']) => (program.includes('/') ? program : `/${program}`)));
}

/** Folders that shells lie in, and those above them. */
const SHELL_FOLDER = /^\/(?:(?:usr\/)?s?bin|usr|busybox)?$/;

function mayCopyShell(copy: Copy, programs: ReadonlySet<string>): boolean {
  const { destination, instruction, sources } = copy;
  if (destination === undefined || instruction.flag('parents') || isShellName(destination)) return true;
  return sources.some((source) => {
    const { path, kind, isPattern, isFolder } = source;
    if (kind !== 'path') return false;
    if (path === undefined || isShellName(path)) return true;
    if (instruction.keyword === 'ADD' && /\.(?:tar|tgz|t?[gx]z|bz2|zst)\b/.test(path)) return true;
    if (!SHELL_FOLDER.test(destination)) return false;
    // A folder may bring anything; what is started, or has an extension, is a file.
    if (isPattern || isFolder || path === '/') return true;
    return !/\.[a-z]\w*$/.test(path) && !programs.has(placeOfFile(copy, source) ?? '');
  });
}

function isShellName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return shellKind(name) !== undefined || name === 'toybox' || name === 'coreutils';
}
