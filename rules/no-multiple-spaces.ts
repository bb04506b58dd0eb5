import type { Document, Instruction, Range } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-multiple-spaces',
  severity: 'off',
  fixable: 'safe',
  summary: 'Several spaces or a tab stand where one space separates',
  why: 'The builder takes white space between keyword, flags and arguments as one separator, however much there is. Commands, quotes, JSON arrays, heredocs, values without `=` and what ONBUILD keeps for later are left alone, and so is an instruction of several lines that are set out in columns.',
  examples: [
    {
      bad: 'FROM  alpine:3.20   AS base\nENV\tA=1  B="2  3"\nRUN   echo  "$A"\n',
      good: 'FROM alpine:3.20 AS base\nENV A=1 B="2  3"\nRUN echo  "$A"\n',
    },
  ],
  *check(document) {
    for (const instruction of document.instructions) {
      const wide = gaps(instruction).filter((gap) => /^(?:[ \t]{2,}|\t)$/.test(document.source.slice(gap)));
      if (wide.length === 0 || isInColumns(document, instruction, wide)) continue;
      for (const gap of wide) {
        const { length } = document.source.slice(gap);
        yield {
          at: gap,
          message: length > 1 ? `${length} blanks where one space separates` : 'a tab where a space separates',
          fix: { title: 'Separate by one space', safety: 'safe', edits: [{ ...gap, text: ' ' }] },
        };
      }
    }
  },
};

/** The instructions whose arguments are words at white space, unless they are JSON or hold heredocs. */
const OF_WORDS: ReadonlySet<string> = new Set(['ADD', 'COPY', 'EXPOSE', 'FROM', 'VOLUME']);

/** What separates the parts of an instruction. */
function gaps(instruction: Instruction): Range[] {
  const parts = [instruction.keywordRange, ...instruction.flags, ...argumentsOf(instruction)];
  return parts.slice(1).map(({ start }, index) => ({ start: parts[index]!.end, end: start }));
}

/** The arguments as far as the builder splits them at every white space; otherwise all of them are one. */
function argumentsOf(instruction: Instruction): readonly Range[] {
  const { keyword, argsText, argsRange, pairs } = instruction;
  if (argsText === '') return [];
  if (OF_WORDS.has(keyword) && isPlain(instruction)) return instruction.words;
  return pairs.length > 0 ? pairs : [argsRange];
}

function isPlain({ argsText, json, heredocs }: Instruction): boolean {
  return !json && heredocs.length === 0 && !/["'`\\]/.test(argsText);
}

/** Whether another line of the instruction has a word in the column that one of the gaps leads to. */
function isInColumns({ source }: Document, { lineStart, lineEnd }: Instruction, gaps: readonly Range[]): boolean {
  const words = new Map<number, number>();
  for (const { index } of source.text.slice(lineStart, lineEnd).matchAll(/(?<=\s)\S/g)) {
    const { column } = source.position(lineStart + index);
    words.set(column, (words.get(column) ?? 0) + 1);
  }
  return gaps.some(({ end }) => words.get(source.position(end).column)! > 1);
}
