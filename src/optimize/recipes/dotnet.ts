import { joinPath } from '../../dockerfile/index.ts';
import { isWithin } from '../../lint/facts/copies.ts';
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
  type RuntimeOption,
  type Subject,
} from '../types.ts';
import { dotnetEffects, PROJECT, PUBLISHED, projectReader, SELF_CONTAINED } from './dotnet/command.ts';
import { type DotnetProject, readProject, referencedProjects } from './dotnet/project.ts';

/** What the SDK's image says beyond that of `aspnet`, on which it stands. */
const SDK_VARIABLES =
  /^(?:DOTNET_SDK_VERSION|DOTNET_NOLOGO|DOTNET_CLI_\w+|DOTNET_SKIP_FIRST_TIME_EXPERIENCE|DOTNET_GENERATE_ASPNET_CERTIFICATE|DOTNET_USE_POLLING_FILE_WATCHER|NUGET_\w+|POWERSHELL_\w+)$/;
/** Programs that the SDK's image has beside it. */
const SPAWNED = /\b(?:Process\.Start|new\s+ProcessStartInfo)\s*\(\s*"(git|curl|wget|pwsh|dotnet|tar|ps)"/g;

/**
 * .NET: what `dotnet publish` wrote, on the runtime of the same release. No real build stands behind it: there is no SDK
 * to be had where the tests run, so the fixtures only show what is planned.
 */
export const dotnet: Recipe = {
  id: 'dotnet',
  ecosystem: 'dotnet',
  matches: ({ system }) => system.sdk?.ecosystem === 'dotnet',
  classify: classifyDotnet,
  effects: dotnetEffects,
  plan,
};

/** Settings beside the project files are published with the program; elsewhere they may be read where they lie. */
function classifyDotnet(path: string): Role | undefined {
  if (/(?:^|\/)(?:bin|obj)\//.test(path)) return 'cache';
  if (/(?:^|\/)Properties\/launchSettings\.json$|\.(?:slnx?|razor|cshtml|resx|editorconfig|ruleset|user)$/i.test(path))
    return 'source';
  return undefined;
}

interface Launch {
  readonly program: Program;
  /** The folder that was published. */
  readonly folder: Entry;
  readonly project: DotnetProject | undefined;
}

function plan(evidence: Evidence): Proposal | Declined {
  const { entryPoint, stage, world } = evidence;
  const launches: Launch[] = [];
  const assumptions: Assumption[] = [];
  for (const program of entryPoint.programs) {
    const launch = readLaunch(program, evidence, assumptions);
    if (launch && 'kind' in launch) return launch;
    if (launch) launches.push(launch);
  }
  const [first] = launches;
  if (!first) {
    const [unknown] = world.unknowns;
    if (unknown) return declined('unknown', `${unknown.why}, so it is not known what is started`, unknown.instruction);
    const instruction = entryPoint.instructions[0] ?? stage.from;
    return declined('no-artifact', 'nothing that is started is known to be published here', instruction);
  }
  const runtimes = runtimesFor(launches, evidence, assumptions);
  if ('kind' in runtimes) return runtimes;
  const keep = launches.map(
    ({ folder, program }): Keep => ({
      path: folder.path,
      isFolder: true,
      why: `${program.instruction.keyword} starts ${program.name === 'dotnet' ? program.args[0]! : program.name}`,
    }),
  );
  const spawned = spawnedPrograms(evidence);
  const sdk = spawned.find((name) => name === 'dotnet' || name === 'pwsh');
  if (sdk !== undefined)
    return declined(
      'needs-sdk',
      `the program starts \`${sdk}\`, which only the SDK is sure to have`,
      first.program.instruction,
    );
  const globalization = globalizationOf(evidence, first.project);
  return {
    kind: 'proposal',
    keep,
    runtimes,
    needs: [
      ...spawned.map((name): Need => ({ kind: 'program', name, why: 'the program starts it' })),
      ...globalization.needs,
    ],
    variables: [...globalization.variables, ...portVariables(evidence)],
    sdkVariables: SDK_VARIABLES,
    assumptions,
  };
}

/** What a program of the entry point starts; undefined for one that is none of .NET's. */
function readLaunch(program: Program, evidence: Evidence, assumptions: Assumption[]): Launch | Declined | undefined {
  const { world, workdir } = evidence;
  const { name, args, instruction, entry } = program;
  const isHost = !entry && /(?:^|\/)dotnet$/.test(name);
  if (!isHost && entry?.marks.includes(PUBLISHED) !== true) {
    return entry?.role === 'cache'
      ? declined('unknown', `${name} is ${entry.origin}; only what \`dotnet publish\` writes is complete`, instruction)
      : undefined;
  }
  const word = isHost ? args.find((arg) => !/^--(?:roll-forward|fx-version|additionalprobingpath)/.test(arg)) : name;
  if (isHost && (word === undefined || !/\.dll$/i.test(word)))
    return declined('runs-build-tool', `\`dotnet ${word ?? ''}\` is a command of the SDK`, instruction);
  const path = joinPath(workdir, word!);
  const folder = path === undefined ? undefined : (world.tree.get(path) ?? world.tree.find(path));
  if (!folder || path === undefined)
    return declined('no-artifact', `nothing in the stage is known to make ${word}`, instruction);
  if (!folder.marks.includes(PUBLISHED)) {
    const reason = `${word} is ${folder.origin}; only what \`dotnet publish\` writes is complete`;
    return declined(folder.role === 'artifact' ? 'no-artifact' : 'unknown', reason, instruction);
  }
  // With the sources in it, the folder is no smaller than what it was made from.
  const source = world.tree.under(folder.path).find(({ role }) => role === 'source');
  if (source)
    return declined('unknown', `${folder.path} holds what is published as well as ${source.path}`, instruction);
  const project = projectOf(folder, evidence);
  const expected = path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:dll|exe)$/i, '');
  if (project?.assembly !== expected)
    assumptions.push({
      sentence: `\`dotnet publish\` puts ${path.slice(folder.path.length + 1)} into ${folder.path}`,
      isUnproved: true,
    });
  return { program, folder, project };
}

