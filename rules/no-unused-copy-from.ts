import { type Document, type Instruction, joinPath, type Range } from '../src/dockerfile/index.ts';
import { type Copy, isWithin, placeOfFile, stageCopies } from '../src/lint/facts/copies.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-unused-copy-from',
  severity: 'info',
  needs: ['from='],
  summary: 'What is copied from a stage is replaced or removed before anything uses it',
  why: 'The copy makes a layer that is pulled with the image and never seen in a container, and the builder has to build the stage it comes from. Take it out, or correct the path of the one that follows.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS build\nCOPY . .\nRUN go build -o /app .\n\nFROM alpine\nCOPY --from=build /app /app\nCOPY --from=build /app /app\nCMD ["/app"]\n',
      good: 'FROM golang:1.22 AS build\nCOPY . .\nRUN go build -o /app .\n\nFROM alpine\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document) {
    for (const stage of document.stages) {
      const all = stageCopies(document, stage);
      if (!all.some(({ from }) => from)) continue;
      const copies = new Map(all.map((copy) => [copy.instruction, copy]));
      // Copies that nothing can have used yet, by what would replace them.
      const fresh = new Map<string, Copy>();
      for (const instruction of stage.instructions) {
        const copy = copies.get(instruction);
        for (const key of copy && fresh.size > 0 ? writes(copy) : []) {
          const earlier = fresh.get(key);
          if (earlier) yield report(document, earlier, 'replaced', instruction);
          for (const lost of earlier ? identities(earlier) : []) fresh.delete(lost);
        }
        if (copy?.from) for (const key of identities(copy)) fresh.set(key, copy);
        if (instruction.keyword !== 'RUN') continue;
        const isRemoved = fresh.size > 0 ? removal(document, instruction) : () => false;
        for (const lost of new Set(fresh.values())) {
          if (isRemoved(lost)) yield report(document, lost, 'removed', instruction);
        }
        fresh.clear();
      }
    }
  },
};

function report(document: Document, { instruction, from }: Copy, verb: string, by: Range) {
  const { line } = document.source.position(by.start);
  return {
    at: { start: instruction.start, end: instruction.lineEnd },
    message: `what is copied from \`${from!.value}\` is ${verb} in line ${line} before anything uses it`,
  };
}

/** The whole copy as a key, and the file that it writes if it is one file. */
function identities(copy: Copy): string[] {
  return copy.sources.length === 1 ? writes(copy) : writes(copy).slice(0, 1);
}

/** The whole copy as a key, and the files that it writes. */
function writes(copy: Copy): string[] {
  const { instruction, from, sources, destination, intoFolder } = copy;
  if (destination === undefined || sources.some(({ path, kind }) => path === undefined && kind === 'path')) return [];
  const flags = instruction.flags.map(({ name, text }) => (name === 'from' ? '' : text)).sort();
  const origin = from?.target.kind === 'stage' ? from.target.stage.index : from?.value;
  const paths = sources.map(({ path, word }) => path ?? word.text);
  const keys = [JSON.stringify([instruction.keyword, flags, origin, paths, destination, intoFolder])];
  for (const source of sources) {
    const place = placeOfFile(copy, source);
    const isPlain = source.kind === 'inline' || (source.kind === 'path' && isFile(source.path));
    if (place !== undefined && isPlain && isFile(place)) keys.push(place);
  }
  return keys;
}

/** By its name a file and no folder; not an archive, which ADD would unpack. */
function isFile(path: string | undefined): boolean {
  return (
    path !== undefined &&
    /\.(?!d$|git$)[a-z][a-z0-9]{0,4}$/.test(path.toLowerCase()) &&
    !/\.(?:tar|t?gz|bz2|xz|tgz|zst)$/i.test(path)
  );
}

/** What a RUN removes before it does anything else. */
function removal(document: Document, run: Instruction): (copy: Copy) => boolean {
  const workdir = document.scope(run)?.workdir;
  const removed: string[] = [];
  for (const command of document.shell(run)?.commands ?? []) {
    if (command.name === 'set') continue;
    if (command.name !== 'rm' || command.isConditional || command.isSubstitution) break;
    for (const { value, isLiteral } of command.operands()) {
      const path = isLiteral && !/[*?[{~]/.test(value) ? joinPath(workdir, value) : undefined;
      if (path !== undefined) removed.push(path);
    }
  }
  return (copy) => {
    const places = copy.sources.map((source) => placeOfFile(copy, source));
    return places.every(
      (place) => place !== undefined && place !== '/' && removed.some((path) => isWithin(place, path)),
    );
  };
}
