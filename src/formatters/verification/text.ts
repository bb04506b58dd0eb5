import type {
  Check,
  Evidence,
  LayerRow,
  LeftBehind,
  Outcome,
  SideReport,
  VerificationReport,
} from '../../verify/model.ts';
import { escapeControls } from '../escape.ts';
import type { Palette } from '../formatter.ts';
import {
  type BuildTrouble,
  checksByTier,
  countOutcomes,
  figureRows,
  findTroubles,
  furtherEvidence,
  showCount,
  showCreatedBy,
  showSize,
} from './figures.ts';
import type { Verification } from './formatter.ts';

const WIDTH = 80;
const SYMBOLS: Readonly<Record<Outcome, string>> = { same: '✔', changed: '≈', worse: '✖', unknown: '?' };
/** More rows than this are summed up. */
const MOST_LAYERS = 16;
const MOST_EVIDENCE: Readonly<Record<Outcome, number>> = { worse: 10, unknown: 10, changed: 4, same: 0 };

/** For people: the sizes first, then layers, checks, what was left behind, and last the verdict. */
export function format({ report }: Verification, palette: Palette): string {
  const page = new Page(report, palette);
  return [
    page.figures(),
    page.bars(),
    page.troubles(),
    page.layers(),
    page.wasted(),
    page.checks(),
    page.leftBehind(),
    page.caveats(),
    page.verdict(),
  ]
    .filter((block) => block.length > 0)
    .map((block) => block.map((line) => `${line.trimEnd()}\n`).join(''))
    .join('\n');
}

class Page {
  readonly #report: VerificationReport;
  readonly #palette: Palette;

  constructor(report: VerificationReport, palette: Palette) {
    this.#report = report;
    this.#palette = palette;
  }

