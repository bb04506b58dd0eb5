import type { Source } from '../../dockerfile/index.ts';
import { formatBytes } from '../../formatters/plan/numbers.ts';
import type { Migrated, Refused } from '../../migrate/index.ts';
import type { MigrateReport, ReportedFile, ReportedRefusal, ReportedStep } from '../../migrate/report.ts';
import { version } from '../../version.ts';
import { unifiedDiff } from '../diff.ts';
import type { Proved } from './prove.ts';

/** What was asked for, as reports show it. */
export interface Asked {
  /** As given. */
  readonly path: string;
  /** The script, or the builder's Dockerfile. */
  readonly source: Source;
  /** A path of the project as the user would write it. */
  readonly show: (path: string) => string;
  readonly read: (path: string) => Source | undefined;
}

const NOTHING = {
  handOvers: [],
  commands: [],
  assumptions: [],
  files: [],
  unneeded: [],
  images: [],
  steps: [],
} as const;

/** A refusal as a report. */
export function reportRefusal({ path, source, show, read }: Asked, refused: Refused): MigrateReport {
  const { code, reason, file, range } = refused;
  const place = file === undefined ? source : (read(file) ?? source);
  return {
    version,
    path,
    outcome: 'refused',
    summary: `Refused: ${reason}`,
    refused: {
      code,
      reason,
      file: file === undefined ? path : show(file),
      start: place.position(range.start),
      end: place.position(range.end),
    },
    ...NOTHING,
    proof: { status: 'none', why: 'nothing is migrated' },
  };
}

/** A migration as a report, with what the engine said or why it was not asked. */
export async function reportMigration(
  asked: Asked,
  migrated: Migrated,
  proved: Proved | string,
  extra: readonly string[],
): Promise<MigrateReport> {
  const { path, show } = asked;
  const { plan, dockerfile, script, finals, unneeded, assumptions } = migrated;
  const common = {
    version,
    path,
    steps: script ? reportSteps(asked.source, migrated) : [],
    handOvers: plan.handOvers.map(({ origin, from, host }) => ({
      from: migrated.merged.names.from(origin),
      path: from,
      host: show(host),
    })),
    commands: finals.map(({ command }) => command),
    assumptions: [...assumptions, ...extra],
    unneeded: unneeded.map(show),
    images: [],
  };
  const files: ReportedFile[] = [];
  for (const file of [dockerfile, ...(script ? [script] : [])]) {
    const diff = await unifiedDiff(show(file.path), file.before ?? '', file.after);
    files.push({ path: show(file.path), isNew: file.before === undefined, text: file.after, diff });
  }
  const what = `one Dockerfile with ${plan.builders.length + plan.finals.length + migrated.merged.names.made.size} parts and ${finals.length === 1 ? 'one build' : `${finals.length} builds`}`;
  if (typeof proved === 'string')
    return {
      ...common,
      outcome: 'migrated',
      summary: `Migrated to ${what}, and not proved: ${proved}`,
      files,
      proof: { status: 'none', why: proved },
    };
  if (proved.kind === 'proved') {
    const { verifications } = proved;
    const paths = new Set([dockerfile.path, ...[...plan.builders, ...plan.finals].map((build) => build.path)]);
    const images = proved.images.map((image) => (paths.has(image.name) ? { ...image, name: show(image.name) } : image));
    const sizes = verifications.map(({ before, after }) =>
      before.bytes === undefined || after.bytes === undefined
        ? ''
        : `, ${formatBytes(before.bytes)} → ${formatBytes(after.bytes)}`,
    );
    return {
      ...common,
      outcome: 'migrated',
      summary: `Migrated to ${what}, and verified${sizes.join('')}`,
      files,
      images,
      proof: { status: 'verified', verifications },
    };
  }
  return {
    ...common,
    ...reportFailure(asked, migrated, proved),
    files: [],
    proof: { status: 'none', why: 'nothing is migrated' },
  };
}

function reportFailure(
  { path, source }: Asked,
  { plan }: Migrated,
  proved: Exclude<Proved, { kind: 'proved' }>,
): Pick<MigrateReport, 'outcome' | 'summary' | 'refused'> {
  const isOriginal = proved.kind === 'original-fails';
  const reason = isOriginal
    ? `the old pipeline cannot be carried out: ${proved.error.message}`
    : `the new image is not equivalent: ${proved.reason}`;
  const range = isOriginal ? proved.error.range : plan.finals[0]!.step;
  const log = isOriginal ? proved.error.log : (proved.verification.after.build.failure?.log ?? []);
  const refused: ReportedRefusal = {
    code: isOriginal ? 'original-fails' : 'not-equivalent',
    reason,
    file: path,
    start: source.position(range.start),
    end: source.position(range.end),
    ...(log.length === 0 ? {} : { log }),
  };
  return { outcome: 'refused', summary: `Refused: ${reason}`, refused };
}

function reportSteps(source: Source, { steps, plan }: Migrated): ReportedStep[] {
  const finals = new Set(plan.finals.map(({ step }) => step));
  const engine = steps.filter(
    (step) => step.kind !== 'host' && step.kind !== 'branch' && (step.kind !== 'file' || plan.removed.has(step)),
  );
  return engine.map((step) => ({
    line: source.position(step.start).line,
    text: source.slice(step).replace(/\s*\\?\r?\n\s*/g, ' '),
    becomes: plan.removed.has(step) ? 'removed' : step.kind === 'build' && finals.has(step) ? 'changed' : 'kept',
  }));
}
