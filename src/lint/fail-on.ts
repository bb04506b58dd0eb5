import type { Severity } from './types.ts';

/** From which severity on findings make a run fail. */
export const failures = ['error', 'warn', 'info', 'never'] as const;
export type FailOn = (typeof failures)[number];

/** Whether a finding of that severity makes the run fail. */
export function isFailure(severity: Exclude<Severity, 'off'>, failOn: FailOn): boolean {
  return failOn !== 'never' && failures.indexOf(severity) <= failures.indexOf(failOn);
}
