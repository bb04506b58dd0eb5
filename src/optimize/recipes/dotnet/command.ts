import { joinPath } from '../../../dockerfile/index.ts';
import { optionOf } from '../../effects/files.ts';
import type { Call, Effect, Subject } from '../../types.ts';
import type { World } from '../../world.ts';
import { type DotnetProject, readProject, referencedProjects } from './project.ts';

const NONE: readonly Effect[] = [];
/** Marks of what `dotnet publish` wrote; `self-contained` has its own runtime in it. */
export const PUBLISHED = 'dotnet-published';
export const SELF_CONTAINED = 'self-contained';
/** In front of the path of the project that was published. */
export const PROJECT = 'dotnet-project:';

const PROJECT_FILE = /\.(?:cs|fs|vb)proj$/;
const TRUE = /^true$/i;

/** Reads files that the stage copied from the build context. */
export function projectReader(
  world: World,
  { context }: Pick<Subject, 'context'>,
): (path: string) => string | undefined {
  return (path) => {
    const entry = world.tree.get(path);
    return entry?.contextPath === undefined ? undefined : context.readText(entry.contextPath);
  };
}

/** What `dotnet` writes; undefined for other commands. */
export function dotnetEffects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  if (call.name === 'nuget') return NONE;
  if (call.name !== 'dotnet' && call.name !== 'msbuild') return undefined;
  const [verb = '', ...rest] = call.args;
  switch (verb) {
    case 'restore':
    case 'build':
    case 'test':
    case 'clean': {
      const path = call.path(optionOf(call, '-o', '--output') ?? '');
      const built =
        path === undefined || !optionOf(call, '-o', '--output') ? [] : [cache(path, `built by \`dotnet ${verb}\``)];
      return [...intermediate(call, rest, world, subject), ...built];
    }
    case 'publish':
      return publishEffects(call, rest, world, subject);
    case 'tool': {
      const path = optionOf(call, '--tool-path') ?? '/root/.dotnet/tools';
      return [{ kind: 'write', path, entry: 'folder', isOpaque: true, role: 'toolchain' }];
    }
    case 'workload':
    case 'nuget':
    case 'dev-certs':
    case 'sln':
    case 'add':
    case 'list':
    case '--info':
    case '--version':
    case '--list-sdks':
      return NONE;
    default:
      return [{ kind: 'unknown', below: call.cwd, why: `what \`dotnet ${verb}\` writes is not known` }];
  }
}

const VALUE_OPTIONS =
  /^(?:-c|--configuration|-o|--output|-f|--framework|-r|--runtime|-v|--verbosity|-a|--arch|--os|--source|-s|--version-suffix|--logger|-l|--filter|--packages|--configfile|--artifacts-path|--tl)$/;

/** The project files that a command means, and those they refer to; undefined where that is not known. */
function projectsOf(call: Call, rest: readonly string[], world: World): readonly string[] | undefined {
  const word = rest.find((arg, at) => !/^[-/]/.test(arg) && !VALUE_OPTIONS.test(rest[at - 1] ?? ''));
  const meant = call.path(word ?? '.');
  if (meant === undefined) return undefined;
  if (/\.(?:\w+proj|slnx?)$/.test(meant)) return [meant];
  const inFolder = world.tree
    .under(meant)
    .map(({ path }) => path)
    .filter((path) => path.slice(0, path.lastIndexOf('/')) === (meant === '/' ? '' : meant));
  const solutions = inFolder.filter((path) => /\.slnx?$/.test(path));
  const projects = inFolder.filter((path) => PROJECT_FILE.test(path));
  const found = projects.length > 0 && solutions.length === 0 ? projects : solutions;
  return found.length === 1 ? found : undefined;
}

/** `bin` and `obj` beside every project that is built. */
function intermediate(call: Call, rest: readonly string[], world: World, subject: Subject): readonly Effect[] {
  const read = projectReader(world, subject);
  const named = projectsOf(call, rest, world) ?? [];
  const all = new Set([...named, ...named.flatMap((path) => referencedProjects(path, read))]);
  const folders = [...all].filter((path) => PROJECT_FILE.test(path)).map((path) => path.replace(/\/[^/]*$/, ''));
  const made = (folders.length > 0 ? folders : [call.cwd === '/' ? '' : call.cwd]).flatMap((folder) =>
    ['bin', 'obj'].map((name): Effect => cache(`${folder}/${name}`, 'written by `dotnet`')),
  );
  return [...made, cache('/root/.nuget', 'fetched by NuGet')];
}

