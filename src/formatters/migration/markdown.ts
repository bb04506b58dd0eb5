import type { MigrateReport } from '../../migrate/report.ts';
import { code, details, escape, fenced, list, table } from '../plan/markdown.ts';
import { formatBytes } from '../plan/numbers.ts';
import { differences, layerTables, provedThings, roleOf, unprovedThings } from './rows.ts';

/** For the description of a pull request. */
export function format(report: MigrateReport): string {
  const { path, summary, refused, steps, handOvers, commands, assumptions, unneeded, images } = report;
  const place = refused ? ` (${code(`${refused.file}:${refused.start.line}`)})` : '';
  const blocks = [
    `## ${escape(path)}`,
    `${escape(summary)}${place}.`,
    table(
      ['image', 'size', ''],
      images.map((image) => [code(image.name), formatBytes(image.bytes), roleOf(image)]),
    ),
    commands.length === 0 ? '' : fenced(commands.join('\n'), 'sh'),
    table(
      ['path', 'stage', 'on the host it was'],
      handOvers.map((item) => [code(item.path), code(item.from), code(item.host)]),
    ),
    ...layerTables(report).map(({ title, rows }) =>
      details(
        title,
        table(
          ['created by', 'size', ''],
          rows.map(([createdBy, size, origin]) => [code(createdBy), size, origin]),
        ),
      ),
    ),
    details(
      'Steps',
      table(
        ['line', '', ''],
        steps.map(({ line, text, becomes }) => [String(line), becomes, code(text)]),
      ),
    ),
    list('Assumed', assumptions.map(escape)),
    list('Differences', differences(report).map(escape)),
    list('Proved', provedThings(report).map(escape)),
    list('Not proved', unprovedThings(report).map(escape)),
    list('No longer needed', unneeded.map(code)),
    refused?.log ? details('The end of the log', fenced(refused.log.slice(-40).join('\n'), '')) : '',
    ...report.files.map(({ diff }) => fenced(diff.trimEnd(), 'diff')),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
