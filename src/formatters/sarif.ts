import type { LintReport, ReportedEdit, ReportedFinding } from '../lint/report.ts';

const LEVELS = { error: 'error', warn: 'warning', info: 'note', off: 'none' } as const;

type Place = Pick<ReportedFinding, 'start' | 'end'>;

/** SARIF 2.1.0, as code scanning services read it. */
export function format(report: LintReport): string {
  const indexes = new Map(report.rules.map(({ id }, index) => [id, index]));
  const run = {
    tool: {
      driver: { name: 'dockerfileopt', semanticVersion: report.version, rules: report.rules.map(describeRule) },
    },
    invocations: [
      {
        executionSuccessful: report.errors.length === 0,
        toolExecutionNotifications: report.errors.map(({ path, message }) => ({
          level: 'error',
          message: { text: message },
          locations: [{ physicalLocation: { artifactLocation: { uri: toUri(path) } } }],
        })),
      },
    ],
    columnKind: 'utf16CodeUnits',
    artifacts: report.files.map(({ path }) => ({ location: { uri: toUri(path) } })),
    results: report.files.flatMap(({ path, findings }, index) => {
      const artifactLocation = { uri: toUri(path), index };
      return findings.map((finding) => toResult(finding, artifactLocation, indexes));
    }),
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function describeRule({ id, aliases = [], severity, fixable, summary, why }: LintReport['rules'][number]) {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: `${summary}\n\n${why}` },
    defaultConfiguration: severity === 'off' ? { enabled: false } : { level: LEVELS[severity] },
    properties: { tags: ['dockerfile'], aliases, ...(fixable && { fixable }) },
  };
}

function toResult(
  { ruleId, severity, message, start, end, fix, fingerprint }: ReportedFinding,
  artifactLocation: { uri: string; index: number },
  indexes: ReadonlyMap<string, number>,
) {
  return {
    ruleId,
    ruleIndex: indexes.get(ruleId) ?? -1,
    level: LEVELS[severity],
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation, region: toRegion({ start, end }) } }],
    partialFingerprints: { 'dockerfileopt/v1': fingerprint },
    ...(fix && {
      fixes: [
        {
          description: { text: fix.title },
          artifactChanges: [{ artifactLocation, replacements: fix.edits.map(toReplacement) }],
        },
      ],
    }),
  };
}

function toReplacement({ start, end, text }: ReportedEdit) {
  return { deletedRegion: toRegion({ start, end }), insertedContent: { text } };
}

/** The end column of SARIF is exclusive, as ours is. */
function toRegion({ start, end }: Place) {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A path as a URI reference, relative where the path is. */
function toUri(path: string): string {
  // Through a buffer, because half a surrogate pair cannot be encoded.
  const uri = Buffer.from(path)
    .toString()
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
  if (path.startsWith('/')) return `file://${uri}`;
  return /^[A-Za-z]:\//.test(path) ? `file:///${path.slice(0, 2)}${uri.slice(4)}` : uri;
}