function cache(path: string, origin: string): Effect {
  return { kind: 'write', path, entry: 'folder', isOpaque: true, role: 'cache', origin };
}

function publishEffects(call: Call, rest: readonly string[], world: World, subject: Subject): readonly Effect[] {
  const origin = 'published by `dotnet publish`';
  const read = projectReader(world, subject);
  const [file] = projectsOf(call, rest, world) ?? [];
  const projects =
    file === undefined
      ? []
      : PROJECT_FILE.test(file)
        ? [file]
        : referencedProjects(file, read).filter((path) => PROJECT_FILE.test(path));
  const effects = [...intermediate(call, rest, world, subject)];
  const output = property(rest, 'PublishDir') ?? optionOf(call, '-o', '--output');
  const known = projects.flatMap((path) => readProject(path, read) ?? []);
  if (output !== undefined) {
    const path = call.path(output.replace(/(?<=.)\/$/, ''));
    if (path === undefined)
      return [{ kind: 'unknown', below: call.cwd, why: 'where `dotnet publish` writes is not known' }];
    const [only] = known.filter(({ isExecutable }) => isExecutable);
    return [...effects, published(path, origin, known.length === 1 ? known[0] : only, rest)];
  }
  for (const project of known) {
    if (!project.isExecutable) continue;
    const folder = defaultOutput(project, rest, subject);
    if (folder !== undefined) effects.push(published(folder, origin, project, rest));
    else
      effects.push({
        kind: 'unknown',
        below: `${project.folder}/bin`,
        why: `where \`dotnet publish\` puts ${project.path} is not known`,
      });
  }
  if (known.length === 0)
    effects.push({ kind: 'unknown', below: call.cwd, why: 'which project `dotnet publish` publishes is not known' });
  return effects;
}

/** `bin/Release/net8.0[/linux-x64]/publish` */
function defaultOutput(project: DotnetProject, rest: readonly string[], subject: Subject): string | undefined {
  const framework = option(rest, '-f', '--framework') ?? project.framework;
  // The default is Release since the SDK of .NET 8.
  const major = Number(/^(\d+)/.exec(subject.stage.image?.tag ?? '')?.[1]);
  const fallback = Number.isNaN(major) ? undefined : major >= 8 ? 'Release' : 'Debug';
  const configuration = option(rest, '-c', '--configuration') ?? property(rest, 'Configuration') ?? fallback;
  const rid = option(rest, '-r', '--runtime') ?? project.properties.get('runtimeidentifier');
  const parts = ['bin', configuration, framework, ...(rid === undefined ? [] : [rid]), 'publish'];
  if (parts.some((part) => part === undefined || /[$`]/.test(part))) return undefined;
  return joinPath(project.folder, parts.join('/'));
}

function published(path: string, origin: string, project: DotnetProject | undefined, rest: readonly string[]): Effect {
  const marks = [PUBLISHED];
  if (project) marks.push(PROJECT + project.path);
  if (isSelfContained(project, rest)) marks.push(SELF_CONTAINED);
  return { kind: 'write', path, entry: 'folder', isOpaque: true, role: 'artifact', origin, marks };
}

/** Whether the runtime is in what is published, as the command and the project say; the command has the last word. */
function isSelfContained(project: DotnetProject | undefined, rest: readonly string[]): boolean {
  if (rest.includes('--no-self-contained')) return false;
  const said = option(rest, '--self-contained', '--sc') ?? property(rest, 'SelfContained');
  if (said !== undefined) return said.startsWith('-') || TRUE.test(said);
  if (rest.some((arg) => /^--(?:self-contained|sc)(?:=true)?$/i.test(arg))) return true;
  const set = (name: string) => TRUE.test(property(rest, name) ?? project?.properties.get(name.toLowerCase()) ?? '');
  return set('SelfContained') || set('PublishSelfContained') || set('PublishAot');
}

/** The value of a property given on the command line: `-p:Name=value`, `/p:Name=value`. */
function property(rest: readonly string[], name: string): string | undefined {
  const pattern = new RegExp(`^(?:[-/]|--)p(?:roperty)?:${name}=(.*)$`, 'i');
  return rest.flatMap((arg) => pattern.exec(arg)?.[1] ?? []).at(-1);
}

function option(rest: readonly string[], ...names: readonly string[]): string | undefined {
  for (const [at, arg] of rest.entries()) {
    if (names.includes(arg)) return rest[at + 1];
    const name = names.find((each) => arg.startsWith(`${each}=`) || arg.startsWith(`${each}:`));
    if (name !== undefined) return arg.slice(name.length + 1);
  }
  return undefined;
}
