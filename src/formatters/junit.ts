import type { LintReport, ReportedFile, ReportedFinding } from '../lint/report.ts';
import { element, escapeText, xmlDocument } from './xml.ts';

/**
 * One test suite a file, one test case a finding; a file without findings is one case that passes. Errors and warnings are
 * failures; what only informs passes and says so in its output. A file that could not be linted is an error.
 */
export function format({ files, errors }: LintReport): string {
  const found = files.map((file) => {
    const failures = file.findings.filter(isFailure).length;
    const cases = file.findings.length === 0 ? [testCase(file.path, 'clean')] : file.findings.map(findingCase(file));
    return element('testsuite', { name: file.path, ...count(cases.length, failures, 0) }, cases);
  });
  const failed = errors.map(({ path, message }) => {
    const error = element('error', { message, type: 'error' });
    return element('testsuite', { name: path, ...count(1, 0, 1) }, [testCase(path, 'linting', [error])]);
  });
  const all = files.flatMap(({ findings }) => findings);
  const tests = all.length + files.filter(({ findings }) => findings.length === 0).length + errors.length;
  const totals = count(tests, all.filter(isFailure).length, errors.length);
  return xmlDocument(element('testsuites', { name: 'dockerfileopt', ...totals }, [...found, ...failed]));
}

const isFailure = ({ severity }: ReportedFinding) => severity !== 'info';

const count = (tests: number, failures: number, errors: number) => ({ tests, failures, errors, time: '0.000' });

const findingCase = ({ path, lines }: ReportedFile) => {
  return (finding: ReportedFinding): string => {
    const { ruleId, severity, message, start } = finding;
    const place = `line ${start.line}, column ${start.column}`;
    const text = escapeText([`${path}: ${place}`, lines.get(start.line) ?? ''].join('\n'));
    const told = isFailure(finding)
      ? element('failure', { message, type: severity }, [text])
      : element('system-out', {}, [escapeText(`${message}\n`) + text]);
    return testCase(path, `${ruleId}, ${place}`, [told]);
  };
};

function testCase(path: string, name: string, children: readonly string[] = []): string {
  return element('testcase', { name, classname: path, time: '0.000' }, children);
}
