import { type Argument, type Option, RUN, splitOptions } from './options.ts';
import { hostPath, imageName, type Place, type Refuse } from './place.ts';
import { type CreateStep, type Mount, Refusal, type RunRequest, type RunStep } from './types.ts';
import type { Environment } from './values.ts';

export function readRun(name: 'create' | 'run', args: readonly Argument[], place: Place): CreateStep | RunStep {
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
    caches: options.filter(isCache).map(({ value }) => value!.written),
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
  /(?:^|\/)(?:\.m2|\.cache|\.npm|\.cargo|cargo\/(?:registry|git)|\.gradle|\.ivy2|\.sbt|\.yarn|\.pnpm-store|go-build|ccache|\.ccache|pkg\/mod)(?:\/|$)|^\/go\/pkg(?:\/|$)/;

function isCache({ name, value }: Option): boolean {
  if (value === undefined || (name !== 'volume' && name !== 'mount')) return false;
  const [, target = ''] = name === 'volume' ? value.text.split(':') : mountFields(value.text);
  return CACHE.test(target) && !/docker\.sock/.test(value.text);
}

function readMount(option: Option, env: Environment, refuse: Refuse): Mount | undefined {
  const { name, value } = option;
  if (value === undefined || (name !== 'volume' && name !== 'mount')) return undefined;
  const fields = name === 'volume' ? value.text.split(':') : mountFields(value.text);
  const [source = '', target = '', flags = ''] = fields;
  if (/docker\.sock/.test(value.text)) {
    refuse('privileged', 'the container gets the socket of the engine', option);
    return undefined;
  }
  if (isCache(option)) return undefined;
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
