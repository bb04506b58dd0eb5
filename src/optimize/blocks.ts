import type { Document, Instruction } from '../dockerfile/index.ts';

/** The offset of the line where an instruction starts with the comments that stand right above it. */
export function blockStart({ source, comments }: Document, instruction: Instruction): number {
  const starts = new Set(comments.filter(({ inside }) => !inside).map(({ start }) => start));
  let { line } = source.position(instruction.lineStart);
  for (; line > 1; line--) {
    const start = source.lineStart(line - 1);
    const indent = /^[ \t]*/.exec(source.text.slice(start))![0].length;
    if (!starts.has(start + indent)) break;
  }
  return Math.max(source.lineStart(line), source.textStart);
}
