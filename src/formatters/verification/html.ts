import type {
  Check,
  Evidence,
  FileClass,
  LayerRow,
  LeftBehind,
  Outcome,
  SideReport,
  VerificationReport,
} from '../../verify/model.ts';
import { plural } from '../count.ts';
import { escapeHtml as escape, page, section } from '../page.ts';
import {
  checksByTier,
  computeSaving,
  figureRows,
  findTroubles,
  furtherEvidence,
  shortId,
  showCount,
  showCreatedBy,
  showSize,
} from './figures.ts';
import type { Verification } from './formatter.ts';
import { type Box, inset, squarify } from './treemap.ts';

const SYMBOLS: Readonly<Record<Outcome, string>> = { same: '✓', changed: '≈', worse: '✗', unknown: '?' };
const OUTCOMES = Object.keys(SYMBOLS).reverse() as Outcome[];
const BADGES = {
  equivalent: 'good',
  'equivalent with differences': 'good',
  'not equivalent': 'worse',
  unproven: 'unknown',
} as const;

/** White stands out on all of them, in light and dark. */
const COLOURS: Readonly<Record<FileClass, string>> = {
  toolchain: '#4051b5',
  package: '#00766a',
  'dependency cache': '#a84f0a',
  headers: '#6d38c4',
  'package database': '#0e6f8a',
  documentation: '#5d6b80',
  source: '#1b7a3d',
  test: '#567311',
  'build intermediate': '#b0275f',
  'development dependency': '#8b35b8',
  'version control': '#47566b',
  'project file': '#2458c4',
  temporary: '#716a64',
  'run-time file': '#c02626',
  unknown: '#55555f',
};

/** What a page holds before it becomes hard to read, and slow. */
const MOST = { evidence: 200, largest: 100, drawn: 300, layers: 60, command: 400, log: 60, caveats: 200 };

/** One page: sizes, layers, checks, and a map of what is not in the rewrite. */
export function format({ report, version }: Verification): string {
  const { before, after, verdict, engine } = report;
  const parts = [
    sizes(report),
    troubles(report),
    layers(report),
    checks(report.checks),
    caveats(report),
    treemap(report.leftBehind),
  ];
  return page(
    `${after.dockerfile}: ${verdict}`,
    `<header>
<span class="badge ${BADGES[verdict]}">${escape(verdict)}</span>
<h1>${escape(after.dockerfile)} <span class="soft">in place of</span> ${escape(before.dockerfile)}</h1>
<p class="soft">${escape(report.reason)}</p>
</header>
${parts.filter((part) => part !== '').join('\n')}
<footer>${escape(`dockerfileopt ${version}, built with ${engine.name} ${engine.version}`)}</footer>`,
  );
}

