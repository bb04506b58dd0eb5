import { newestAlpine } from '../../knowledge/suites.ts';
import { runtimeLibrary } from '../libraries.ts';
import { sameRelease } from '../same-release.ts';
import {
  type Assumption,
  type Declined,
  declined,
  type Entry,
  type Evidence,
  type Keep,
  type Need,
  type Proposal,
  type Recipe,
  type RuntimeOption,
} from '../types.ts';
import { foreignPackages } from './foreign-packages.ts';
import { cargoEffects } from './rust/cargo.ts';
import { type RustSources, readRustSources } from './rust/sources.ts';

const TOOLS =
  /^(?:rustup|rustup-init(?:\.sh)?|rustfmt|sccache|mold|lld|diesel|sqlx|sea-orm-cli|wasm-bindgen|wasm-opt|cargo-\w+)$/;
const SDK_VARIABLES =
  /^(?:CARGO_\w+|RUSTUP_\w+|RUSTFLAGS|RUSTDOCFLAGS|RUSTC\w*|RUST_VERSION|RUST_TOOLCHAIN|CC(?:_\w+)?|CFLAGS|OPENSSL_(?:DIR|STATIC|LIB_DIR|INCLUDE_DIR)|PKG_CONFIG_\w+|SQLX_OFFLINE|LIBZ_SYS_STATIC|TARGET_CC)$/;

/** Rust: dynamic programs of the gnu targets, static ones of musl. Real builds stand behind it. */
export const rust: Recipe = {
  id: 'rust',
  ecosystem: 'rust',
  matches: ({ system, commands }) =>
    system.sdk
      ? system.sdk.ecosystem === 'rust'
      : system.runtime?.language === undefined &&
        commands.some(
          ({ name, subcommand }) =>
            name === 'rustc' || (name === 'cargo' && /^(?:build|b|install|rustc|zigbuild)$/.test(subcommand ?? '')),
        ),
  classify: (path) =>
    /(?:^|\/)(?:\.cargo|\.sqlx)\/|(?:^|\/)vendor\/|\.rs$|(?:^|\/)\.?(?:rustfmt|clippy|deny|cross|release|cliff)\.toml$/i.test(
      path,
    )
      ? 'source'
      : undefined,
  effects: (call, world, subject) => cargoEffects(call, world, subject) ?? (TOOLS.test(call.name) ? [] : undefined),
  plan,
};

function plan(evidence: Evidence): Proposal | Declined {
  const { entryPoint, world } = evidence;
  const tool = entryPoint.programs.find(({ name, entry }) => !entry && /^(?:cargo|rustc|rustup)(?:-\w+)?$/.test(name));
  if (tool)
    return declined(
      'needs-sdk',
      `the entry point calls \`${tool.name}\`, which only the build stage has`,
      tool.instruction,
    );
  const missing = entryPoint.programs.find(({ entry }) => entry?.marks.includes('known'));
  if (missing)
    return declined('no-artifact', `the packages have no program ${missing.entry!.path}`, missing.instruction);
  const started = entryPoint.programs.filter(
    ({ entry, via }) => via !== 'healthcheck' && (entry?.role === 'artifact' || entry?.marks.includes('installed')),
  );
  if (started.length === 0) return noArtifact(evidence);
  const foreign = foreignPackages(evidence);
  if (foreign) return foreign;
  const keep: Keep[] = started.map(({ entry, instruction }) => ({
    path: entry!.path,
    why: `${instruction.keyword} starts it`,
  }));
  const sources = readRustSources(evidence);
  const programs = started.map(({ entry }) => entry!);
  const isStatic = programs.every(({ marks }) => marks.includes('static'));
  const linked = isStatic ? staticProgram(evidence) : dynamicProgram(evidence, sources, programs);
  if (linked.runtimes.length === 0) {
    const image = evidence.stage.image?.text ?? evidence.stage.baseText;
    return declined(
      'no-runtime',
      `which release of which system ${image} is made from is not known`,
      evidence.stage.from,
    );
  }
  return {
    kind: 'proposal',
    keep,
    ...linked,
    needs: [...linked.needs, ...commonNeeds(evidence, sources, programs)],
    sdkVariables: SDK_VARIABLES,
    leave: world.tree.entries
      .filter(({ marks }) => marks.includes('target'))
      .map(({ path }) => ({ path, role: 'source', why: 'it is the folder of the build' })),
  };
}

