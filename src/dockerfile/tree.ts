import type { Dockerfile } from 'dockerfile-ast';
import type { Document } from './document.ts';
import type { Range } from './source.ts';

/**
 * The typed tree of `dockerfile-ast`, for those who want its image references with their ranges or its properties.
 * Structure is ours to tell, so the tree is made from a text of equal length in which everything is blanked that the
 * library reads otherwise than the builder does: heredocs, comments inside instructions, look-alikes of directives and
 * of heredocs. Its offsets are the document's; a heredoc's marker and body are not in it.
 */
export async function syntaxTree(document: Document): Promise<Dockerfile> {
  const { DockerfileParser } = await import('dockerfile-ast');
  return DockerfileParser.parse(blankedText(document));
}

/** The document's text with the same length and lines, with what misleads `dockerfile-ast` blanked. */
export function blankedText(document: Document): string {
  const { text } = document.source;
  const blanks: Range[] = [];
  if (document.source.textStart > 0) blanks.push({ start: 0, end: document.source.textStart });
  const directives = new Set(document.directives.map(({ start }) => start));
  for (const comment of document.comments) {
    const isLookAlike = !comment.inside && !directives.has(comment.start) && comment.text.includes('=');
    if (comment.inside || isLookAlike) blanks.push({ start: comment.start, end: comment.end });
  }
  for (const instruction of document.instructions) {
    const { heredocs } = instruction.child ?? instruction;
    for (const { marker, body, terminator } of heredocs) {
      blanks.push(marker, { start: body.start, end: terminator.end });
    }
    for (
      let at = text.indexOf('<<', instruction.start);
      at >= 0 && at < instruction.lineEnd;
      at = text.indexOf('<<', at + 2)
    ) {
      blanks.push({ start: at, end: at + 2 });
    }
  }
  return blank(text, blanks);
}

/** Spaces in place of everything in the ranges but line endings. */
function blank(text: string, ranges: readonly Range[]): string {
  let result = '';
  let at = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    result += text.slice(at, from) + text.slice(from, end).replace(/[^\r\n]/g, ' ');
    at = end;
  }
  return result + text.slice(at);
}
