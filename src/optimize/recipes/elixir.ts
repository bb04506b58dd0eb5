import { isWithin } from '../../lint/facts/copies.ts';
import { runtimeLibrary } from '../libraries.ts';
import { sameRelease } from '../same-release.ts';
import {
  type Declined,
  declined,
  type Entry,
  type Evidence,
  type Keep,
  type Need,
  type Program,
  type Proposal,
  type Recipe,
} from '../types.ts';
import { mixEffects, mixFile, PROJECT, RELEASE } from './elixir/command.ts';
import { foreignPackages } from './foreign-packages.ts';
import { libraryNeeds } from './interpreted.ts';

const SDK_VARIABLES =
  /^(?:MIX_HOME|MIX_ARCHIVES|MIX_DEPS_PATH|MIX_BUILD_PATH|MIX_BUILD_ROOT|HEX_\w+|REBAR_\w+|ERL_COMPILER_OPTIONS)$/;
/** What a release has in it, compiled or as it is. */
const IN_RELEASE =
  /^(?:lib|config|priv|assets|rel|test|deps|apps|src|web)\/|^(?:mix\.lock|\.formatter\.exs|\.credo\.exs)$/;
/** Files of `priv` that are looked for from the working directory, and not in the release. */
const BY_WORKING_DIRECTORY = /(?:\bFile\.\w+[!?]?\(|\bfrom:)\s*"(?:\.\/)?priv\//;
const SPAWNED = /\bSystem\.(?:cmd|find_executable)\(\s*"([\w.-]+)"/g;

/**
 * Elixir: the release that `mix release` made, with its own Erlang in it, on the same release of the system. No real build
 * stands behind it: the fixtures only show what is planned.
 */
export const elixir: Recipe = {
  id: 'elixir',
  ecosystem: 'elixir',
  matches: ({ system }) => system.sdk?.ecosystem === 'elixir',
  effects: mixEffects,
  plan,
};

function plan(evidence: Evidence): Proposal | Declined {
  const { entryPoint, stage, system } = evidence;
  const tool = entryPoint.programs.find(
    ({ name, entry }) => !entry && /^(?:.*\/)?(?:mix|elixir|iex|erl|escript|epmd)$/.test(name),
  );
  if (tool) {
    const reason = `the entry point calls \`${tool.name}\`, which only the build stage has`;
    return declined('needs-sdk', reason, tool.instruction);
  }
  const started = entryPoint.programs.flatMap((program) => {
    const folder = releaseOf(program, evidence);
    return folder ? [{ program, folder }] : [];
  });
  const [first] = started;
  if (!first) return noRelease(evidence);
  const project = first.folder.marks.find((mark) => mark.startsWith(PROJECT))?.slice(PROJECT.length);
  const problem =
    (project === undefined ? undefined : withoutErlang(evidence, project, first.program)) ?? foreignPackages(evidence);
  if (problem) return problem;
  const runtimes = sameRelease(system);
  const libraries = ownLibraries(evidence);
  if (runtimes.length === 0 || libraries === undefined) {
    const image = stage.image?.text ?? stage.baseText;
    return declined('no-runtime', `which release of which system ${image} is made from is not known`, stage.from);
  }
  if (system.suite?.distro === 'debian' && (system.suite.order ?? 0) < 11) {
    const reason = `Erlang needs packages of Debian ${system.suite.release}, which are only in its archive`;
    return declined('no-runtime', reason, stage.from);
  }
  const linked = libraryNeeds(evidence, []);
  const keep: Keep[] = started.map(({ folder, program }) => ({
    path: folder.path,
    isFolder: true,
    owner: folder.owner,
    why: `${program.instruction.keyword} starts the release in it`,
  }));
  if (project !== undefined) keep.push(...staticFiles(evidence, project));
  return {
    kind: 'proposal',
    keep,
    runtimes,
    needs: [...libraries, ...linked.needs, ...spawned(evidence)],
    sdkVariables: SDK_VARIABLES,
    // File names that are no ASCII are read wrongly in the locale that other images have.
    variables: ['LANG', 'LC_ALL'].some((name) => stage.scope.exported(name))
      ? []
      : [{ name: 'LANG', value: 'C.UTF-8', why: 'the image of the SDK says so' }],
    leave: [
      ...inBuild(
        evidence,
        started.map(({ folder }) => folder),
      ),
      ...(project === undefined ? [] : inRelease(evidence, project)),
    ],
    assumptions: [
      ...linked.assumptions,
      {
        sentence: 'the release needs no library beyond those of Erlang and of the packages with headers',
        isUnproved: true,
      },
    ],
  };
}

/** The folder of the release that a program lies in. */
function releaseOf({ entry }: Program, { world }: Evidence): Entry | undefined {
  if (!entry) return undefined;
  const above = world.tree.find(entry.path);
  if (!above?.isOpaque || above.path === entry.path) return undefined;
  // What `cp` and `mv` took from the middle of a release has none of its marks.
  const isTaken = above.role === 'artifact' && /^made by `(?:cp|mv)` from .*\/rel\//.test(above.origin);
  return above.marks.includes(RELEASE) || isTaken ? above : undefined;
}

function noRelease({ entryPoint, stage, world }: Evidence): Declined {
  const instruction = entryPoint.instructions[0] ?? stage.from;
  const [unknown] = world.unknowns;
  const name = entryPoint.programs[0]?.name ?? 'what is started';
  if (unknown) return declined('unknown', `${unknown.why}, so it is not known what makes ${name}`, unknown.instruction);
  return declined('no-artifact', `${name} is not known to be in a release that \`mix release\` makes`, instruction);
}

/** A release may be made to run on the Erlang of the image. */
function withoutErlang(evidence: Evidence, project: string, program: Program): Declined | undefined {
  const text = mixFile(project, evidence.world, evidence) ?? '';
  if (!/\binclude_erts:(?!\s*true\b)/.test(text)) return undefined;
  return declined('needs-sdk', 'mix.exs has include_erts, so the release may be without Erlang', program.instruction);
}

/** What Erlang itself is linked with; undefined where the names in the release of the system are not known. */
function ownLibraries({ system }: Evidence): readonly Need[] | undefined {
  const why = 'Erlang is linked with it';
  const certificates: Need = { kind: 'ca', why: 'Erlang reads the certificates of the system' };
  const shell: Need = { kind: 'shell', why: 'a release is started by a script' };
  if (system.suite?.distro === 'alpine') {
    const install = (name: string): Need => ({ kind: 'package', name, why });
    const cxx: Need = { kind: 'libstdc++', why, supply: [{ kind: 'install', packages: ['libstdc++'], why }] };
    return [{ kind: 'libc', libc: 'musl', why }, cxx, install('ncurses-libs'), install('openssl'), certificates, shell];
  }
  const ssl = runtimeLibrary('libssl-dev', system.suite);
  if (ssl === undefined) return undefined;
  return [
    { kind: 'libc', libc: 'glibc', why },
    { kind: 'libstdc++', why },
    { kind: 'package', name: 'libncurses6', why },
    { kind: 'package', name: ssl, why },
    certificates,
    shell,
  ];
}

/** Releases in the folder of the build, where what is started was taken out of it. */
function inBuild({ world }: Evidence, started: readonly Entry[]): NonNullable<Proposal['leave']> {
  const isBuild = (path: string) => /\/_build\//.test(path);
  if (started.some(({ path }) => isBuild(path))) return [];
  return world.tree.entries
    .filter(({ path, marks }) => marks.includes(RELEASE) && isBuild(path))
    .map(({ path }) => ({ path, role: 'artifact', why: 'it was copied to where it is started' }));
}

/** Files that the project takes into the release; they lie beside it as sources. */
function inRelease({ world }: Evidence, project: string): NonNullable<Proposal['leave']> {
  return world.tree.entries
    .filter(
      ({ path, contextPath }) =>
        contextPath !== undefined &&
        isWithin(path, project) &&
        IN_RELEASE.test(path.slice(project.length).replace(/^\//, '')),
    )
    .map(({ path }) => ({ path, role: 'source', why: 'the release has it in it' }));
}

function staticFiles({ context, world }: Evidence, project: string): readonly Keep[] {
  const isRead = context.files.some(
    (path) => path.endsWith('.ex') && BY_WORKING_DIRECTORY.test(context.readText(path) ?? ''),
  );
  const path = `${project === '/' ? '' : project}/priv`;
  if (!isRead || world.tree.under(path).length === 0) return [];
  return [{ path, isFolder: true, why: 'a source names it from the working directory' }];
}

function spawned({ context }: Evidence): readonly Need[] {
  return context.files
    .filter((path) => path.endsWith('.ex'))
    .flatMap((path) =>
      Array.from((context.readText(path) ?? '').matchAll(SPAWNED), ([, name]): Need => {
        return { kind: 'program', name: name!, why: `${path} starts it` };
      }),
    );
}
