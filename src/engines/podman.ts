import { type BuildCommand, KNOWN, runBuild } from './builds.ts';
import {
  ask,
  type ContainerClient,
  copyFromImage,
  exportImage,
  startContainer,
  sweepContainers,
} from './containers.ts';
import { stageDockerfile } from './dockerfile.ts';
import type {
  BuildOutcome,
  BuildRequest,
  Capabilities,
  Engine,
  Feature,
  HistoryEntry,
  ImageInspection,
  StartOutcome,
  StartRequest,
} from './engine.ts';
import { FeatureProbes } from './features.ts';
import { inspectImage, longId, tagImage } from './images.ts';
import { Leftovers } from './leftovers.ts';
import { execute, stream } from './process.ts';
import { findPrograms } from './programs.ts';
import type { Session } from './session.ts';

const ANSWER = 20_000;

interface Facts {
  readonly host?: {
    readonly security?: { readonly rootless?: boolean };
    readonly serviceIsRemote?: boolean;
  };
  readonly version?: { readonly Version?: string };
}

export async function openPodman(session: Session): Promise<Engine | { reason: string }> {
  const [command] = findPrograms('podman', session.env);
  if (!command) return { reason: 'podman is not installed' };
  const ran = await execute(command, ['info', '--format', 'json'], {
    env: session.env,
    timeout: ANSWER,
    signal: session.signal,
  });
  if (ran.timedOut) return { reason: 'podman does not answer' };
  if (ran.code !== 0) return { reason: `podman fails: ${ran.stderr.trim().split('\n').at(-1)}` };
  const facts = JSON.parse(ran.stdout) as Facts;
  return new PodmanEngine(session, command, facts);
}

class PodmanEngine implements Engine {
  readonly name = 'podman';
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #session: Session;
  readonly #client: ContainerClient;
  readonly #leftovers: Leftovers;
  readonly #probes: FeatureProbes;

  constructor(session: Session, command: string, facts: Facts) {
    const local = process.platform === 'linux' && !facts.host?.serviceIsRemote;
    const reachable = local && !facts.host?.security?.rootless;
    this.version = facts.version?.Version ?? 'unknown';
    this.capabilities = {
      buildkit: false,
      canRun: true,
      health: true,
      exec: true,
      reachable,
      dockerfileIgnore: true,
      builders: false,
      mounts: local,
      skipsUnusedStages: true,
    };
    this.#session = session;
    this.#client = { name: 'podman', command, env: session.env, session, reachable, local };
    this.#leftovers = new Leftovers(this.#client);
    this.#probes = new FeatureProbes(session, (request) => this.#build(request, KNOWN));
    session.onDispose(() => this.#sweep());
  }

  build(request: BuildRequest): Promise<BuildOutcome> {
    return this.#session.track(this.#build(request, (feature) => this.supports(feature)));
  }

  async #build(request: BuildRequest, supports: BuildCommand['supports']): Promise<BuildOutcome> {
    const dockerfile = await stageDockerfile(this.#session, request);
    await this.#leftovers.remember();
    const onLine = (line: string) => this.#leftovers.readBuildah(line);
    return await runBuild(this.#session, request, {
      command: this.#client.command,
      args: ['build', ...buildahFlags(request, dockerfile), `--label=${this.#session.label}`, request.context],
      env: this.#client.env,
      style: 'buildah',
      imageId: printedId,
      supports,
      onLine,
    });
  }

  supports(feature: Feature): Promise<boolean> {
    return this.#probes.supports(feature);
  }

  inspect(image: string): Promise<ImageInspection> {
    return inspectImage(this.#client, image);
  }

  async history(image: string): Promise<readonly HistoryEntry[]> {
    interface Step {
      readonly CreatedBy?: string;
      readonly created?: string;
      readonly comment?: string;
      readonly size?: number;
    }
    const steps = JSON.parse(await ask(this.#client, ['history', '--format', 'json', image])) as readonly (Step & {
      createdBy?: string;
    })[];
    return steps
      .map((step) => ({
        createdBy: step.CreatedBy ?? step.createdBy ?? '',
        created: step.created ?? '',
        comment: step.comment ?? '',
        size: step.size,
      }))
      .filter(({ createdBy }) => !createdBy.includes(this.#session.id));
  }

  exportFilesystem(image: string) {
    return exportImage(this.#client, image);
  }

  copyOut(image: string, path: string) {
    return copyFromImage(this.#client, image, path);
  }

  save(image: string) {
    return stream(this.#client.command, ['save', '--format=docker-archive', image], {
      env: this.#client.env,
      signal: this.#session.signal,
    });
  }

  start(request: StartRequest): Promise<StartOutcome> {
    return startContainer(this.#client, request);
  }

  tag(image: string): Promise<string> {
    return tagImage(this.#client, image);
  }

  async remove(image: string): Promise<void> {
    if (await this.#leftovers.isOurs(image)) await this.#leftovers.removeImages([image]);
  }

  async #sweep(): Promise<void> {
    await sweepContainers(this.#client);
    await this.#leftovers.sweep();
  }
}

/** What podman and buildah share. Docker's own format, as OCI's knows no HEALTHCHECK. */
export function buildahFlags(
  request: BuildRequest,
  dockerfile: { path: string; ignoreFile: string | undefined },
): string[] {
  return [
    '--format=docker',
    '--layers',
    '--force-rm',
    `--file=${dockerfile.path}`,
    ...(dockerfile.ignoreFile === undefined ? [] : [`--ignorefile=${dockerfile.ignoreFile}`]),
    ...(request.target === undefined ? [] : [`--target=${request.target}`]),
    ...(request.platform === undefined ? [] : [`--platform=${request.platform}`]),
    ...(request.network ? [`--network=${request.network}`] : []),
    ...(request.noCache ? ['--no-cache'] : []),
    ...Object.entries(request.buildArgs ?? {}).map(([name, value]) => `--build-arg=${name}=${value}`),
    ...(request.secrets ?? []).map((secret) => `--secret=${secret}`),
    ...(request.ssh ?? []).map((agent) => `--ssh=${agent}`),
  ];
}

/** With an id file they would not print the images of the steps, so the id is the last line. */
export const printedId: BuildCommand['imageId'] = async (lines) => {
  const id = lines.findLast((line) => /^[0-9a-f]{64}$/.test(line));
  return id && longId(id);
};
