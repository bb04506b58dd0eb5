import type { MigrateReport } from '../../migrate/report.ts';
import { escapeControls } from '../escape.ts';
import type { Palette } from '../formatter.ts';
import { formatBytes } from '../plan/numbers.ts';
import { colourDiff, section } from '../plan/text.ts';
import { differences, layerTables, provedThings, roleOf, unprovedThings } from './rows.ts';

/** For people: the outcome in one sentence, the steps and what is handed over, what is proved, and the diffs. */
export function format(report: MigrateReport, palette: Palette): string {
  const { path, outcome, summary, refused, steps, handOvers, commands, assumptions, unneeded, images } = report;
  const colour = outcome === 'migrated' ? palette.green : palette.yellow;
  const place = refused ? `${refused.file}:${refused.start.line}:${refused.start.column}` : path;
  const lines = [`${palette.bold(escapeControls(place))}: ${colour(escapeControls(summary))}`];
  const print = (title: string, rows: readonly (readonly string[])[]) => lines.push(...section(title, rows, palette));
  const one = (texts: readonly string[]) => texts.map((text) => [text]);
  print(
    'Images',
    images.map((image) => [image.name, formatBytes(image.bytes), roleOf(image)]),
  );
  for (const { title, rows } of layerTables(report)) {
    const sizesFirst = rows.map(([createdBy, size, origin]) => [size, origin, createdBy]);
    print(title, sizesFirst);
  }
  print(
    'Steps',
    steps.map(({ line, text, becomes }) => [`line ${line}`, becomes, text]),
  );
  print(
    'Handed over',
    handOvers.map((item) => [item.path, `of ${item.from}`, `was ${item.host} on the host`]),
  );
  print('Build with', one(commands));
  print('Assumed', one(assumptions));
  print('Differences', one(differences(report)));
  print('Proved', one(provedThings(report)));
  print('Not proved', one(unprovedThings(report)));
  print('No longer needed', one(unneeded));
  if (refused?.log) print('The log ends', one(refused.log.slice(-20)));
  if (report.written) print('Written', one(report.written));
  const diffs = report.files.map(({ diff }) => `\n${colourDiff(diff, palette)}`);
  return `${lines.join('\n')}\n${diffs.join('')}`;
}
