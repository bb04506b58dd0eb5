import { describe, type HostFiles } from './host-files.ts';
import { OTHER_TARGET } from './parts.ts';
import type { PlannedBuild } from './plan.ts';
import { type FileStep, type HandOver, type HostPath, Refusal, type Step } from './types.ts';

/** Says of the steps around the builds whether they go, stay, or stand in the way. */
export class StepJudge {
  readonly #tags: ReadonlySet<string>;
  readonly #containers: ReadonlySet<string>;
  readonly #hosts: readonly HostPath[];
  readonly #handOvers: readonly HandOver[];

  constructor(
    tags: ReadonlySet<string>,
    containers: ReadonlySet<string>,
    hosts: readonly HostPath[],
    handOvers: readonly HandOver[],
  ) {
    this.#tags = tags;
    this.#containers = containers;
    this.#hosts = hosts;
    this.#handOvers = handOvers;
  }

  /** Whether the step goes. Throws a Refusal for one that cannot stay. */
  goes(step: Step, isBetween: boolean, files: HostFiles): boolean {
    switch (step.kind) {
      case 'remove': {
        const names = [
          ...step.containers.map((name) => this.#containers.has(name)),
          ...step.images.map((name) => this.#tags.has(name)),
        ];
        if (!names.some(Boolean)) return false;
        if (names.every(Boolean)) return true;
        throw new Refusal('unsupported', 'what is removed here is only in part of the builder', step);
      }
      case 'tag':
        if (this.#tags.has(step.to)) return true;
        return this.#refuseUse(step, [step.from], []);
      case 'start':
        return this.#containers.has(step.container);
      case 'use':
        if (this.#isOurs(step.images, step.containers) && /^(?:history|inspect|image inspect)$/.test(step.name))
          return true;
        if (isBetween && step.isDark === true)
          throw new Refusal('unsupported', `\`${step.name}\` is not understood`, step);
        return this.#refuseUse(step, step.images, step.containers);
      case 'create':
      case 'run':
        if (isBetween && step.problem) throw step.problem;
        return this.#refuseUse(step, [step.image], []);
      case 'copy-out':
      case 'build':
        return false;
      case 'branch':
        return this.#judgeBranch(step, isBetween);
      case 'file':
      case 'host':
        return this.#judgeHost(step, isBetween, files);
    }
  }

  #isOurs(images: readonly string[], containers: readonly string[]): boolean {
    return images.some((image) => this.#tags.has(image)) || containers.some((name) => this.#containers.has(name));
  }

  #refuseUse(step: Step, images: readonly string[], containers: readonly string[]): false {
    const image = images.find((name) => this.#tags.has(name)) ?? containers.find((name) => this.#containers.has(name));
    if (image === undefined) return false;
    throw new Refusal('builder-used', `\`${describe(image)}\` is used here, and is not made any more`, step);
  }

  #judgeBranch(step: Extract<Step, { kind: 'branch' }>, isBetween: boolean): boolean {
    const { subcommands, mentions, isHarmless } = step;
    const builds = subcommands.some((name) => /^(?:build|create|run|cp|exec|start|commit)$/.test(name));
    const isOurs = mentions.some(
      (word) => this.#tags.has(word) || this.#tags.has(`${word}:latest`) || this.#containers.has(word.split(':')[0]!),
    );
    if (step.what === OTHER_TARGET) {
      if (isOurs && subcommands.some((name) => !/^(?:rm|rmi|stop|kill)$/.test(name)))
        throw new Refusal('builder-used', 'another target uses the image or container of the builder', step);
      return false;
    }
    if (builds && (isBetween || isOurs))
      throw new Refusal('control-flow', `\`${step.what}\` decides what is built`, step);
    if (isBetween && !isHarmless)
      throw new Refusal('host-step', `what \`${step.what}\` does to the files is not known`, step);
    if (isOurs && subcommands.some((name) => !/^(?:rm|rmi|stop|kill|ps|images|inspect)$/.test(name)))
      throw new Refusal(
        'builder-used',
        'the image or container of the builder is used here, and is not made any more',
        step,
      );
    return false;
  }

  #judgeHost(step: Extract<Step, { kind: 'file' | 'host' }>, isBetween: boolean, files: HostFiles): boolean {
    if (step.kind === 'host') {
      if (isBetween && step.problem) throw step.problem;
      const touched = this.#handOvers.find((handOver) => files.touches(step).includes(handOver));
      if (touched) {
        if (step.isHarmless && step.name !== 'curl') return true;
        if (isBetween)
          throw new Refusal(
            'artifact-changed',
            `\`${step.name}\` works on \`${touched.host}\` before it is built into the image`,
            step,
          );
        throw new Refusal(
          'artifact-used',
          `\`${step.name}\` uses \`${touched.host}\`, which is not on the host any more`,
          step,
        );
      }
      if (isBetween && !step.isHarmless)
        throw new Refusal('host-step', `what \`${step.name}\` does to the files is not known`, step);
      return false;
    }
    const own = step.from.filter((path) => this.#hosts.some((host) => isWithin(host, path) || isWithin(path, host)));
    if (own.length === 0) {
      if (isBetween && step.problem) throw step.problem;
      return false;
    }
    if (
      step.what === 'remove' &&
      step.from.every((path) => own.includes(path) && this.#hosts.some((host) => isWithin(path, host)))
    )
      return !isBefore(step, this.#handOvers);
    if (step.what === 'remove' || step.what === 'make-folder') return false;
    if (isBefore(step, this.#handOvers)) return false;
    const [path] = own;
    throw new Refusal(
      isBetween ? 'artifact-changed' : 'artifact-used',
      `\`${path}\` is needed here, and is not on the host any more`,
      step,
    );
  }
}

/** The step stands in front of everything that brings files to the host. */
function isBefore(step: Step, handOvers: readonly HandOver[]): boolean {
  return handOvers.every(({ steps }) => steps.every((other) => other.start > step.start));
}

export function isWithin(path: HostPath, folder: HostPath): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** The builders are built behind what stands between the builds: that must not change what they are made of. */
export function checkOrder(step: FileStep, builders: readonly PlannedBuild[]): void {
  if (step.what === 'make-folder') return;
  const changed = [...(step.what === 'copy' ? [] : step.from), ...(step.to === undefined ? [] : [step.to])];
  for (const { step: build, document, path } of builders) {
    if (build.context === undefined || build.start > step.start) continue;
    for (const stage of document.stages) {
      for (const instruction of stage.instructions) {
        if (!/^(?:COPY|ADD)$/.test(instruction.keyword) || instruction.flag('from')) continue;
        for (const { text } of instruction.operands.slice(0, -1)) {
          const [fixed = ''] = text.replace(/^(?:\.?\/)+|\/$/g, '').split(/(?:^|\/)[^/]*[*?[$]/);
          const source = [build.context, fixed === '.' ? '' : fixed].filter(Boolean).join('/');
          const touched = changed.find((one) => isWithin(one, source) || isWithin(source, one));
          if (touched !== undefined)
            throw new Refusal(
              'host-step',
              `\`${touched}\` is changed here, and \`${path}\` is to be built behind that`,
              step,
            );
        }
      }
    }
  }
}
