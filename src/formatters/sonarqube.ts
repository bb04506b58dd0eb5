import type { LintReport, ReportedFinding } from '../lint/report.ts';

const SEVERITIES = { error: 'CRITICAL', warn: 'MAJOR', info: 'MINOR', off: 'INFO' } as const;
const IMPACTS = { error: 'HIGH', warn: 'MEDIUM', info: 'LOW', off: 'INFO' } as const;
const ENGINE = 'dockerfileopt';

/** The generic issue format of SonarQube, for `sonar.externalIssuesReportPaths`. */
export function format({ files, rules, errors }: LintReport): string {
  const issues = files.flatMap(({ path, findings }) =>
    findings.map((finding) => ({
      ruleId: finding.ruleId,
      primaryLocation: { message: finding.message, filePath: path, textRange: toRange(finding) },
    })),
  );
  const failures = errors.map(({ path, message }) => ({
    ruleId: ENGINE,
    primaryLocation: { message, filePath: path },
  }));
  const described = rules.map(({ id, severity, summary, why }) => describe(id, severity, summary, why));
  const known = new Set(rules.map(({ id }) => id));
  for (const { ruleId, severity } of files.flatMap(({ findings }) => findings)) {
    if (!known.has(ruleId)) described.push(describe(ruleId, severity, ruleId, 'A code of ShellCheck.'));
    known.add(ruleId);
  }
  if (errors.length > 0)
    described.push(describe(ENGINE, 'error', 'A file cannot be linted', 'Nothing is known of it.'));
  return `${JSON.stringify({ rules: described, issues: [...issues, ...failures] }, null, 2)}\n`;
}

function describe(id: string, severity: keyof typeof IMPACTS, name: string, description: string) {
  return {
    id,
    name,
    description,
    engineId: ENGINE,
    cleanCodeAttribute: 'CONVENTIONAL',
    type: 'CODE_SMELL',
    severity: SEVERITIES[severity],
    impacts: [{ softwareQuality: 'MAINTAINABILITY', severity: IMPACTS[severity] }],
  };
}

/** Columns count from 0, and a range that holds nothing is refused: of such a one only the line is told. */
function toRange({ start, end }: ReportedFinding) {
  if (start.line === end.line && start.column === end.column) return { startLine: start.line };
  // A range that ends at the start of a line ends, for SonarQube, with the line before.
  if (end.column === 1 && end.line > start.line + 1) return { startLine: start.line, endLine: end.line - 1 };
  if (end.column === 1) return { startLine: start.line };
  return {
    startLine: start.line,
    endLine: end.line,
    startColumn: start.column - 1,
    endColumn: end.column - 1,
  };
}
