import type { VerificationFormatter } from './formatter.ts';

export type { Verification, VerificationFormatter } from './formatter.ts';

/** The formats by name; each is loaded when it is asked for. */
const formats = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  markdown: () => import('./markdown.ts'),
  html: () => import('./html.ts'),
  junit: () => import('./junit.ts'),
} satisfies Record<string, () => Promise<{ format: VerificationFormatter }>>;

export type VerificationFormat = keyof typeof formats;

export const verificationFormats = Object.keys(formats) as readonly VerificationFormat[];

/** Loads a formatter. */
export async function loadVerificationFormatter(name: VerificationFormat): Promise<VerificationFormatter> {
  return (await formats[name]()).format;
}
