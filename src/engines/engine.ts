import type { Readable } from 'node:stream';

export type EngineName = 'docker' | 'podman' | 'buildah';

/** Something that a Dockerfile may ask of an engine and that older ones lack; `syntax-image` is what `# syntax=` names. */
export type Feature =
  | 'heredocs'
  | 'mounts'
  | 'secrets'
  | 'ssh'
  | 'run-network'
  | 'run-security'
  | 'copy-link'
  | 'copy-chmod'
  | 'copy-exclude'
  | 'copy-parents'
  | 'add-checksum'
  | 'add-git'
  | 'platform'
  | 'syntax-image';

/** What an engine said of itself when it was found. */
export interface Capabilities {
  /** Builds with BuildKit. */
  readonly buildkit: boolean;
  /** Stages that the target does not need are not built. */
  readonly skipsUnusedStages: boolean;
  readonly canRun: boolean;
  /** A container's HEALTHCHECK is run by the engine. */
  readonly health: boolean;
  /** Commands can be run beside a container's own. */
  readonly exec: boolean;
  /** A container's own address can be reached from here: the engine runs on this machine and shares its network. */
  readonly reachable: boolean;
  /** `<Dockerfile>.dockerignore` goes before the context's own `.dockerignore`. */
  readonly dockerfileIgnore: boolean;
  /** A named builder, possibly remote, can be chosen. */
  readonly builders: boolean;
  /** Folders of this machine can be mounted into containers. */
  readonly mounts: boolean;
}

