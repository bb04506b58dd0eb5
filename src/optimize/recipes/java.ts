import { joinPath } from '../../dockerfile/index.ts';
import { isWithin } from '../../lint/facts/copies.ts';
import { sameRelease } from '../same-release.ts';
import {
  type Assumption,
  type Declined,
  declined,
  type Entry,
  type Evidence,
  type Keep,
  type Need,
  type Program,
  type Proposal,
  type Recipe,
  type RuntimeOption,
} from '../types.ts';
import { foreignPackages } from './foreign-packages.ts';
import { FAT, javaEffects, LIBRARIES, TARGET } from './java/command.ts';
import { type JavaLaunch, javaLaunches } from './java/launch.ts';
import { classifyJava, readJavaSources } from './java/sources.ts';

const BUILD_VARIABLES = /^(?:MAVEN_\w+|MVN_\w+|M2(?:_HOME)?|GRADLE_\w+|ANT_\w+|SBT_\w+|JDK_\w+|USER_HOME_DIR)$/;
const SDK_VARIABLES = new RegExp(
  `${BUILD_VARIABLES.source}|^(?:JAVA_HOME|JAVA_VERSION\\w*|JAVA_DEBIAN_VERSION|CA_CERTIFICATES_JAVA_VERSION)$`,
);
/** Programs that a JDK has and a JRE has not. */
const JDK_ONLY =
  /(?:^|\/)(?:javac|javadoc|jshell|jar|jarsigner|jcmd|jps|jstat|jstatd|jstack|jmap|jinfo|jdb|jdeps|jlink|jmod|jpackage|jconsole|jhat)$/;