function projectOf({ marks }: Entry, evidence: Evidence): DotnetProject | undefined {
  const path = marks.find((mark) => mark.startsWith(PROJECT))?.slice(PROJECT.length);
  return path === undefined ? undefined : readProject(path, projectReader(evidence.world, evidence));
}

/** `runtime-deps` for what has its runtime in it, `aspnet` for the web, `runtime` first for all else. */
function runtimesFor(
  launches: readonly Launch[],
  evidence: Evidence,
  assumptions: Assumption[],
): readonly RuntimeOption[] | Declined {
  const { stage, system } = evidence;
  const given = system.sdk?.runtimes ?? [];
  const image = (name: string) => given.find((item) => item.includes(`/${name}:`));
  const tag = stage.image?.tag ?? '';
  const release = /^(\d+\.\d+)/.exec(tag)?.[1];
  if (release === undefined)
    return declined('no-runtime', `which release of .NET ${stage.baseText} has is not known`, stage.from);
  for (const { project, program } of launches) {
    const framework = /^net(?:coreapp)?(\d+\.\d+)$/.exec(project?.framework ?? '')?.[1];
    if (framework !== undefined && framework !== release) {
      const reason = `${project!.path} is for .NET ${framework}, and the SDK is that of ${release}`;
      return declined('unknown', reason, program.instruction);
    }
    if (framework === undefined)
      assumptions.push({ sentence: `the program is for .NET ${release}, as its SDK is`, isUnproved: true });
  }
  const isSelfContained = launches.every(({ folder }) => folder.marks.includes(SELF_CONTAINED));
  const read = projectReader(evidence.world, evidence);
  const isWeb = launches.some(({ project }) => {
    if (!project) return true;
    const others = referencedProjects(project.path, read).flatMap((path) => readProject(path, read) ?? []);
    return project.isWeb || others.some((other) => other.isWeb);
  });
  const names = isSelfContained ? ['runtime-deps'] : isWeb ? ['aspnet'] : ['runtime', 'aspnet'];
  const offers = ['dotnet', 'zoneinfo', 'ca', 'tzdata', 'ca-certificates', 'libstdc++'];
  const options = names.flatMap((name) => {
    const found = image(name);
    const why = name === 'runtime-deps' ? 'the program has its runtime in it' : 'the runtime of the same release';
    return found === undefined ? [] : [{ image: found, why, offers }];
  });
  return options.length > 0
    ? options
    : declined('no-runtime', `which runtime belongs to ${stage.baseText} is not known`, stage.from);
}

/** On Alpine the SDK has the data of all cultures and time zones, and the runtime has none. */
function globalizationOf({ system, stage }: Evidence, project: DotnetProject | undefined) {
  const isInvariant = /^true$/i.test(project?.properties.get('invariantglobalization') ?? '');
  if (system.libc !== 'musl') return { needs: [], variables: [] };
  const why = 'the image of the SDK has it';
  const packages = isInvariant ? ['tzdata'] : ['icu-data-full', 'icu-libs', 'tzdata'];
  const needs = packages.map(
    (name): Need => ({ kind: 'package', name, why, supply: [{ kind: 'install', packages: [name], why }] }),
  );
  const name = 'DOTNET_SYSTEM_GLOBALIZATION_INVARIANT';
  const variables =
    isInvariant || setsVariable(stage.chain, name)
      ? []
      : [{ name, value: 'false', why: 'the image of the SDK says so' }];
  return { needs, variables };
}

/** Up to .NET 7 the SDK empties the variable that tells web servers where to listen, and the runtime's image sets it. */
function portVariables({ stage }: Evidence) {
  const major = Number(/^(\d+)/.exec(stage.image?.tag ?? '')?.[1]);
  const name = 'ASPNETCORE_URLS';
  if (!(major < 8) || setsVariable(stage.chain, name)) return [];
  return [{ name, value: '', why: 'the image of the SDK has it empty' }];
}

const setsVariable = (stages: Subject['stage']['chain'], name: string) =>
  stages.some(({ instructions }) =>
    instructions.some(({ keyword, pairs }) => keyword === 'ENV' && pairs.some((pair) => pair.name === name)),
  );

/** Programs that the sources start by name, of those that a runtime may lack. */
function spawnedPrograms({ context, world }: Evidence): readonly string[] {
  const copied = new Set(world.tree.entries.flatMap(({ contextPath }) => contextPath ?? []));
  const found = new Set<string>();
  for (const path of context.files) {
    if (!/\.(?:cs|fs|vb)$/.test(path) || ![...copied].some((each) => isWithin(`/${path}`, `/${each}`))) continue;
    for (const [, name] of (context.readText(path) ?? '').matchAll(SPAWNED)) found.add(name!);
  }
  return [...found];
}
