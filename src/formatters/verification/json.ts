import type { Verification } from './formatter.ts';

/** For programs; `schema/verification.json` describes it. */
export function format({ version, report }: Verification): string {
  return `${JSON.stringify({ version, ...report }, null, 2)}\n`;
}
