import type { Document, Edit, IgnoreComment } from '../src/dockerfile/index.ts';
import type { Fix, Rule, UselessIgnore } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-useless-ignore',
  severity: 'warn',
  phase: 'ignores',
  fixable: 'safe',
  summary: 'An ignore comment silences nothing, or names no rule',
  why: 'A misspelt ignore does not work, and one that is left behind hides the next finding. The fix corrects what is misspelt and removes what is not needed, unless a reason is given for it. Comments of other linters are left to them.',
  examples: [
    {
      bad: '# dockerfileopt ignore=no-numric-from\nFROM alpine\n',
      good: '# dockerfileopt ignore=no-numeric-from\nFROM alpine\n',
    },
  ],
  *check(document, { uselessIgnores, checkShell }) {
    const comments = new Map(document.ignores.flatMap((ignore) => ignore.ids.map(({ start }) => [start, ignore])));
    for (const useless of uselessIgnores) {
      const { id, reason, suggestion, start, end } = useless;
      const hint = suggestion ? `, did you mean ${suggestion}` : '';
      const message =
        reason === 'unused' ? `nothing here needs \`ignore=${id}\`` : `no rule is called \`${id}\`${hint}`;
      const ignore = comments.get(start);
      // Where ShellCheck is not installed, nobody knows whether it would have found something.
      const isSure = ignore?.dialect === 'dockerfileopt' && (id.toLowerCase() !== 'all' || checkShell !== undefined);
      yield { at: { start, end }, message, fix: isSure ? repair(document, ignore, useless) : undefined };
    }
  },
};

function repair(
  document: Document,
  ignore: IgnoreComment,
  { id, reason, suggestion, start, end }: UselessIgnore,
): Fix | undefined {
  if (reason === 'unknown') {
    return suggestion === undefined
      ? undefined
      : { title: `Write \`${suggestion}\``, safety: 'safe', edits: [{ start, end, text: suggestion }] };
  }
  const edit = ignore.reason === undefined ? removal(document, ignore, start) : undefined;
  return edit && { title: `Remove \`${id}\``, safety: 'safe', edits: [edit] };
}

/** One id of several with its comma, or the line of the comment. */
function removal({ source }: Document, { ids, start, end }: IgnoreComment, idStart: number): Edit | undefined {
  const at = ids.findIndex((id) => id.start === idStart);
  if (ids.length > 1) {
    return at === 0
      ? { start: idStart, end: ids[1]!.start, text: '' }
      : { start: ids[at - 1]!.end, end: ids[at]!.end, text: '' };
  }
  if (source.slice({ start: ids[0]!.end, end }).trim() !== '') return undefined;
  const lineStart = source.text.lastIndexOf('\n', start) + 1;
  const newline = source.text.indexOf('\n', end);
  return { start: Math.max(lineStart, source.textStart), end: newline < 0 ? end : newline + 1, text: '' };
}
