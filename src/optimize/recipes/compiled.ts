import {
  type Assumption,
  type Declined,
  declined,
  type Entry,
  type Evidence,
  type Need,
  type Proposal,
  type Recipe,
} from '../types.ts';
import { haskell as haskellLanguage } from './compiled/haskell.ts';
import { COMPILED, type Language, WORKSHOP } from './compiled/language.ts';
import { swift as swiftLanguage } from './compiled/swift.ts';
import { foreignPackages } from './foreign-packages.ts';
import { libraryNeeds } from './interpreted.ts';

/** The recipe of a language whose compiler writes one program, which the image needs and little else. */
function compiledRecipe(language: Language): Recipe {
  return {
    id: language.id,
    ecosystem: language.id,
    matches: ({ system }) => system.sdk?.ecosystem === language.id,
    classify: (path) => (language.sources.test(path) ? 'source' : undefined),
    effects: language.effects,
    plan: (evidence) => plan(language, evidence),
  };
}

/** Haskell: programs of cabal, stack and ghc. No real build stands behind it: the fixtures only show what is planned. */
export const haskell = compiledRecipe(haskellLanguage);
/** Swift: programs of the package manager and of swiftc. No real build stands behind it: the fixtures only show what is planned. */
export const swift = compiledRecipe(swiftLanguage);

function plan(language: Language, evidence: Evidence): Proposal | Declined {
  const { entryPoint, stage, system, world } = evidence;
  const tool = entryPoint.programs.find(({ name, entry }) => !entry && language.toolchain.test(name));
  if (tool) {
    const reason = `the entry point calls \`${tool.name}\`, which only the build stage has`;
    return declined('needs-sdk', reason, tool.instruction);
  }
  const started = entryPoint.programs.filter(
    ({ entry, via }) => via !== 'healthcheck' && entry?.marks.includes(COMPILED) === true,
  );
  if (started.length === 0) return noArtifact(evidence);
  const programs = started.map(({ entry }) => entry!);
  const problem = language.problem?.(evidence, programs) ?? foreignPackages(evidence);
  if (problem) return problem;
  const runtimes = language.runtimes(evidence, programs);
  if (runtimes.length === 0) {
    const image = stage.image?.text ?? stage.baseText;
    return declined('no-runtime', `which release of which system ${image} is made from is not known`, stage.from);
  }
  const libraries = libraryNeeds(evidence, []);
  const assumptions: Assumption[] = [
    ...libraries.assumptions,
    { sentence: 'the program needs no library beyond those of the packages with headers', isUnproved: true },
  ];
  return {
    kind: 'proposal',
    keep: started.map(({ entry, instruction }) => ({ path: entry!.path, why: `${instruction.keyword} starts it` })),
    runtimes,
    needs: [
      { kind: 'libc', libc: system.libc === 'musl' ? 'musl' : 'glibc', why: 'the program is linked with it' },
      ...language.needs(evidence),
      ...libraries.needs,
      ...commonNeeds(language, evidence),
    ],
    sdkVariables: language.sdkVariables,
    variables: (language.variables ?? []).filter(({ name }) => stage.scope.exported(name) === undefined),
    leave: world.tree.entries
      .filter(({ marks, path }) => marks.includes(WORKSHOP) && !programs.some((entry) => entry.path === path))
      .map(({ path }) => ({ path, role: 'source', why: 'it is the folder of the build' })),
    assumptions,
  };
}

function commonNeeds({ spawns }: Language, { context, stage }: Evidence): readonly Need[] {
  const needs: Need[] = [{ kind: 'ca', why: 'the image of the SDK has it', isPossible: true }];
  if (stage.scope.exported('TZ')) needs.push({ kind: 'zoneinfo', why: 'TZ is set' });
  for (const path of context.files) {
    if (!/\.(?:l?hs|swift)$/.test(path) || /(?:^|\/)[Tt]ests?\//.test(path)) continue;
    for (const [, name] of (context.readText(path) ?? '').matchAll(spawns))
      needs.push({ kind: 'program', name: name!, why: `${path} starts it` });
  }
  return needs;
}

function noArtifact({ entryPoint, stage, world }: Evidence): Declined {
  const program = entryPoint.programs.find(({ via }) => via !== 'healthcheck');
  const instruction = program?.instruction ?? entryPoint.instructions[0] ?? stage.from;
  const name = program?.name ?? 'what is started';
  const [unknown] = world.unknowns;
  if (unknown) return declined('unknown', `${unknown.why}, so it is not known what makes ${name}`, unknown.instruction);
  const entry: Entry | undefined = program?.entry;
  const reason = entry
    ? `${name} is ${entry.origin}, and not known to be a program that is built here`
    : `nothing in the stage is known to make ${name}`;
  return declined('no-artifact', reason, instruction);
}
