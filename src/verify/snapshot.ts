import {
  type FileEntry,
  type FileIndex,
  followProgram,
  type ImageConfig,
  type Libc,
  Loader,
  libcOf,
  type ProgramChain,
  type ResolvedUser,
  resolveUser,
  type StartContext,
  startCommand,
} from '../image/index.ts';

/** What is known of an image when it is compared. */
export interface SnapshotInput {
  readonly config: ImageConfig;
  readonly files: FileIndex;
  /** How many of the lowest layers are the base image's; undefined when it could not be told. */
  readonly baseLayers?: number | undefined;
  /** The base image's own config. */
  readonly baseConfig?: ImageConfig | undefined;
  /** What was found of the searched texts, by file; made by `scanFiles`. */
  readonly mentions?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}

/** An image at rest, with everything that checks ask of it computed once. */
export class Snapshot {
  readonly config: ImageConfig;
  readonly files: FileIndex;
  readonly baseConfig: ImageConfig | undefined;
  readonly loader: Loader;
  readonly user: ResolvedUser | { readonly unknown: string };
  readonly context: StartContext;
  readonly #baseLayers: number | undefined;
  readonly #mentions: ReadonlyMap<string, ReadonlySet<string>>;
  #chain: ProgramChain | undefined;

  constructor(input: SnapshotInput) {
    this.config = input.config;
    this.files = input.files;
    this.baseConfig = input.baseConfig;
    this.#baseLayers = input.baseLayers;
    this.#mentions = input.mentions ?? new Map();
    this.loader = new Loader(input.files, input.config.env, input.config.workingDir);
    this.user = resolveUser(input.files, input.config.user);
    const { user } = this;
    this.context = {
      env: input.config.env,
      workingDir: input.config.workingDir,
      user: 'unknown' in user ? undefined : { uid: user.uid, gids: user.groups },
    };
  }

  /** Brought by the base image and not touched since. False where that could not be told. */
  isBase(entry: FileEntry): boolean {
    return this.#baseLayers !== undefined && entry.layer !== undefined && entry.layer < this.#baseLayers;
  }

  /** Whether it is known which files are the base image's. */
  get knowsBase(): boolean {
    return this.#baseLayers !== undefined;
  }

  /** What a container of the image starts without arguments. */
  get command(): readonly string[] {
    return startCommand(this.config);
  }

  /** The program that the command comes down to, with the scripts before it. */
  get chain(): ProgramChain {
    this.#chain ??= this.follow(this.command[0] ?? '');
    return this.#chain;
  }

  follow(name: string): ProgramChain {
    return followProgram(this.files, name, this.context);
  }

  /** The C library of the program that the image starts. */
  get libc(): Libc | undefined {
    const elf = this.chain.programs.at(-1)?.entry.elf;
    return elf === undefined ? undefined : libcOf(elf);
  }

  /** The files that say that they hold a text, of those that were searched. */
  mentioning(text: string): ReadonlySet<string> {
    return this.#mentions.get(text) ?? new Set();
  }
}

/** What checks compare. */
export interface Pair {
  readonly before: Snapshot;
  readonly after: Snapshot;
}
