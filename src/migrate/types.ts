import type { Range } from '../dockerfile/index.ts';
import type { Origin } from './origins.ts';
import type { Unit } from './units.ts';

/** Why nothing is migrated: a word for programs, a sentence for people, and the place that stands in the way. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  /** A clause, with no full stop. */
  readonly reason: string;
  /** The file that the range is in; the script unless told. */
  readonly file?: string | undefined;
  readonly range: Range;
}

export type RefusalCode =
  /** The script or a Dockerfile cannot be read. */
  | 'broken'
  /** There is nothing that one build hands to another. */
  | 'no-builder-pattern'
  /** Files are copied out, and no build of the script takes them. */
  | 'no-final-build'
  | 'control-flow'
  | 'host-step'
  | 'artifact-changed'
  | 'artifact-used'
  | 'builder-used'
  | 'unknown-value'
  | 'unknown-image'
  | 'unknown-option'
  | 'unknown-command'
  | 'no-dockerfile'
  | 'privileged'
  | 'mount'
  | 'running-service'
  | 'platform'
  | 'volume'
  | 'same-tag'
  | 'argument-conflict'
  | 'ignored'
  | 'context'
  | 'archive'
  | 'unsupported';

/** What stands between a script and its migration; caught where the migration begins, and made a `Refused`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly range: Range;
  readonly file: string | undefined;

  constructor(code: RefusalCode, reason: string, range: Range, file?: string) {
    super(reason);
    this.code = code;
    this.range = range;
    this.file = file;
  }
}

/** Paths are relative to the folder that holds all of it, with `/`; `''` is that folder. */
export type HostPath = string;

interface StepBase extends Range {
  /** What the script says, for people. */
  readonly text: string;
  /** What goes from the script when the step goes. */
  readonly unit: Unit;
  /** Why nothing can be done about the step, if it turns out to matter. */
  readonly problem?: Refusal | undefined;
}

/** An option of `docker build` that is taken over as it is written. */
export interface KeptOption extends Range {
  readonly name: string;
  /** As written in the script, quotes and variables included. */
  readonly text: string;
}

/** A value that the script gives: known, or only how it is written. */
export interface BuildArg extends Range {
  readonly name: string;
  /** Undefined where only a run of the script would tell. */
  readonly value: string | undefined;
  readonly text: string;
}

/** `docker build`. */
export interface BuildStep extends StepBase {
  readonly kind: 'build';
  readonly tags: readonly string[];
  /** The variable that `$(docker build -q …)` is assigned to. */
  readonly variable?: string | undefined;
  /** A file, or the text of a heredoc. */
  readonly dockerfile: { readonly path: HostPath } | { readonly text: string };
  /** Undefined for a build without one (`docker build -`). */
  readonly context: HostPath | undefined;
  readonly target: string | undefined;
  readonly platform: string | undefined;
  readonly buildArgs: readonly BuildArg[];
  /** Others that say how the image comes about: `--network`, `--secret`, `--no-cache` … */
  readonly options: readonly KeptOption[];
  /** The folder that it runs in. */
  readonly cwd: HostPath;
  /** Where the context is written by way of a variable: the variables that hold folders; else undefined. */
  readonly anchors?: readonly { readonly name: string; readonly path: HostPath }[] | undefined;
  /** Where the words stand that an edit changes. */
  readonly words: {
    /** Behind `build`. */
    readonly optionsAt: number;
    readonly context: Range;
    readonly file?: Range | undefined;
    readonly target?: Range | undefined;
    /** `< Dockerfile` and heredocs, with the heredoc's lines. */
    readonly input?: (Range & { readonly body?: Range | undefined }) | undefined;
  };
}

/** `docker create`, or a `docker run` whose container is asked for files later. */
export interface CreateStep extends StepBase {
  readonly kind: 'create';
  readonly container: string;
  readonly image: string;
  /** It is a `docker run`: the image's command, or the one given, has been carried out. */
  readonly runs: boolean;
  readonly request: RunRequest;
}

/** `docker start`: what was created is carried out. */
export interface StartStep extends StepBase {
  readonly kind: 'start';
  readonly container: string;
}

