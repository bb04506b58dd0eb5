import type { Instruction, Scope, ShellCommand } from '../../dockerfile/index.ts';
import { staticLinking } from '../../knowledge/linking.ts';
import { newestAlpine } from '../../knowledge/suites.ts';
import { blockStart } from '../blocks.ts';
import { runtimeLibrary } from '../libraries.ts';
import {
  type Assumption,
  type BuildEdit,
  type Declined,
  declined,
  type Evidence,
  type Keep,
  type Need,
  type Proposal,
  type Recipe,
  type RuntimeOption,
  type Subject,
} from '../types.ts';
import { foreignPackages } from './foreign-packages.ts';
import { goEffects, readGoBuild } from './go/command.ts';
import { type GoSources, mayUseCgo, mayUseTls, readGoSources } from './go/sources.ts';

const TOOLS =
  /^(?:dep|glide|govendor|godep|swag|templ|sqlc|golangci-lint|staticcheck|golint|wire|mockgen|packr2?|statik|air|reflex|buf|protoc.*|goimports|gofmt|gotestsum|ginkgo|govulncheck|gosec|migrate|goose|go-bindata|esc|ko|gox|vgo)$/;

/** Variables that the go command and its toolchain read; those of the run time (GOGC, GODEBUG …) are not here. */
const SDK_VARIABLES =
  /^(?:CGO_\w+|GO(?:PATH|ROOT|BIN|OS|ARCH|ARM|ARM64|386|AMD64|MIPS|111MODULE|PROXY|PRIVATE|NOPROXY|NOSUMDB|NOSUMCHECK|SUMDB|FLAGS|CACHE|MODCACHE|TOOLCHAIN|LANG_VERSION|INSECURE|EXPERIMENT|WORK|ENV|VCS|TMPDIR|DIST_\w+)|GO_VERSION|GOLANG_\w+)$/;

/** Go: one program, static unless it needs cgo. Real builds stand behind it in the end-to-end tests. */
export const go: Recipe = {
  id: 'go',
  ecosystem: 'go',
  matches: (subject) => subject.system.sdk?.ecosystem === 'go' || subject.commands.some(isGoBuild),
  classify: (path) =>
    /(?:^|\/)(?:vendor|Godeps)\//.test(path) || /\.(?:go|tmpl\.go)$/.test(path) ? 'source' : undefined,
  effects(call, world, subject) {
    if (call.name === 'go' || call.name === 'garble' || call.name === 'tinygo') return goEffects(call, world, subject);
    return TOOLS.test(call.name) ? [] : undefined;
  },
  plan,
};

function isGoBuild(command: ShellCommand): boolean {
  return (
    command.name === 'go' &&
    readGoBuild(
      command.args.map(({ value }) => value),
      '/',
    ) !== undefined
  );
}

function plan(evidence: Evidence): Proposal | Declined {
  const keep: Keep[] = [];
  for (const { entry, instruction, via } of evidence.entryPoint.programs) {
    if (entry?.role === 'artifact' && via !== 'healthcheck')
      keep.push({ path: entry.path, why: `${instruction.keyword} starts it` });
  }
  const fetched = evidence.entryPoint.programs.find(
    ({ entry, via }) => entry?.role === 'toolchain' && via !== 'healthcheck',
  );
  if (fetched) keep.push({ path: fetched.entry!.path, why: `${fetched.instruction.keyword} starts it` });
  if (keep.length === 0) return noArtifact(evidence);
  const foreign = foreignPackages(evidence);
  if (foreign) return foreign;
  const sources = readGoSources(evidence.context);
  const cgo = cgoReason(evidence, sources);
  return {
    kind: 'proposal',
    keep,
    ...(cgo === undefined ? staticProgram(evidence, sources) : dynamicProgram(evidence, sources, cgo)),
    sdkVariables: SDK_VARIABLES,
    leave: embeddedFiles(evidence, sources),
  };
}

