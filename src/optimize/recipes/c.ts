import { joinPath } from '../../dockerfile/index.ts';
import { buildCommand } from '../../knowledge/tools.ts';
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
  type Step,
  type Subject,
} from '../types.ts';
import { buildSystemEffects } from './c/build-systems.ts';
import { compilerEffects, isCompiler } from './c/compiler.ts';
import { type CSources, readCSources } from './c/sources.ts';
import { foreignPackages } from './foreign-packages.ts';

const SDK_VARIABLES =
  /^(?:CC|CXX|CPP|LD|AR|AS|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|LDLIBS|MAKEFLAGS|CMAKE_\w+|PKG_CONFIG_\w+|C_INCLUDE_PATH|CPLUS_INCLUDE_PATH|CPATH|LIBRARY_PATH|GPG_KEYS|GCC_\w+|CCACHE_\w+|NINJA_\w+)$/;
/** The major version of the compiler that a Debian release has, and so the newest libstdc++ that it knows. */
const COMPILER_OF: Readonly<Record<string, number>> = { buster: 8, bullseye: 10, bookworm: 12, trixie: 14 };
/** Libraries that distroless/cc has. */
const IN_CC: readonly string[] = ['libssl3', 'libssl3t64', 'libgomp1'];

/** C and C++, on images made for it and on those of the system with a compiler installed. Real builds stand behind it. */
export const c: Recipe = {
  id: 'c',
  ecosystem: 'c',
  matches(subject) {
    const { sdk, runtime } = subject.system;
    if (sdk) return sdk.ecosystem === 'c';
    if (runtime?.language !== undefined || runtime?.server) return false;
    return subject.commands.some(
      ({ name, args }) =>
        buildCommand(
          name,
          args.map(({ value }) => value),
        )?.ecosystem === 'c',
    );
  },
  effects: (call, world, subject) => compilerEffects(call) ?? buildSystemEffects(call, world, subject),
  plan,
};

function plan(evidence: Evidence): Proposal | Declined {
  const { entryPoint, world, system } = evidence;
  const compiler = entryPoint.programs.find(
    ({ name, via, entry }) => !entry && via !== 'healthcheck' && isBuildProgram(name),
  );
  if (compiler)
    return declined(
      'needs-sdk',
      `the entry point calls \`${compiler.name}\`, which only the build stage has`,
      compiler.instruction,
    );
  const made = world.tree.entries.filter(({ role }) => role === 'artifact');
  const started = entryPoint.programs.flatMap(({ entry }) => (entry?.role === 'artifact' ? [entry] : []));
  if (started.length === 0) return noArtifact(evidence);
  const problem = packaged(evidence) ?? foreignPackages(evidence);
  if (problem) return problem;
  const prefixes = made.filter(({ marks }) => marks.includes('prefix'));
  const mixed = prefixes.find(({ path }) => isOfSystem(path, system.repository));
  if (mixed) {
    return declined(
      'unknown',
      `${mixed.origin.replace('installed by ', '')} installs into ${mixed.path}, among the files of the system`,
      mixed.instruction,
    );
  }
  const sources = readCSources(evidence);
  const programs = made.filter(({ marks }) => !marks.includes('target') && !marks.includes('prefix'));
  const keep: Keep[] = prefixes.map(({ path, origin }) => ({ path, isFolder: true, why: `it is ${origin}` }));
  for (const { instruction, entry } of entryPoint.programs) {
    if (entry?.role === 'artifact') keep.push({ path: entry.path, why: `${instruction.keyword} starts it` });
  }
  if (system.libc === undefined || sameRelease(system).length === 0) {
    const image = evidence.stage.image?.text ?? evidence.stage.baseText;
    return declined(
      'no-runtime',
      `which release of which system ${image} is made from is not known`,
      evidence.stage.from,
    );
  }
  keep.push(...searchedFolders(evidence));
  const isStatic =
    programs.length > 0 && programs.every(({ marks }) => marks.includes('static')) && prefixes.length === 0;
  const linked = isStatic ? staticPrograms(evidence, sources) : dynamicPrograms(evidence, sources, programs, prefixes);
  return {
    kind: 'proposal',
    keep,
    ...linked,
    needs: [...linked.needs, ...commonNeeds(evidence, sources)],
    sdkVariables: SDK_VARIABLES,
    leave: [
      ...made
        .filter(({ path, marks }) => marks.includes('target') && !hasFiles(evidence, path))
        .map(({ path }) => ({ path, role: 'source' as const, why: 'it is the folder of the build' })),
      ...world.tree.entries
        .filter(isArchive)
        .map(({ path }) => ({ path, role: 'source' as const, why: 'it is unpacked by the build' })),
      ...programs.filter(isTest).map(({ path }) => ({ path, role: 'test' as const, why: 'only tests read it' })),
    ],
  };
}

