import type { Document } from '../src/dockerfile/index.ts';
import { type Copy, type CopySource, stageCopies } from '../src/lint/facts/copies.ts';
import type { Fix, Project, Rule } from '../src/lint/types.ts';

/** What ADD unpacks, by the names such files have. */
const ARCHIVE = /\.(?:tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|lzma|Z)["']?$/i;
/** Flags that COPY has as well. */
const COMMON_FLAG = /^(?:chown|chmod|link|exclude)$/;

export const rule: Rule = {
  id: 'prefer-copy',
  aliases: ['DL3020'],
  severity: 'error',
  fixable: 'unsafe',
  needs: ['add'],
  summary: 'ADD takes plain files from the build context',
  why: 'ADD unpacks what looks like an archive on the inside and fetches URLs. Where neither is meant, COPY says so, and does the same whatever the file holds. The fix is safe for folders and texts that are there in the build context; of other files only the build knows what they are.',
  examples: [
    {
      files: { 'app.conf': 'port = 80\n' },
      bad: 'FROM debian:12\nADD app.conf /etc/app.conf\n',
      good: 'FROM debian:12\nCOPY app.conf /etc/app.conf\n',
    },
  ],
  *check(document, { project }) {
    for (const stage of document.stages) {
      for (const copy of stageCopies(document, stage)) {
        const { instruction, sources } = copy;
        if (instruction.keyword !== 'ADD') continue;
        // A variable may stand for a URL, and a name that ends in a wildcard for an archive.
        const isPlain = sources.every(
          ({ kind, word }) =>
            kind !== 'remote' &&
            !word.text.includes('$') &&
            !/[*?\]]["']?$/.test(word.text) &&
            !ARCHIVE.test(word.text),
        );
        if (!isPlain) continue;
        const message = '`ADD` takes files that `COPY` can take';
        yield { at: instruction.keywordRange, message, fix: fixFor(document, copy, project) };
      }
    }
  },
};

function fixFor({ source }: Document, { instruction, sources }: Copy, project: Project): Fix | undefined {
  const { keywordRange, flags } = instruction;
  const keyword = source.slice(keywordRange);
  // What names a host, as `git@host:path` and `host:path` do, may be a repository.
  const mayBeRemote = sources.some(
    ({ kind, word }) => kind !== 'inline' && /[:@]|\.git\b|^["']?github\.com\//.test(word.text),
  );
  if (mayBeRemote || !/^add$/i.test(keyword) || !flags.every(({ name }) => COMMON_FLAG.test(name))) return undefined;
  const text = keyword === 'add' ? 'copy' : 'COPY';
  const safety = sources.every((each) => isNoArchive(each, project)) ? 'safe' : 'unsafe';
  return { title: 'Use `COPY`', safety, edits: [{ ...keywordRange, text }] };
}

/** An archive is known by its content, which is no text; folders and heredocs are none. */
function isNoArchive({ kind, path, isPattern }: CopySource, project: Project): boolean {
  if (kind === 'inline' || path === '/') return true;
  if (path === undefined || isPattern) return false;
  return project.readText(path.slice(1)) !== undefined || project.list(path.slice(1)).length > 0;
}
