import type { Range, ScriptRedirect } from '../dockerfile/index.ts';
import { type Argument, BUILD, COPY, GLOBAL, type Option, OTHER, REMOVE, RUN, splitOptions } from './options.ts';
import type { BuildStep, CopyOutStep, CreateStep, KeptOption, Mount, RunRequest, RunStep, Step } from './types.ts';
import { Refusal } from './types.ts';
import type { Unit } from './units.ts';
import { type Environment, ROOT, TOKEN, toHostPath, type Value } from './values.ts';

/** What is known where a command stands. */
export interface Place extends Range {
  readonly text: string;
  readonly unit: Unit;
  readonly env: Environment;
  readonly redirects: readonly ScriptRedirect[];
  /** The variable that takes the command's output, and the token it holds from now on. */
  readonly assigned?: { readonly variable: string; readonly token: string } | undefined;
}

const ALIASES: Readonly<Record<string, string>> = {
  'image build': 'build',
  'buildx build': 'build',
  'buildx b': 'build',
  'builder build': 'build',
  bud: 'build',
  'build-using-dockerfile': 'build',
  'container create': 'create',
  'container run': 'run',
  'container cp': 'cp',
  'container rm': 'rm',
  'container stop': 'stop',
  'container kill': 'kill',
  'container wait': 'wait',
  'container logs': 'logs',
  'container start': 'start',
  'container exec': 'exec',
  'container commit': 'commit',
  'container export': 'export',
  'image rm': 'rmi',
  'image tag': 'tag',
  'image push': 'push',
};

/** The engine's subcommand and what follows it; undefined for what is no engine's. */
export function readSubcommand(words: readonly Argument[]): { name: string; args: readonly Argument[] } | undefined {
  const program = words[0];
  if (
    program === undefined ||
    !/(?:^|\/|\$\{?[A-Z_]*)(?:docker|podman|buildah|nerdctl|DOCKER|PODMAN|BUILDAH)(?:_(?:CMD|BIN|EXE|COMMAND))?\}?$/.test(
      program.text,
    )
  )
    return undefined;
  const { operands } = splitOptions(words.slice(1), GLOBAL, true);
  const [first, second] = operands;
  if (first === undefined) return { name: '', args: [] };
  const alias = ALIASES[`${first.text} ${second?.text}`];
  if (alias !== undefined) return { name: alias, args: operands.slice(2) };
  const isGroup = /^(?:image|container|buildx|builder|system|volume|network|manifest)$/.test(first.text);
  const name = isGroup ? `${first.text} ${second?.text ?? ''}`.trim() : (ALIASES[first.text] ?? first.text);
  return { name, args: operands.slice(isGroup ? 2 : 1) };
}

/** An image's name as tags are compared: `app` is `app:latest`. */
export function imageName(text: string): string {
  if (text.includes('@') || /:[^/]*$/.test(text)) return text;
  return `${text}:latest`;
}

