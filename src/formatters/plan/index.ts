import type { PlanFormatter } from './formatter.ts';

export type { PlanFormatter } from './formatter.ts';

/** The formats by name; each is loaded when it is asked for. */
const formats = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  markdown: () => import('./markdown.ts'),
} satisfies Record<string, () => Promise<{ format: PlanFormatter }>>;

export type PlanFormat = keyof typeof formats;

export const planFormats = Object.keys(formats) as readonly PlanFormat[];

/** Loads a formatter. */
export async function loadPlanFormatter(name: PlanFormat): Promise<PlanFormatter> {
  return (await formats[name]()).format;
}
