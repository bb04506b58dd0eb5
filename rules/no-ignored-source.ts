import type { Document } from '../src/dockerfile/index.ts';
import { stageCopies } from '../src/lint/facts/copies.ts';
import { DockerIgnore } from '../src/lint/facts/dockerignore.ts';
import type { Project, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-ignored-source',
  aliases: ['CopyIgnoredFile'],
  severity: 'warn',
  summary: 'COPY or ADD takes a file that `.dockerignore` leaves out',
  why: 'What `.dockerignore` leaves out is not sent to the builder, so the build fails with "not found" although the file is there. Where the file takes lines back with `!`, nothing is said: a folder that is left out may then hold files that are not.',
  examples: [
    {
      bad: 'FROM debian:12\nCOPY dist /srv\n',
      files: { '.dockerignore': 'node_modules\ndist\n' },
      good: 'FROM debian:12\nCOPY src /srv\n',
    },
  ],
  *check(document, { project }) {
    const ignore = readIgnore(document, project);
    if (!ignore || ignore.hasExceptions) return;
    for (const stage of document.stages) {
      for (const { from, sources } of stageCopies(document, stage)) {
        if (from) continue;
        for (const { word, path } of sources) {
          if (path === undefined) continue;
          // The context's root is there whatever matches a dot.
          const isIgnored = path === '/' ? ignore.hasCatchAll : ignore.ignores(path.slice(1));
          if (isIgnored) yield { at: word, message: `\`${word.text}\` is left out of the build by \`.dockerignore\`` };
        }
      }
    }
  },
};

/** The one that belongs to the Dockerfile goes before the context's. */
function readIgnore(document: Document, project: Project): DockerIgnore | undefined {
  if (!document.instructions.some(({ keyword }) => keyword === 'COPY' || keyword === 'ADD')) return undefined;
  const name = document.source.path.replace(/^.*[\\/]/, '');
  const text = project.readText(`${name}.dockerignore`) ?? project.readText('.dockerignore');
  return text === undefined ? undefined : new DockerIgnore(text);
}
