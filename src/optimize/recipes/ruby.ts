import { shellPrograms } from '../programs.ts';
import {
  type Declined,
  declined,
  type Entry,
  type Evidence,
  type Keep,
  type Need,
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
  wholeFolder,
} from './interpreted.ts';
import { rubyEffects } from './ruby/command.ts';
import { bringsProgram, LINKED, readGems, STARTS } from './ruby/gems.ts';

/** Programs that come with the interpreter. */
const OWN = 'ruby bundle bundler gem irb rake erb rdoc ri racc rbs ps'.split(' ');
/** Libraries that the interpreter itself is linked with. */
const OWN_LIBRARIES = 'zlib1g libssl1.1 libssl3 libssl3t64 libffi7 libffi8 libgmp10 libyaml-0-2'.split(' ');

const PROGRAM_TEXT =
  /\.(?:rb|erb|haml|slim|ru|rake|gemspec|ya?ml|json|sql|html|css|js|txt|csv|sh|toml)$|(?:^|\/)(?:Gemfile(?:\.lock)?|gems\.(?:rb|locked)|Rakefile|Procfile|\.ruby-version|\.tool-versions|\.bundle\/config)$/;
const ABOUT =
  /^(?:\.github|\.gitlab|\.circleci|\.vscode|charts?|k8s|helm|terraform)\/|(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$|^\.[\w-]+\.ya?ml$|^(?:cloudbuild|appveyor|codecov)\.ya?ml$/;
const TEST = /^(?:spec|test|features)\//;

/**
 * Ruby: the gems at the path where they were installed, and the application beside them, on the slim image of the same
 * release. No real build stands behind it: the fixtures only show what is planned.
 */
export const ruby: Recipe = {
  id: 'ruby',
  ecosystem: 'ruby',
  matches: ({ system }) => system.repository === 'ruby',
  classify,
  effects: rubyEffects,
  plan,
};

function classify(path: string, { context }: Subject): Role | undefined {
  if (!context.isThere) return 'data';
  if (TEST.test(path)) return 'test';
  return PROGRAM_TEXT.test(path) ? (ABOUT.test(path) ? 'document' : 'data') : undefined;
}

function plan(evidence: Evidence): Proposal | Declined {
  const { context, entryPoint, stage, system, world } = evidence;
  const problem =
    develops(evidence) ?? forDevelopment(evidence) ?? fetchedScript(evidence) ?? foreignPackages(evidence);
  if (problem) return problem;
  const replaced = world.unknowns.find(({ below }) => below === '/usr/local/lib/ruby');
  if (replaced) return declined('unknown', replaced.why, replaced.instruction);
  const packages = world.tree.entries.filter(({ role, isOpaque }) => role === 'dependency' && isOpaque);
  if (system.sdk === undefined && !world.packages.some(({ isBuildOnly }) => isBuildOnly))
    return declined('no-artifact', 'nothing is installed or built that a smaller image could do without', stage.from);
  const root = opaqueAbove(evidence, evidence.workdir) ?? evidence.workdir;
  const isKept = ({ role, path }: Entry) =>
    role === 'data' || role === 'artifact' || role === 'unknown' || packages.some((item) => item.path === path);
  const keep: Keep[] = packages.map(({ path }) => ({ path, isFolder: true, why: 'the gems lie in it' }));
  const isOpaque = !context.isThere || world.tree.get(root)?.isOpaque === true;
  const hasFiles = world.tree.under(root).some(({ path }) => path !== root) || world.tree.get(root)?.isOpaque === true;
  if (hasFiles && (isOpaque || (isOwnFolder(root) && isScattered(evidence, root, isKept)))) {
    if (!isOwnFolder(root)) {
      const reason = `the application lies in ${root}, among the files of the system, and what of it is needed is not known`;
      return declined('unknown', reason, entryPoint.instructions[0] ?? stage.from);
    }
    keep.push(wholeFolder(evidence, root, 'it is the application'));
  }
  const gems = readGems(evidence);
  // Of an image that has few packages, what is linked was installed by the file itself.
  const wanted =
    system.sdk === undefined
      ? []
      : [...gems].flatMap((name) =>
          Object.hasOwn(LINKED, name) ? [{ header: LINKED[name]!, why: `${name} is linked with it` }] : [],
        );
  const libraries = libraryNeeds(evidence, wanted);
  const installed = new Set(world.packages.filter(({ isBuildOnly }) => !isBuildOnly).map(({ name }) => name));
  const isBrought = (name: string) => bringsProgram(gems, name) || installed.has(name);
  const brought = entryPoint.programs.flatMap(({ name, entry }) =>
    entry === undefined && !name.includes('/') && !shellPrograms.has(name) && isBrought(name) ? [name] : [],
  );
  return {
    kind: 'proposal',
    keep: unique([...keep, ...fetchedFolders(evidence), ...homeFolders(evidence, root)]),
    runtimes: slimRuntimes(evidence, [
      ...OWN,
      ...OWN_LIBRARIES.map((name) => `package:${name}`),
      ...brought,
      ...sameAccounts(evidence),
    ]),
    needs: [...libraries.needs, ...systemNeeds(evidence, gems)],
    assumptions: [
      ...libraries.assumptions,
      { sentence: 'no other gem is linked with a library that only the build stage has', isUnproved: true },
    ],
  };
}

/** What is not in another keep already. */
function unique(keeps: readonly Keep[]): readonly Keep[] {
  return keeps.filter(
    (keep, at) =>
      !keeps.some((other, index) => index < at && other.path === keep.path) &&
      !keeps.some((other) => other !== keep && other.isFolder && keep.path.startsWith(`${other.path}/`)),
  );
}

/** Commands that reload or watch the sources. */
function develops({ entryPoint }: Evidence): Declined | undefined {
  for (const { name, args, instruction } of entryPoint.programs) {
    const words = [name, ...args];
    const tool =
      words.find((word) => /^(?:.*\/)?(?:guard|rerun|shotgun|webpack-dev-server|bin\/dev|spring)$/.test(word)) ??
      (words.some((word) => /Procfile\.dev$/.test(word)) ? 'Procfile.dev' : undefined);
    if (words.some((word) => /^(?:.*\/)?passenger$/.test(word)))
      return declined('needs-sdk', '`passenger` compiles its agent when it is started for the first time', instruction);
    if (tool !== undefined)
      return declined('runs-build-tool', `the command runs \`${tool}\`, which is there to develop with`, instruction);
  }
  return undefined;
}

/** What gems ask of the system beside libraries. */
function systemNeeds({ context, system, world }: Evidence, gems: ReadonlySet<string>): readonly Need[] {
  const needs: Need[] = [];
  const gemfiles = context.files.filter((path) => /(?:^|\/)(?:Gemfile|gems\.rb)$/.test(path));
  const isFromGit = gemfiles.some((path) =>
    /^\s*gemspec\b|\b(?:git|github):|:git(?:hub)?\s*=>/m.test(context.readText(path) ?? ''),
  );
  const isUnseen = gemfiles.length === 0 && world.packages.some(({ name }) => name === 'git');
  if (isFromGit || isUnseen)
    needs.push({ kind: 'program', name: 'git', why: 'bundler asks it about the gems that come from there' });
  if (gems.has('tzinfo') && !gems.has('tzinfo-data'))
    needs.push({ kind: 'zoneinfo', why: 'tzinfo reads the time zones of the system' });
  for (const [gem, name] of Object.entries(STARTS))
    if (system.sdk !== undefined && gems.has(gem)) needs.push({ kind: 'program', name, why: `${gem} starts it` });
  return needs;
}