/** Makes a step of an engine's subcommand. */
export function readEngineCommand(name: string, args: readonly Argument[], place: Place): Step {
  const base = { start: place.start, end: place.end, text: place.text, unit: place.unit };
  switch (name) {
    case 'build':
      return readBuild(args, place);
    case 'create':
    case 'run':
      return readRun(name, args, place);
    case 'cp':
      return readCopy(args, place);
    case 'rm':
    case 'stop':
    case 'kill':
    case 'wait':
    case 'logs': {
      const { operands } = splitOptions(args, name === 'rm' ? REMOVE : OTHER);
      return { kind: 'remove', containers: operands.map(({ text }) => text), images: [], ...base };
    }
    case 'rmi': {
      const { operands } = splitOptions(args, REMOVE);
      return { kind: 'remove', containers: [], images: operands.map(({ text }) => imageName(text)), ...base };
    }
    case 'tag': {
      const { operands } = splitOptions(args, OTHER);
      const [from = '', to = ''] = operands.map(({ text }) => imageName(text));
      return { kind: 'tag', from, to, ...base };
    }
    case 'start': {
      const { operands } = splitOptions(args, OTHER);
      return { kind: 'start', container: operands[0]?.text ?? '', ...base };
    }
    case 'push':
    case 'save':
    case 'history':
    case 'inspect':
    case 'image inspect':
    case 'scan': {
      const { operands } = splitOptions(args, {
        valued: [...OTHER.valued, 'o output', 'f format'],
        flags: OTHER.flags,
      });
      return {
        kind: 'use',
        images: operands.map(({ text }) => imageName(text)),
        containers: operands.map(({ text }) => text),
        name,
        ...base,
      };
    }
    case 'pull':
    case 'login':
    case 'logout':
    case 'version':
    case 'info':
    case 'images':
    case 'ps':
    case 'image ls':
    case 'image prune':
    case 'system prune':
    case 'volume prune':
    case '':
      return { kind: 'use', images: [], containers: [], name, ...base };
    default: {
      const mentioned = args.map(({ text }) => text);
      return { kind: 'use', images: mentioned.map(imageName), containers: mentioned, name, isDark: true, ...base };
    }
  }
}

/** Options of a build that decide what comes out of it; they go to the build that remains. */
const CARRIED = new Set(
  'no-cache pull network secret ssh add-host security-opt shm-size ulimit memory memory-swap allow builder build-context'.split(
    ' ',
  ),
);
/** Those that are of no weight for an image that is only built to be copied from. */
const DROPPED = new Set(
  'tag file build-arg target platform label rm force-rm quiet squash compress disable-content-trust load progress cache-from cache-to iidfile metadata-file attest annotation sbom provenance isolation cgroup-parent cpu-shares cpu-period cpu-quota cpuset-cpus cpuset-mems layers format runtime jobs logfile storage-driver debug pull-always pull-never'.split(
    ' ',
  ),
);

