/** A health check as the engine keeps it; durations in nanoseconds, 0 for the engine's default. */
export interface Healthcheck {
  /** `["CMD", …]`, `["CMD-SHELL", text]` or `["NONE"]`. */
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

/** What a container made of an image starts with; what an engine leaves out or says `null` for is empty here. */
export interface ImageConfig {
  readonly os: string;
  /** As Go names it: `amd64`, `arm64`, `arm`. */
  readonly architecture: string;
  readonly variant: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** In the order of the image. */
  readonly env: ReadonlyMap<string, string>;
  /** Absolute, with no slash at the end. */
  readonly workingDir: string;
  readonly user: string;
  /** `80/tcp`, sorted. */
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  /** Empty for the default, SIGTERM. */
  readonly stopSignal: string;
  readonly healthcheck: Healthcheck | undefined;
  /** What RUN and shell-form commands of images built on this one are given to; empty for `["/bin/sh", "-c"]`. */
  readonly shell: readonly string[];
  readonly onBuild: readonly string[];
}

/** One step of `docker history`, oldest first in a list. */
export interface HistoryStep {
  readonly createdBy: string;
  readonly comment: string;
  /** The step made no layer. */
  readonly empty: boolean;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const strings = (value: unknown): string[] => {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};
const keys = (value: unknown): string[] => (isFields(value) ? Object.keys(value).sort() : strings(value).sort());
const pairs = (value: unknown): Map<string, string> =>
  new Map(isFields(value) ? Object.entries(value).map(([key, item]) => [key, text(item)]) : []);

/** The value of the first field that is there; engines differ in upper case (`Config`, `config`; `Os`, `os`). */
function pick(fields: Fields, ...names: string[]): unknown {
  for (const name of names) if (fields[name] !== undefined && fields[name] !== null) return fields[name];
  return undefined;
}

/** The object that holds `config` and `rootfs`: the first of a list, and what Docker would make of it for buildah. */
function imageOf(raw: unknown): Fields {
  const first = Array.isArray(raw) ? raw[0] : raw;
  if (!isFields(first)) return {};
  const inner = pick(first, 'Docker', 'OCIv1');
  return isFields(inner) ? inner : first;
}

/**
 * Reads the effective config out of what an engine says of an image: `docker image inspect`, `podman image inspect`,
 * `buildah inspect` (parsed JSON, a list of one or the object itself), or the config blob of a saved image.
 */
export function readImageConfig(raw: unknown): ImageConfig {
  const image = imageOf(raw);
  const found = pick(image, 'Config', 'config');
  const config: Fields = isFields(found) ? found : {};
  return {
    os: text(pick(image, 'Os', 'os')),
    architecture: text(pick(image, 'Architecture', 'architecture')),
    variant: text(pick(image, 'Variant', 'variant')),
    entrypoint: strings(config.Entrypoint),
    cmd: strings(config.Cmd),
    env: new Map(strings(config.Env).map(splitVariable)),
    workingDir: text(config.WorkingDir).replace(/\/+$/, '') || '/',
    user: text(pick(config, 'User')),
    exposedPorts: [...new Set(keys(config.ExposedPorts).map(withProtocol))].sort(),
    volumes: keys(config.Volumes),
    labels: pairs(config.Labels),
    stopSignal: text(config.StopSignal),
    healthcheck: readHealthcheck(pick(config, 'Healthcheck') ?? pick(image, 'Healthcheck', 'HealthCheck')),
    shell: strings(config.Shell),
    onBuild: strings(config.OnBuild),
  };
}

function splitVariable(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`;
}

function readHealthcheck(value: unknown): Healthcheck | undefined {
  if (!isFields(value)) return undefined;
  const test = strings(value.Test);
  if (test.length === 0) return undefined;
  return {
    test,
    interval: count(value.Interval),
    timeout: count(value.Timeout),
    startPeriod: count(value.StartPeriod),
    startInterval: count(value.StartInterval),
    retries: count(value.Retries),
  };
}

/** The digests of an image's uncompressed layers, lowest first: what two images share at the start is their common base. */
export function readDiffIds(raw: unknown): string[] {
  const rootfs = pick(imageOf(raw), 'RootFS', 'rootfs');
  return isFields(rootfs) ? strings(pick(rootfs, 'Layers', 'diff_ids')) : [];
}

/** The steps that a config blob (or buildah) tells of, oldest first. `docker image inspect` has none. */
export function readHistory(raw: unknown): HistoryStep[] {
  const history = pick(imageOf(raw), 'history', 'History');
  if (!Array.isArray(history)) return [];
  return history.filter(isFields).map((step) => ({
    createdBy: text(pick(step, 'created_by', 'CreatedBy')),
    comment: text(pick(step, 'comment', 'Comment')),
    empty: pick(step, 'empty_layer', 'EmptyLayer') === true,
  }));
}

/** The command of a container started without arguments. */
export function startCommand(config: ImageConfig): readonly string[] {
  return [...config.entrypoint, ...config.cmd];
}
