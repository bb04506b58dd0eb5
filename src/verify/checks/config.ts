import type { ImageConfig } from '../../image/index.ts';
import { inReach, tracesOf } from '../lost.ts';
import { type Evidence, makeCheck, type Outcome } from '../model.ts';
import type { Pair, Snapshot } from '../snapshot.ts';
import { entryKind } from '../traits.ts';
import type { StaticCheck, StaticFacts } from './check.ts';

/** The effective config: what a container of the image is started with. */
export const config: StaticCheck = {
  id: 'config',
  check(pair, facts) {
    const evidence = [
      ...platform(pair),
      ...command(pair),
      ...environment(pair, facts),
      ...workingDir(pair, facts),
      ...user(pair),
      ...lists(pair),
      ...labels(pair),
      ...single(pair),
    ];
    const fine =
      evidence.length === 0 ? 'The effective config is the same' : 'The config differs in ways that do no harm';
    return makeCheck('config', 'closes', fine, evidence);
  },
};

/** Start scripts of public images that set up the image's own tools and then start their arguments. */
const STARTER = /^(?:\/usr\/local\/bin\/mvn-entrypoint\.sh|\/__cacert_entrypoint\.sh)$/;

/** The words behind such a script, if it is the base's own, and nobody has asked it to set anything up. */
function withoutStarter(snapshot: Snapshot, words: readonly string[]): readonly string[] {
  const [first = ''] = words;
  const script = snapshot.files.get(first);
  const isBases = script === undefined || snapshot.isBase(script);
  return STARTER.test(first) && isBases && !snapshot.config.env.has('USE_SYSTEM_CA_CERTS') ? words.slice(1) : words;
}

const show = (words: readonly string[]): string => (words.length === 0 ? 'none' : JSON.stringify(words));

function platform({ before, after }: Pair): Evidence[] {
  const name = ({ os, architecture, variant }: ImageConfig) => [os, architecture, variant].filter(Boolean).join('/');
  const [old, now] = [name(before.config), name(after.config)];
  const isSame = before.config.os === after.config.os && before.config.architecture === after.config.architecture;
  if (isSame) return [];
  const cause = { kind: 'config', field: 'platform' } as const;
  return [{ outcome: 'worse', message: `The platform was ${old} and is ${now}`, cause }];
}

function command({ before, after }: Pair): Evidence[] {
  const [old, now] = [before.command, after.command];
  const cause = { kind: 'config', field: before.config.entrypoint.length > 0 ? 'Entrypoint' : 'Cmd' } as const;
  const at = (outcome: Outcome, message: string): Evidence[] => [{ outcome, message, cause }];
  const other = shadow(before, after);
  if (other !== undefined) return at('worse', other);
  if (equal(old, now) && equal(before.config.entrypoint, after.config.entrypoint)) return [];
  if (now.length === 0) return at('worse', `The command ${show(old)} is lost`);
  if (old.length === 0) return at('changed', `There is a command now: ${show(now)}`);
  const doesSame = sameCommand(before, after);
  if (doesSame === undefined) return at('worse', `The command was ${show(old)} and is ${show(now)}`);
  if (takesOther(before, after))
    return at(
      'worse',
      `The command is split differently between ENTRYPOINT and CMD, so arguments of \`run\` end up elsewhere`,
    );
  return at('changed', doesSame);
}

/** The program of the original is still there, and another one of its name is found before it. */
function shadow(before: Snapshot, after: Snapshot): string | undefined {
  const [[one], [two]] = [before.chain.programs, after.chain.programs];
  if (one === undefined || two === undefined || before.command[0] !== after.command[0]) return undefined;
  const isThere = after.files.resolve(one.path)?.digest === one.entry.digest;
  if (!isThere || one.entry.digest === two.entry.digest) return undefined;
  return `${before.command[0]} is another program now: ${two.path} is found before ${one.path}`;
}

/** Why two commands that are not the same word for word do the same; undefined where they do not. */
function sameCommand(before: Snapshot, after: Snapshot): string | undefined {
  const [old, now] = [before.command, after.command];
  const [bare, other] = [withoutStarter(before, old), withoutStarter(after, now)];
  if (equal(old, now)) return 'The command is the same';
  if (equal(bare, other) && bare.length > 0) {
    const isGone = bare.length < old.length;
    return `${isGone ? old[0] : now[0]} of ${isGone ? 'the old' : 'the new'} base only starts the command: ${show(other)}`;
  }
  if (equal(unwrapped(old), unwrapped(now)))
    return `The command is started ${isShellForm(now) ? 'through a shell now' : 'without a shell now'}: ${show(now)}`;
  return onlyMoved(before, after) ? `The program is elsewhere: ${show(old)} became ${show(now)}` : undefined;
}

