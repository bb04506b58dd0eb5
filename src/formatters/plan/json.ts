import type { OptimizeReport } from '../../optimize/report.ts';

/** For programs; `schema/optimize.json` describes it. */
export function format({ proof, ...report }: OptimizeReport): string {
  const { version, path, outcome, summary, ...rest } = report;
  const verification = proof.status === 'verified' ? proof.verification : undefined;
  const size =
    verification?.before.bytes === undefined || verification.after.bytes === undefined
      ? undefined
      : {
          before: verification.before.bytes,
          after: verification.after.bytes,
          ratio: verification.after.bytes / verification.before.bytes,
        };
  const result = { version, path, outcome, summary, ...(size && { size }), ...rest, proof };
  return `${JSON.stringify(result, null, 2)}\n`;
}
