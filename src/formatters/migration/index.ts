import type { MigrationFormatter } from './formatter.ts';

export type { MigrationFormatter } from './formatter.ts';

/** The formats by name; each is loaded when it is asked for. */
const formats = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  markdown: () => import('./markdown.ts'),
} satisfies Record<string, () => Promise<{ format: MigrationFormatter }>>;

export type MigrationFormat = keyof typeof formats;

export const migrationFormats = Object.keys(formats) as readonly MigrationFormat[];

/** Loads a formatter. */
export async function loadMigrationFormatter(name: MigrationFormat): Promise<MigrationFormatter> {
  return (await formats[name]()).format;
}
