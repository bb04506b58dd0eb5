import type { ShellCommand } from '../../dockerfile/index.ts';
import { startCommand } from '../../lint/facts/shipping.ts';
import { shellPrograms } from '../programs.ts';
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
  type Role,
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
  opaqueAbove,
  sameAccounts,
  slimRuntimes,
  spawnedPrograms,
  wholeFolder,
} from './interpreted.ts';
import { ENVIRONMENT, pythonEffects, sitePackages, UNKNOWN_SITE } from './python/command.ts';
import { LINKED, ownPrograms, programsOf, readRequirements } from './python/requirements.ts';

/** Libraries that the interpreter itself is linked with, in Debian's names and Alpine's. */
const OWN_LIBRARIES =
  'zlib1g libssl1.1 libssl3 libssl3t64 libffi6 libffi7 libffi8 libsqlite3-0 libbz2-1.0 liblzma5 libreadline8 libreadline8t64 libncursesw6 libexpat1 libuuid1 zlib libffi libssl3 sqlite-libs libbz2 xz-libs readline ncurses-libs libexpat libuuid'.split(
    ' ',
  );

/** Where programs of packages lie, beside the interpreter, which is small. */
const BIN = '/usr/local/bin';

/** Programs that no package of Python brings. */
const OTHERS =
  /^(?:curl|wget|bash|nginx|apachectl|redis-server|tini|dumb-init|gosu|su-exec|git|ps|nc|psql|pg_isready|mysql|node|npm|npx|yarn|java|cron|sudo)$/;

const OFFERS = /^(?:python|pip|pydoc|idle)[\d.]*$/;

const MANIFEST =
  /(?:^|\/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in|lock)|requirements\/[\w.-]+\.(?:txt|in)|constraints[\w.-]*\.txt|setup\.(?:py|cfg)|MANIFEST\.in|Pipfile(?:\.lock)?|poetry\.lock|uv\.lock|pdm\.lock|pyproject\.toml|poetry\.toml|tox\.ini|noxfile\.py|pytest\.ini|\.flake8|\.pylintrc|\.coveragerc|mypy\.ini|\.python-version|\.isort\.cfg|\.style\.yapf|environment\.ya?ml|runtime\.txt)$/;
const TEST = /^(?:tests?|e2e)\/|(?:^|\/)(?:test_[\w-]+|[\w-]+_test|conftest|tests)\.py$/;

/** Python: the packages at the path where they were installed, and the application beside them. Real builds stand behind it. */
export const python: Recipe = {
  id: 'python',
  ecosystem: 'python',
  matches: ({ system }) =>
    system.repository === 'python' || (system.sdk?.ecosystem === 'python' && system.sdk.runtimes.length > 0),
  classify,
  effects: pythonEffects,
  plan,
};

