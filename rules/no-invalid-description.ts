import type { Comment, Document, Instruction, Range } from '../src/dockerfile/index.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-invalid-description',
  aliases: ['InvalidDefinitionDescription'],
  severity: 'off',
  fixable: 'safe',
  needs: ['#'],
  summary: 'The comment above an ARG or a named stage does not begin with its name',
  why: '`docker build --call=outline` and `--call=targets` show the comment above a build argument or a stage as its description, if it has the form `# name description`. Where it is no description, an empty comment line below it says so: BuildKit reads across an empty line. Comments that a program may read, which look for the line below them, are left where they are. BuildKit runs this check only where it is asked for.',
  examples: [
    {
      bad: '# The release to build on\nARG RELEASE=12\nFROM debian:${RELEASE}\n',
      good: '# The release to build on\n#\nARG RELEASE=12\nFROM debian:${RELEASE}\n',
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
      yield {
        at: range,
        message: `the comment above \`${name}\` does not begin with that name`,
        fix: separate(document, above.at(-1)!),
      };
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

/** Comments of programs: `hadolint ignore=…`, `renovate: datasource=…`, `trivy:ignore:…`, `nosemgrep`. */
const READ_BY_PROGRAMS =
  /\w=|^[a-z][\w.-]*:(?!\/\/)|\b(?:ignore|skip|disable|enable|no(?:lint|qa|sec|sonar|semgrep))\b/i;

/** An empty comment line, which must not be indented, ends what the builder takes for the description. */
function separate({ source }: Document, { text, end }: Comment): Fix | undefined {
  if (READ_BY_PROGRAMS.test(text)) return undefined;
  const next = source.text.indexOf('\n', end) + 1;
  return {
    title: 'Separate the comment with an empty one',
    safety: 'safe',
    edits: [{ start: next, end: next, text: `#${source.eol}` }],
  };
}
