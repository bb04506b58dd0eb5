import type { Check, Outcome, SideReport, VerificationReport } from '../../verify/model.ts';
import { plural } from '../count.ts';
import { escapeControls } from '../escape.ts';
import { code, details, text } from '../markup.ts';
import {
  checksByTier,
  countOutcomes,
  figureRows,
  findTroubles,
  furtherEvidence,
  showCount,
  showCreatedBy,
  showSize,
  wastedBytes,
} from './figures.ts';
import type { Verification } from './formatter.ts';

const SYMBOLS: Readonly<Record<Outcome, string>> = { same: '✅', changed: '🔁', worse: '❌', unknown: '❔' };
const VERDICTS = {
  equivalent: '✅',
  'equivalent with differences': '✅',
  'not equivalent': '❌',
  unproven: '❔',
} as const;
/** Comments on pull requests hold 65,536 characters. */
const MOST_EVIDENCE = 20;
const MOST_ROWS = 40;

/** For pull requests: the verdict and the sizes, all else to unfold. */
export function format({ report, version }: Verification): string {
  const { verdict, reason, before, after, engine, checks } = report;
  const bad = checks.filter(({ outcome }) => outcome === 'worse' || outcome === 'unknown');
  return [
    `### ${VERDICTS[verdict]} ${code(after.dockerfile)} is ${verdict === 'unproven' ? 'unproven' : `${verdict} to ${code(before.dockerfile)}`}`,
    `${text(reason)}.`,
    figures(report),
    ...troubles(report),
    ...bad.map((check) => describeCheck(check)),
    details(`Checks: ${countOutcomes(checks)}`, checkTables(checks)),
    before.layers.length + after.layers.length === 0
      ? ''
      : details('Layers', `${layers('before', before)}\n\n${layers('after', after)}`),
    leftBehind(report),
    caveats(report),
    `<sub>${text(`dockerfileopt ${version}, built with ${engine.name} ${engine.version}`)}</sub>`,
  ]
    .filter((block) => block !== '')
    .map((block) => `${block}\n`)
    .join('\n');
}

function figures(report: VerificationReport): string {
  const rows = figureRows(report).map(({ name, before, after, saved }) => {
    const cells = [name, before, after, saved];
    return `| ${(name === 'Size' ? cells.map((cell) => (cell === '' ? '' : `**${cell}**`)) : cells).join(' | ')} |`;
  });
  return ['| | before | after | saved |', '| --- | ---: | ---: | --- |', ...rows].join('\n');
}

function troubles(report: VerificationReport): string[] {
  return findTroubles(report).map(({ dockerfile, build, title, hint }) => {
    const facts = [
      `**${code(dockerfile)} ${text(title)}**`,
      `- Why: ${text(build.message)}`,
      build.step === undefined ? '' : `- Step: ${code(build.step)}`,
      build.exitCode === undefined ? '' : `- Exit code: ${build.exitCode}`,
      hint === undefined ? '' : `- Hint: ${text(hint)}`,
      build.logFile === undefined ? '' : `- Log file: ${code(build.logFile)}`,
    ].filter((line) => line !== '');
    const [title1, ...rest] = facts;
    const head = `${title1}\n\n${rest.join('\n')}`;
    return build.log.length === 0 ? head : `${head}\n\n${details('The end of the log', fence(build.log))}`;
  });
}

function describeCheck({ id, outcome, evidence, summary }: Check): string {
  const shown = evidence.filter((item) => item.outcome === 'worse' || item.outcome === 'unknown');
  const lines = shown.slice(0, MOST_EVIDENCE).map(({ outcome, message, hint }) => {
    const help = hint === undefined ? '' : `<br>→ ${text(hint)}`;
    return `- ${SYMBOLS[outcome]} ${text(message)}${help}`;
  });
  if (shown.length > MOST_EVIDENCE) lines.push(`- … ${shown.length - MOST_EVIDENCE} more`);
  return `**${SYMBOLS[outcome]} ${text(id)}**\n\n${lines.length > 0 ? lines.join('\n') : text(summary)}`;
}

function checkTables(checks: readonly Check[]): string {
  const tables = checksByTier(checks).map(({ title, checks }) => {
    const rows = checks.map((check) => {
      const evidence = check.outcome === 'changed' ? furtherEvidence(check) : [];
      const more = evidence.slice(0, MOST_EVIDENCE).map(({ message }) => `<br>• ${cell(message)}`);
      if (evidence.length > MOST_EVIDENCE) more.push(`<br>• … ${evidence.length - MOST_EVIDENCE} more`);
      return `| ${SYMBOLS[check.outcome]} | ${cell(check.id)} | ${cell(check.summary)}${more.join('')} |`;
    });
    return [`**${title}**`, '', '| | check | |', '| --- | --- | --- |', ...rows].join('\n');
  });
  return tables.join('\n\n');
}

function layers(name: string, side: SideReport): string {
  const { layers, dockerfile } = side;
  const newest = [...layers].reverse();
  const rows = newest
    .slice(0, MOST_ROWS)
    .map(
      (row) =>
        `| ${code(clip(showCreatedBy(row)))}${row.base ? ' (base)' : ''} | ${showSize(row.bytes)} | ${showSize(row.wasted)} |`,
    );
  if (newest.length > MOST_ROWS) rows.push(`| … ${newest.length - MOST_ROWS} older ones | | |`);
  const head = `**${name}**: ${code(dockerfile)}, ${showSize(wastedBytes(side))} wasted`;
  return [head, '', '| created by | size | wasted |', '| --- | ---: | ---: |', ...rows].join('\n');
}

function leftBehind({ leftBehind }: VerificationReport): string {
  if (leftBehind.length === 0) return '';
  const files = leftBehind.reduce((sum, group) => sum + group.files, 0);
  const bytes = leftBehind.reduce((sum, group) => sum + group.bytes, 0);
  const rows = leftBehind.map((group) => {
    const largest = group.largest.slice(0, 3).map(({ path, bytes }) => `${code(clip(path))} ${showSize(bytes)}`);
    return `| ${cell(group.class)} | ${showCount(group.files)} | ${showSize(group.bytes)} | ${largest.join(', ')} |`;
  });
  const table = ['| class | files | size | largest |', '| --- | ---: | ---: | --- |', ...rows].join('\n');
  return details(`Left behind: ${showCount(files)} ${files === 1 ? 'file' : 'files'}, ${showSize(bytes)}`, table);
}

function caveats({ caveats }: VerificationReport): string {
  if (caveats.length === 0) return '';
  return details(plural(caveats.length, 'caveat'), caveats.map((caveat) => `- ${text(caveat)}`).join('\n'));
}

/** A fence that no line of the text can end. */
function fence(lines: readonly string[]): string {
  const clean = lines.map(escapeControls);
  const longest = Math.max(2, ...clean.map((line) => /^\s*(`+)/.exec(line)?.[1]?.length ?? 0));
  const mark = '`'.repeat(longest + 1);
  return [`${mark}text`, ...clean, mark].join('\n');
}

const clip = (value: string) => (value.length > 100 ? `${value.slice(0, 99)}…` : value);
const cell = text;
