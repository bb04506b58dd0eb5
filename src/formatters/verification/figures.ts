import type {
  BuildReport,
  Check,
  LayerRow,
  Outcome,
  SideReport,
  Tier,
  VerificationReport,
} from '../../verify/model.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes as `docker images` shows them: three digits and a unit of thousands. */
export function showSize(bytes: number | undefined): string {
  if (bytes === undefined) return '–';
  let value = Math.abs(bytes);
  let unit = 0;
  while (Number(value.toPrecision(3)) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${bytes < 0 ? '-' : ''}${Number(value.toPrecision(3))}${UNITS[unit]}`;
}

/** `1,234`. */
export function showCount(count: number | undefined): string {
  return count === undefined ? '–' : String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `0.4 s`, `12 s`, `3 min 20 s`. */
export function showSeconds(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** How the sizes compare; undefined when one of the images is not there. */
export interface Saving {
  readonly before: number;
  readonly after: number;
  /** Bytes; negative when the rewrite is larger. */
  readonly saved: number;
  /** `98.7 %` */
  readonly percent: string;
  /** `75.7 times smaller` */
  readonly ratio: string;
}

export function computeSaving({ before, after }: VerificationReport): Saving | undefined {
  if (before.bytes === undefined || after.bytes === undefined) return undefined;
  const saved = before.bytes - after.bytes;
  const share = before.bytes === 0 ? 0 : (100 * saved) / before.bytes;
  return {
    before: before.bytes,
    after: after.bytes,
    saved,
    // What is almost everything is not everything.
    percent: `${share > 99.9 && share < 100 ? share.toFixed(2) : share.toFixed(1)} %`,
    ratio: showRatio(before.bytes, after.bytes),
  };
}

function showRatio(before: number, after: number): string {
  if (before === after) return 'as large';
  const [more, less, word] = before > after ? [before, after, 'smaller'] : [after, before, 'larger'];
  const ratio = more / Math.max(1, less);
  return `${ratio < 10 ? ratio.toFixed(1) : showCount(Math.round(ratio))} times ${word}`;
}

/** A row of the size table: a name, both values, and the difference where it says something. */
export interface FigureRow {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly saved: string;
}

/** The size table and what goes with it. */
export function figureRows(report: VerificationReport): FigureRow[] {
  const { before, after } = report;
  const row = (name: string, one: number | undefined, two: number | undefined, show: (value?: number) => string) => ({
    name,
    before: show(one),
    after: show(two),
    saved: one === undefined || two === undefined ? '' : show(one - two),
  });
  const saving = computeSaving(report);
  const size = row('Size', before.bytes, after.bytes, showSize);
  const known = (side: SideReport, value: number) => (side.bytes === undefined ? undefined : value);
  const layers = ({ layers }: SideReport) => layers.filter(({ bytes }) => bytes !== 0).length;
  const { cachedSeconds: one } = before.build;
  const { cachedSeconds: two } = after.build;
  return [
    saving ? { ...size, saved: `${size.saved} (${saving.percent}), ${saving.ratio}` } : size,
    row('Files', before.files, after.files, showCount),
    row('Layers', known(before, layers(before)), known(after, layers(after)), showCount),
    row('Wasted', wastedBytes(before), wastedBytes(after), showSize),
    { name: 'Build', before: buildTime(before.build), after: buildTime(after.build), saved: '' },
    ...(one === undefined && two === undefined
      ? []
      : [{ name: 'Cached', before: showSeconds(one), after: showSeconds(two), saved: '' }]),
  ];
}

/** Undefined where nobody looked: large images are not taken apart into layers. */
export function wastedBytes({ bytes, layers, wasted }: SideReport): number | undefined {
  const isKnown = layers.length === 0 || layers.some((layer) => layer.wasted !== undefined);
  return bytes !== undefined && isKnown ? wasted.bytes : undefined;
}

function buildTime({ failure, seconds }: BuildReport): string {
  if (failure === undefined) return showSeconds(seconds);
  return failure.cause === 'interrupted' ? 'not built' : 'failed';
}

/** What made a layer, in the Dockerfile's words. */
export function showCreatedBy({ createdBy }: LayerRow): string {
  const text = createdBy
    .replace(/\s+/g, ' ')
    .replace(/ # buildkit$/, '')
    .replace(/^\/bin\/sh -c #\(nop\) +/, '')
    .replace(/^(?:RUN )?(?:\|\d+ .*?)?\/bin\/sh -c /, 'RUN ')
    .trim();
  return text === '' ? '–' : text;
}

const ORDER: readonly Outcome[] = ['worse', 'unknown', 'changed', 'same'];
const TIERS: Readonly<Record<Tier, string>> = {
  builds: 'Builds: both can be built',
  closes: 'Closes: the image at rest has what its programs need',
  starts: 'Starts: both do the same when started',
  behaves: 'Behaves: both give the same answers',
};

/** The checks of each tier, the worst first; tiers without checks are left out. */
export function checksByTier(checks: readonly Check[]): { tier: Tier; title: string; checks: Check[] }[] {
  return (Object.keys(TIERS) as Tier[])
    .map((tier) => ({
      tier,
      title: TIERS[tier],
      checks: checks
        .filter((check) => check.tier === tier)
        .sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome)),
    }))
    .filter((group) => group.checks.length > 0);
}

/** `1 worse, 2 unknown, 3 changed, 14 same`; what there is none of is left out. */
export function countOutcomes(checks: readonly Check[]): string {
  return ORDER.map((outcome) => [outcome, checks.filter((check) => check.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
}

/** The evidence that its check's summary does not already say; hints are kept. */
export function furtherEvidence({ summary, evidence }: Check): Check['evidence'] {
  return evidence.length === 1 && evidence[0]!.message === summary && evidence[0]!.hint === undefined ? [] : evidence;
}

/** What a failed build means to the user. */
export interface BuildTrouble {
  readonly dockerfile: string;
  readonly build: NonNullable<BuildReport['failure']>;
  /** A sentence about the Dockerfile, without a full stop. */
  readonly title: string;
  /** What usually helps. */
  readonly hint: string | undefined;
}

const TROUBLES: Readonly<Record<string, readonly [title: string, hint?: string]>> = {
  dockerfile: ['does not build'],
  'engine-too-old': [
    'cannot be built by this engine, which lacks something that the Dockerfile uses',
    'Use a newer engine, or one with BuildKit; nothing is said against the Dockerfile',
  ],
  'base-unavailable': [
    'cannot be built here, because an image is not available',
    'Check its name, and pull it or log in where the engine runs',
  ],
  network: [
    'cannot be built here, because a step could not reach the network',
    'Try again, or choose a network for the build with --network',
  ],
  'disk-full': ['cannot be built here, because the disk is full', 'Make room where the engine keeps its images'],
  'engine-gone': ['cannot be built, because the engine stopped answering', 'Look at the log of the engine itself'],
  timeout: ['was not built in time', 'Allow more with --timeout'],
};

/** The builds that failed; one that was not even tried is not among them. */
export function findTroubles({ before, after }: VerificationReport): BuildTrouble[] {
  return [before, after].flatMap(({ dockerfile, build: { failure } }) => {
    if (failure === undefined || failure.cause === 'interrupted') return [];
    const [title, hint] = TROUBLES[failure.cause] ?? ['does not build'];
    return [{ dockerfile, build: failure, title, hint }];
  });
}

/** The id as `docker images` shows it. */
export function shortId(id: string | undefined): string {
  return id === undefined ? '–' : id.replace(/^sha256:/, '').slice(0, 12);
}
