import type { Stage } from '../../dockerfile/index.ts';
import { type RuntimeImage, runtimeImage, type SdkImage, sdkImage } from '../../knowledge/images.ts';
import { canonicalRepository } from '../../knowledge/repositories.ts';
import { type Libc, type Suite, suiteOf } from '../../knowledge/suites.ts';
import { Memo } from './memo.ts';

/** What is known of the image below a stage's chain. */
export interface System {
  /** The name under which the tables know the image; undefined when a variable hides it. */
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  readonly sdk: SdkImage | undefined;
  readonly runtime: RuntimeImage | undefined;
  readonly suite: Suite | undefined;
  /** `none`: a dynamically linked program does not start; undefined where the image is not known. */
  readonly libc: Libc | 'none' | undefined;
}

const UNKNOWN: System = {
  repository: undefined,
  tag: undefined,
  sdk: undefined,
  runtime: undefined,
  suite: undefined,
  libc: undefined,
};
const systems = new Memo<Stage, System>();

/** The system that a stage's instructions run on. */
export function systemOf(stage: Stage): System {
  let system = systems.get(stage);
  if (!system) {
    system = readSystem(stage);
    systems.set(stage, system);
  }
  return system;
}

function readSystem(stage: Stage): System {
  const { image } = stage;
  if (!image) return UNKNOWN;
  const repository = canonicalRepository(image.repository);
  const { tag } = image;
  // A digest alone may be any variant of the image.
  if (image.digest !== undefined && tag === undefined) return { ...UNKNOWN, repository };
  const name = `${repository}:${tag ?? ''}`;
  let known = knownSystems.get(name);
  if (!known) {
    known = new KnownSystem(repository, tag);
    knownSystems.set(name, known);
  }
  return known;
}

/** Many files stand on the same few images. */
const knownSystems = new Map<string, KnownSystem>();

/** Looks things up when they are asked for: most rules want to know one of them. */
class KnownSystem implements System {
  readonly repository: string;
  readonly tag: string | undefined;
  #sdk: SdkImage | undefined | null = null;
  #runtime: RuntimeImage | undefined | null = null;
  #suite: Suite | undefined | null = null;

  constructor(repository: string, tag: string | undefined) {
    this.repository = repository;
    this.tag = tag;
  }

  get sdk(): SdkImage | undefined {
    if (this.#sdk === null) this.#sdk = sdkImage(this.repository, this.tag);
    return this.#sdk;
  }

  get runtime(): RuntimeImage | undefined {
    if (this.#runtime === null) this.#runtime = runtimeImage(this.repository, this.tag);
    return this.#runtime;
  }

  get suite(): Suite | undefined {
    if (this.#suite === null) this.#suite = suiteOf(this.repository, this.tag);
    return this.#suite;
  }

  get libc(): Libc | 'none' | undefined {
    return this.runtime?.libc ?? this.sdk?.libc ?? this.suite?.libc;
  }
}

/** How messages call the image below a stage's chain. */
export function imageName(stage: Stage): string {
  return stage.image?.text ?? stage.baseText;
}
