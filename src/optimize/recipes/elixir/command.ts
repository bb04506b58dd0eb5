import { joinPath } from '../../../dockerfile/index.ts';
import { optionOf } from '../../effects/files.ts';
import { startedBelow } from '../../started.ts';
import type { Call, Effect, Subject } from '../../types.ts';
import type { World } from '../../world.ts';

const NONE: readonly Effect[] = [];
/** Marks the folder of a release, with the virtual machine in it. */
export const RELEASE = 'release';
/** In front of the folder of the project that a release was made of. */
export const PROJECT = 'mix-project:';

const VALUE_OPTIONS = /^(?:--path|--version|--only|--target)$/;

/** The text of the project's mix.exs, if the build context has it. */
export function mixFile(folder: string, world: World, { context }: Pick<Subject, 'context'>): string | undefined {
  const path = joinPath(folder, 'mix.exs');
  const entry = path === undefined ? undefined : world.tree.get(path);
  return entry?.contextPath === undefined ? undefined : context.readText(entry.contextPath);
}

/** What `mix` writes; undefined for commands that are not Elixir's or Erlang's. */
export function mixEffects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  if (/^(?:elixir|elixirc|iex|erl|rebar3?)$/.test(call.name))
    return /^(?:elixirc|rebar3?)$/.test(call.name)
      ? [{ kind: 'unknown', below: call.cwd, why: `what \`${call.name}\` writes is not known` }]
      : NONE;
  if (call.name !== 'mix') return undefined;
  const made = [
    ...['/root/.mix', '/root/.hex', '/root/.cache'].map((path) => folder(path, 'cache')),
    folder(joinPath(call.cwd, '_build')!, 'cache'),
    folder(joinPath(call.cwd, 'deps')!, 'dependency'),
  ];
  // `mix do deps.get, compile, release` has several tasks.
  const tasks = call.args.join(' ').split(/,\s|\s\+\s/);
  const task = tasks.find((text) => /^(?:do\s+)?(?:distillery\.)?release(?:\s|$)/.test(text.trim()));
  if (task === undefined) return made;
  return [
    ...made,
    ...releaseEffects(
      call,
      task
        .trim()
        .replace(/^do\s+/, '')
        .split(/\s+/)
        .slice(1),
      world,
      subject,
    ),
  ];
}

function folder(path: string, role: 'cache' | 'dependency'): Effect {
  return { kind: 'write', path, entry: 'folder', isOpaque: true, role, origin: 'made by `mix`' };
}

function releaseEffects(call: Call, words: readonly string[], world: World, subject: Subject): readonly Effect[] {
  const text = mixFile(call.cwd, world, subject) ?? '';
  const marks = [RELEASE, PROJECT + call.cwd];
  const origin = 'made by `mix release`';
  const at = (path: string): Effect => {
    return { kind: 'write', path, entry: 'folder', isOpaque: true, role: 'artifact', origin, marks };
  };
  const chosen = optionOf(call, '--path');
  const unknown: Effect = { kind: 'unknown', below: call.cwd, why: 'where `mix release` writes is not known' };
  if (chosen !== undefined) {
    const path = call.path(chosen);
    return path === undefined ? [unknown] : [at(path)];
  }
  const root = releases(call, text);
  if (root === undefined) return [unknown];
  const name = words.find((word, index) => !word.startsWith('-') && !VALUE_OPTIONS.test(words[index - 1] ?? ''));
  if (name !== undefined) return /[$`]/.test(name) ? [unknown] : [at(`${root}/${name}`)];
  const app = /\breleases:/.test(text) ? undefined : /^\s*app:\s*:(\w+)/m.exec(text)?.[1];
  if (app !== undefined) return [at(`${root}/${app}`)];
  const started = startedBelow(root, subject, world).map((path) => path.slice(root.length + 1).split('/')[0]!);
  // Which one is made when none is named; what is started tells, or what is copied from there.
  return started.length > 0 ? [...new Set(started)].map((item) => at(`${root}/${item}`)) : [at(root)];
}

/** The folder in which releases are made; undefined where a setting that is not known decides. */
function releases(call: Call, text: string): string | undefined {
  const environment = call.env('MIX_ENV') ?? 'dev';
  if (/[$`]/.test(environment) || /\bbuild_path:/.test(text)) return undefined;
  // A project may say itself which environment a task is for.
  if (call.env('MIX_ENV') === undefined && /\brelease:\s*:\w+/.test(text)) return undefined;
  const own = call.env('MIX_BUILD_PATH');
  if (own !== undefined) return call.path(`${own}/rel`);
  return call.path(`${call.env('MIX_BUILD_ROOT') ?? '_build'}/${environment}/rel`);
}