function noArtifact({ entryPoint, world, stage }: Evidence): Declined {
  const program = entryPoint.programs.find(({ via }) => via !== 'healthcheck');
  const [unknown] = world.unknowns;
  const instruction = program?.instruction ?? entryPoint.instructions[0] ?? stage.from;
  if (program?.entry) {
    return declined('no-artifact', `${program.name} is ${program.entry.origin}, and not built here`, instruction);
  }
  if (unknown)
    return declined(
      'unknown',
      `${unknown.why}, so it is not known what makes ${program?.name ?? 'the program'}`,
      unknown.instruction,
    );
  return declined(
    'no-artifact',
    `nothing in the stage is known to make ${program?.name ?? 'what is started'}`,
    instruction,
  );
}

/** Why the program needs cgo, where switching it off would change or break it. */
function cgoReason(subject: Subject & Pick<Evidence, 'world'>, sources: GoSources): string | undefined {
  const made = subject.world.tree.entries.filter(({ role }) => role === 'artifact');
  if (made.some(({ marks }) => marks.includes('cgo'))) return 'CGO_ENABLED is 1';
  if (made.length > 0 && made.every(({ marks }) => marks.includes('static'))) return undefined;
  // Where the stage only copies, the build of the other one is looked at by `linkFor`.
  const hasSteps = subject.stage.instructions.some(({ keyword }) => keyword === 'RUN');
  if (hasSteps && made.some(({ origin }) => origin.startsWith('copied from the stage')))
    return buildsElsewhere(subject).every((command) => settingOf('CGO_ENABLED', command, subject) === '0')
      ? undefined
      : 'another stage builds it, and does not switch cgo off';
  for (const command of subject.commands.filter(isGoBuild)) {
    const value = settingOf('CGO_ENABLED', command, subject);
    if (value === '0') return undefined;
    if (value === '1') return 'CGO_ENABLED is 1';
    if (command.args.some(({ value: word }) => word === '-race' || word === '-buildmode=plugin'))
      return `\`go build\` has the flag -race or -buildmode`;
  }
  if (sources.cgo !== undefined)
    return sources.cgo.startsWith('import') ? `there is ${sources.cgo}` : `${sources.cgo} is linked with C`;
  if (sources.isComplete) return undefined;
  const compiler = subject.world.packages.find(
    ({ name }) =>
      /^(?:gcc|g\+\+|musl-dev|build-base|build-essential|libc6?-dev)$/.test(name) ||
      /^(?!git-|linux-|libc).+-dev(?:el)?$/.test(name),
  );
  return compiler && `the package ${compiler.name} is installed`;
}

/** How the stages build of which programs are copied. */
function buildsElsewhere({ document, stage }: Subject): readonly ShellCommand[] {
  const instructions = document.stages
    .filter((other) => !stage.chain.includes(other))
    .flatMap((other) => other.instructions);
  const commands = instructions.flatMap((run) => (run.keyword === 'RUN' ? (document.shell(run)?.commands ?? []) : []));
  return commands.filter(isGoBuild);
}

/** What a variable is for a command: its own assignment, an `export` in front of it, ENV or ARG. */
function settingOf(name: string, command: ShellCommand, { document }: Subject): string | undefined {
  const own = command.assignments.findLast((assignment) => assignment.name === name)?.value;
  if (own !== undefined) return own;
  const wrapped = command.allWords.find(({ value }) => value.startsWith(`${name}=`));
  if (wrapped) return wrapped.value.slice(name.length + 1);
  for (const other of command.script.commands) {
    if (other === command) break;
    const isSetting =
      other.name === 'export' || (other.name === 'go' && other.subcommand === 'env') || other.allWords.length === 0;
    const words = isSetting
      ? [...other.args.map(({ value }) => value), ...other.assignments.map((item) => `${item.name}=${item.value}`)]
      : [];
    const word = words.find((value) => value.startsWith(`${name}=`));
    if (word !== undefined) return word.slice(name.length + 1);
  }
  const scope: Scope | undefined = document.scope(command.script.instruction);
  return scope?.variable(name)?.value;
}

