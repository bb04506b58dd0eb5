import { startCommand } from '../../lint/facts/shipping.ts';
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
  type Role,
  type Step,
  type Subject,
} from '../types.ts';
import { foreignPackages } from './foreign-packages.ts';
import {
  fetchedFolders,
  fetchedScript,
  forDevelopment,
  homeFolders,
  isOwnFolder,
  isScattered,
  libraryNeeds,
  sameAccounts,
  slimRuntimes,
  spawnedPrograms,
  wholeFolder,
} from './interpreted.ts';
import { GLOBAL_PACKAGES, nodeEffects } from './node/command.ts';
import { type Manifest, manifestAbove, manifestIn } from './node/manifest.ts';
import { importedPackages, variants } from './node/sources.ts';
import { type NodeStart, packageOf, readNodeStart } from './node/start.ts';

/** Programs that the slim images of Node have as well. */
const OFFERS = ['node', 'nodejs', 'npm', 'npx', 'yarn', 'yarnpkg', 'corepack', 'docker-entrypoint.sh'];

/** Packages that are linked with libraries of the system, by the headers they are built with. */
const LINKED: Readonly<Record<string, string>> = {
  'pg-native': 'libpq-dev',
  libpq: 'libpq-dev',
  'node-libcurl': 'libcurl4-openssl-dev',
  'node-rdkafka': 'librdkafka-dev',
  mariasql: 'libmariadb-dev',
};

const LOCK =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|\.npmrc|\.yarnrc(?:\.yml)?|\.nvmrc|\.node-version|lerna\.json|nx\.json|turbo\.json|tsconfig[\w.-]*\.json|jsconfig\.json|tslint\.json|nodemon[\w-]*\.json|nest-cli\.json|angular\.json|\.?babel(?:rc|\.config)(?:\.\w+)?|\.eslint\w*(?:\.\w+)?|eslint\.config\.\w+|\.prettier\w*(?:\.\w+)?|prettier\.config\.\w+|\.stylelintrc(?:\.\w+)?|jest\.config\.\w+|vitest\.config\.\w+|vite\.config\.\w+|rollup\.config\.\w+|webpack[\w.-]*\.\w+|postcss\.config\.\w+|tailwind\.config\.\w+|karma\.conf\.js|\.mocharc(?:\.\w+)?|\.nycrc(?:\.\w+)?|\.browserslistrc|\.swcrc|vue\.config\.js|cypress\.(?:json|config\.\w+)|playwright\.config\.\w+|\.lintstagedrc\S*|commitlint\.config\.\w+|\.commitlintrc\S*|\.releaserc\S*|cypress\.env\.json)$/;
const TEST = /^(?:tests?|e2e|cypress)\/|(?:^|\/)(?:__tests__|__mocks__)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/;
const DOCUMENT_FOLDER =
  /(?:^|\/)(?:\.github|\.circleci|\.gitlab|\.vscode|\.idea|\.devcontainer|\.husky|\.storybook|\.changeset)\//;
const DEPLOYS = /^(?:charts?|helm|k8s|kubernetes|terraform|deploy)\//;
const COMPILED = /\.(?:tsx?|mts|cts|jsx|vue|svelte|scss|sass|less|styl|coffee)$/;

/** Node: the packages of production, what the build makes, and the files that the program reads. Real builds stand behind it. */
export const node: Recipe = {
  id: 'node',
  ecosystem: 'node',
  matches: ({ system }) => system.sdk?.ecosystem === 'node' || system.repository === 'node',
  classify,
  effects: nodeEffects,
  plan,
};