function readBuild(args: readonly Argument[], place: Place): BuildStep {
  const { env } = place;
  const { options, operands, unknown } = splitOptions(args, BUILD);
  const problems: Refusal[] = [];
  const refuse = (code: Refusal['code'], reason: string, at: Range) => problems.push(new Refusal(code, reason, at));
  for (const word of unknown)
    refuse('unknown-option', `the option \`${word.written}\` of the build is not known`, word);
  const last = (name: string) => options.findLast((option) => option.name === name);
  const all = (name: string) => options.filter((option) => option.name === name);
  for (const option of options) {
    if (CARRIED.has(option.name) || DROPPED.has(option.name)) continue;
    refuse('unknown-option', `the option \`--${option.name}\` of the build is not supported`, option);
  }
  if (operands.length > 1) refuse('unknown-option', 'the build has more than one context', operands[1]!);
  const contextWord = operands[0];
  const file = last('file');
  const input = place.redirects.find(({ operator }) => operator === '<' || operator === '<<' || operator === '<<-');
  const isStdin = contextWord?.text === '-' || file?.value?.text === '-';
  let context: string | undefined;
  if (contextWord === undefined) refuse('context', 'the build has no context', place);
  else if (contextWord.text !== '-') {
    context = hostPath(contextWord, env, refuse);
    if (/^(?:https?|git|ssh):|^git@|\.git(?:#|$)/.test(contextWord.text))
      refuse('context', `the context \`${contextWord.written}\` is not on this machine`, contextWord);
  }
  const dockerfile = ((): BuildStep['dockerfile'] => {
    if (isStdin) return readInput(input, env, place, refuse);
    if (file?.value) return { path: hostPath(file.value, env, refuse) ?? '' };
    return { path: context === undefined || context === '' ? 'Dockerfile' : `${context}/Dockerfile` };
  })();
  const target = last('target');
  const platform = last('platform');
  for (const option of [target, platform]) {
    if (option?.value?.isKnown === false)
      refuse('unknown-value', `what \`${option.value.written}\` is, only a run of the script tells`, option);
  }
  const tags = all('tag').flatMap(({ value }) => (value ? [imageName(value.text)] : []));
  return {
    kind: 'build',
    start: place.start,
    end: place.end,
    text: place.text,
    unit: place.unit,
    tags: place.assigned ? [...tags, imageName(place.assigned.token)] : tags,
    variable: place.assigned?.variable,
    dockerfile,
    context,
    target: target?.value?.text,
    platform: platform?.value?.text,
    buildArgs: all('build-arg').map((option) => readBuildArg(option, env)),
    options: options.filter(({ name }) => CARRIED.has(name)).map((option) => keep(option)),
    cwd: env.cwd,
    words: {
      optionsAt: (args[0] ?? place).start,
      context: contextWord ?? place,
      file,
      target,
      input,
    },
    problem: problems[0],
  };
}

type Refuse = (code: Refusal['code'], reason: string, at: Range) => void;

function keep({ name, value, start, end }: Option): KeptOption {
  return { name, text: value === undefined ? `--${name}` : `--${name}=${writtenValue(value)}`, start, end };
}

/** `--name="$X"` and `--name "$X"` alike. */
function writtenValue({ written, text }: Argument): string {
  const inline = /^--?[\w-]+=(.*)$/s.exec(written);
  return inline ? inline[1]! : /^-\w/.test(written) && !text.startsWith('-') ? text : written;
}

function readBuildArg(option: Option, env: Environment): BuildStep['buildArgs'][number] {
  const { value, start, end } = option;
  const text = value?.text ?? '';
  const equals = text.indexOf('=');
  const written = value === undefined ? '' : writtenValue(value);
  if (equals < 0) {
    const known = env.get(text);
    return { name: text, value: known?.isKnown ? known.text : undefined, text: written, start, end };
  }
  return {
    name: text.slice(0, equals),
    value: value?.isKnown ? text.slice(equals + 1) : undefined,
    text: written,
    start,
    end,
  };
}

function readInput(
  input: ScriptRedirect | undefined,
  env: Environment,
  place: Place,
  refuse: Refuse,
): BuildStep['dockerfile'] {
  if (input?.operator === '<' && input.target) {
    const value = env.evaluate(input.target);
    return {
      path: hostPath({ ...value, written: input.target.text, start: input.start, end: input.end }, env, refuse) ?? '',
    };
  }
  if (input?.body) return { text: heredocText(input, env, refuse) };
  refuse('no-dockerfile', 'the Dockerfile comes from another command', place);
  return { text: '' };
}

/** What the shell makes of a heredoc. */
export function heredocText({ body, operator }: ScriptRedirect, env: Environment, refuse: Refuse): string {
  if (!body) return '';
  const { text, isKnown } = env.join(body.parts);
  if (!isKnown) refuse('unknown-value', 'what the shell makes of this text, only a run of the script tells', body);
  return operator === '<<-' ? text.replace(/^\t+/gm, '') : text;
}

/** A word as a path of the host; refuses what cannot be known. */
export function hostPath(word: Argument, env: Environment, refuse: Refuse): string | undefined {
  if (!word.isKnown || word.isGlob === true) {
    refuse('unknown-value', `which path \`${word.written}\` is, only a run of the script tells`, word);
    return undefined;
  }
  const path = toHostPath(word.text, env.cwd);
  if (path === undefined) refuse('context', `\`${word.written}\` lies outside the folder of the project`, word);
  return path;
}

function readRun(name: 'create' | 'run', args: readonly Argument[], place: Place): CreateStep | RunStep {
  const { env } = place;
  const { options, operands, unknown } = splitOptions(args, RUN, true);
  const problems: Refusal[] = [];
  const refuse: Refuse = (code, reason, at) => problems.push(new Refusal(code, reason, at));
  for (const word of unknown)
    refuse('unknown-option', `the option \`${word.written}\` of \`${name}\` is not known`, word);
  const last = (option: string) => options.findLast((one) => one.name === option);
  const has = (option: string) => options.some((one) => one.name === option);
  for (const option of options) checkRunOption(option, refuse);
  const [image, ...command] = operands;
  if (image === undefined) refuse('unknown-image', 'no image is named', place);
  for (const word of command) {
    if (!word.isKnown) refuse('unknown-value', `what \`${word.written}\` is, only a run of the script tells`, word);
  }
  const mounts = options.flatMap((option) => readMount(option, env, refuse) ?? []);
  const request: RunRequest = {
    command: command.length === 0 ? undefined : command.map(({ text }) => text),
    entrypoint: last('entrypoint')?.value?.text,
    env: options.flatMap(({ name: option, value }) => {
      if (option !== 'env' || value === undefined) return [];
      const equals = value.text.indexOf('=');
      if (equals > 0 && value.isKnown)
        return [{ name: value.text.slice(0, equals), value: value.text.slice(equals + 1) }];
      const known = equals < 0 ? env.get(value.text) : undefined;
      if (known?.isKnown) return [{ name: value.text, value: known.text }];
      if (equals > 0 || known)
        refuse('unknown-value', `what \`${value.written}\` is, only a run of the script tells`, value);
      return [];
    }),
    workdir: last('workdir')?.value?.text,
    user: last('user')?.value?.text,
    isUserKnown: last('user')?.value?.isKnown ?? true,
    mounts,
    isDetached: has('detach'),
    platform: last('platform')?.value?.text,
  };
  const base = { start: place.start, end: place.end, text: place.text, unit: place.unit, problem: problems[0] };
  const container = place.assigned?.token ?? last('name')?.value?.text;
  const target = imageName(image?.text ?? '');
  if (name === 'create' || (container !== undefined && !has('rm'))) {
    const runs = name === 'run';
    return { kind: 'create', container: container ?? '', image: target, runs, request, ...base };
  }
  return { kind: 'run', image: target, request, outputs: [], ...base };
}

const HARMLESS_RUN = new Set(
  'name volume mount workdir env user entrypoint network net publish platform label hostname memory memory-swap cpu-shares cpu-period cpu-quota cpuset-cpus cpuset-mems shm-size ulimit cpus dns add-host cidfile restart log-driver log-opt pull cap-drop tmpfs stop-signal stop-timeout expose attach pids-limit rm interactive tty detach init publish-all read-only no-healthcheck sig-proxy quiet disable-content-trust userns arch'.split(
    ' ',
  ),
);

function checkRunOption(option: Option, refuse: Refuse): void {
  const { name, value } = option;
  if (name === 'privileged' || name === 'device' || name === 'cap-add' || name === 'gpus' || name === 'security-opt') {
    refuse('privileged', `\`--${name}\` gives the container what no build has`, option);
  } else if (name === 'link' || name === 'volumes-from') {
    refuse('running-service', `\`--${name}\` needs another container`, option);
  } else if (!HARMLESS_RUN.has(name)) {
    refuse('unknown-option', `the option \`--${name}\` of the run is not supported`, option);
  } else if ((name === 'network' || name === 'net') && !/^(?:host|bridge|default|none)$/.test(value?.text ?? '')) {
    refuse('running-service', `the network \`${value?.written}\` is one of other containers`, option);
  }
}

/** Where tools keep what they have downloaded; without it they only take longer. */
const CACHE =
  /(?:^|\/)(?:\.m2|\.cache|\.npm|\.cargo|\.gradle|\.ivy2|\.sbt|\.yarn|\.pnpm-store|go\/pkg|go-build|ccache|\.ccache|registry|pkg\/mod)(?:\/|$)/;

function readMount(option: Option, env: Environment, refuse: Refuse): Mount | undefined {
  const { name, value } = option;
  if (value === undefined || (name !== 'volume' && name !== 'mount')) return undefined;
  const fields = name === 'volume' ? value.text.split(':') : mountFields(value.text);
  const [source = '', target = '', flags = ''] = fields;
  if (/docker\.sock/.test(value.text)) {
    refuse('privileged', 'the container gets the socket of the engine', option);
    return undefined;
  }
  if (CACHE.test(target)) return undefined;
  const isNamed = !/^[./~\0$]/.test(source);
  if (target === '' || isNamed) {
    refuse('mount', `the volume \`${value.written}\` outlives the run`, option);
    return undefined;
  }
  if (source.includes('$') || source.startsWith('~') || target.includes('$')) {
    refuse('unknown-value', `which folder \`${value.written}\` is, only a run of the script tells`, option);
    return undefined;
  }
  const path = hostPath({ ...value, text: source, isKnown: true }, env, refuse);
  if (path === undefined) return undefined;
  return { source: path, target, readOnly: /\bro\b|\breadonly\b/.test(flags), start: option.start, end: option.end };
}

/** `type=bind,source=A,target=B,readonly` as source, target and the rest. */
function mountFields(text: string): string[] {
  const fields = text.split(',').map((field) => field.split(/=(.*)/s) as [string, string?]);
  const find = (...names: string[]) => fields.find(([key]) => names.includes(key))?.[1];
  const isBind = (find('type') ?? 'volume') === 'bind';
  const rest = fields.map(([key]) => key).join(',');
  return [isBind ? (find('source', 'src') ?? '') : '', find('target', 'dst', 'destination') ?? '', rest];
}

function readCopy(args: readonly Argument[], place: Place): Step {
  const { env } = place;
  const base = { start: place.start, end: place.end, text: place.text, unit: place.unit };
  const { operands, unknown, options } = splitOptions(args, COPY);
  const problems: Refusal[] = [];
  const refuse: Refuse = (code, reason, at) => problems.push(new Refusal(code, reason, at));
  for (const word of unknown) refuse('unknown-option', `the option \`${word.written}\` of \`cp\` is not known`, word);
  if (options.some(({ name }) => name === 'follow-link'))
    refuse('unknown-option', 'what a followed link of the image leads to is not known', place);
  const [from, to] = operands;
  const colon = from?.text.indexOf(':') ?? -1;
  if (from === undefined || to === undefined || operands.length > 2 || colon < 1) {
    const isInto = to !== undefined && /^[^./][^/]*:/.test(to.text);
    refuse(
      'unsupported',
      isInto ? 'files are copied into a container' : 'a copy has a path in a container and one on the host',
      place,
    );
    return {
      kind: 'use',
      images: [],
      containers: [(to?.text ?? '').split(':')[0]!],
      name: 'cp',
      isDark: true,
      ...base,
      problem: problems[0],
    };
  }
  const source = { ...from, text: from.text.slice(colon + 1) } satisfies Value;
  if (source.text.includes('$') || source.text.includes('`'))
    refuse('unknown-value', `which path \`${from.written}\` is, only a run of the script tells`, from);
  else if (isOdd(source.text)) refuse('unsupported', 'the path has signs that mean something to COPY', from);
  if (to.text === '-') refuse('unsupported', 'the copy goes to another command', place);
  const path = hostPath(to, env, refuse) ?? '';
  const step: CopyOutStep = {
    kind: 'copy-out',
    container: from.text.slice(0, colon),
    from: cleanImagePath(source.text),
    isContent: /\/\.\/?$/.test(source.text),
    to: path,
    toFolder: /(?:^|\/)\.{0,2}$/.test(to.text),
    ...base,
    problem: problems[0],
  };
  return step;
}

/** Signs that a Dockerfile would take for wildcards, variables, escapes or the end of a line. */
function isOdd(path: string): boolean {
  return /[*?[\]\\"$\r\n]/.test(path) || path.includes(ROOT) || path.includes(TOKEN);
}

/** Absolute, without what says nothing. */
export function cleanImagePath(text: string): string {
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
