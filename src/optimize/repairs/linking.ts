import type { Stage } from '../../dockerfile/index.ts';
import { staticLinking } from '../../knowledge/linking.ts';
import { type Build, copiesLibraries, importedArtifacts } from '../../lint/facts/builds.ts';
import { installedPackages } from '../../lint/facts/installs.ts';
import { systemOf } from '../../lint/facts/systems.ts';
import { mayUseCgo, readGoSources } from '../recipes/go/sources.ts';
import { sameRelease } from '../same-release.ts';
import { type BuildEdit, type Declined, declined, type Need, type RuntimeOption, type Subject } from '../types.ts';
import { isAt, type Repair, startedPaths } from './repair.ts';

/** Programs and libraries that let those for glibc start on musl. */
const COMPATIBLE = /^(?:gcompat|libc6-compat|glibc|musl)/;
const SETTINGS = ['.cargo/config.toml', '.cargo/config', 'rust-toolchain.toml', 'nim.cfg', 'config.nims'];

/** A dynamically linked program on an image that has not its C library: linked statically, or put on one that has. */
export function repairLinking(subject: Subject): Repair | Declined | undefined {
  const { document, stage, system, context } = subject;
  if (system.libc !== 'none' && system.libc !== 'musl') return undefined;
  if (copiesLibraries(document, stage)) return undefined;
  if ([...installedPackages(document, stage)].some((name) => COMPATIBLE.test(name))) return undefined;
  if (SETTINGS.some((file) => /static|musl/.test(context.readText(file) ?? ''))) return undefined;
  const { edits, builder, needsBase } = linkFor(subject, system.libc);
  if (!builder) return undefined;
  if (!needsBase) return { edits, revives: builder };
  const lack = `\`${needsBase.name}\` links with the C library of ${systemName(needsBase.stage)}`;
  const isSwappable =
    stage.baseStage === undefined &&
    !stage.instructions.some(({ keyword }) => keyword === 'RUN' || keyword === 'SHELL');
  if (!isSwappable) {
    return declined(
      'no-runtime',
      `${lack}, which ${systemName(stage)} has not, and the commands of the final stage are for ${systemName(stage)} alone`,
      stage.from,
    );
  }
  return {
    edits,
    revives: builder,
    base: {
      runtimes: runtimesFor(needsBase),
      needs: [
        libcNeed(needsBase),
        ...(usesShell(subject) ? [{ kind: 'shell', why: 'the command has the shell form' } as const] : []),
      ],
    },
  };
}

/** What it takes for the programs that other stages built to start on an image with this C library, or with none. */
export interface Linkage {
  readonly edits: readonly BuildEdit[];
  /** The stage that built one of them. */
  readonly builder?: Stage;
  /** A build whose program cannot be linked statically by a flag. */
  readonly needsBase?: Build;
}

export function linkFor(subject: Subject, libc: 'none' | 'musl'): Linkage {
  const started = startedPaths(subject);
  const edits: BuildEdit[] = [];
  let builder: Stage | undefined;
  let needsBase: Build | undefined;
  const seen = new Set<Build>();
  for (const artifact of importedArtifacts(subject.document, subject.stage)) {
    const { build } = artifact;
    if (![...started].some((name) => isAt(name, artifact)) || seen.has(build) || !isForeign(build, libc)) continue;
    seen.add(build);
    const verdict = goVerdict(build, subject);
    if (verdict === 'static') continue;
    builder ??= build.stage;
    if (verdict === undefined) needsBase = build;
    else edits.push(verdict);
  }
  return { edits, ...(builder ? { builder } : {}), ...(needsBase ? { needsBase } : {}) };
}

/** Whether the loader that the program asks for is missing in an image with this C library, or with none. */
function isForeign({ linkage, stage, ecosystem }: Build, libc: 'none' | 'musl'): boolean {
  if (linkage !== 'dynamic' || staticLinking(ecosystem) === undefined) return false;
  return libc === 'none' || systemOf(stage).libc === 'glibc';
}

/** That the program finds the C library that it is linked with. */
export function libcNeed({ name, stage }: Build): Need {
  const { libc } = systemOf(stage);
  return { kind: 'libc', libc: libc === 'musl' ? 'musl' : 'glibc', why: `\`${name}\` links with it` };
}

/** Go: `static` where the sources cannot need cgo, the flag where they can do without it. */
function goVerdict({ ecosystem, command, isCgoAskedFor, hasCompiler }: Build, { context }: Subject) {
  if (ecosystem !== 'go') return undefined;
  const sources = readGoSources(context);
  const reason = mayUseCgo(sources);
  if (reason === undefined && sources.cgo === undefined && !isCgoAskedFor) return 'static' as const;
  if (isCgoAskedFor || sources.cgo !== undefined || (!sources.isComplete && hasCompiler)) return undefined;
  const [first] = command.allWords;
  if (!command.script.isMapped || !first || first.value === 'sudo') return undefined;
  const why = `the program would be linked with a C library that the final image has not, because ${reason}`;
  return { start: first.start, end: first.start, text: 'CGO_ENABLED=0 ', why };
}

function runtimesFor({ ecosystem, stage }: Build): readonly RuntimeOption[] {
  const system = systemOf(stage);
  const own = sameRelease(system);
  if (system.libc !== 'glibc') return own;
  const distroless = ecosystem === 'go' ? 'gcr.io/distroless/base-debian13' : 'gcr.io/distroless/cc-debian13';
  return [{ image: distroless, why: 'it has the C library' }, ...own];
}

function usesShell({ stage }: Subject): boolean {
  return stage.instructions.some(({ keyword, json }) => /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword) && !json);
}

function systemName(stage: Stage): string {
  return stage.image?.text ?? stage.baseText;
}
