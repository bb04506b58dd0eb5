import type { Document, Instruction } from '../src/dockerfile/index.ts';
import { type Copy, isWithin, stageCopies } from '../src/lint/facts/copies.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

/** A stage with more instructions was written by a program. */
const MOST = 500;

/** Folders that every image of a whole distribution has. */
const SYSTEM_FOLDER =
  /^\/(?:etc|home|opt|root|srv|tmp|usr|usr\/bin|usr\/lib|usr\/local|usr\/local\/bin|usr\/share|var)$/;

export const rule: Rule = {
  id: 'require-trailing-slash',
  aliases: ['DL3021'],
  severity: 'error',
  fixable: 'unsafe',
  needs: ['copy'],
  summary: 'COPY has several sources and a destination that does not end with a slash',
  why: 'Several sources need a folder to go to, and the slash says that the destination is one. Without it BuildKit writes one file over the other where the folder is not there yet, and other builders refuse the instruction. The fix is safe where the file shows that the folder is there. `.` and `..` are folders in any case.',
  examples: [
    {
      bad: 'FROM debian:12\nCOPY first.conf second.conf /etc/app\n',
      good: 'FROM debian:12\nCOPY first.conf second.conf /etc/app/\n',
    },
  ],
  *check(document) {
    for (const stage of document.stages) {
      for (const copy of stageCopies(document, stage)) {
        const { instruction, sources, destinationWord } = copy;
        if (instruction.keyword !== 'COPY' || sources.length < 2) continue;
        const path = destinationWord.text.replace(/^(["'])(.*)\1$/, '$2');
        // What a variable ends with is known to the builder only.
        if (/(?:^|\/)\.{0,2}["']?$|^<<|[$\\]/.test(path)) continue;
        const message = `\`${destinationWord.text}\` takes ${sources.length} sources and does not end with a slash`;
        yield { at: destinationWord, message, fix: fixFor(document, copy) };
      }
    }
  },
};

function fixFor(document: Document, copy: Copy): Fix {
  const { start, end } = copy.destinationWord;
  const at = /["']$/.test(document.source.slice({ start, end })) ? end - 1 : end;
  return {
    title: 'End the destination with a slash',
    safety: isFolder(document, copy) ? 'safe' : 'unsafe',
    edits: [{ start: at, end: at, text: '/' }],
  };
}

/** The folder is there when the COPY is carried out. `--link` copies into a layer of its own, in which there is none. */
function isFolder(document: Document, { destination, instruction, stage }: Copy): boolean {
  if (destination === undefined || instruction.flag('link')) return false;
  const { repository, suite } = systemOf(stage);
  const hasSystem = /^(?:alpine|debian|ubuntu)$/.test(suite?.distro ?? '') && !repository?.startsWith('gcr.io/');
  if (hasSystem && SYSTEM_FOLDER.test(destination)) return true;
  if (stage.instructions.length > MOST) return false;
  const workdir = document.scope(instruction)?.workdir;
  const isMade =
    (workdir !== undefined && isWithin(workdir, destination)) ||
    stage.chain.some((part) => stageCopies(document, part).some((each) => makesFolder(each, destination, instruction)));
  if (!isMade) return false;
  const name = destination.slice(destination.lastIndexOf('/') + 1);
  return !stage.chain.some(({ instructions }) =>
    instructions.some((each) => {
      const text = each.keyword === 'RUN' ? document.source.slice(each) : '';
      return text.includes(name) && /\b(?:rm|mv|rmdir|unlink)\b/.test(text);
    }),
  );
}

/** An earlier copy into the folder, or one below it, has made it; a pattern may match nothing. */
function makesFolder(copy: Copy, folder: string, before: Instruction): boolean {
  const { instruction, destination, destinationWord, sources } = copy;
  return (
    instruction.index < before.index &&
    destination !== undefined &&
    isWithin(destination, folder) &&
    /\/["']?$/.test(destinationWord.text) &&
    sources.some(({ isPattern }) => !isPattern)
  );
}