/** Releases of which there is a JRE. */
const JRE = new Set([8, 11, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);

/** Languages whose tools pack archives for the same virtual machine. */
const LANGUAGES: ReadonlySet<string> = new Set(['java', 'clojure', 'scala', 'kotlin']);

/**
 * Java, Clojure, Scala and Kotlin: archives and classes on a JRE of the same release. Real builds with Maven and javac stand
 * behind it, none with Gradle, Leiningen, Clojure's own tool or sbt.
 */
export const java: Recipe = {
  id: 'java',
  ecosystem: 'java',
  matches: ({ system, commands }) =>
    system.sdk
      ? LANGUAGES.has(system.sdk.ecosystem)
      : system.runtime?.server === undefined &&
        commands.some(({ name }) => /^(?:mvnw?|gradlew?|javac|ant)$/.test(name)),
  classify: classifyJava,
  effects: javaEffects,
  plan,
};

function plan(evidence: Evidence): Proposal | Declined {
  const { entryPoint, stage, world } = evidence;
  const tool = entryPoint.programs.find(({ name, entry }) => !entry && JDK_ONLY.test(name));
  if (tool)
    return declined('needs-sdk', `the entry point calls \`${tool.name}\`, which only a JDK has`, tool.instruction);
  const sources = readJavaSources(evidence);
  const [first = stage.from] = entryPoint.instructions;
  if (sources.jdk !== undefined)
    return declined('needs-sdk', `the program uses ${sources.jdk}, which only a JDK has`, first);
  const launches = javaLaunches(entryPoint.programs);
  const compiled = launches.find(({ main }) => main?.endsWith('.java'));
  if (compiled)
    return declined('needs-sdk', `java compiles ${compiled.main} at every start`, compiled.program.instruction);
  const keep: Keep[] = [];
  const assumptions: Assumption[] = [];
  for (const launch of launches) {
    const problem = keepLaunch(launch, evidence, keep, assumptions);
    if (problem) return problem;
  }
  const scripts = entryPoint.programs.filter(({ entry }) => entry?.role === 'artifact');
  for (const { entry, instruction } of scripts) {
    // A start script finds its libraries beside its folder.
    const known = world.tree.entries.find(
      ({ path, marks }) => marks.includes(LIBRARIES) && isWithin(entry!.path, path),
    );
    const isBuilt = world.tree.entries.some(({ path, marks }) => marks.includes(TARGET) && isWithin(entry!.path, path));
    const application = known?.path ?? (isBuilt ? /^(.+)\/bin\/[^/]+$/.exec(entry!.path)?.[1] : undefined);
    const why = `${instruction.keyword} starts it`;
    keep.push({ path: application ?? entry!.path, isFolder: application !== undefined, why });
  }
  if (keep.length === 0) return noArtifact(evidence);
  const foreign = foreignPackages(evidence);
  if (foreign) return foreign;
  const runtime = runtimesFor(evidence, sources.usesDesktop);
  if ('kind' in runtime) return runtime;
  const needs: Need[] = [...runtime.needs];
  for (const path of sources.programs)
    needs.push({ kind: 'program', name: path.slice(path.lastIndexOf('/') + 1), why: 'the program starts it' });
  return {
    kind: 'proposal',
    keep,
    needs,
    runtimes: runtime.options,
    sdkVariables: runtime.isOwn ? SDK_VARIABLES : BUILD_VARIABLES,
    leave: world.tree.entries
      .filter(({ marks }) => marks.includes(TARGET))
      .map(({ path }) => ({ path, role: 'source', why: 'it is the folder of the build' })),
    assumptions,
  };
}

function keepLaunch(
  launch: JavaLaunch,
  evidence: Evidence,
  keep: Keep[],
  assumptions: Assumption[],
): Declined | undefined {
  const { world, workdir } = evidence;
  const { program, jar, classPath, agents, isHidden } = launch;
  const { instruction } = program;
  if (isHidden)
    return declined('unknown', 'which classes `java` starts is hidden in a variable or a file', instruction);
  for (const agent of agents) {
    const path = joinPath(workdir, agent);
    const entry = path === undefined ? undefined : world.tree.find(path);
    if (path === undefined || !entry) return declined('unknown', `nothing is known of the agent ${agent}`, instruction);
    keep.push({ path, why: `${instruction.keyword} loads it` });
  }
  if (jar !== undefined) return keepArchive(jar, program, evidence, keep, assumptions);
  for (const part of classPath) {
    const problem = keepElement(part, program, evidence, keep, assumptions);
    if (problem) return problem;
  }
  return undefined;
}

/** What a path that may hold wildcards stands for, as far as it is made here. */
function builtAt(
  word: string,
  evidence: Evidence,
): { readonly paths: readonly string[]; readonly entries: readonly Entry[] } {
  const { world, workdir } = evidence;
  const path = joinPath(workdir, word) ?? word;
  const exact = world.tree.match(path).flatMap((match) => world.tree.get(match) ?? []);
  if (exact.length > 0) return { paths: exact.map((entry) => entry.path), entries: exact };
  const above = world.tree.find(path.replace(/\/[^/]*[*?[].*$/, '') || '/');
  return { paths: [path], entries: above ? [above] : [] };
}

function keepArchive(
  jar: string,
  { instruction }: Program,
  evidence: Evidence,
  keep: Keep[],
  assumptions: Assumption[],
): Declined | undefined {
  const { paths, entries } = builtAt(jar, evidence);
  const [entry] = entries;
  if (!entry) return noArtifact(evidence, jar);
  // An archive out of a folder that `make` built comes with more than can be seen.
  if (entry.role !== 'artifact' || entry.marks.includes('target') || entry.marks.includes('prefix')) {
    const base = evidence.system.sdk?.runtimes.at(-1);
    const advice = base === undefined ? '' : `; FROM ${base} would do`;
    return declined('no-artifact', `${jar} is ${entry.origin}, and not built here${advice}`, instruction);
  }
  const why = `${instruction.keyword} starts it`;
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    if (/\/quarkus-app$/.test(folder)) keep.push({ path: folder, isFolder: true, why });
    else keep.push({ path, why });
    if (entry.marks.includes(FAT) || /\/quarkus-app$/.test(folder)) continue;
    const libraries = evidence.world.tree.entries.filter(({ marks }) => marks.includes(LIBRARIES));
    const beside = libraries.filter((library) => isWithin(library.path, folder));
    for (const library of beside.length > 0 ? beside : libraries) {
      keep.push({ path: library.path, isFolder: true, why: `${jar} needs the libraries` });
    }
    if (libraries.length === 0) {
      assumptions.push({ sentence: `${jar} has all in it that it needs`, isUnproved: true });
    }
  }
  return undefined;
}

function keepElement(
  part: string,
  { instruction }: Program,
  evidence: Evidence,
  keep: Keep[],
  assumptions: Assumption[],
): Declined | undefined {
  const { world, workdir } = evidence;
  const word = part.replace(/\/\*$/, '').replace(/(?<=.)\/$/, '') || '/';
  const path = joinPath(workdir, word);
  if (path === undefined || /^\/root\/\.(?:m2|gradle)(?:\/|$)/.test(path))
    return declined('unknown', `the class path has ${part}, which belongs to the build tool`, instruction);
  if (path.startsWith('/usr/share/java')) return undefined;
  const why = `the class path has ${part}`;
  const classes = world.tree.entries.filter(({ marks, path: at }) => marks.includes('classes') && isWithin(at, path));
  if (classes.length > 0) {
    for (const { path: at } of classes) keep.push({ path: at, why });
    // Classes that javac finds by itself lie beside their sources, too.
    const folders = new Set(classes.map((entry) => entry.path.slice(0, entry.path.lastIndexOf('/'))));
    const more = world.tree.under(path).filter((entry) => entry.path.endsWith('.java'));
    if (more.some((entry) => !folders.has(entry.path.slice(0, entry.path.lastIndexOf('/')))))
      keep.push({ path, isFolder: true, why: `${why}, and classes may lie in any folder of it` });
    else if (more.length === 0)
      assumptions.push({ sentence: `all classes lie in ${[...folders].join(' and ')}`, isUnproved: true });
    return undefined;
  }
  if (path === workdir) return undefined;
  const { paths, entries } = builtAt(word, evidence);
  const [entry] = entries;
  if (!entry) return declined('unknown', `the class path has ${part}, and nothing is known to make it`, instruction);
  const isArchive = /\.(?:jar|war|zip)$/.test(word);
  for (const at of paths) keep.push({ path: at, isFolder: !isArchive, why });
  return undefined;
}

function noArtifact({ entryPoint, world, stage }: Evidence, wanted?: string): Declined {
  const program = entryPoint.programs.find(({ via }) => via !== 'healthcheck');
  const instruction = program?.instruction ?? entryPoint.instructions[0] ?? stage.from;
  const name = wanted ?? program?.name ?? 'what is started';
  if (wanted === undefined && program?.entry)
    return declined('no-artifact', `${name} is ${program.entry.origin}, and not built here`, instruction);
  const [unknown] = world.unknowns;
  if (unknown) return declined('unknown', `${unknown.why}, so it is not known what makes ${name}`, unknown.instruction);
  return declined('no-artifact', `nothing in the stage is known to make ${name}`, instruction);
}

interface Runtimes {
  readonly options: readonly RuntimeOption[];
  readonly needs: readonly Need[];
  /** The image brings Java at a place of its own. */
  readonly isOwn: boolean;
}

function runtimesFor(evidence: Evidence, usesDesktop: boolean): Runtimes | Declined {
  const { system, stage, entryPoint } = evidence;
  const image = stage.image?.text ?? stage.baseText;
  if (!system.sdk) return packagedRuntime(evidence, usesDesktop);
  const given = system.sdk.runtimes;
  const version = Number(
    /eclipse-temurin:(\d+)-jre$/.exec(given.find((item) => /-jre$/.test(item)) ?? '')?.[1] ?? Number.NaN,
  );
  if (given.length === 0) return declined('no-runtime', `which release of Java ${image} has is not known`, stage.from);
  if (!Number.isNaN(version) && !JRE.has(version))
    return declined('no-runtime', `there is no JRE of Java ${version}`, stage.from);
  const fixed = entryPoint.programs.find(
    ({ name, entry }) => !entry && /\/java$/.test(name) && name !== '/opt/java/openjdk/bin/java',
  );
  if (fixed)
    return declined(
      'no-runtime',
      `the entry point calls ${fixed.name}, which a JRE's image has at another place`,
      fixed.instruction,
    );
  // Libraries may bring machine code for the C library that they are built beside.
  const isMusl = system.libc === 'musl';
  const own = given.filter((item) => !/eclipse-temurin:.*-alpine$/.test(item));
  const small = given.filter((item) => /eclipse-temurin:.*-alpine$/.test(item));
  const offers = ['java', 'zoneinfo', 'ca', 'tzdata', 'fontconfig', 'ca-certificates', 'getent'];
  const options = (isMusl ? [...small, ...own] : [...own, ...small]).map((item) => ({
    image: item,
    why: 'a JRE of the same release',
    offers,
  }));
  return { options, needs: [], isOwn: true };
}

/** A JDK that is installed on an image of the system: the JRE of the same packages. */
function packagedRuntime({ system, world, stage }: Evidence, usesDesktop: boolean): Runtimes | Declined {
  const options = sameRelease(system).map((option) => ({ ...option, offers: ['java'] }));
  const suffix = usesDesktop ? '' : '-headless';
  for (const { name, manager } of world.packages) {
    const apt = /^(openjdk-\d+|default)-jdk(?:-headless)?$/.exec(name)?.[1];
    const apk = /^(openjdk\d+)(?:-jdk)?$/.exec(name)?.[1];
    const runtime =
      /^apt/.test(manager) && apt
        ? `${apt}-jre${suffix}`
        : manager === 'apk' && apk
          ? `${apk}-jre${suffix}`
          : undefined;
    if (runtime !== undefined && options.length > 0)
      return { options, needs: [{ kind: 'package', name: runtime, why: `${name} is installed` }], isOwn: false };
  }
  return declined('no-runtime', 'where the JDK of the stage comes from is not known, so no JRE is either', stage.from);
}