function staticProgram(
  evidence: Evidence,
  sources: GoSources,
): Pick<Proposal, 'buildEdits' | 'runtimes' | 'needs' | 'assumptions'> {
  const buildEdits = staticEdits(evidence, mayUseCgo(sources));
  const { runtimes = [] } = evidence.system.sdk ?? {};
  const suite = evidence.system.suite;
  const debian =
    suite?.distro === 'debian' && suite.release !== undefined ? `debian:${suite.release}-slim` : 'debian:stable-slim';
  const alpine = runtimes.find((image) => image.startsWith('alpine')) ?? newestAlpine;
  const distroless = runtimes.find((image) => /static/.test(image)) ?? 'gcr.io/distroless/static-debian13';
  return {
    buildEdits,
    needs: commonNeeds(evidence, sources),
    assumptions: commonAssumptions(evidence, sources),
    runtimes: [
      { image: 'scratch', why: 'the program is static and needs nothing beside it' },
      { image: distroless, why: 'the program is static' },
      { image: alpine, why: 'a shell or packages are needed' },
      { image: debian, why: 'packages of the same system are needed' },
    ],
  };
}

/** Where CGO_ENABLED=0 has to be said: in front of the command, or of the RUN whose script or Makefile has it. */
function staticEdits(evidence: Evidence, reason: string | undefined): BuildEdit[] {
  if (reason === undefined) return [];
  const builds = evidence.commands.filter(isGoBuild);
  const edits = builds.flatMap((command) => staticFlag(command, evidence, reason) ?? []);
  const hidden = new Set<Instruction>();
  for (const { role, marks, instruction } of evidence.world.tree.entries) {
    const isSeen = builds.some((command) => command.script.instruction === instruction && command.script.isMapped);
    const made = role === 'artifact' && !marks.includes('static') && instruction.keyword === 'RUN';
    if (made && !isSeen && !edits.some(({ start, end }) => start >= instruction.start && end <= instruction.end)) {
      hidden.add(instruction);
    }
  }
  const [first] = [...hidden].sort((a, b) => a.index - b.index);
  if (first && !edits.length) {
    const { source } = evidence.document;
    const keyword = source.slice(first.keywordRange) === 'run' ? 'env' : 'ENV';
    const start = blockStart(evidence.document, first);
    edits.push({
      start,
      end: start,
      text: `${keyword} CGO_ENABLED=0${source.eol}`,
      why: `the program is linked statically, because ${reason}`,
    });
  }
  return edits;
}

function staticFlag(command: ShellCommand, subject: Subject, reason: string): BuildEdit | undefined {
  const { flag, already } = staticLinking('go')!;
  if (settingOf('CGO_ENABLED', command, subject) !== undefined || already.test(subject.document.source.slice(command)))
    return undefined;
  const build = readGoBuild(
    command.args.map(({ value }) => value),
    '/',
  );
  if (!command.script.isMapped || build?.packages.some((name) => name.includes('@'))) return undefined;
  return {
    start: command.start,
    end: command.start,
    text: `${flag} `,
    why: `the program is linked statically, because ${reason}`,
  };
}

