import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from './engine.ts';
import type { Environment } from './process.ts';

/** Everything made through engines carries it; its value is the session's id. */
export const RUN_LABEL = 'dev.dockerfileopt.run';
/** Labels under it are ours and no part of anyone's image. */
export const OWN_LABELS = 'dev.dockerfileopt.';

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface SessionOptions {
  /** New unless told. */
  readonly id?: string;
  /** The process's own unless told. */
  readonly env?: Environment;
  /** Build logs are written here and stay; else they go with the session. */
  readonly logFolder?: string;
  /** Clean up and die on SIGINT, SIGTERM and SIGHUP. On unless told. */
  readonly signals?: boolean;
}

/**
 * The life of everything that engines make: images, containers, networks, volumes and temporary files. While one is open,
 * a signal that would end the process first ends the session; the process then dies of that very signal, as the shell
 * expects. A second signal does not wait.
 */
export class Session {
  readonly id: string;
  readonly env: Environment;
  readonly #abort = new AbortController();
  readonly #cleanups: (() => Promise<void>)[] = [];
  readonly #pending = new Set<Promise<unknown>>();
  readonly #logFolder: string | undefined;
  readonly #problems: string[] = [];
  #folder: string | undefined;
  #made = 0;
  #disposing: Promise<readonly string[]> | undefined;

  constructor(options: SessionOptions = {}) {
    this.id = options.id ?? randomUUID();
    this.env = options.env ?? process.env;
    this.#logFolder = options.logFolder;
    setMaxListeners(0, this.#abort.signal); // every process that runs listens to it
    if (options.signals ?? true) for (const signal of ENDING_SIGNALS) process.on(signal, this.#onSignal);
    process.on('exit', this.#onExit);
  }

  /** `NAME=ID`, for `--label`. */
  get label(): string {
    return `${RUN_LABEL}=${this.id}`;
  }

  /** Fires when the session ends, on purpose or by a signal. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** A new, empty folder that goes with the session. */
  async makeFolder(): Promise<string> {
    this.#checkOpen();
    this.#folder ??= mkdtempSync(join(tmpdir(), `dockerfileopt-${this.id.slice(0, 8)}-`));
    return await mkdtemp(join(this.#folder, `${this.#next()}-`));
  }

  /** Where a build's log is written; the name is new in its folder. */
  async makeLogFile(): Promise<string> {
    const folder = this.#logFolder ?? (await this.makeFolder());
    await mkdir(folder, { recursive: true });
    return join(folder, `build-${this.id.slice(0, 8)}-${this.#next()}.log`);
  }

  /** Runs when the session ends; the last one registered runs first, when nothing is under way any more. */
  onDispose(cleanup: () => Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  /** The session does not end before the work does. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work);
    try {
      return await work;
    } finally {
      this.#pending.delete(work);
    }
  }

  /** Work that makes something to be removed: tracked, and refused once the session ends, when it would come too late. */
  async make<T>(work: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    return await this.track(work());
  }

  #checkOpen(): void {
    if (this.#abort.signal.aborted) throw new EngineError('interrupted');
  }

  /** Stops what is under way and removes what was made. Never throws: returns what could not be removed and why. */
  dispose(): Promise<readonly string[]> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  async #dispose(): Promise<readonly string[]> {
    this.#abort.abort();
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        this.#problems.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    this.#folder = undefined;
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#onSignal);
    process.off('exit', this.#onExit);
    return this.#problems;
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const die = () => {
      for (const other of ENDING_SIGNALS) process.off(other, this.#onSignal);
      process.kill(process.pid, signal);
    };
    if (this.#disposing) die();
    else this.dispose().then(die);
  };

  readonly #onExit = (): void => {
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  };

  #next(): number {
    this.#made += 1;
    return this.#made;
  }
}