/** A program that is called by its name alone, and that a package of the system brings: it only seems to be built here. */
function packaged({ entryPoint, world }: Evidence): Declined | undefined {
  for (const { name, entry, via, instruction } of entryPoint.programs) {
    if (via === 'healthcheck' || name.includes('/') || !entry?.marks.includes('unseen')) continue;
    const found = world.packages.find(
      (item) =>
        !item.isBuildOnly &&
        (item.name === name || new RegExp(`^${escapeText(name)}[\\d.]*-(?:cli|bin)$`).test(item.name)),
    );
    if (found)
      return declined('no-artifact', `the package ${found.name} brings ${name}, which is not built here`, instruction);
  }
  return undefined;
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Folders in which the loader is told to look for libraries, where the stage makes them. */
function searchedFolders({ stage, world, workdir }: Evidence): readonly Keep[] {
  const value = stage.scope.exported('LD_LIBRARY_PATH')?.value ?? '';
  return value.split(':').flatMap((word) => {
    const path = word === '' || word.includes('$') ? undefined : joinPath(workdir, word);
    const entry = path === undefined ? undefined : world.tree.find(path);
    const isMade = entry?.isOpaque === true && entry.path !== path;
    return path !== undefined && isMade ? [{ path, isFolder: true, why: 'LD_LIBRARY_PATH has it' }] : [];
  });
}

function isBuildProgram(name: string): boolean {
  const program = name.slice(name.lastIndexOf('/') + 1);
  return isCompiler(program) || /^(?:make|gmake|cmake|ninja|ld|as|ar|gdb|gdbserver|ctest|meson)$/.test(program);
}

/** A folder of the build context is built in itself: what lies in it has classes of its own. */
function hasFiles({ world }: Evidence, folder: string): boolean {
  return world.tree.under(folder).some(({ contextPath }) => contextPath !== undefined);
}

function isArchive({ path, origin }: Entry): boolean {
  return origin.startsWith('fetched') && /\.(?:tar(?:\.\w+)?|t[gbx]z2?|zip|deb|patch|diff)$/.test(path);
}

function isTest({ path, marks }: Entry): boolean {
  return (
    marks.includes('program') &&
    /(?:^|[_-])(?:tests?|bench(?:marks?)?)(?:[_-]|$)|unittest/.test(path.slice(path.lastIndexOf('/') + 1))
  );
}

/** A folder in which more lies than the build puts there. */
function isOfSystem(path: string, repository: string | undefined): boolean {
  return (
    /^\/(?:usr|etc|lib|bin|s?bin|var|opt|home|root)?$/.test(path) || (path === '/usr/local' && repository === 'gcc')
  );
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

type Linked = Pick<Proposal, 'runtimes' | 'assumptions' | 'finalSteps'> & { readonly needs: readonly Need[] };

function staticPrograms({ system }: Evidence, sources: CSources): Linked {
  const needs: Need[] = [];
  // A static glibc loads libraries of its own release to look up names.
  if (system.libc !== 'musl' && (sources.usesNames || !sources.isComplete)) {
    const why = sources.usesNames
      ? 'it looks up names, for which glibc loads libraries'
      : 'its sources are not at hand';
    needs.push({ kind: 'libc', libc: 'glibc', why });
  }
  const why = 'the program is static';
  return {
    needs,
    runtimes: [{ image: 'scratch', why }, { image: 'gcr.io/distroless/static-debian13', why }, ...sameRelease(system)],
  };
}

function dynamicPrograms(
  evidence: Evidence,
  sources: CSources,
  programs: readonly Entry[],
  prefixes: readonly Entry[],
): Linked {
  const { system, world } = evidence;
  const libc = system.libc === 'musl' ? 'musl' : 'glibc';
  const needs: Need[] = [{ kind: 'libc', libc, why: 'the program is linked with it' }];
  const assumptions: Assumption[] = [];
  const finalSteps: Step[] = [];
  const isSeen = prefixes.length === 0 && programs.every(({ marks }) => !marks.includes('unseen'));
  const isCxx = sources.isCxx || !sources.isComplete || programs.some(({ marks }) => marks.includes('cxx'));
  if (isCxx) needs.push(...cxxNeeds(evidence, libc, finalSteps));
  for (const { deb, apk } of sources.headers) {
    const name = libc === 'musl' ? apk : deb;
    const library = runtimeLibrary(name, system.suite);
    if (library !== undefined)
      needs.push({ kind: 'package', name: library, why: `the sources include headers of ${name}` });
  }
  for (const { name } of world.packages.filter((item) => /-dev(?:el)?$/.test(item.name))) {
    const library = runtimeLibrary(name, system.suite);
    if (library !== undefined && library !== 'none')
      needs.push({ kind: 'package', name: library, why: `${name} is linked` });
    else if (library === undefined)
      assumptions.push({
        sentence: `the libraries of ${name} are linked in, or the runtime image has them`,
        isUnproved: true,
      });
  }
  const libraries = programs.flatMap(({ marks }) =>
    marks.flatMap((mark) => (mark.startsWith('lib:') ? [mark.slice(4)] : [])),
  );
  if (libraries.includes('gomp') || usesOpenMp(evidence)) {
    needs.push({ kind: 'package', name: libc === 'musl' ? 'libgomp' : 'libgomp1', why: 'OpenMP is linked' });
  }
  const isShared = programs.some(
    ({ path, marks }) => marks.includes('shared') && /^\/(?:usr\/(?:local\/)?)?lib/.test(path),
  );
  if (libc === 'glibc' && (isShared || prefixes.some(({ path }) => path === '/usr/local'))) {
    finalSteps.push({ text: 'RUN ldconfig', why: 'libraries are found by their cache' });
  }
  if (finalSteps.length > 0) needs.push({ kind: 'shell', why: `\`${finalSteps[0]!.text}\` is to be carried out` });
  if (!isSeen) {
    assumptions.push({
      sentence: 'the program needs no library beyond those of the packages with headers',
      isUnproved: true,
    });
  }
  const runtimes = sameRelease(system);
  const { order, distro } = system.suite ?? {};
  const isCurrent = distro === 'debian' && (order === 12 || order === 13);
  const cc: RuntimeOption[] =
    isCurrent && sources.isComplete && !sources.loads && isSeen
      ? [{ image: 'gcr.io/distroless/cc-debian13', why: 'the program needs the C library alone', offers: IN_CC }]
      : [];
  return { needs, assumptions, finalSteps, runtimes: [...cc, ...runtimes] };
}

/** libstdc++ of a compiler that is newer than the release of the system travels with the program. */
function cxxNeeds({ system }: Evidence, libc: 'glibc' | 'musl', steps: Step[]): readonly Need[] {
  const why = 'the program is linked with libstdc++';
  if (libc === 'musl') return [{ kind: 'libstdc++', why, supply: [{ kind: 'install', packages: ['libstdc++'], why }] }];
  const own = system.repository === 'gcc' ? Number(/^\d+/.exec(system.tag ?? '')?.[0] ?? Number.POSITIVE_INFINITY) : 0;
  if (own <= (COMPILER_OF[system.suite?.release ?? ''] ?? 0)) return [{ kind: 'libstdc++', why }];
  const newer = `${why} of the compiler, which is newer than that of the system`;
  steps.push({ text: `RUN echo /usr/local/lib64 >/etc/ld.so.conf.d/000-local-lib.conf && ldconfig`, why: newer });
  return ['libstdc++.so.6', 'libgcc_s.so.1'].map((name) => ({
    kind: 'program',
    name,
    why: newer,
    supply: [{ kind: 'copy', path: `/usr/local/lib64/${name}`, why: newer }],
  }));
}

function usesOpenMp({ commands }: Subject): boolean {
  return commands.some(({ args }) => args.some(({ value }) => value === '-fopenmp'));
}

function commonNeeds({ stage, system, world }: Evidence, sources: CSources): Need[] {
  const needs: Need[] = [];
  const isPossible = !sources.isComplete;
  const unknown = 'its sources are not at hand';
  const hasCa =
    system.sdk !== undefined || world.packages.some(({ name }) => /^(?:ca-certificates|git|curl|wget)$/.test(name));
  if (sources.usesTls && hasCa) needs.push({ kind: 'ca', why: 'it speaks TLS' });
  if (sources.usesTemp || isPossible)
    needs.push({
      kind: 'tmp',
      why: sources.usesTemp ? 'it makes temporary files' : unknown,
      isPossible: !sources.usesTemp,
    });
  if (stage.scope.exported('TZ') && (sources.usesZones || isPossible))
    needs.push({ kind: 'zoneinfo', why: 'TZ is set' });
  if (sources.usesAccounts) needs.push({ kind: 'accounts', why: 'it looks up accounts' });
  if (sources.usesShell) needs.push({ kind: 'shell', why: 'the program calls it' });
  for (const path of sources.programs)
    needs.push({ kind: 'program', name: path.slice(path.lastIndexOf('/') + 1), why: 'the program starts it' });
  return needs;
}