  figures(): string[] {
    const { bold, dim, green } = this.#palette;
    const { before, after, engine } = this.#report;
    const head = `${pad('', 12)}${pad('before', 14)}${pad('after', 14)}${'saved'}`;
    const rows = figureRows(this.#report).map(({ name, before, after, saved }) => {
      const cells = `${pad(before, 14)}${pad(after, 14)}`;
      const line = pad(name, 12) + (name === 'Size' ? bold(cells) : cells);
      return line + (name === 'Size' && !saved.startsWith('-') ? green(saved) : saved);
    });
    const [one, two] = [before, after].map(
      ({ dockerfile, target }) => clean(dockerfile) + (target ? ` (${clean(target)})` : ''),
    ) as [string, string];
    const names = `${one} → ${two}`;
    const title = names.length <= WIDTH ? [names] : [...wrap(one, 0), ...wrap(`→ ${two}`, 0)];
    return [
      ...title.map(bold),
      ...wrap(clean(`built with ${engine.name} ${engine.version}`), 0).map(dim),
      '',
      dim(head),
      ...rows,
    ];
  }

  bars(): string[] {
    const { red, green } = this.#palette;
    const { before, after } = this.#report;
    if (before.bytes === undefined || after.bytes === undefined) return [];
    const most = Math.max(before.bytes, after.bytes, 1);
    const bar = (bytes: number) => drawBar(bytes / most, WIDTH - 12 - 10);
    return [
      `${pad('before', 12)}${red(bar(before.bytes))} ${showSize(before.bytes)}`,
      `${pad('after', 12)}${green(bar(after.bytes))} ${showSize(after.bytes)}`,
    ];
  }

  troubles(): string[] {
    return findTroubles(this.#report).flatMap((trouble, index) => [
      ...(index > 0 ? [''] : []),
      ...this.#trouble(trouble),
    ]);
  }

  #trouble({ dockerfile, title, hint, build }: BuildTrouble): string[] {
    const { bold, dim, red } = this.#palette;
    const fields = [
      ['why', build.message],
      ['step', build.step],
      ['exit code', build.exitCode === undefined ? undefined : String(build.exitCode)],
      ['hint', hint],
      ['log file', build.logFile],
    ] as const;
    const lines = [bold(red(clean(`${dockerfile} ${title}`)))];
    for (const [name, value] of fields) {
      if (value === undefined) continue;
      const [first, ...rest] = wrap(clean(value), 14);
      lines.push(`  ${dim(pad(name, 12))}${first}`, ...rest.map((line) => ' '.repeat(14) + line));
    }
    const log = build.log.slice(-20);
    if (log.length > 0) lines.push('', ...log.map((line) => `  ${dim('│')} ${clean(line)}`));
    return lines;
  }

  layers(): string[] {
    const { bold, dim } = this.#palette;
    const { before, after } = this.#report;
    if (before.layers.length + after.layers.length === 0) return [];
    const half = (WIDTH - 3) / 2;
    const [left, right] = [before, after].map((side) => layerLines(side, Math.floor(half)));
    const count = Math.max(left!.length, right!.length);
    const head = (text: string) => pad(text, Math.floor(half) - 9) + 'SIZE'.padStart(9);
    const paint = (line: Line | undefined) => {
      const text = pad(line?.text ?? '', Math.floor(half));
      return line?.isDim === false ? text : dim(text);
    };
    return [
      bold('Layers, the newest first'),
      dim(`${head('BEFORE')} │ ${head('AFTER')}`),
      ...Array.from({ length: count }, (_, row) => `${paint(left![row])} ${dim('│')} ${paint(right![row])}`),
    ];
  }

  wasted(): string[] {
    const { bold, dim } = this.#palette;
    const { wasted } = this.#report.after;
    if (wasted.bytes === 0) return [];
    const rows = wasted.largest.slice(0, 5);
    return [
      bold(`Wasted in the rewrite: ${showSize(wasted.bytes)} overwritten or deleted by later layers`),
      ...rows.map(
        ({ path, bytes, how }) =>
          `  ${showSize(bytes).padStart(7)}  ${clip(clean(path), 54)}  ${dim(clip(clean(how), 12))}`,
      ),
    ];
  }

  checks(): string[] {
    const { bold } = this.#palette;
    return checksByTier(this.#report.checks).flatMap(({ title, checks }, index) => [
      ...(index > 0 ? [''] : []),
      bold(title),
      ...checks.flatMap((check) => this.#check(check)),
    ]);
  }

  #check(check: Check): string[] {
    const { id, outcome, summary } = check;
    const [first, ...rest] = wrap(clean(summary), 23);
    const evidence = furtherEvidence(check);
    const shown = evidence.slice(0, MOST_EVIDENCE[outcome]);
    const more = evidence.length - shown.length;
    return [
      `  ${this.#paint(outcome, SYMBOLS[outcome])} ${pad(clip(clean(id), 18), 18)} ${this.#paint(outcome, first!)}`,
      ...rest.map((line) => ' '.repeat(23) + this.#paint(outcome, line)),
      ...shown.flatMap((item) => this.#evidence(item, item.message === summary)),
      ...(more > 0 && outcome !== 'same' ? [this.#palette.dim(`      … ${more} more`)] : []),
    ];
  }

  #evidence({ outcome, message, hint }: Evidence, isSaid: boolean): string[] {
    const { dim, cyan } = this.#palette;
    const [first, ...rest] = wrap(clean(message), 8);
    const paint = outcome === 'worse' || outcome === 'unknown' ? (text: string) => text : dim;
    const lines = isSaid
      ? []
      : [
          `      ${this.#paint(outcome, SYMBOLS[outcome])} ${paint(first!)}`,
          ...rest.map((line) => ' '.repeat(8) + paint(line)),
        ];
    if (hint === undefined) return lines;
    const [start, ...end] = wrap(clean(hint), 10);
    return [...lines, `        ${cyan('→')} ${start}`, ...end.map((line) => ' '.repeat(10) + line)];
  }

  #paint(outcome: Outcome, text: string): string {
    const { red, yellow, cyan, green } = this.#palette;
    if (outcome === 'same') return text === SYMBOLS.same ? green(text) : text;
    if (outcome === 'changed') return text === SYMBOLS.changed ? cyan(text) : text;
    return outcome === 'worse' ? red(text) : yellow(text);
  }

  leftBehind(): string[] {
    const { bold, dim } = this.#palette;
    const groups = this.#report.leftBehind;
    if (groups.length === 0) return [];
    const files = groups.reduce((sum, group) => sum + group.files, 0);
    const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
    const most = Math.max(...groups.map((group) => group.bytes), 1);
    const largest = ({ largest }: LeftBehind) => largest.slice(0, 1).map(({ path }) => clip(clean(path), 24));
    return [
      bold(`Left behind: ${showCount(files)} ${files === 1 ? 'file' : 'files'}, ${showSize(bytes)}`),
      ...groups.map((group) =>
        [
          `  ${pad(group.class, 23)}`,
          showSize(group.bytes).padStart(7),
          showCount(group.files).padStart(8),
          '  ',
          pad(drawBar(group.bytes / most, 12), 12),
          '  ',
          dim(largest(group).join(', ')),
        ].join(''),
      ),
    ];
  }

  caveats(): string[] {
    const { bold } = this.#palette;
    const { caveats } = this.#report;
    if (caveats.length === 0) return [];
    const items = caveats.flatMap((caveat) =>
      wrap(clean(caveat), 4).map((line, row) => (row ? '    ' : '  - ') + line),
    );
    return [bold('Not proved'), ...items];
  }

  verdict(): string[] {
    const { bold, red, yellow, green } = this.#palette;
    const { verdict, reason, checks } = this.#report;
    const [symbol, paint] = (
      {
        equivalent: [SYMBOLS.same, green],
        'equivalent with differences': [SYMBOLS.same, green],
        'not equivalent': [SYMBOLS.worse, red],
        unproven: [SYMBOLS.unknown, yellow],
      } as const
    )[verdict];
    const counts = `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}: ${countOutcomes(checks)}`;
    return [
      bold(paint(`${symbol} ${verdict}`)) + this.#palette.dim(` (${counts})`),
      ...wrap(clean(reason), 2).map((line) => `  ${line}`),
    ];
  }
}

