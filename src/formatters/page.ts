import { escapeControls } from './escape.ts';
import { style } from './page.css.ts';

/** One page that needs nothing else: no scripts, no fonts, nothing from elsewhere. `body` is HTML, `title` is text. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** A section with a heading; `body` is HTML, `title` is text. */
export function section(title: string, body: string, kind = ''): string {
  const id = title.toLowerCase().replace(/[^a-z]+/g, '-');
  return `<section${kind === '' ? '' : ` class="${kind}"`} aria-labelledby="${id}">\n<h2 id="${id}">${escapeHtml(title)}</h2>\n${body}\n</section>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text in HTML, in an attribute too. */
export const escapeHtml = (text: string) =>
  escapeControls(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