export interface BuildRequest {
  /** `path` only tells which `<path>.dockerignore` belongs to the text. */
  readonly dockerfile: { readonly text: string; readonly path?: string };
  /** A folder. */
  readonly context: string;
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** As the engine takes them, such as `id=token,src=token.txt`. */
  readonly secrets?: readonly string[];
  /** As the engine takes them, such as `default`. */
  readonly ssh?: readonly string[];
  readonly platform?: string;
  /** One of `docker buildx ls`. */
  readonly builder?: string;
  readonly noCache?: boolean;
  /** For RUN: as the engine names it, such as `host`. */
  readonly network?: string;
  /** Milliseconds; none unless told. */
  readonly timeout?: number;
  /** Gets every line of the engine's log. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Why there is no image. Only `dockerfile` means that the Dockerfile (or what it runs) is broken.
 * `engine-too-old`: the engine lacks a feature; `base-unavailable`: an image could not be pulled; `network`: a step could
 * not reach something; `engine-gone`: the engine stopped answering.
 */
export type BuildFailureCause =
  | 'dockerfile'
  | 'engine-too-old'
  | 'base-unavailable'
  | 'network'
  | 'timeout'
  | 'interrupted'
  | 'disk-full'
  | 'engine-gone';

export interface BuildSuccess {
  readonly ok: true;
  /** `sha256:…` */
  readonly imageId: string;
  readonly seconds: number;
  readonly log: BuildLog;
}

export interface BuildFailure {
  readonly ok: false;
  readonly cause: BuildFailureCause;
  /** One sentence, without a full stop. */
  readonly message: string;
  /** The instruction that failed, as the engine prints it. */
  readonly step?: string;
  /** What the step itself printed, its last lines. */
  readonly stepLog?: string;
  /** Of the command that failed. */
  readonly exitCode?: number;
  /** For `base-unavailable`. */
  readonly image?: string;
  /** For `engine-too-old`. */
  readonly feature?: Feature;
  readonly seconds: number;
  readonly log: BuildLog;
}

export type BuildOutcome = BuildSuccess | BuildFailure;

/** The head and tail of a build's log; all of it is in `file` until the session ends (or longer, if it keeps its logs). */
export interface BuildLog {
  readonly head: readonly string[];
  readonly tail: readonly string[];
  /** Lines between head and tail that only the file has. */
  readonly omitted: number;
  readonly file: string;
}

/** An image's config, in the words of Docker's `image inspect`. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>> | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly StopSignal?: string;
  readonly Healthcheck?: Healthcheck | null;
  readonly Shell?: readonly string[] | null;
  readonly OnBuild?: readonly string[] | null;
  readonly ArgsEscaped?: boolean;
}

/** Durations are nanoseconds. */
export interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

/** What every engine tells of an image; labels of ours are left out. */
export interface ImageInspection {
  /** `sha256:…` */
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Created?: string;
  readonly Os: string;
  readonly Architecture: string;
  readonly Variant?: string;
  /** Bytes; undefined where the engine does not tell. */
  readonly Size?: number;
  readonly RootFS: { readonly Type?: string; readonly Layers?: readonly string[] };
  readonly Config: ImageConfig;
}

/** One step of an image's history, the newest first, as `docker history` shows it. */
export interface HistoryEntry {
  readonly createdBy: string;
  readonly created: string;
  readonly comment: string;
  /** Bytes of the layer, 0 for a step that made none; undefined where the engine does not tell. */
  readonly size: number | undefined;
}

/**
 * `none`: nothing but loopback; `internal`: reached from this machine (where the engine can) but with no way out;
 * `default`: the engine's own.
 */
export type ContainerNetwork = 'none' | 'internal' | 'default';

export interface StartRequest {
  readonly image: string;
  /** Instead of the image's command. */
  readonly command?: readonly string[];
  /** Instead of the image's entry point. */
  readonly entrypoint?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  /** `none` unless told. */
  readonly network?: ContainerNetwork;
  /** Ports to reach where a container's own address cannot be. */
  readonly ports?: readonly number[];
  /** Bytes. */
  readonly memory?: number;
  readonly pids?: number;
  readonly cpus?: number;
  readonly readOnly?: boolean;
  readonly tmpfs?: readonly string[];
  /** What the command reads; nothing unless told. */
  readonly input?: string;
  /** Folders and files of this machine; the engine has to run here. */
  readonly mounts?: readonly BindMount[];
  /** An image that is not there is pulled. */
  readonly pull?: boolean;
}

/** A folder or file of this machine in a container. */
export interface BindMount {
  /** Absolute, as is the target. */
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
}

/** The command could not even be started; `exitCode` is 127 for one that is not there and 126 for one that cannot run. */
export interface StartFailure {
  readonly ok: false;
  /** As the engine says it. */
  readonly message: string;
  readonly exitCode: number;
}

export interface ContainerState {
  readonly running: boolean;
  /** Undefined while it runs. */
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** The last line of the last health check's output. */
  readonly healthOutput: string;
  /** As this machine numbers it, if the container runs here. */
  readonly pid: number | undefined;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** More was printed than is kept. */
  readonly truncated: boolean;
}

export interface ExecResult extends Output {
  readonly exitCode: number;
  readonly timedOut: boolean;
}

export interface Listener {
  readonly port: number;
  /** `*` for every address. */
  readonly address: string;
}

export interface RunningContainer {
  readonly ok: true;
  readonly id: string;
  state(): Promise<ContainerState>;
  /** Undefined when it still runs after so many milliseconds. */
  wait(timeout: number): Promise<ContainerState | undefined>;
  /** The image's stop signal, then, after so many seconds, SIGKILL. */
  stop(graceSeconds: number): Promise<ContainerState>;
  kill(signal: string): Promise<void>;
  logs(): Promise<Output>;
  exec(argv: readonly string[], options?: { timeout?: number; user?: string }): Promise<ExecResult>;
  /** Where this machine reaches a port of the container; undefined where it cannot. */
  address(port: number): Promise<{ host: string; port: number } | undefined>;
  /** TCP ports that the container listens on; undefined where the engine runs elsewhere. */
  listeners(): Promise<readonly Listener[] | undefined>;
  /** A tar stream of a path in the container, running or not. */
  copyOut(path: string): Readable;
  /** With its volumes, running or not. */
  remove(): Promise<void>;
}

export type StartOutcome = RunningContainer | StartFailure;

/**
 * Builds, runs and takes apart images by a command-line client. Whatever it makes carries its session's label and is gone
 * when the session ends. A stream ends with an error when the engine fails.
 */
export interface Engine {
  readonly name: EngineName;
  /** Of the engine, not of its client. */
  readonly version: string;
  readonly capabilities: Capabilities;
  /** Found out by a tiny build when first asked. */
  supports(feature: Feature): Promise<boolean>;
  build(request: BuildRequest): Promise<BuildOutcome>;
  inspect(image: string): Promise<ImageInspection>;
  history(image: string): Promise<readonly HistoryEntry[]>;
  /** A tar stream of the merged file system, without volumes. */
  exportFilesystem(image: string): Readable;
  /** A tar stream of a path in the image, as `docker create` and `docker cp` give it; an image that is not there is pulled. */
  copyOut(image: string, path: string): Readable;
  /** A tar stream as `docker save` writes it. */
  save(image: string): Readable;
  start(request: StartRequest): Promise<StartOutcome>;
  /** Gives an image a name that another build can stand on, until the session ends. */
  tag(image: string): Promise<string>;
  /** An image that the session has built; others are left alone. */
  remove(image: string): Promise<void>;
}

/** An engine did not do what it always does. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}
