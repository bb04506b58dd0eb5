import type { Comment, Document, Instruction, Range } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-invalid-description',
  aliases: ['InvalidDefinitionDescription'],
  severity: 'off',
  summary: 'The comment above an ARG or a named stage does not begin with its name',
  why: '`docker build --call=outline` and `--call=targets` show the comment above a build argument or a stage as its description, if it has the form `# name description`. Where it is no description, an empty comment line below it says so. BuildKit runs this check only where it is asked for.',
  examples: [
    {
      bad: '# The release to build on\nARG RELEASE=12\nFROM debian:${RELEASE}\n',
      good: '# RELEASE is the release to build on\nARG RELEASE=12\nFROM debian:${RELEASE}\n',
    },
  ],
  *check(document) {
    const comments = document.comments.filter(({ inside }) => !inside);
    let at = 0;
    for (const instruction of document.instructions) {
      const above: Comment[] = [];
      while (at < comments.length && comments[at]!.start < instruction.start) above.push(comments[at++]!);
      if (above.length === 0) continue;
      const names = namesOf(document, instruction);
      const description = descriptionIn(document, above);
      if (!names[0] || description === '' || names.some(({ name }) => name === description.split(' ')[0])) continue;
      const { name, range } = names[0];
      yield { at: range, message: `the comment above \`${name}\` does not begin with that name` };
    }
  },
};

interface Named {
  readonly name: string;
  readonly range: Range;
}

/** The build arguments or the stage that an instruction defines. */
function namesOf(document: Document, instruction: Instruction): readonly Named[] {
  const { keyword, pairs } = instruction;
  if (keyword === 'ARG') return pairs.map(({ name, nameRange }) => ({ name, range: nameRange }));
  const stage = keyword === 'FROM' ? document.stageOf(instruction) : undefined;
  return stage?.name && stage.nameWord ? [{ name: stage.name, range: stage.nameWord }] : [];
}

/** The last comment as the builder reads it: one that is indented keeps its hash. Empty when there is none. */
function descriptionIn({ source, directives }: Document, above: readonly Comment[]): string {
  const comment = above.findLast(({ start }) => !directives.some((directive) => directive.start === start));
  if (!comment) return '';
  const lineStart = Math.max(source.lineStart(source.position(comment.start).line), source.textStart);
  return source.text.slice(lineStart + 1, comment.end).trim();
}