function classify(path: string, subject: Subject): Role | undefined {
  if (!subject.context.isThere) return 'data';
  if (/(?:^|\/)package\.json$/.test(path)) return 'data';
  if (DOCUMENT_FOLDER.test(path)) return 'document';
  if (LOCK.test(path)) return 'source';
  if (TEST.test(path)) return 'test';
  if (/\.d\.[cm]?ts$/.test(path)) return 'source';
  if (COMPILED.test(path)) return runsTypeScript(subject) ? 'data' : 'source';
  if (/\.(?:[cm]?js|json|node|wasm|html|css|py|proto|sql|gql|graphql)$/.test(path)) return 'data';
  if (
    /\.ya?ml$/.test(path) &&
    !/(?:^|\/)(?:(?:docker-)?compose[\w.-]*|\.[\w-]+|[\w-]*(?:pipelines|cloudbuild|appveyor|codecov|mkdocs|skaffold)[\w-]*)\.ya?ml$/.test(
      path,
    ) &&
    !DEPLOYS.test(path)
  )
    return 'data';
  // Pages and posts are what many of these programs are about.
  if (/\/.*\.mdx?$/.test(path) && !/^docs?\//.test(path)) return 'data';
  return undefined;
}

/** Newer versions of node run TypeScript as it is. */
function runsTypeScript({ document, stage }: Subject): boolean {
  return startCommand(document, stage)?.lines.some((line) => line.some((word) => /\.[cm]?ts$/.test(word))) ?? false;
}

function plan(evidence: Evidence): Proposal | Declined {
  const { world, context } = evidence;
  const start = readNodeStart(evidence);
  if ('kind' in start) return start;
  const problem =
    notForSlim(evidence, start) ??
    notThere(evidence, start) ??
    forDevelopment(evidence) ??
    fetchedScript(evidence) ??
    foreignPackages(evidence);
  if (problem) return problem;
  const root = rootOf(evidence, start);
  const manifest = manifestIn(root, world, evidence) ?? start.manifests[0];
  const globals = globalPackages(evidence, start, manifest);
  if ('kind' in globals) return globals;
  const standalone = standaloneOf(evidence, start.files);
  const isMade = world.tree.get(root)?.isOpaque === true && !standalone;
  const sliced = !context.isThere || isMade ? undefined : slicedKeeps(evidence, start, root, globals.isAll);
  const keep = sliced && !(isOwnFolder(root) && isScattered(evidence, root, sliced.isKept)) ? sliced.keep : undefined;
  if (!keep && !isOwnFolder(root)) {
    const reason = `the application lies in ${root}, among the files of the system, and what of it is needed is not known`;
    return declined('unknown', reason, entryOf(evidence));
  }
  const assumptions: Assumption[] = [];
  const hasPackages = !keep || keep.some(({ path }) => path === packagesOf(root));
  const prune = hasPackages ? pruneStep(evidence, start, manifest, root, assumptions) : undefined;
  const wanted = [...(manifest?.dependencies ?? [])].flatMap((name) =>
    Object.hasOwn(LINKED, name) ? [{ header: LINKED[name]!, why: `${name} is linked with it` }] : [],
  );
  const libraries = libraryNeeds(evidence, wanted);
  const isKnown = (program: string) =>
    start.isOpaque ||
    [...start.manifests, ...(manifest ? [manifest] : [])].some(({ dependencies, devDependencies }) => {
      const name = packageOf(program);
      return dependencies.has(name) || devDependencies.has(name);
    });
  // Python is there to compile add-ons.
  const compiles = world.packages.some(({ isBuildOnly }) => isBuildOnly);
  const offers = [
    ...(compiles ? ['python3', 'python', 'python2', 'python-is-python3'].map((name) => `package:${name}`) : []),
    ...OFFERS,
    ...start.programs.filter(isKnown),
    ...globals.programs,
    ...sameAccounts(evidence),
  ];
  return {
    kind: 'proposal',
    keep: [
      ...(keep ?? [wholeFolder(evidence, root, 'it is the application with its packages')]),
      ...globals.keep,
      ...fetchedFolders(evidence).filter(({ path }) => path !== root && path !== standalone?.path),
      ...homeFolders(evidence, root),
    ],
    runtimes: slimRuntimes(evidence, offers),
    needs: [
      ...libraries.needs,
      ...spawnedPrograms(evidence),
      ...packageNeeds(evidence, manifest),
      ...certificates(evidence),
    ],
    buildSteps: prune ? [prune] : [],
    finalSteps: globals.steps,
    leave: [
      ...(keep ? (sliced?.leave ?? []) : []),
      { path: GLOBAL_PACKAGES, role: 'toolchain', why: 'the runtime image has its own' },
    ],
    assumptions: [...assumptions, ...libraries.assumptions],
  };
}

const packagesOf = (root: string) => `${root === '/' ? '' : root}/node_modules`;

function entryOf({ entryPoint, stage }: Evidence) {
  return entryPoint.instructions[0] ?? stage.from;
}

/** Programs that bring more than packages. */
function notForSlim(evidence: Evidence, { manifests }: NodeStart): Declined | undefined {
  const manifest = manifests[0] ?? manifestAbove(evidence.workdir, evidence.world, evidence);
  for (const name of ['puppeteer', 'playwright', '@playwright/test', 'electron', 'cypress']) {
    if (manifest?.dependencies.has(name))
      return declined(
        'needs-sdk',
        `${name} has a browser that lies outside of the application and needs libraries of the full image`,
        entryOf(evidence),
      );
  }
  const files = evidence.world.tree.entries;
  const berry = files.find(({ path }) => /\/\.(?:pnp\.c?js|yarn\/releases\/yarn-[2-9].*)$/.test(path));
  const rc = evidence.context.readText('.yarnrc.yml');
  if (
    (berry || rc !== undefined || /^yarn@[2-9]/.test(manifest?.packageManager ?? '')) &&
    !/nodeLinker:\s*["']?node-modules/.test(rc ?? '')
  )
    return declined(
      'unknown',
      "Yarn's Plug'n'Play loads the packages from a cache whose place is not known",
      berry?.instruction ?? entryOf(evidence),
    );
  return undefined;
}

/** A file that is started and that nothing makes or copies. */
function notThere(evidence: Evidence, { files }: NodeStart): Declined | undefined {
  const { world, context } = evidence;
  if (!context.isThere) return undefined;
  for (const file of files) {
    if (/[$*]/.test(file)) continue;
    const isThere =
      variants(file).some((path) => world.tree.get(path)) || world.tree.find(file) || world.tree.under(file).length > 0;
    if (!isThere) return declined('no-artifact', `nothing in the stage is known to make ${file}`, entryOf(evidence));
  }
  return undefined;
}

/** The folder of the application: the highest that has packages or in which something was built, else that of its package.json. */
function rootOf({ world, workdir }: Evidence, { files, manifests }: NodeStart): string {
  const froms = [manifests[0]?.folder ?? workdir, ...files.map((file) => file.slice(0, file.lastIndexOf('/')) || '/')];
  for (const from of froms) {
    let found: string | undefined;
    for (let at = from; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
      const isRoot = world.tree.get(packagesOf(at))?.role === 'dependency' || world.tree.get(at)?.isOpaque;
      if (isRoot) found = at;
      if (at === '/') break;
    }
    if (found !== undefined) return found;
  }
  return manifests[0]?.folder ?? workdir;
}

/** The folder in which Next.js put a server with all that it needs, where that is what is started. */
function standaloneOf({ world }: Evidence, files: readonly string[]): Entry | undefined {
  return world.tree.entries.find(
    ({ path, marks }) => marks.includes('standalone') && files.some((file) => file.startsWith(`${path}/standalone/`)),
  );
}

/** What of the application is kept where everything in it has a class of its own. */
function slicedKeeps(
  evidence: Evidence,
  { files, programs, manifests, isOpaque }: NodeStart,
  root: string,
  isGlobal: boolean,
) {
  const { tree } = evidence.world;
  const keep: Keep[] = [];
  const leave: { path: string; role: Role; why: string }[] = [];
  const artifacts = tree.entries.filter(({ role }) => role === 'artifact');
  const within = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
  const standalone = standaloneOf(evidence, files);
  const runsBundle =
    files.length > 0 &&
    programs.length === 0 &&
    files.every((file) =>
      artifacts.some(
        ({ path, marks }) => marks.includes('bundle') && variants(file).some((name) => within(name, path)),
      ),
    );
  const isFree = standalone !== undefined || runsBundle || (isGlobal && files.length === 0 && !isOpaque);
  const starts = [...files, root === '/' ? '/.' : `${root}/.`];
  for (const entry of tree.entries) {
    if (entry.role !== 'dependency' || !entry.path.endsWith('/node_modules')) continue;
    const folder = entry.path.slice(0, -'/node_modules'.length) || '/';
    const isUsed = folder === root || starts.some((file) => within(file, folder));
    const isOfFrontEnd = artifacts.some(({ path }) => within(path, folder));
    if (!isFree && (isUsed || !isOfFrontEnd))
      keep.push({ path: entry.path, isFolder: true, why: 'the program loads its packages from it' });
  }
  if (standalone) {
    keep.push({
      path: `${standalone.path}/standalone`,
      isFolder: true,
      why: 'the server lies in it with its packages',
    });
    keep.push({ path: `${standalone.path}/static`, isFolder: true, why: 'browsers fetch it' });
    leave.push({ path: standalone.path, role: 'source', why: 'the standalone server has what it needs of it' });
    leave.push({ path: packagesOf(root), role: 'dependency', why: 'the standalone server has those it needs' });
    for (const { path, contextPath, kind } of tree.under(root)) {
      if (kind !== 'folder' && contextPath !== undefined && !path.startsWith(`${root}/public/`))
        leave.push({ path, role: 'source', why: 'what is needed of it is built into the standalone server' });
    }
  }
  // What was compiled into another folder, from which the program is started.
  const isBuilt =
    files.length > 0 &&
    files.every((file) =>
      artifacts.some(({ path }) => path !== root && variants(file).some((name) => within(name, path))),
    );
  if (isBuilt || isFree) {
    for (const { path, kind, contextPath } of tree.under(root === '/' ? '/src' : `${root}/src`)) {
      if (kind === 'file' && contextPath !== undefined && /\.(?:[cm]?[jt]sx?|css)$/.test(path) && !files.includes(path))
        leave.push({ path, role: 'source', why: 'the build makes of it what is started' });
    }
  }
  // What lies beside a file that is started is loaded by it.
  for (const { path, isOpaque } of artifacts) {
    if (path !== root && isOpaque && !standalone && files.some((file) => within(file, path)))
      keep.push({ path, isFolder: true, why: 'what is started lies in it' });
  }
  // Its `type` says how node reads a `.js`, and nothing else is read of it.
  const isSelfContained = runsBundle && files.every((file) => /\.[cm]js$/.test(file)) && manifests.length === 0;
  if (isSelfContained || (isGlobal && files.length === 0 && !isOpaque))
    leave.push({ path: `${root}/package.json`, role: 'source', why: 'it is only needed to build' });
  const isLeft = (path: string) => leave.some((item) => within(path, item.path));
  const isKept = ({ path, role }: Entry) =>
    keep.some((item) => within(path, item.path)) ||
    ((role === 'data' || role === 'artifact' || role === 'unknown') && !isLeft(path));
  return { keep, leave, isKept };
}

/** `npm prune --omit=dev` and its like, where the packages of development are there and nothing that is started needs them. */
function pruneStep(
  evidence: Evidence,
  start: NodeStart,
  manifest: Manifest | undefined,
  root: string,
  assumptions: Assumption[],
): Step | undefined {
  const { world, stage, document } = evidence;
  const installed = world.tree.get(packagesOf(root));
  if (!manifest || manifest.devDependencies.size === 0 || installed?.role !== 'dependency') return undefined;
  const { marks } = installed;
  if (marks.includes('production') || marks.includes('unlisted')) return undefined;
  // Others may stand on the stage, and test there.
  if (stage.baseStage && document.stages.some((other) => other !== stage && other.baseStage === stage.baseStage))
    return undefined;
  const needed = neededForDevelopment(evidence, start, manifest);
  if (needed !== undefined) {
    assumptions.push({ sentence: `packages of development stay, because ${needed}`, isUnproved: false });
    return undefined;
  }
  const command = pruneCommand(evidence, marks, manifest);
  if (command === undefined) return undefined;
  const cwd = document.scope(stage.instructions.at(-1) ?? stage.from)?.workdir ?? world.base.workdir;
  const last = stage.instructions.findLast(({ keyword }) => /^(?:RUN|COPY|ADD)$/.test(keyword));
  const there = (last && document.scope(last)?.workdir) ?? (last ? world.base.workdir : cwd);
  assumptions.push({ sentence: 'nothing that is started loads a package of development', isUnproved: true });
  return {
    text: `RUN ${there === root ? '' : `cd ${root} && `}${command}`,
    why: 'packages of development are not needed at run time',
  };
}

function neededForDevelopment(evidence: Evidence, start: NodeStart, { devDependencies }: Manifest): string | undefined {
  if (start.isOpaque) return 'what is started is not known in full';
  const program = start.programs.find((name) => devDependencies.has(packageOf(name)));
  if (program !== undefined) return `the command runs \`${program}\``;
  const bundles = evidence.world.tree.entries.filter(({ marks }) => marks.includes('bundle'));
  if (start.files.length > 0 && start.files.every((file) => bundles.some(({ path }) => path === file)))
    return undefined;
  const imported = [...importedPackages(evidence, start.files)].find((name) => devDependencies.has(name));
  return imported === undefined ? undefined : `the program may import ${imported}`;
}

function pruneCommand({ system }: Evidence, marks: readonly string[], { hasWorkspaces }: Manifest): string | undefined {
  const major = Number(/^(\d+)/.exec(system.tag ?? '')?.[1] ?? '20');
  const flags = ['--legacy-peer-deps', '--force'].filter((flag) => marks.includes(flag)).map((flag) => ` ${flag}`);
  if (marks.includes('npm')) return `npm prune ${major < 15 ? '--production' : '--omit=dev'}${flags.join('')}`;
  if (hasWorkspaces) return undefined;
  if (marks.includes('yarn')) return 'yarn install --production --ignore-scripts --prefer-offline --frozen-lockfile';
  return marks.includes('pnpm') ? 'CI=true pnpm prune --prod' : undefined;
}

/** Programs that are installed for all: their packages are copied, and linked again, because a link cannot be copied alone. */
function globalPackages(
  { commands, document, stage }: Evidence,
  { programs }: NodeStart,
  manifest: Manifest | undefined,
):
  | {
      readonly keep: readonly Keep[];
      readonly steps: readonly Step[];
      readonly programs: readonly string[];
      readonly isAll: boolean;
    }
  | Declined {
  const keep: Keep[] = [];
  const found = new Set<string>();
  const isManaged = startsManager(stage, document);
  for (const command of commands) {
    const words = command.args.map(({ value }) => value);
    const isGlobal = words.some((word) => /^(?:-g|--global|--location=global|global)$/.test(word));
    if (command.name === 'corepack' && isManaged)
      return declined(
        'unknown',
        '`corepack` keeps the package manager that the command starts in a folder that is not known',
        command,
      );
    if (!isGlobal || !/^(?:npm|pnpm|yarn)$/.test(command.name)) continue;
    for (const word of words) {
      if (/^(?:-|(?:global|install|i|add)$)/.test(word)) continue;
      const name = word.replace(/(?<=.)@[^/]*$/, '');
      const users = programs.filter((program) => packageOf(program) === name && !manifest?.dependencies.has(name));
      if (users.length === 0 && !(isManaged && /^(?:pnpm|npm)$/.test(name))) continue;
      if (command.name !== 'npm' || word.includes('$'))
        return declined(
          'unknown',
          `where \`${command.name}\` puts ${word} is not known, and the command starts it`,
          command,
        );
      for (const user of users) found.add(user);
      keep.push({ path: `${GLOBAL_PACKAGES}/${name}`, isFolder: true, why: 'the command starts it' });
    }
  }
  const names = keep.map(({ path }) => path.slice(GLOBAL_PACKAGES.length + 1));
  const steps =
    names.length === 0
      ? []
      : [
          {
            text: `RUN npm rebuild --global --ignore-scripts ${names.join(' ')}`,
            why: 'it links the programs of the packages',
          },
        ];
  return {
    keep,
    steps,
    programs: [...found, ...names],
    isAll: programs.length > 0 && programs.every((program) => found.has(program)),
  };
}

function startsManager(stage: Subject['stage'], document: Subject['document']): boolean {
  return startCommand(document, stage)?.lines.some(([name]) => /^(?:pnpm|yarn)$/.test(name ?? '')) ?? false;
}

/** Programs that verify certificates with the system's; node brings its own. */
function certificates(evidence: Evidence): readonly Need[] {
  const { world, entryPoint } = evidence;
  const names = [
    ...world.packages.filter(({ isBuildOnly }) => !isBuildOnly).map(({ name }) => name),
    ...entryPoint.programs.map(({ name }) => name),
    ...spawnedPrograms(evidence).map(({ name }) => name),
  ];
  const user = names.find((name) => /^(?:curl|wget|git|openssl)$/.test(name ?? ''));
  if (user === undefined || evidence.system.libc === 'musl') return [];
  const why = `${user} verifies certificates`;
  return [{ kind: 'ca', why, supply: [{ kind: 'install', packages: ['ca-certificates'], why }] }];
}

function packageNeeds({ system }: Evidence, manifest: Manifest | undefined): readonly Need[] {
  const needs: Need[] = [];
  const isDebian = system.suite?.distro === 'debian';
  if (isDebian && ['@prisma/client', 'prisma'].some((name) => manifest?.dependencies.has(name)))
    needs.push({ kind: 'package', name: 'openssl', why: "Prisma's engine is linked with it" });
  return needs;
}