function sizes(report: VerificationReport): string {
  const saving = computeSaving(report);
  const rows = figureRows(report).map(
    ({ name, before, after, saved }) =>
      `<tr><th scope="row">${name}</th><td class="number">${before}</td><td class="number">${after}</td><td class="saved">${saved}</td></tr>`,
  );
  const table = `<table class="figures"><thead><tr><td></td><th scope="col" class="number">before</th><th scope="col" class="number">after</th><th scope="col" class="saved">saved</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  if (saving === undefined) return section('Size', table);
  const { before, after, saved, percent, ratio } = saving;
  const most = Math.max(before, after, 1);
  const bar = (name: string, bytes: number) =>
    `<div class="bar" role="img" aria-label="${name}: ${showSize(bytes)}"><span>${name}</span><div class="track"><div class="fill ${name}" style="width:${percentage(bytes / most)}"></div></div><span>${showSize(bytes)}</span></div>`;
  const hero = [
    ['before', '', showSize(before)],
    ['after', saved >= 0 ? 'after' : 'larger', showSize(after)],
    [saved >= 0 ? 'saved' : 'more', '', `${saved >= 0 ? percent : percent.replace('-', '')}`],
    ['in other words', '', ratio],
  ].map(
    ([label, kind, value]) => `<div class="${kind}"><span class="soft">${label}</span><strong>${value}</strong></div>`,
  );
  return section(
    'Size',
    `<div class="hero">${hero.join('')}</div>\n${bar('before', before)}\n${bar('after', after)}\n${table}`,
  );
}

function troubles(report: VerificationReport): string {
  return findTroubles(report)
    .map(({ dockerfile, title, hint, build }) => {
      const facts = [
        ['Why', build.message],
        ['Step', build.step],
        ['Exit code', build.exitCode],
        ['Hint', hint],
        ['Log file', build.logFile],
      ]
        .filter(([, value]) => value !== undefined)
        .map(
          ([name, value]) =>
            `<dt>${name}</dt><dd${name === 'Step' ? ' class="code"' : ''}>${escape(String(value))}</dd>`,
        );
      const log = build.log.slice(-MOST.log).map(escape).join('\n');
      const end = log === '' ? '' : `<pre tabindex="0" aria-label="The end of the log">${log}</pre>`;
      return section(`${dockerfile} ${title}`, `<dl>${facts.join('')}</dl>${end}`, 'trouble');
    })
    .join('\n');
}

function layers({ before, after }: VerificationReport): string {
  if (before.layers.length + after.layers.length === 0) return '';
  const all = [...before.layers, ...after.layers].map(({ bytes }) => bytes ?? 0);
  const most = all.reduce((largest, bytes) => Math.max(largest, bytes), 1);
  return section(
    'Layers',
    `<div class="sides">${layerTable('before', before, most)}${layerTable('after', after, most)}</div>`,
  );
}

function layerTable(name: 'before' | 'after', { imageId, layers, wasted }: SideReport, most: number): string {
  const newest = [...layers].reverse();
  const row = (layer: LayerRow) => {
    const text = escape(showCreatedBy(layer).slice(0, MOST.command));
    const meter = layer.bytes ? `<div class="meter" style="width:${percentage(layer.bytes / most)}"></div>` : '';
    const tag = layer.base ? '<span class="tag">base</span> ' : '';
    return `<tr${layer.base ? ' class="base"' : ''}><td><span class="code clip" title="${text}">${tag}${text}</span>${meter}</td><td class="number">${showSize(layer.bytes)}</td><td class="number">${layer.wasted === 0 ? '' : showSize(layer.wasted)}</td></tr>`;
  };
  const rows = newest.slice(0, MOST.layers).map(row);
  if (newest.length > MOST.layers)
    rows.push(`<tr><td colspan="3">… ${newest.length - MOST.layers} older ones</td></tr>`);
  const files = wasted.largest.map(
    ({ path, bytes, how }) =>
      `<tr><td class="code">${escape(path)} <span class="tag">${escape(how)}</span></td><td class="number">${showSize(bytes)}</td></tr>`,
  );
  const waste =
    files.length === 0
      ? ''
      : `<details><summary class="soft">${showSize(wasted.bytes)} wasted, overwritten or deleted by later layers</summary><table><tbody>${files.join('')}</tbody></table></details>`;
  const caption = imageId === undefined ? name : `${name}: ${shortId(imageId)}`;
  if (layers.length === 0) return `<div><h3>${caption}</h3><p class="soft">none</p></div>`;
  return `<div><h3>${escape(caption)}</h3><table class="layers ${name}"><thead><tr><th scope="col">created by</th><th scope="col" class="number">size</th><th scope="col" class="number">wasted</th></tr></thead><tbody>${rows.join('')}</tbody></table>${waste}</div>`;
}

const FRAME: Box = { x: 0, y: 0, width: 1076, height: 470 };
/** A smaller rectangle than this shows nothing. */
const LEAST_AREA = 12;

function treemap(groups: readonly LeftBehind[]): string {
  const files = groups.reduce((sum, group) => sum + group.files, 0);
  const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
  const title = 'What was left behind';
  if (groups.length === 0) return section(title, '<p>Nothing: every file of the original is in the rewrite.</p>');
  const sorted = [...groups].sort((a, b) => b.bytes - a.bytes);
  const boxes = squarify(
    sorted.map((group) => group.bytes),
    FRAME,
  );
  const drawn = sorted.map((group, index) => drawGroup(group, boxes[index]!)).join('');
  const label = `${showCount(files)} ${files === 1 ? 'file' : 'files'}, ${showSize(bytes)}: ${sorted.map((group) => `${group.class} ${showSize(group.bytes)}`).join(', ')}`;
  const map =
    bytes === 0
      ? ''
      : `<svg viewBox="0 0 ${FRAME.width} ${FRAME.height}" role="img" aria-label="${escape(label)}">${drawn}</svg>`;
  return section(
    title,
    `<p class="soft">${showCount(files)} ${files === 1 ? 'file' : 'files'}, ${showSize(bytes)}</p>\n${map}\n${classTable(sorted)}`,
  );
}

/** A class as a rectangle with a name, and in it its largest folders and files. */
function drawGroup(group: LeftBehind, box: Box): string {
  if (box.width * box.height < LEAST_AREA) return '';
  const colour = COLOURS[group.class] ?? COLOURS.unknown;
  const outer = inset(box, 1);
  const size = showSize(group.bytes);
  const hasHead = outer.height > 34 && outer.width > 44;
  const head = hasHead ? label(`${group.class} ${size}`, outer.x + 6, outer.y + 15, outer.width - 10, 'name', 6.9) : '';
  const inner = inset(outer, 2, hasHead ? 21 : 2);
  const entries = [...group.largest].sort((a, b) => b.bytes - a.bytes).slice(0, MOST.drawn);
  const rest = group.bytes - entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const cells = squarify([...entries.map((entry) => entry.bytes), Math.max(0, rest)], inner);
  const parts = entries.map((entry, index) => drawEntry(entry, cells[index]!)).join('');
  const tip = `<title>${escape(`${group.class}: ${size}, ${plural(group.files, 'file')}`)}</title>`;
  return `<g>${tip}${rectangle(outer, `fill="${colour}" rx="4"`)}${head}${parts}</g>`;
}

function drawEntry({ path, bytes, files }: LeftBehind['largest'][number], box: Box): string {
  if (box.width * box.height < LEAST_AREA) return '';
  const cell = inset(box, 1);
  const tip = `<title>${escape(`${path}: ${showSize(bytes)}, ${plural(files, 'file')}`)}</title>`;
  const texts: string[] = [];
  if (cell.height > 16) texts.push(label(path, cell.x + 5, cell.y + 14, cell.width - 8, '', 6.1));
  if (cell.height > 32 && texts[0] !== '')
    texts.push(label(showSize(bytes), cell.x + 5, cell.y + 28, cell.width - 8, 'faint', 6.1));
  return `<g>${tip}${rectangle(cell, 'fill="#000" fill-opacity="0.18" rx="2"')}${texts.join('')}</g>`;
}

const rectangle = ({ x, y, width, height }: Box, rest: string) =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" ${rest}/>`;

/** A text, if there is room for enough of it; of a path rather the end. */
function label(text: string, x: number, y: number, width: number, kind: string, letter: number): string {
  const short = shorten(text, Math.floor(width / letter));
  const attributes = kind === '' ? '' : ` class="${kind}"`;
  return short === '' ? '' : `<text x="${round(x)}" y="${round(y)}"${attributes}>${escape(short)}</text>`;
}

function shorten(text: string, room: number): string {
  if (text.length <= room) return text;
  const parts = text.split('/');
  while (parts.length > 1) {
    parts.shift();
    const end = `…/${parts.join('/')}`;
    if (end.length <= room) return end;
  }
  return room < 5 ? '' : `${parts[0]!.slice(0, room - 1)}…`;
}

function classTable(groups: readonly LeftBehind[]): string {
  const rows = groups.map((group) => {
    const swatch = `<span class="swatch" style="background:${COLOURS[group.class] ?? COLOURS.unknown}"></span>`;
    const shown = group.largest.slice(0, MOST.largest);
    const entries = shown.map(
      ({ path, bytes, files }) =>
        `<tr><td class="code">${escape(path)}</td><td class="number">${showCount(files)}</td><td class="number">${showSize(bytes)}</td></tr>`,
    );
    const more = group.largest.length - shown.length;
    if (more > 0) entries.push(`<tr><td colspan="3">… ${showCount(more)} more</td></tr>`);
    const [first] = group.largest;
    const title = first === undefined ? '' : `<span class="code">${escape(first.path)}</span> ${showSize(first.bytes)}`;
    const list =
      group.largest.length < 2
        ? title
        : `<details><summary>${title} <span class="soft">and ${showCount(group.largest.length - 1)} more</span></summary><div class="scroll" tabindex="0"><table><tbody>${entries.join('')}</tbody></table></div></details>`;
    return `<tr><th scope="row">${swatch}${escape(group.class)}</th><td class="number">${showCount(group.files)}</td><td class="number">${showSize(group.bytes)}</td><td>${list}</td></tr>`;
  });
  return `<table class="classes"><thead><tr><th scope="col">class</th><th scope="col" class="number">files</th><th scope="col" class="number">size</th><th scope="col" class="largest">the largest</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function checks(checks: readonly Check[]): string {
  const counts = OUTCOMES.map(
    (outcome) => [outcome, checks.filter((check) => check.outcome === outcome).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `<span>${symbol(outcome)} ${count} ${outcome}</span>`);
  const tiers = checksByTier(checks).map(
    ({ title, checks }) => `<h3>${escape(title)}</h3>\n${checks.map(drawCheck).join('\n')}`,
  );
  return section('Checks', `<div class="counts">${counts.join('')}</div>\n${tiers.join('\n')}`);
}

function drawCheck(check: Check): string {
  const { id, outcome, summary } = check;
  const isBad = outcome === 'worse' || outcome === 'unknown';
  const row = `${symbol(outcome)}<span class="code">${escape(id)}</span><span class="text">${escape(summary)}</span>`;
  const evidence = furtherEvidence(check);
  if (evidence.length === 0)
    return isBad
      ? `<details class="check ${outcome}" open><summary>${row}</summary></details>`
      : `<div class="check plain">${row}</div>`;
  const items = evidence.slice(0, MOST.evidence).map((item) => drawEvidence(item, summary));
  if (evidence.length > MOST.evidence) items.push(`<li>… ${showCount(evidence.length - MOST.evidence)} more</li>`);
  return `<details class="check ${outcome}"${isBad ? ' open' : ''}><summary>${row}</summary><ul>${items.join('')}</ul></details>`;
}

function drawEvidence({ outcome, message, hint }: Evidence, summary: string): string {
  const help = hint === undefined ? '' : `<span class="hint">${escape(hint)}</span>`;
  return message === summary ? `<li class="only">${help}</li>` : `<li>${symbol(outcome)}${escape(message)}${help}</li>`;
}

const symbol = (outcome: Outcome) =>
  `<span class="symbol ${outcome}" aria-hidden="true">${SYMBOLS[outcome]}</span><span class="hidden">${outcome}: </span>`;

function caveats({ caveats }: VerificationReport): string {
  if (caveats.length === 0) return '';
  const items = caveats.slice(0, MOST.caveats).map((caveat) => `<li>${escape(caveat)}</li>`);
  if (caveats.length > MOST.caveats) items.push(`<li>… ${showCount(caveats.length - MOST.caveats)} more</li>`);
  return section('Not proved', `<ul>${items.join('')}</ul>`);
}

const round = (value: number) => Number(value.toFixed(1));
const percentage = (share: number) => `${Number((100 * share).toFixed(2))}%`;