/** Whether what is said behind `run IMAGE` becomes of another part of the command. */
function takesOther(before: Snapshot, after: Snapshot): boolean {
  const [one, two] = [argumentsOf(before), argumentsOf(after)];
  // A shell that has dropped them may go if there are none by itself.
  return one !== two && !(one === DROPPED && after.config.cmd.length === 0 && two !== REPLACE);
}

const REPLACE = 'they take the place of the command';
const DROPPED = 'they are dropped';

/** What becomes of arguments of `run`: the words that they come behind, if they do. */
function argumentsOf(snapshot: Snapshot): string {
  const entrypoint = withoutStarter(snapshot, snapshot.config.entrypoint);
  if (entrypoint.length === 0) return REPLACE;
  return isShellForm(entrypoint) && entrypoint.length === 3 ? DROPPED : show(entrypoint.slice(1));
}

const isShellForm = (argv: readonly string[]): boolean =>
  /^(?:\/bin\/)?(?:sh|bash|ash)$/.test(argv[0] ?? '') && argv[1] === '-c';

/** The words of a shell form that does nothing but start one program. */
function unwrapped(argv: readonly string[]): readonly string[] {
  const text = argv[2];
  if (!isShellForm(argv) || argv.length !== 3 || text === undefined || /["'\\$`;&|<>(){}*?[\]#~\n]/.test(text))
    return argv;
  const words = text.trim().split(/\s+/);
  return words[0] === 'exec' ? words.slice(1) : words;
}

/** The same arguments for a program that has the same content, or the same name where it was linked again. */
function onlyMoved(before: Snapshot, after: Snapshot): boolean {
  const [old, now] = [unwrapped(before.command), unwrapped(after.command)];
  if (!equal(old.slice(1), now.slice(1))) return false;
  const [one] = before.follow(old[0] ?? '').programs;
  const [two] = after.follow(now[0] ?? '').programs;
  if (one === undefined || two === undefined) return false;
  if (one.entry.digest !== undefined && one.entry.digest === two.entry.digest) return true;
  return nameOf(one.path) === nameOf(two.path) && !after.isBase(two.entry) && !before.isBase(one.entry);
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const equal = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

/** Variables that only builds read. */
const BUILD_ONLY =
  /^(?:GOPATH|GOROOT|GOTOOLCHAIN|GOCACHE|GOMODCACHE|GOFLAGS|GOPROXY|GO111MODULE|GOOS|GOARCH|CGO_ENABLED|CARGO_HOME|RUSTUP_HOME|RUSTFLAGS|MAVEN_HOME|MAVEN_CONFIG|MAVEN_OPTS|M2_HOME|GRADLE_HOME|GRADLE_USER_HOME|GRADLE_OPTS|SBT_HOME|KOTLIN_HOME|PIP_[A-Z_]+|POETRY_[A-Z_]+|npm_config_[a-z_]+|NPM_CONFIG_[A-Z_]+|YARN_[A-Z_]+|PNPM_HOME|DEBIAN_FRONTEND|CC|CXX|CFLAGS|CXXFLAGS|LDFLAGS|MAKEFLAGS|NUGET_[A-Z_]+|DOTNET_(?:SDK_VERSION|USE_POLLING_FILE_WATCHER|NOLOGO|GENERATE_ASPNET_CERTIFICATE|CLI_[A-Z_]+)|GPG_KEYS?)$/;

/** Those that tell which version of something was installed, mostly for nobody but the build. */
const VERSION =
  /_(?:VERSION|SHA\d*|SHA256SUM|CHECKSUM|DOWNLOAD_URL|GPG_KEY)$|^PYTHON_(?:PIP_VERSION|SETUPTOOLS_VERSION|GET_PIP_[A-Z0-9]+|SHA256)$/;

/** Variables that change what programs do that never heard of them. */
const STEERS =
  /^(?:LD_\w+|NODE_(?:OPTIONS|ENV|PATH|EXTRA_CA_CERTS)|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|CLASSPATH|PYTHON(?:PATH|HOME|OPTIMIZE|STARTUP|WARNINGS|MALLOC|UTF8)|GODEBUG|GOGC|GOMEMLIMIT|GOMAXPROCS|GOTRACEBACK|MALLOC_\w+|TZ|BASH_ENV|ENV|IFS|PERL5\w+|RUBY(?:OPT|LIB)|(?:https?|all|no)_proxy|(?:HTTPS?|ALL|NO)_PROXY)$/;

function environment({ before, after }: Pair, { searched }: StaticFacts): Evidence[] {
  const found: Evidence[] = [];
  const kind = entryKind(before);
  const fromBase = (name: string) => before.baseConfig?.env.get(name) === before.config.env.get(name);
  for (const [name, old] of before.config.env) {
    const now = after.config.env.get(name);
    if (now === old) continue;
    const cause = { kind: 'config', field: 'Env', name } as const;
    const isVersion = VERSION.test(name) && (fromBase(name) || (searched && after.mentioning(name).size === 0));
    const onlyBuilds = BUILD_ONLY.test(name) || isVersion;
    if (name === 'PATH') found.push(...searchPath({ before, after }));
    else if (now === undefined) {
      const isHarmless = onlyBuilds && (kind === 'native' || fromBase(name) || before.baseConfig === undefined);
      const isLocale = /^(?:LANG|LC_[A-Z]+|LANGUAGE)$/.test(name);
      const outcome = isHarmless ? 'changed' : isLocale && kind === 'native' && fromBase(name) ? 'unknown' : 'worse';
      const why = isHarmless ? ', which only a build reads' : '';
      found.push({ outcome, message: `The variable ${name}=${old} is lost${why}`, cause });
    } else {
      const outcome = onlyBuilds || isRelocated(old, now, after) ? 'changed' : 'worse';
      found.push({ outcome, message: `The variable ${name} was ${old} and is ${now}`, cause });
    }
  }
  for (const [name, now] of after.config.env) {
    if (before.config.env.has(name) || name === 'PATH') continue;
    const risky = STEERS.test(name) && after.baseConfig?.env.get(name) !== now;
    const cause = { kind: 'config', field: 'Env', name } as const;
    found.push({ outcome: risky ? 'unknown' : 'changed', message: `There is a new variable: ${name}=${now}`, cause });
  }
  return found;
}

/** A folder that lies elsewhere in the rewrite, such as JAVA_HOME. */
function isRelocated(old: string, now: string, after: Snapshot): boolean {
  const isPath = old.startsWith('/') && now.startsWith('/');
  return isPath && after.files.resolve(old) === undefined && after.files.resolve(now) !== undefined;
}

function searchPath({ before, after }: Pair): Evidence[] {
  const folders = (snapshot: Snapshot) =>
    (snapshot.config.env.get('PATH') ?? '').split(':').filter((folder) => folder !== '');
  const now = folders(after);
  const cause = { kind: 'config', field: 'Env', name: 'PATH' } as const;
  const lost = folders(before).filter((folder) => !now.includes(folder));
  // A folder that the rewrite has not, or has without programs, is not missed: lost programs are found by other checks.
  const missed = lost.filter((folder) => after.files.list(folder).length > 0 && after.config.env.has('PATH'));
  if (missed.length > 0)
    return [{ outcome: 'worse', message: `PATH has lost ${missed.join(', ')}, where programs are`, cause }];
  return lost.length === 0 && now.length === folders(before).length
    ? [{ outcome: 'changed', message: 'PATH names its folders in another order', cause }]
    : [{ outcome: 'changed', message: `PATH is ${after.config.env.get('PATH') ?? 'not set'}`, cause }];
}

function workingDir(pair: Pair, { searched }: StaticFacts): Evidence[] {
  const { before, after } = pair;
  const [old, now] = [before.config.workingDir, after.config.workingDir];
  if (old === now) return [];
  const message = `The working directory was ${old} and is ${now}`;
  const cause = { kind: 'config', field: 'WorkingDir' } as const;
  const isNative = entryKind(before) === 'native';
  let doubt: Evidence | undefined;
  for (const file of inReach(pair)) {
    const { path } = file.entry;
    const at = (outcome: Outcome, why: string): Evidence => ({ outcome, message: `${message}; ${path} ${why}`, cause });
    if (!isNative) return [at('worse', 'was in reach of a relative path')];
    if (!searched) return [at('unknown', 'was in reach of a relative path')];
    const { strong, weak } = tracesOf(pair, file);
    const reader = strong.map((text) => [...after.mentioning(text)][0]).find((name) => name !== undefined);
    if (reader !== undefined) return [at('worse', `was in reach of a relative path, and ${reader} names it`)];
    if (weak.some((text) => after.mentioning(text).size > 0)) doubt ??= at('unknown', 'may be read by a relative path');
  }
  return [doubt ?? { outcome: 'changed', message, cause }];
}

function user({ before, after }: Pair): Evidence[] {
  const [old, now] = [before.config.user, after.config.user];
  const cause = { kind: 'config', field: 'User' } as const;
  const number = (snapshot: Snapshot) =>
    'unknown' in snapshot.user ? undefined : `${snapshot.user.uid}:${snapshot.user.gid}`;
  const [one, two] = [number(before), number(after)];
  const name = (user: string) => (user === '' ? 'root' : user);
  if (old === now && (one === two || two === undefined)) return []; // an unknown name is for the check of accounts
  const message = `The user was ${name(old)} (${one ?? 'unknown'}) and is ${name(now)} (${two ?? 'unknown'})`;
  if (one === two && one !== undefined) return [{ outcome: 'changed', message, cause }];
  const wasRoot = one?.startsWith('0:') ?? false;
  return [{ outcome: wasRoot ? 'unknown' : 'worse', message, cause }];
}

function lists({ before, after }: Pair): Evidence[] {
  const found: Evidence[] = [];
  const fields = [
    ['ExposedPorts', 'exposedPorts', 'EXPOSE'],
    ['Volumes', 'volumes', 'VOLUME'],
    ['OnBuild', 'onBuild', 'ONBUILD'],
  ] as const;
  for (const [field, key, instruction] of fields) {
    for (const name of before.config[key].filter((item) => !after.config[key].includes(item))) {
      found.push({
        outcome: 'worse',
        message: `${instruction} ${name} is lost`,
        cause: { kind: 'config', field, name },
      });
    }
    for (const name of after.config[key].filter((item) => !before.config[key].includes(item))) {
      const outcome = field === 'ExposedPorts' ? 'changed' : 'unknown';
      found.push({ outcome, message: `${instruction} ${name} is new`, cause: { kind: 'config', field, name } });
    }
  }
  return found;
}

function labels({ before, after }: Pair): Evidence[] {
  const found: Evidence[] = [];
  for (const [name, old] of before.config.labels) {
    const now = after.config.labels.get(name);
    if (now === old) continue;
    const ofBase = before.baseConfig?.labels.get(name) === old || /^io\.buildah\./.test(name);
    const isTime = /created|build-?date|revision/i.test(name) && now !== undefined;
    const message = now === undefined ? `The label ${name} is lost` : `The label ${name} was ${old} and is ${now}`;
    found.push({
      outcome: ofBase || isTime ? 'changed' : 'worse',
      message,
      cause: { kind: 'config', field: 'Labels', name },
    });
  }
  for (const name of after.config.labels.keys()) {
    if (before.config.labels.has(name)) continue;
    found.push({
      outcome: 'changed',
      message: `The label ${name} is new`,
      cause: { kind: 'config', field: 'Labels', name },
    });
  }
  return found;
}

function single({ before, after }: Pair): Evidence[] {
  const found: Evidence[] = [];
  const signal = ({ stopSignal }: ImageConfig) => stopSignal.replace(/^SIG/, '') || 'TERM';
  const [old, now] = [signal(before.config), signal(after.config)];
  if (old !== now && !(isNumberOf(old, now) || isNumberOf(now, old))) {
    const cause = { kind: 'config', field: 'StopSignal' } as const;
    found.push({ outcome: 'worse', message: `The stop signal was SIG${old} and is SIG${now}`, cause });
  }
  const [check, other] = [before.config.healthcheck, after.config.healthcheck];
  const cause = { kind: 'config', field: 'Healthcheck' } as const;
  const isOff = (test: readonly string[] | undefined) => test === undefined || test[0] === 'NONE';
  if (!isOff(check?.test) && isOff(other?.test)) {
    found.push({ outcome: 'worse', message: `The health check ${show(check?.test ?? [])} is lost`, cause });
  } else if (isOff(check?.test) && !isOff(other?.test)) {
    found.push({ outcome: 'unknown', message: `There is a health check now: ${show(other?.test ?? [])}`, cause });
  } else if (!isOff(check?.test) && JSON.stringify(check) !== JSON.stringify(other)) {
    const isSame = equal(check?.test ?? [], other?.test ?? []);
    const asksSame = asked(check?.test) !== '' && asked(check?.test) === asked(other?.test);
    found.push({
      outcome: isSame ? 'worse' : asksSame ? 'changed' : 'unknown',
      message: isSame
        ? `The health check ${show(check?.test ?? [])} comes at other times, or is given up at others`
        : `The health check was ${show(check?.test ?? [])} and is ${show(other?.test ?? [])}`,
      cause,
    });
  }
  if (!equal(before.config.shell, after.config.shell)) {
    const message = `SHELL was ${show(before.config.shell)} and is ${show(after.config.shell)}`;
    found.push({ outcome: 'changed', message, cause: { kind: 'config', field: 'Shell' } });
  }
  return found;
}

/** The addresses that a health check asks. */
const asked = (test: readonly string[] = []): string =>
  (test.join(' ').match(/https?:\/\/[^\s'")]+/g) ?? []).sort().join(' ');

const SIGNALS: Readonly<Record<string, string>> = {
  HUP: '1',
  INT: '2',
  QUIT: '3',
  KILL: '9',
  USR1: '10',
  USR2: '12',
  TERM: '15',
  WINCH: '28',
};
const isNumberOf = (number: string, name: string): boolean => SIGNALS[name] === number;
