import { posix } from 'node:path';
import type { Engine } from '../../engines/engine.ts';
import type { Session } from '../../engines/session.ts';
import { PREDEFINED } from '../../migrate/build-command.ts';
import { type FinalBuild, type Migrated, missingArgs } from '../../migrate/index.ts';
import type { MigrateReport, ReportedImage } from '../../migrate/report.ts';
import { repositoryOf } from '../../migrate/work.ts';
import type { ProgressEvent, VerificationReport, VerifyOptions } from '../../verify/index.ts';
import { Verifier } from '../../verify/verify.ts';
import { type CommonBuild, ReplayError, replay } from './replay.ts';

/** Where and how migrations are proved. */
export interface Proving {
  readonly engine: Engine;
  readonly session: Session;
  readonly options: VerifyOptions;
  readonly onStep: (text: string, line?: string) => void;
  readonly onEvent: (event: ProgressEvent) => void;
}

/** What the engine said. */
export type Proved =
  | {
      readonly kind: 'proved';
      readonly verifications: readonly VerificationReport[];
      readonly images: readonly ReportedImage[];
    }
  | { readonly kind: 'refuted'; readonly reason: string; readonly verification: VerificationReport }
  | { readonly kind: 'original-fails'; readonly error: ReplayError };

/** Stands for a value that only a run of the script would tell; both sides get it. */
const STAND_IN = 'unknown';

/** Carries out the old pipeline and the new build, and compares each final image with the old one. */
export async function proveMigration(migrated: Migrated, folder: string, proving: Proving): Promise<Proved> {
  const { engine, session, options } = proving;
  try {
    const done = await replay(
      migrated,
      folder,
      engine,
      session,
      commonBuild(migrated, undefined, options),
      proving.onStep,
    );
    const verifications: VerificationReport[] = [];
    for (const final of migrated.finals) {
      const { step, path } = final.build;
      const before = {
        text: done.textOf(final.build),
        path: 'path' in step.dockerfile ? done.before(path) : path,
        context: step.context === undefined ? await session.makeFolder() : done.before(step.context),
        target: step.target,
      };
      const after = {
        text: migrated.dockerfile.after,
        path: done.after(migrated.dockerfile.path),
        context: done.after(migrated.root),
        target: final.target,
      };
      const build = commonBuild(migrated, final, options);
      const verifier = new Verifier(engine, before, { ...options, build, onProgress: proving.onEvent });
      const judged = await verifier.judge(after);
      const named = {
        ...judged,
        before: { ...judged.before, dockerfile: path },
        after: { ...judged.after, dockerfile: migrated.dockerfile.path },
      };
      const { failure } = judged.before.build;
      if (failure) throw new ReplayError(`\`${path}\` does not build: ${failure.message}`, step, failure.log);
      if (judged.verdict !== 'equivalent' && judged.verdict !== 'equivalent with differences')
        return { kind: 'refuted', reason: judged.reason, verification: named };
      verifications.push(named);
    }
    return { kind: 'proved', verifications, images: await measure(migrated, done.builders, engine, verifications) };
  } catch (error) {
    if (error instanceof ReplayError) return { kind: 'original-fails', error };
    throw error;
  }
}

/** What the script gives its builds, what it leaves open, and what the user says. */
function commonBuild({ plan }: Migrated, final: FinalBuild | undefined, { build }: VerifyOptions): CommonBuild {
  const builds = final ? [final.build] : [...plan.builders, ...plan.finals];
  const args = [...builds.flatMap(({ step }) => step.buildArgs), ...(final ? missingArgs(plan, final.build) : [])];
  const options = [...plan.builders, ...plan.finals].flatMap(({ step }) => step.options);
  const valueOf = (name: string) =>
    options.filter((option) => option.name === name).map(({ text }) => text.slice(text.indexOf('=') + 1));
  const [network] = valueOf('network');
  const { platform } = plan.finals[0]!.step;
  return {
    ...(platform === undefined ? {} : { platform }),
    ...(network === undefined ? {} : { network }),
    ...build,
    secrets: [...valueOf('secret'), ...(build?.secrets ?? [])],
    ssh: [...valueOf('ssh'), ...(build?.ssh ?? [])],
    buildArgs: {
      ...Object.fromEntries(args.map(({ name, value }) => [name, value ?? (PREDEFINED.test(name) ? '' : STAND_IN)])),
      ...build?.buildArgs,
    },
  };
}

/** Sentences about build arguments whose values nobody has given. */
export function openArguments({ plan }: Migrated, { build }: VerifyOptions): string[] {
  const builds = [...plan.builders, ...plan.finals];
  const declared = builds.flatMap(({ document }) =>
    document.instructions.flatMap(({ keyword, pairs }) => (keyword === 'ARG' ? pairs.map(({ name }) => name) : [])),
  );
  const open = builds
    .flatMap(({ step }) => step.buildArgs)
    .filter(({ name, value }) => value === undefined && !PREDEFINED.test(name) && declared.includes(name))
    .filter(({ name }) => build?.buildArgs?.[name] === undefined);
  const names = [...new Set(open.map(({ name }) => name))];
  return names.map(
    (name) => `that \`${name}\`, which only a run of the script tells, may be \`${STAND_IN}\` in both builds`,
  );
}

/** The sizes that people compare: the SDK, the builder, the final image before and after. */
async function measure(
  { plan, dockerfile }: Migrated,
  builders: Awaited<ReturnType<typeof replay>>['builders'],
  engine: Engine,
  verifications: readonly VerificationReport[],
): Promise<ReportedImage[]> {
  const images: ReportedImage[] = [];
  const add = (role: ReportedImage['role'], name: string, bytes: number | undefined) => {
    if (bytes !== undefined && !images.some((image) => image.role === role && image.name === name))
      images.push({ role, name, bytes });
  };
  for (const [{ stage, path }, inspection] of builders) {
    const base = stage.chain.at(-1)!.baseText;
    // BuildKit need not keep it among the images.
    const sdk = await engine.inspect(base).catch(() => undefined);
    add('sdk', base, sdk?.Size);
    add('build', path, inspection.Size);
  }
  for (const { image, build, run } of plan.origins) {
    if (build || !run) continue;
    const sdk = await engine.inspect(image).catch(() => undefined);
    add('sdk', repositoryOf(image) === image ? image : image.replace(/:latest$/, ''), sdk?.Size);
  }
  for (const [index, { before, after }] of verifications.entries()) {
    const { path, step } = plan.finals[index]!;
    add('before', path, before.bytes);
    add(
      'after',
      step.target ?? (verifications.length > 1 ? `${dockerfile.path} (${posix.basename(path)})` : dockerfile.path),
      after.bytes,
    );
  }
  return images;
}

export type { MigrateReport };