/** What a `docker run` says beside the image. */
export interface RunRequest {
  /** Words behind the image; undefined for the image's own command. */
  readonly command: readonly string[] | undefined;
  readonly entrypoint: string | undefined;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly workdir: string | undefined;
  readonly user: string | undefined;
  readonly isUserKnown: boolean;
  readonly mounts: readonly Mount[];
  /** Volumes that only save downloads, as written. */
  readonly caches: readonly string[];
  readonly isDetached: boolean;
  readonly platform: string | undefined;
}

/** A folder or file of the host in a container. */
export interface Mount extends Range {
  readonly source: HostPath;
  readonly target: string;
  readonly readOnly: boolean;
}

/** `docker run` of which only what it leaves in mounted folders, or prints into a file, counts. */
export interface RunStep extends StepBase {
  readonly kind: 'run';
  readonly image: string;
  readonly request: RunRequest;
  /** `run IMAGE cat /x > file`, `run IMAGE tar … | tar -x`: what comes to the host by the output. */
  readonly outputs: readonly { readonly from: string; readonly to: HostPath; readonly isFile: boolean }[];
}

/** `docker cp CONTAINER:FROM TO`. */
export interface CopyOutStep extends StepBase {
  readonly kind: 'copy-out';
  readonly container: string;
  /** Absolute. */
  readonly from: string;
  /** `FROM/.`: what is in the folder. */
  readonly isContent: boolean;
  readonly to: HostPath;
  /** Written with a slash at its end, or `.`: has to be a folder. */
  readonly toFolder: boolean;
}

/** `docker rm`, `stop`, `kill`, `wait`, `logs` of containers. */
export interface RemoveStep extends StepBase {
  readonly kind: 'remove';
  readonly containers: readonly string[];
  readonly images: readonly string[];
}

/** `docker tag`. */
export interface TagStep extends StepBase {
  readonly kind: 'tag';
  readonly from: string;
  readonly to: string;
}

/** What another use is made of images and containers: `docker push`, `docker history`. */
export interface UseStep extends StepBase {
  readonly kind: 'use';
  /** The engine's subcommand. */
  readonly name: string;
  readonly images: readonly string[];
  readonly containers: readonly string[];
  /** What it does is not known here. */
  readonly isDark?: boolean;
}

/** Something on the host that moves files about: `mv`, `cp`, `mkdir`, `chmod`, `rm`. */
export interface FileStep extends StepBase {
  readonly kind: 'file';
  readonly what: 'move' | 'copy' | 'make-folder' | 'mode' | 'remove' | 'write';
  readonly from: readonly HostPath[];
  readonly to: HostPath | undefined;
  readonly toFolder: boolean;
  /** `cp -r DIR/. …` */
  readonly isContent?: boolean;
  readonly mode?: string | undefined;
  /** For `write`: a heredoc's text. */
  readonly content?: string | undefined;
}

/** Any other command: `harmless` ones read at the most. */
export interface HostStep extends StepBase {
  readonly kind: 'host';
  readonly name: string;
  readonly isHarmless: boolean;
  /** Files of the host that its words name. */
  readonly paths: readonly HostPath[];
}

/** Something conditional, with the engine's subcommands that stand in it. */
export interface BranchStep extends StepBase {
  readonly kind: 'branch';
  readonly what: string;
  readonly subcommands: readonly string[];
  /** Every word in it, resolved as far as possible. */
  readonly mentions: readonly string[];
  readonly isHarmless: boolean;
}

/** One thing that a script does, in the order of its run. */
export type Step =
  | BuildStep
  | CreateStep
  | StartStep
  | RunStep
  | CopyOutStep
  | RemoveStep
  | TagStep
  | UseStep
  | FileStep
  | HostStep
  | BranchStep;

/** A path of a builder's image that becomes a path on the host. */
export interface HandOver {
  readonly origin: Origin;
  /** Absolute path in the image. */
  readonly from: string;
  /** Where it lies on the host when the final build starts. */
  readonly host: HostPath;
  /** `folder`: it certainly is one, so that its content is what is at `host`. */
  readonly shape: 'file' | 'folder' | 'unknown';
  /** The steps that brought it there. */
  readonly steps: readonly Step[];
  /** `chmod` on the host, in order. */
  readonly modes: readonly string[];
  readonly problem?: Refusal | undefined;
}

/** A file of the result. */
export interface WrittenFile {
  readonly path: HostPath;
  /** Undefined where there was none. */
  readonly before: string | undefined;
  readonly after: string;
}
