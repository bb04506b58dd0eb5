import type { Verification } from './formatter.ts';

export function format({ version, report }: Verification): string {
  return `${JSON.stringify({ version, ...report }, null, 2)}\n`;
}
