import type { Instruction } from '../../dockerfile/index.ts';

/** An instruction's keyword in the letters it is written in, put together where a continuation splits it. */
export function writtenKeyword({ line }: Instruction): string {
  return /^\s*([A-Za-z]+)/.exec(line.text)?.[1] ?? '';
}
