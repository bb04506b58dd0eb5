import type { Formatter } from './formatter.ts';

export { type Formatter, type Palette, plain } from './formatter.ts';

/** The formats by name; each is loaded when it is asked for. */
const formats = {
  stylish: () => import('./stylish.ts'),
  json: () => import('./json.ts'),
  sarif: () => import('./sarif.ts'),
  github: () => import('./github.ts'),
  gitlab: () => import('./gitlab.ts'),
  checkstyle: () => import('./checkstyle.ts'),
  junit: () => import('./junit.ts'),
  codeclimate: () => import('./codeclimate.ts'),
  sonarqube: () => import('./sonarqube.ts'),
  gnu: () => import('./gnu.ts'),
  markdown: () => import('./markdown.ts'),
  html: () => import('./html.ts'),
} satisfies Record<string, () => Promise<{ format: Formatter }>>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as readonly FormatName[];

/** Loads a formatter. */
export async function loadFormatter(name: FormatName): Promise<Formatter> {
  return (await formats[name]()).format;
}
