import type { LintReport, ReportedFile, ReportedFinding } from '../lint/report.ts';
import { plural, summarize } from './count.ts';
import { escapeHtml, page, section } from './page.ts';

const WORDS = { error: 'error', warn: 'warning', info: 'info' } as const;

/** One page for people, with the flagged lines; needs nothing from elsewhere. */
export function format(report: LintReport): string {
  const { errors, warnings, infos, safelyFixable, unsafelyFixable } = summarize(report);
  const total = errors + warnings + infos;
  const verdict = total === 0 ? 'no problems' : plural(total, 'problem');
  const kind = errors > 0 ? 'worse' : total > 0 ? 'unknown' : 'good';
  const counts = [plural(errors, 'error'), plural(warnings, 'warning'), plural(infos, 'info')].join(', ');
  const fixes = `${safelyFixable} fixable with --fix, ${unsafelyFixable} with --fix-unsafe`;
  const found = report.files.filter(({ findings }) => findings.length > 0);
  return page(
    `dockerfileopt: ${verdict}`,
    `<header>
<span class="badge ${kind}">${verdict}</span>
<h1>${plural(report.files.length, 'Dockerfile')}</h1>
<p class="soft">${counts}; ${fixes}</p>
</header>
${[...found.map(describeFile), failures(report)].filter((part) => part !== '').join('\n')}
<footer>${escapeHtml(`dockerfileopt ${report.version}`)}</footer>`,
  );
}

function describeFile({ path, findings, lines }: ReportedFile): string {
  const rows = findings.map((finding) => {
    const { start, severity, message, ruleId } = finding;
    const head = `<td class="number">${start.line}:${start.column}</td><td><span class="symbol ${severity}">${WORDS[severity]}</span></td>`;
    return `<tr>${head}<td>${prose(message)}${flagged(finding, lines.get(start.line))}</td><td class="code">${escapeHtml(ruleId)}</td></tr>`;
  });
  return section(path, `<table class="findings"><tbody>${rows.join('\n')}</tbody></table>`);
}

/** The first of the flagged lines, with what is meant marked in it. */
function flagged({ start, end }: ReportedFinding, line: string | undefined): string {
  if (line === undefined || line.trim() === '') return '';
  const from = start.column - 1;
  const to = end.line === start.line ? end.column - 1 : line.length;
  const [before, marked, after] = [line.slice(0, from), line.slice(from, to), line.slice(to)].map(escapeHtml);
  return `<pre>${before}<mark>${marked}</mark>${after}</pre>`;
}

/** A message of ours: what stands between backticks is code. */
const prose = (message: string) =>
  message
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part)))
    .join('');

function failures({ errors }: LintReport): string {
  if (errors.length === 0) return '';
  const items = errors.map(({ path, message }) => `<li><code>${escapeHtml(path)}</code>: ${escapeHtml(message)}</li>`);
  return section('Not linted', `<ul>${items.join('')}</ul>`, 'trouble');
}
