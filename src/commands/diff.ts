/** What turns one text into another, as `git apply` takes it. */
export async function unifiedDiff(path: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  const name = path.startsWith('/') ? path : `/${path}`;
  const patch = createTwoFilesPatch(`a${name}`, `b${name}`, before, after, undefined, undefined, {
    timeout: 2000,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
  return patch ?? wholeFileDiff(name, before, after);
}

/** For texts too different to compare in reasonable time. */
function wholeFileDiff(name: string, before: string, after: string): string {
  const mark = (text: string, sign: string) => {
    const lines = text.split(/(?<=\n)/).map((line) => sign + line);
    return {
      count: lines.length,
      text: lines.join('') + (text.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'),
    };
  };
  const [old, fresh] = [mark(before, '-'), mark(after, '+')];
  return `--- a${name}\n+++ b${name}\n@@ -1,${old.count} +1,${fresh.count} @@\n${old.text}${fresh.text}`;
}
