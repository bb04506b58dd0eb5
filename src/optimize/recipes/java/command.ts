import { joinPath } from '../../../dockerfile/index.ts';
import { optionOf } from '../../effects/files.ts';
import { startedBelow } from '../../started.ts';
import type { Call, Effect, Subject } from '../../types.ts';
import type { World } from '../../world.ts';
import { readGradle } from './gradle.ts';
import { readMaven } from './maven.ts';

const NONE: readonly Effect[] = [];
/** Marks of what is built: a folder of the build, a folder of libraries, an archive with its libraries inside. */
export const TARGET = 'java-target';
export const LIBRARIES = 'java-libraries';
export const FAT = 'fat';

/** What the build tools of Java write; undefined for other commands. */
export function javaEffects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  const { name } = call;
  if (/^mvnw?d?(?:\.cmd)?$/.test(name)) return mavenEffects(call, world, subject);
  if (/^gradlew?(?:\.bat)?$/.test(name)) return gradleEffects(call, world, subject);
  if (name === 'javac') return javacEffects(call);
  if (name === 'jar') return jarEffects(call);
  if (name === 'ant') return antEffects(call);
  if (name === 'lein' || name === 'sbt' || /^cloju?re?$|^clj$/.test(name)) return jvmEffects(call);
  if (name === 'jlink' || name === 'jpackage') {
    const path = call.path(optionOf(call, '--output', '--dest') ?? '');
    return path === undefined ? NONE : [folder(path, 'artifact', `made by \`${name}\``, [])];
  }
  return /^(?:java|keytool|javadoc|jdeps|sdk|mvn-entrypoint\.sh|jarsigner|unpack200)$/.test(name) ? NONE : undefined;
}

function folder(
  path: string,
  role: 'artifact' | 'dependency' | 'source',
  origin: string,
  marks: readonly string[],
): Effect {
  return { kind: 'write', path, entry: 'folder', isOpaque: true, role, origin, marks };
}

function reader(world: World, subject: Subject): (path: string) => string | undefined {
  return (path) => {
    const entry = world.tree.get(path);
    return entry?.contextPath === undefined ? undefined : subject.context.readText(entry.contextPath);
  };
}

function mavenEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const goals = call.args.filter(
    (arg, at) =>
      !arg.startsWith('-') &&
      !/^-(?:f|pl|P|s|T|rf|l|gs|t)$|^--(?:file|projects|settings)$/.test(call.args[at - 1] ?? ''),
  );
  const file = optionOf(call, '-f', '--file');
  const root = file === undefined ? call.cwd : call.path(file.replace(/\/?pom\.xml$/, '') || '.');
  if (root === undefined) return [{ kind: 'unknown', below: call.cwd, why: 'which pom.xml `mvn` reads is not known' }];
  const given = new Map(
    call.args.flatMap((arg) => {
      const match = /^-D([\w.-]+)=(.*)$/.exec(arg);
      return match && !match[2]!.includes('$') ? [[match[1]!, match[2]!] as const] : [];
    }),
  );
  const origin = 'built by `mvn`';
  const modules = readMaven(root, reader(world, subject), given);
  const base = root === '/' ? '' : root;
  const made: Effect[] = [];
  const isPacked = goals.some((goal) =>
    /^(?:package|verify|install|deploy|jar:jar|assembly:\w+|shade:shade|spring-boot:repackage)$/.test(goal),
  );
  const isBuilt =
    isPacked ||
    goals.some((goal) =>
      /^(?:compile|test|process-\w+|test-compile|prepare-package|integration-test|quarkus:build)$/.test(goal),
    );
  const copies = goals.some((goal) => /dependency(?:-plugin(?::[\d.]+)?)?:copy/.test(goal));
  for (const module of modules ?? []) {
    if (isBuilt || copies) made.push(folder(module.target, 'artifact', origin, [TARGET]));
    if (isBuilt) for (const path of module.libraries) made.push(folder(path, 'dependency', origin, [LIBRARIES]));
    if (!isPacked) continue;
    if (module.isFat)
      made.push({ kind: 'write', path: `${module.folder}/dependency-reduced-pom.xml`, role: 'source', origin });
    for (const name of [module.file, ...module.others]) {
      if (name === undefined) continue;
      const isFat = module.isFat || module.others.includes(name);
      const marks = [isFat ? FAT : module.hasDependencies ? 'plain' : FAT];
      made.push({ kind: 'write', path: `${module.target}/${name}`, role: 'artifact', origin, marks });
    }
  }
  if (!modules && (isBuilt || copies)) made.push(folder(`${base}/target`, 'artifact', origin, [TARGET]));
  if (copies) {
    const path = joinPath(
      root,
      given.get('outputDirectory')?.replace(/^\$\{(?:project\.)?basedir\}\/?/, '') ?? 'target/dependency',
    );
    if (path !== undefined) made.push(folder(path, 'dependency', origin, [LIBRARIES]));
  }
  return made;
}

function gradleEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const chosen = optionOf(call, '-p', '--project-dir');
  const root = call.path(chosen ?? '.');
  if (root === undefined)
    return [{ kind: 'unknown', below: call.cwd, why: 'which project `gradle` builds is not known' }];
  const tasks = call.args.filter(
    (arg, at) =>
      !arg.startsWith('-') &&
      !/^(?:-[pbcgIxM]|--(?:project-dir|exclude-task|console|build-file))$/.test(call.args[at - 1] ?? ''),
  );
  const origin = 'built by `gradle`';
  const isBuilt = tasks.some((task) =>
    /(?:^|:)(?:build|assemble|jar|bootJar|bootWar|war|shadowJar|fatJar|uberJar|classes|installDist|installShadowDist|distTar|distZip|buildFatJar|quarkusBuild|\w*[jJ]ar|copy\w*|stage|distribution)$/.test(
      task,
    ),
  );
  if (!isBuilt) return NONE;
  const wanted = tasks.flatMap((task) =>
    task.includes(':') ? [task.slice(0, task.lastIndexOf(':')).replace(/^:/, '')] : [],
  );
  const projects = readGradle(root, wanted, reader(world, subject));
  const made: Effect[] = [];
  for (const project of projects) {
    const base = project.folder === '/' ? '' : project.folder;
    made.push(folder(`${base}/build`, 'artifact', origin, [TARGET]));
    for (const name of project.archives) {
      made.push({
        kind: 'write',
        path: `${base}/build/libs/${name}`,
        role: 'artifact',
        origin,
        marks: [project.isFat ? FAT : 'plain'],
      });
    }
    if (project.application !== undefined && tasks.some((task) => /installDist$/.test(task))) {
      made.push(folder(`${base}/build/install/${project.application}`, 'artifact', origin, [LIBRARIES]));
    }
  }
  for (const path of [...wanted, ...(projects.length === 0 ? [''] : [])]) {
    const own = joinPath(root, path === '' ? 'build' : `${path.replaceAll(':', '/')}/build`);
    if (own !== undefined && !made.some((effect) => effect.kind === 'write' && effect.path === own))
      made.push(folder(own, 'artifact', origin, [TARGET]));
  }
  for (const path of startedBelow(`${root === '/' ? '' : root}/build/install`, subject, world)) {
    const application = /^.*\/build\/install\/[^/]+/.exec(path)?.[0];
    if (application !== undefined) made.push(folder(application, 'artifact', origin, [LIBRARIES]));
  }
  return made;
}

function antEffects(call: Call): readonly Effect[] {
  return ['build', 'dist', 'target'].map((name) =>
    folder(`${call.cwd === '/' ? '' : call.cwd}/${name}`, 'artifact', 'built by `ant`', [TARGET]),
  );
}

/** What Leiningen, sbt and Clojure's own tool pack: an archive with everything in it, or sbt's folder with a start script. */
function jvmEffects(call: Call): readonly Effect[] {
  const { name, args, cwd } = call;
  const base = cwd === '/' ? '' : cwd;
  const origin = `built by \`${name}\``;
  const tasks = args.flatMap((arg) => arg.split(/[\s;]+/));
  const target = folder(`${base}/target`, 'artifact', origin, [TARGET]);
  if (tasks.some((task) => /^(?:.*[/:])?(?:uberjar|uberwar|uber|assembly|:uberjar|:uber)$/.test(task))) return [target];
  if (tasks.some((task) => /^(?:.*[/:])?(?:stage|packageBin)$/.test(task)))
    return [target, folder(`${base}/target/universal/stage`, 'artifact', origin, [LIBRARIES])];
  return tasks.some((task) => /^(?:.*[/:])?(?:compile|package|jar|test)$/.test(task)) ? [target] : NONE;
}

const JAVAC_VALUES =
  /^(?:-cp|-classpath|--class-path|-d|-s|-h|-sourcepath|--source-path|-source|--source|-target|--target|--release|-encoding|-p|--module-path|-processorpath|--processor-path|-m|--module|-Xmaxerrs)$/;

/** Classes lie beside their sources, or below the folder that `-d` names. */
function javacEffects(call: Call): readonly Effect[] {
  const origin = 'built by `javac`';
  const named = optionOf(call, '-d');
  if (named !== undefined) {
    const path = call.path(named);
    return path === undefined
      ? [{ kind: 'unknown', below: call.cwd, why: `where \`javac\` puts classes is not known` }]
      : [folder(path, 'artifact', origin, [LIBRARIES])];
  }
  const words = call.args.filter((arg, at) => !arg.startsWith('-') && !JAVAC_VALUES.test(call.args[at - 1] ?? ''));
  const folders = new Set(
    words.flatMap((word) => {
      const path = call.path(word);
      return path === undefined ? [] : [path.slice(0, path.lastIndexOf('/')) || '/'];
    }),
  );
  return [...folders].map((path) => ({
    kind: 'write',
    path: `${path === '/' ? '' : path}/*.class`,
    role: 'artifact',
    origin,
    marks: ['classes'],
  }));
}

function jarEffects(call: Call): readonly Effect[] {
  const [mode = ''] = call.args;
  const isCluster = /^-?[ctxuvfme0MPi]+$/.test(mode);
  if (isCluster && !/c/.test(mode)) return NONE;
  const words = call.args.slice(1).filter((arg) => !arg.startsWith('-'));
  // `jar cfe FILE MAIN …` and `jar cmf MANIFEST FILE …`: operands stand in the order of the letters.
  const letters = isCluster ? mode.replace(/[^fme]/g, '') : '';
  const name = isCluster && letters.includes('f') ? words[letters.indexOf('f')] : optionOf(call, '-f', '--file');
  const path = name === undefined ? undefined : call.path(name);
  return path === undefined
    ? NONE
    : [{ kind: 'write', path, role: 'artifact', origin: 'built by `jar`', marks: ['plain'] }];
}
