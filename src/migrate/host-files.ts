import { posix } from 'node:path';
import type { Project } from '../lint/types.ts';
import type { Origin } from './origins.ts';
import type { CopyOutStep, FileStep, HandOver, HostPath, HostStep, RunStep } from './types.ts';
import { Refusal } from './types.ts';
import { ROOT, TOKEN } from './values.ts';

/** What the files of the host are while the script runs, as far as builders and plain commands have put them there. */
export class HostFiles {
  readonly #project: Project;
  readonly #all: HandOver[] = [];
  #live: HandOver[] = [];
  readonly #runs: { readonly step: RunStep; readonly origin: Origin }[] = [];
  readonly #folders = new Set<HostPath>();
  readonly #removed = new Set<HostPath>();
  readonly #written = new Map<HostPath, { readonly text: string | undefined; readonly step: FileStep }>();
  readonly #touches = new Map<HostStep, HandOver[]>();

  constructor(project: Project) {
    this.#project = project;
  }

  /** What came to the host, whatever became of it. */
  get handOvers(): readonly HandOver[] {
    return this.#all;
  }

  /** What is on the host now. */
  get live(): readonly HandOver[] {
    return this.#live;
  }

  /** Runs in folders of the host, whose products nobody names. */
  get runs(): readonly { readonly step: RunStep; readonly origin: Origin }[] {
    return this.#runs;
  }

  /** The text of a heredoc that the script has written to a file. */
  written(path: HostPath): string | undefined {
    return this.#written.get(path)?.text;
  }

  writtenBy(path: HostPath): FileStep | undefined {
    return this.#written.get(path)?.step;
  }

  touches(step: HostStep): readonly HandOver[] {
    return this.#touches.get(step) ?? [];
  }

  /** Whether the project has the path by itself. */
  exists(path: HostPath): boolean {
    if (path === '') return true;
    if (path.startsWith('/') || this.#removed.has(path)) return false;
    if (this.#written.has(path)) return true;
    const parent = posix.dirname(path);
    return this.#project.list(parent).includes(posix.basename(path));
  }

  isFolder(path: HostPath): boolean {
    if (path === '' || this.#folders.has(path)) return true;
    if (path.startsWith('/')) return path === '/tmp';
    if (this.#live.some(({ host, shape }) => host === path && shape === 'folder')) return true;
    return !this.#removed.has(path) && this.#project.list(path).length > 0;
  }

  copyOut(step: CopyOutStep, origin: Origin, isKnownFolder = false): void {
    const { from, isContent, to, toFolder } = step;
    const isInto = !isContent && from !== '/' && (toFolder || this.isFolder(to));
    const host = isInto ? posix.join(to, posix.basename(from)) : to;
    this.#add({
      origin,
      from,
      host,
      shape: isContent || isKnownFolder || from === '/' ? 'folder' : 'unknown',
      steps: [step],
      modes: [],
    });
  }

  /** `written`: the step as the script has it. */
  run(step: RunStep, origin: () => Origin, written: RunStep): void {
    for (const { from, to, isFile } of step.outputs) {
      const shape = isFile ? 'file' : 'unknown';
      this.#add({ origin: origin(), from, host: to, shape, steps: [written], modes: [] });
    }
    if (step.outputs.length === 0 && step.request.mounts.some(({ readOnly }) => !readOnly))
      this.#runs.push({ step, origin: origin() });
  }

  change(step: FileStep): void {
    const { what, from, to } = step;
    if (what === 'make-folder') for (const path of from) this.#folders.add(path);
    if (what === 'remove') {
      for (const path of from) {
        this.#removed.add(path);
        this.#live = this.#live.filter(({ host }) => !isBelow(host, path));
      }
    }
    if (what === 'write' && to !== undefined) this.#written.set(to, { text: step.content, step });
    if (what === 'mode') {
      for (const path of from) {
        for (const handOver of this.#live.filter(({ host }) => isBelow(host, path)))
          this.#replace(handOver, {
            ...handOver,
            modes: [...handOver.modes, step.mode ?? ''],
            steps: [...handOver.steps, step],
          });
      }
    }
    if ((what === 'move' || what === 'copy') && to !== undefined) {
      for (const path of from) this.#carry(step, path, to);
    }
  }

  #carry(step: FileStep, path: HostPath, to: HostPath): void {
    const isInto = step.isContent !== true && (step.toFolder || step.from.length > 1 || this.isFolder(to));
    const target = isInto ? posix.join(to, posix.basename(path)) : to;
    for (const handOver of [...this.#live]) {
      const { host, steps } = handOver;
      if (isBelow(host, path)) {
        const moved = { ...handOver, host: target + host.slice(path.length), steps: [...steps, step] };
        if (step.what === 'move') this.#replace(handOver, moved);
        else this.#add(moved);
      } else if (isBelow(path, host)) {
        const from = handOver.from.replace(/\/$/, '') + path.slice(host.length);
        this.#add({ ...handOver, from, host: target, shape: 'unknown', steps: [...steps, step] });
      }
    }
  }

  touch(step: HostStep): void {
    const touched = this.#live.filter(({ host }) =>
      step.paths.some((path) => path !== '' && (isBelow(host, path) || isBelow(path, host))),
    );
    if (touched.length > 0) this.#touches.set(step, touched);
  }

  #add(handOver: HandOver): void {
    if (handOver.origin.problem === undefined && handOver.steps.some(({ problem }) => problem)) {
      const { problem } = handOver.steps.find((step) => step.problem)!;
      handOver = { ...handOver, problem };
    }
    this.#live = this.#live.filter(({ host }) => host !== handOver.host || handOver.shape === 'folder');
    this.#live.push(handOver);
    this.#all.push(handOver);
  }

  #replace(old: HandOver, fresh: HandOver): void {
    this.#live = this.#live.map((one) => (one === old ? fresh : one));
    this.#all.push(fresh);
  }
}

function isBelow(path: HostPath, folder: HostPath): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** A name as people read it. */
export function describe(name: string): string {
  if (name.includes(TOKEN)) return 'the one created';
  return name.replaceAll(ROOT, '.').replace(/:latest$/, '');
}

export { Refusal };