interface Line {
  readonly text: string;
  readonly isDim: boolean;
}

/** The newest first, as in `docker history`; what the base image brings stands below a line. */
function layerLines({ layers }: SideReport, width: number): Line[] {
  const line = (row: LayerRow): Line => ({
    text: pad(clip(clean(showCreatedBy(row)), width - 10), width - 9) + showSize(row.bytes).padStart(9),
    isDim: row.base || row.bytes === 0,
  });
  const block = (rows: readonly LayerRow[], most: number): Line[] => {
    if (rows.length <= most) return rows.map(line);
    const rest = rows.slice(most - 1);
    const bytes = rest.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
    const last = pad(`… ${rest.length} older ones`, width - 9) + showSize(bytes).padStart(9);
    return [...rows.slice(0, most - 1).map(line), { text: last, isDim: true }];
  };
  const newest = [...layers].reverse();
  const base = block(
    newest.filter((row) => row.base),
    8,
  );
  const rule = { text: '── base image '.padEnd(width, '─'), isDim: true };
  const own = block(
    newest.filter((row) => !row.base),
    MOST_LAYERS,
  );
  return base.length === 0 ? own : [...own, rule, ...base];
}

/** A bar with eighths of a character; nothing at all only for nothing at all. */
function drawBar(share: number, width: number): string {
  const eighths = share > 0 ? Math.max(1, Math.round(share * width * 8)) : 0;
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7];
}

const clean = escapeControls;
const pad = (text: string, width: number) => text.padEnd(width);
const clip = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

/** Lines that fit beside an indent; a word that is longer than a line is cut. */
function wrap(text: string, indent: number): string[] {
  const room = WIDTH - indent;
  if (text.length <= room) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > room) {
      lines.push(line.slice(0, room));
      line = line.slice(room);
    }
  }
  return [...lines, line];
}
