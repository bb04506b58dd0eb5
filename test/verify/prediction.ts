import type { Cause, VerificationReport } from '../../src/verify/index.ts';

/** How what images at rest showed compares with what happened when the rewrite was started. */
export interface Prediction {
  readonly name: string;
  readonly agrees: boolean;
  /** For a disagreement: why both are right; undefined where one of them is wrong. */
  readonly why?: string | undefined;
  readonly text: string;
}

/** What keeps a program from being started: here both have to agree. */
const START: ReadonlySet<Cause['kind']> = new Set([
  ...(['program', 'shell', 'interpreter', 'library', 'version', 'libc', 'architecture'] as const),
]);

/** What a start without arguments and a request for a few pages need not come upon. */
const UNSEEN: Partial<Record<Cause['kind'], string>> = {
  config: 'what the config says beside the command is for those who run the image',
  file: 'the file is read on a request that was not made',
  content: 'the file is read on a request that was not made',
  mode: 'nothing was written while it was watched',
  owner: 'nothing was written while it was watched',
  account: 'nobody was looked up while it was watched',
  'ca-bundle': 'there is no network to call anyone over',
  zoneinfo: 'the page that asks for a zone was not asked for',
  library: 'the module that needs it is loaded on a request',
};

/** Undefined when the rewrite was not started. */
export function comparePrediction(name: string, { checks }: VerificationReport): Prediction | undefined {
  const ran = checks.filter(({ tier }) => tier === 'starts' || tier === 'behaves');
  if (!ran.some(({ id }) => id === 'start')) return undefined;
  const atRest = checks.filter(({ tier, outcome }) => tier === 'closes' && outcome === 'worse');
  const predicted = atRest.flatMap(({ evidence }) => evidence.filter(({ outcome }) => outcome === 'worse'));
  const seen = ran.filter(({ outcome }) => outcome === 'worse');
  const agrees = predicted.length > 0 === seen.length > 0;
  const [first] = predicted;
  const text = `at rest ${first?.message ?? 'nothing'}; started ${seen[0]?.summary ?? 'nothing'}`;
  if (agrees) return { name, agrees, text };
  if (first === undefined) {
    const doubt = checks.find(({ tier, outcome }) => tier === 'closes' && outcome === 'unknown');
    if (doubt !== undefined) return { name, agrees, text, why: `left open at rest: ${doubt.summary}` };
    // Nothing is wrong at rest, and yet it does something else: only another program can do that.
    return { name, agrees, text, why: startFails(seen) ? undefined : 'another program' };
  }
  const kinds = predicted.map(({ cause }) => cause?.kind ?? 'behaviour');
  const startKind = kinds.find((kind) => START.has(kind) && UNSEEN[kind] === undefined);
  return { name, agrees, text, why: startKind === undefined ? UNSEEN[kinds[0]!] : undefined };
}

const startFails = (seen: readonly { summary: string }[]): boolean =>
  seen.some(({ summary }) => /cannot be started|exit code 12[67]\b|shared libraries/.test(summary));

/** A table of what was compared, and what disagreed and why. */
export function showPredictions(predictions: readonly Prediction[]): string {
  const other = predictions.filter(({ agrees }) => !agrees);
  const rows = other.map(({ name, why, text }) => `${name}: ${why ?? 'WRONG'} (${text})`);
  return `${predictions.length} predictions, ${predictions.length - other.length} agree\n${rows.join('\n')}\n`;
}