function noArtifact({ entryPoint, world, stage }: Evidence): Declined {
  const program = entryPoint.programs.find(({ via }) => via !== 'healthcheck');
  const instruction = program?.instruction ?? entryPoint.instructions[0] ?? stage.from;
  const name = program?.name ?? 'what is started';
  if (program?.entry)
    return declined('no-artifact', `${name} is ${program.entry.origin}, and not built here`, instruction);
  const [unknown] = world.unknowns;
  if (unknown) return declined('unknown', `${unknown.why}, so it is not known what makes ${name}`, unknown.instruction);
  return declined('no-artifact', `nothing in the stage is known to make ${name}`, instruction);
}

type Linked = Pick<Proposal, 'runtimes' | 'assumptions'> & { readonly needs: readonly Need[] };

function staticProgram({ system }: Evidence): Linked {
  const why = 'the program is static';
  const own = sameRelease(system);
  return {
    needs: [],
    runtimes: [
      { image: 'scratch', why },
      { image: 'gcr.io/distroless/static-debian13', why },
      ...(system.libc === 'musl' && own.length > 0
        ? own
        : [{ image: newestAlpine, why: 'a shell or packages are needed' }]),
      ...(system.libc === 'musl' ? [] : own),
    ],
  };
}

function dynamicProgram(evidence: Evidence, sources: RustSources, programs: readonly Entry[]): Linked {
  const { system, world } = evidence;
  const libc = system.libc === 'musl' ? 'musl' : 'glibc';
  const why = 'the program is linked with libgcc_s';
  const needs: Need[] = [
    { kind: 'libc', libc, why: 'the program is linked with it' },
    libc === 'musl'
      ? { kind: 'libstdc++', why, supply: [{ kind: 'install', packages: ['libgcc'], why }] }
      : { kind: 'libstdc++', why },
  ];
  const assumptions: Assumption[] = [];
  const headers = world.packages.filter(({ name }) => /-dev(?:el)?$/.test(name)).map(({ name }) => name);
  for (const name of headers) {
    const library = runtimeLibrary(name, system.suite);
    if (library === 'none') continue;
    if (library !== undefined) needs.push({ kind: 'package', name: library, why: `${name} is linked` });
    else
      assumptions.push({
        sentence: `the libraries of ${name} are linked in, or the runtime image has them`,
        isUnproved: true,
      });
  }
  for (const { crate, deb, apk } of sources.libraries) {
    const name = libc === 'musl' ? apk : deb;
    const library = runtimeLibrary(name, system.suite);
    if (library !== undefined) needs.push({ kind: 'package', name: library, why: `the crate ${crate} links it` });
    else
      assumptions.push({
        sentence: `what the crate ${crate} links is linked in, or the runtime image has it`,
        isUnproved: true,
      });
  }
  const isInstalled = programs.some(({ marks }) => marks.includes('installed'));
  const isSeen = sources.isComplete && !isInstalled;
  if (!isSeen)
    assumptions.push({
      sentence: 'the program needs no library beyond those of the packages with headers',
      isUnproved: true,
    });
  const { order, distro } = system.suite ?? {};
  const cc: RuntimeOption[] =
    distro === 'debian' && (order === 12 || order === 13) && isSeen
      ? [
          {
            image: 'gcr.io/distroless/cc-debian13',
            why: 'the program needs the C library alone',
            offers: ['libssl3', 'libssl3t64'],
          },
        ]
      : [];
  return { needs, assumptions, runtimes: [...cc, ...sameRelease(system)] };
}

function commonNeeds({ stage, system, world }: Evidence, sources: RustSources, programs: readonly Entry[]): Need[] {
  const needs: Need[] = [];
  const isSeen = sources.isComplete && !programs.some(({ marks }) => marks.includes('installed'));
  const unknown = 'not all of its sources are at hand';
  const hasCa =
    system.sdk !== undefined || world.packages.some(({ name }) => /^(?:ca-certificates|git|curl|wget)$/.test(name));
  if (hasCa && (sources.tls !== undefined || !isSeen))
    needs.push({ kind: 'ca', why: sources.tls === undefined ? unknown : `it uses ${sources.tls}` });
  if (sources.temp !== undefined || !isSeen)
    needs.push({ kind: 'tmp', why: sources.temp ?? unknown, isPossible: sources.temp === undefined });
  if (stage.scope.exported('TZ')) needs.push({ kind: 'zoneinfo', why: 'TZ is set' });
  else if (sources.zones !== undefined)
    needs.push({ kind: 'zoneinfo', why: `it uses ${sources.zones}`, isPossible: true });
  if (sources.accounts !== undefined) needs.push({ kind: 'accounts', why: `it uses ${sources.accounts}` });
  for (const path of sources.programs)
    needs.push({ kind: 'program', name: path.slice(path.lastIndexOf('/') + 1), why: 'the program starts it' });
  return needs;
}