function dynamicProgram(
  evidence: Evidence,
  sources: GoSources,
  reason: string,
): Pick<Proposal, 'runtimes' | 'needs' | 'assumptions'> {
  const { system } = evidence;
  const libc = system.libc === 'musl' ? 'musl' : 'glibc';
  const needs: Need[] = [
    { kind: 'libc', libc, why: `the program is linked with it: ${reason}` },
    ...commonNeeds(evidence, sources),
  ];
  const release = system.suite?.release;
  const options: RuntimeOption[] =
    libc === 'musl'
      ? [{ image: release === undefined ? newestAlpine : `alpine:${release}` }]
      : [
          { image: 'gcr.io/distroless/base-debian13', offers: ['zoneinfo', 'ca'] },
          { image: release === undefined ? 'debian:stable-slim' : `debian:${release}-slim` },
        ];
  const assumptions = [...commonAssumptions(evidence, sources)];
  for (const { name } of evidence.world.packages.filter((item) => /-dev(?:el)?$/.test(item.name))) {
    const library = runtimeLibrary(name, system.suite);
    if (library === undefined) {
      assumptions.push({
        sentence: `the libraries of ${name} are linked in, or the runtime image has them`,
        isUnproved: true,
      });
    } else if (library !== 'none') needs.push({ kind: 'package', name: library, why: `${name} is linked` });
  }
  return { runtimes: options, needs, assumptions };
}

function commonNeeds(evidence: Evidence, sources: GoSources): Need[] {
  const needs: Need[] = [];
  const tls = mayUseTls(sources);
  if (tls !== undefined && hasCertificates(evidence)) needs.push({ kind: 'ca', why: tls });
  const isPossible = !sources.isComplete;
  const unknown = sources.isThere ? 'its modules may need it' : 'its sources are not at hand';
  const zones = evidence.stage.scope.exported('TZ')
    ? 'TZ is set'
    : sources.usesZones
      ? 'it calls time.LoadLocation'
      : sources.isComplete
        ? undefined
        : unknown;
  if (zones !== undefined) needs.push(...zoneNeed(evidence, zones, zones === unknown));
  const files = sources.usesTemp ? 'it makes temporary files' : sources.isComplete ? undefined : unknown;
  if (files !== undefined) needs.push({ kind: 'tmp', why: files, isPossible: isPossible && !sources.usesTemp });
  if (sources.imports.has('os/user')) needs.push({ kind: 'accounts', why: 'it imports os/user' });
  for (const path of sources.programs) {
    needs.push({ kind: 'program', name: path.slice(path.lastIndexOf('/') + 1), why: 'the program starts it' });
  }
  return needs;
}

/** Whether the build stage has a bundle of certificates; a program that had none needs none. */
function hasCertificates({ system, world }: Evidence): boolean {
  if (system.sdk || system.runtime?.hasCa) return true;
  return world.packages.some(({ name }) => /^(?:ca-certificates|git|curl|wget)$/.test(name));
}

/** The golang images have the time zones below GOROOT, where a Go program looks for them by itself. */
function zoneNeed({ world, commands }: Evidence, why: string, isPossible: boolean): Need[] {
  const path = '/usr/local/go/lib/time/zoneinfo.zip';
  // Elsewhere the package tzdata says that they are wanted.
  if (world.base.variables.GOPATH === undefined) return [];
  // -trimpath takes GOROOT out of the program.
  const isTrimmed = commands.some(({ args }) => args.some(({ value }) => value === '-trimpath'));
  const variable = { kind: 'variable', name: 'ZONEINFO', value: path, why } as const;
  return [
    { kind: 'zoneinfo', why, isPossible, supply: [{ kind: 'copy', path, why }, ...(isTrimmed ? [variable] : [])] },
  ];
}

function commonAssumptions(_: Evidence, sources: GoSources): Assumption[] {
  return sources.imports.has('os/exec') && sources.programs.length === 0
    ? [{ sentence: 'the program starts no other program that the runtime image lacks', isUnproved: true }]
    : [];
}

function embeddedFiles({ world }: Evidence, { embedded }: GoSources): NonNullable<Proposal['leave']> {
  const files = new Set(embedded);
  return world.tree.entries
    .filter(({ contextPath, kind }) => kind === 'file' && contextPath !== undefined && files.has(contextPath))
    .map(({ path }) => ({ path, role: 'source', why: 'it is compiled into the program' }));
}