function classify(path: string, subject: Subject): Role | undefined {
  if (!subject.context.isThere) return 'data';
  // Tools that install at the start read what they install from.
  if (MANIFEST.test(path)) return startsManager(subject) ? 'data' : 'source';
  if (TEST.test(path)) return 'test';
  if (/\.(?:pyx|pxd|c|cc|cpp|cxx|h|hpp|rs|f90|f)$/.test(path)) return 'source';
  if (/\.(?:py|json|ya?ml|toml|ini|cfg|sql|html|css|js|txt|csv|proto|ipynb|pkl|sh)$/.test(path)) {
    return /^(?:\.github|\.gitlab|\.circleci|\.vscode|charts?|k8s|helm|terraform)\/|(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$|^\.[\w-]+\.ya?ml$|^(?:mkdocs|readthedocs|azure-pipelines|cloudbuild|appveyor|codecov)\.ya?ml$/.test(
      path,
    )
      ? 'document'
      : 'data';
  }
  if (/\/.*\.mdx?$/.test(path) && !/^docs?\//.test(path)) return 'data';
  return undefined;
}

function startsManager({ document, stage }: Subject): boolean {
  return (
    startCommand(document, stage)?.lines.some((line) =>
      line.some((word) => /^(?:poetry|pipenv|uv|pdm|rye)$/.test(word)),
    ) ?? false
  );
}

function plan(evidence: Evidence): Proposal | Declined {
  const { world, context } = evidence;
  const problem =
    develops(evidence) ??
    outOfReach(evidence) ??
    forDevelopment(evidence) ??
    fetchedScript(evidence) ??
    foreignPackages(evidence);
  if (problem) return problem;
  const site = sitePackages(evidence);
  const packages = world.tree.entries.filter(({ role, isOpaque }) => role === 'dependency' && isOpaque);
  if (packages.length === 0 && !isBuilt(evidence)) {
    const installed = evidence.system.sdk
      ? undefined
      : declined(
          'no-artifact',
          'nothing is installed or built that a smaller image could do without',
          evidence.stage.from,
        );
    if (installed) return installed;
  }
  const root = rootOf(evidence);
  const keep: Keep[] = packages.map(({ path }) => ({ path, isFolder: true, why: 'the packages lie in it' }));
  // The tool that is started is itself a package.
  const isManaged = startsManager(evidence) && world.packages.some(({ manager }) => /^pip/.test(manager));
  if (isManaged && site) keep.push({ path: site, isFolder: true, why: 'the command starts a tool that lies in it' });
  const assumptions: Assumption[] = [];
  const scripts = consoleScripts(evidence, packages, isManaged, assumptions);
  keep.push(...scripts.keep);
  const isKept = ({ role, path }: Entry) =>
    role === 'data' || role === 'artifact' || role === 'unknown' || packages.some((item) => item.path === path);
  const isWhole =
    !context.isThere ||
    world.tree.get(root)?.isOpaque === true ||
    (isOwnFolder(root) && isScattered(evidence, root, isKept));
  const hasFiles = world.tree.under(root).some((entry) => entry.path !== root);
  if (isWhole && (hasFiles || world.tree.get(root)?.isOpaque)) {
    if (!isOwnFolder(root))
      return declined(
        'unknown',
        `the application lies in ${root}, among the files of the system, and what of it is needed is not known`,
        evidence.entryPoint.instructions[0] ?? evidence.stage.from,
      );
    keep.push(wholeFolder(evidence, root, 'it is the application'));
  }
  const requirements = readRequirements(evidence);
  const wanted = [...requirements].flatMap((name) =>
    Object.hasOwn(LINKED, name) ? LINKED[name]!.map((header) => ({ header, why: `${name} is linked with it` })) : [],
  );
  if (requirements.has('uwsgi')) {
    const header = (evidence.system.suite?.order ?? 0) < 12 ? 'libpcre3-dev' : 'libpcre2-dev';
    wanted.push({ header, why: 'uwsgi is linked with it' });
  }
  const libraries = libraryNeeds(evidence, wanted);
  return {
    kind: 'proposal',
    keep: unique([...keep, ...fetchedFolders(evidence), ...homeFolders(evidence, root)]),
    runtimes: slimRuntimes(evidence, [
      'python',
      'python3',
      ...OWN_LIBRARIES.map((name) => `package:${name}`),
      ...scripts.offers,
      ...sameAccounts(evidence),
    ]),
    needs: [...libraries.needs, ...spawnedPrograms(evidence), ...requiredPrograms(requirements)],
    assumptions: [...assumptions, ...libraries.assumptions],
  };
}

function unique(keeps: readonly Keep[]): readonly Keep[] {
  return keeps.filter(
    (keep, at) =>
      !keeps.some((other, index) => index < at && other.path === keep.path) &&
      !keeps.some((other) => other !== keep && other.isFolder && keep.path.startsWith(`${other.path}/`)),
  );
}

/** Whether the stage has build tools that the runtime can do without. */
function isBuilt({ world, system }: Evidence): boolean {
  return system.sdk !== undefined || world.packages.some(({ isBuildOnly }) => isBuildOnly);
}

/** Commands that reload or watch the sources. */
function develops(evidence: Evidence): Declined | undefined {
  const { entryPoint, stage } = evidence;
  for (const { name, args, via, instruction } of entryPoint.programs) {
    if (via === 'healthcheck') continue;
    const words = [name.replace(/^.*\//, ''), ...args];
    const told = (what: string) =>
      declined(
        'runs-build-tool',
        `the command runs \`${what}\`, a server for developing, which reloads the sources`,
        instruction,
      );
    if (
      words.includes('runserver') &&
      words.some((word) => /manage\.py$|django/.test(word)) &&
      !words.includes('--noreload')
    )
      return told('manage.py runserver');
    const isFlask = words.some((word) => word === 'flask');
    if (isFlask && words.includes('run') && words.some((word) => /^--(?:debug|reload)$/.test(word)))
      return told('flask run --debug');
    const set = (variable: string) => stage.scope.exported(variable)?.value ?? '';
    if (
      isFlask &&
      words.includes('run') &&
      (/^(?:1|true)$/i.test(set('FLASK_DEBUG')) || set('FLASK_ENV') === 'development')
    )
      return told('flask run');
    if (
      words.some((word) => /^(?:uvicorn|gunicorn|hypercorn|sanic|litestar)$/.test(word)) &&
      words.some((word) => /^--(?:reload|debug|dev)$/.test(word))
    )
      return told(`${words[0]} --reload`);
    if (words[0] === 'fastapi' && words[1] === 'dev') return told('fastapi dev');
    if (/^(?:jupyter|jupyter-lab|jupyter-notebook|ipython)$/.test(words[0]!))
      return declined(
        'needs-sdk',
        `\`${words[0]}\` is there to work in, with the tools of the full image`,
        instruction,
      );
  }
  return undefined;
}

/** What lies where it cannot be told. */
function outOfReach(evidence: Evidence): Declined | undefined {
  const { world, stage } = evidence;
  if (world.tree.get(UNKNOWN_SITE))
    return declined(
      'unresolved',
      `the tag ${evidence.system.tag ?? 'latest'} does not say which minor version of Python it is, so the folder of the packages is not known; name it, as in python:3.13`,
      stage.from,
    );
  return undefined;
}

/** The folder of the application: the one that it runs in, or one above it of which not everything is known. */
function rootOf(evidence: Evidence): string {
  const { workdir, world, entryPoint } = evidence;
  const above = opaqueAbove(evidence, workdir);
  if (above !== undefined || workdir !== '/') return above ?? workdir;
  const file = entryPoint.paths.find(({ entry }) => entry.path.endsWith('.py'))?.entry.path;
  const folder = file?.slice(0, file.lastIndexOf('/'));
  return folder !== undefined && folder !== '' && world.tree.get(folder) ? folder : workdir;
}

/** The programs of packages that are started, each a file beside the interpreter. */
function consoleScripts(
  evidence: Evidence,
  packages: readonly Entry[],
  isManaged: boolean,
  assumptions: Assumption[],
): { readonly keep: readonly Keep[]; readonly offers: readonly string[] } {
  const { world, entryPoint } = evidence;
  const keep: Keep[] = [];
  const offers: string[] = [];
  const site = sitePackages(evidence);
  const isSystem = isManaged || packages.some(({ path }) => path === site);
  const requirements = readRequirements(evidence);
  const known = new Set([...[...requirements].flatMap((name) => programsOf(name)), ...ownPrograms(evidence)]);
  const isHeavy =
    world.tree.get(BIN)?.isOpaque !== true &&
    (world.tree.under(BIN).some(({ role }) => role !== 'data') || evidence.commands.some(installsTool));
  if (isSystem && !isHeavy) keep.push({ path: BIN, isFolder: true, why: 'the programs of the packages lie in it' });
  const path = evidence.stage.scope.exported('PATH')?.value ?? '';
  const isEnvironment = (folder: string) =>
    packages.some((item) => folder === item.path && (item.marks.includes(ENVIRONMENT) || folder.endsWith('/.local')));
  const inEnvironment = path.split(':').some((folder) => isEnvironment(folder.replace(/\/bin$/, '')));
  for (const { name, instruction } of entryPoint.programs.filter((program) => isConsoleScript(program))) {
    const byPackage = world.packages.some(
      (item) =>
        item.manager !== 'pip' &&
        !item.isBuildOnly &&
        (item.name === name || name.startsWith(item.name) || item.name.startsWith(name)),
    );
    if (OFFERS.test(name) || byPackage) offers.push(name);
    else if (OTHERS.test(name)) continue;
    else if (inEnvironment && !isSystem) offers.push(name);
    else if (isSystem && (known.has(name) || requirements.size > 0 || !evidence.context.isThere)) {
      offers.push(name);
      if (isHeavy) keep.push({ path: `${BIN}/${name}`, why: `${instruction.keyword} starts it` });
      if (!known.has(name))
        assumptions.push({ sentence: `a package of Python brings the program ${name}`, isUnproved: true });
    }
  }
  if (isSystem && isHeavy) {
    // What the sources start by name.
    for (const name of known) {
      if (keep.some((item) => item.path === `${BIN}/${name}`) || !isNamed(evidence, name)) continue;
      keep.push({ path: `${BIN}/${name}`, why: 'the sources start it' });
    }
  }
  return { keep, offers };
}

/** A tool that is large, and that only installs. */
function installsTool({ args }: ShellCommand): boolean {
  const words = args.map(({ value }) => value);
  return words.includes('install') && words.some((word) => /^(?:uv|poetry|pipenv|pdm|hatch)(?:[=<>~!].*)?$/.test(word));
}

function isConsoleScript({ name, entry }: Program): boolean {
  return entry === undefined && !name.includes('/') && !shellPrograms.has(name);
}

function isNamed({ context }: Evidence, name: string): boolean {
  const call = new RegExp(
    `(?:\\[\\s*["']${name}["']|(?:system|popen|run|call|check_call|check_output|Popen)\\(\\s*f?["']${name}[\\s"'])`,
  );
  return context.files.some(
    (path) => /\.py$/.test(path) && !TEST.test(path) && call.test(context.readText(path) ?? ''),
  );
}

function requiredPrograms(requirements: ReadonlySet<string>): readonly Need[] {
  return requirements.has('gitpython') ? [{ kind: 'program', name: 'git', why: 'GitPython starts it' }] : [];
}
