import { type Document, type Instruction, joinPath } from '../src/dockerfile/index.ts';
import { withoutInstruction } from '../src/lint/facts/deletions.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-redundant-instruction',
  severity: 'info',
  fixable: 'safe',
  summary: 'An instruction sets what an earlier one of the same stage has set already',
  why: 'A second WORKDIR, USER, ENV, EXPOSE, VOLUME, LABEL, SHELL or STOPSIGNAL that says the same changes nothing, and leaves the reader looking for what was changed in between. Every stage may say again what the one below it said. A WORKDIR is left alone where a RUN before it may have removed the folder.',
  examples: [
    {
      bad: 'FROM node:22\nWORKDIR /app\nCOPY package.json .\nWORKDIR /app\nRUN npm install\n',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm install\n',
    },
  ],
  *check(document) {
    for (const { instructions } of document.stages) {
      const inForce = new Map<string, { readonly value: string; readonly since: Instruction }>();
      for (const instruction of instructions) {
        if (instruction.keyword === 'RUN' && mayRemoveFolder(document, instruction)) inForce.delete('WORKDIR');
        const settings = settingsOf(instruction, inForce.get('WORKDIR')?.value);
        const earlier = settings.map(([name, value]) => {
          const found = inForce.get(name);
          return value !== undefined && found?.value === value ? found.since : undefined;
        });
        // It may be any of them.
        if (settings.some(([name]) => name.includes('$'))) inForce.clear();
        for (const [name, value] of settings) {
          if (value === undefined) inForce.delete(name);
          else if (inForce.get(name)?.value !== value) inForce.set(name, { value, since: instruction });
        }
        if (settings.length === 0 || earlier.includes(undefined)) continue;
        const { line } = document.source.position(earlier.at(-1)!.start);
        const edits = withoutInstruction(document, instruction);
        yield {
          at: instruction,
          message: `${instruction.keyword} sets what line ${line} has set already`,
          fix: edits && { title: `Remove the ${instruction.keyword}`, safety: 'safe', edits },
        };
      }
    }
  },
};

type Setting = readonly [name: string, value: string | undefined];

/** What an instruction sets in the image's configuration; the value is undefined where the text does not tell it. */
function settingsOf(instruction: Instruction, workdir: string | undefined): readonly Setting[] {
  const { keyword, argsText, operands, pairs, json } = instruction;
  const literal = (value: string) => (/[$\\`]/.test(value) ? undefined : value);
  switch (keyword) {
    case 'USER':
    case 'STOPSIGNAL':
      return [[keyword, literal(argsText)]];
    case 'SHELL':
      return [[keyword, JSON.stringify(json?.map(({ value }) => value))]];
    case 'WORKDIR':
      return [[keyword, literal(argsText) && resolve(workdir, argsText)]];
    case 'EXPOSE':
      return operands.map(({ text }) => [`EXPOSE ${text.replace(/\/tcp$/i, '')}`, literal(text) && 'declared']);
    case 'VOLUME':
      return operands.map(({ text }) => [`VOLUME ${text}`, literal(text) && 'declared']);
    case 'ENV':
    case 'LABEL':
      return pairs.map(({ name, value = '', legacy }) => [
        `${keyword} ${name}`,
        literal(name + value) === undefined ? undefined : `${legacy} ${value}`,
      ]);
    default:
      return [];
  }
}

/** An absolute path is kept as it is written, slash at the end and all. */
function resolve(workdir: string | undefined, path: string): string | undefined {
  const joined = /["']/.test(path) ? undefined : joinPath(workdir, path);
  return path.startsWith('/') && joined !== path ? undefined : joined;
}

/** Whether a RUN may remove the folder it runs in, which WORKDIR makes anew. */
function mayRemoveFolder(document: Document, run: Instruction): boolean {
  const script = document.shell(run);
  if (script?.dialect !== 'sh') return true;
  return script.commands.some(({ name }) => /^(?:|rm|rmdir|mv|find|unlink|git|rsync|(?:ba|da)?sh)$/.test(name));
}
