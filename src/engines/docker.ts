import { readFile } from 'node:fs/promises';
import { type BuildCommand, KNOWN, runBuild } from './builds.ts';
import {
  ask,
  type ContainerClient,
  copyFromImage,
  exportImage,
  startContainer,
  sweepContainers,
  words,
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
import { inspectImage, tagImage } from './images.ts';
import { Leftovers } from './leftovers.ts';
import { type Environment, execute, stream } from './process.ts';
import { findPrograms } from './programs.ts';
import type { Session } from './session.ts';

/** How a client builds: with its buildx plug-in, with the BuildKit client that those before 23 have in them, or without. */
type Builder = 'buildx' | 'buildkit' | 'classic';

interface Found {
  readonly command: string;
  readonly env: Environment;
  readonly builder: Builder;
  readonly version: string;
  readonly capabilities: Capabilities;
  /** The containers' processes are this machine's. */
  readonly local: boolean;
}

interface Versions {
  readonly Client?: { readonly Version?: string } | null;
  readonly Server?: { readonly Version?: string; readonly Os?: string } | null;
}

const ANSWER = 20_000;
/** The first engine with BuildKit in it. */
const FIRST_BUILDKIT = '18.9';
/** The first client that has no BuildKit in it and leaves that to its plug-in. */
const FIRST_WITHOUT_BUILDKIT = '23';

/** The docker client to use, of all on the path: the first that builds with BuildKit, else the first that gets an answer. */
export async function openDocker(session: Session): Promise<Engine | { reason: string }> {
  let fallback: Found | undefined;
  let reason = 'docker is not installed';
  for (const command of findPrograms('docker', session.env)) {
    const found = await tryClient(command, session);
    if ('reason' in found) {
      if (!fallback) reason = found.reason;
    } else if (found.builder !== 'classic' || isOff(session.env.DOCKER_BUILDKIT)) {
      return new DockerEngine(session, found);
    } else fallback ??= found;
  }
  return fallback ? new DockerEngine(session, fallback) : { reason };
}

const isOff = (setting: string | undefined) => setting === '0' || setting === 'false';

async function tryClient(command: string, session: Session): Promise<Found | { reason: string }> {
  const env: Environment = {
    ...session.env,
    BUILDKIT_PROGRESS: 'plain',
    DOCKER_CLI_HINTS: 'false',
    DOCKER_SCAN_SUGGEST: 'false',
  };
  const run = (args: readonly string[]) => execute(command, args, { env, timeout: ANSWER, signal: session.signal });
  const answer = await run(['version', '--format', '{{json .}}']);
  const versions = readJson<Versions>(answer.stdout);
  const version = versions?.Server?.Version;
  if (!version) return { reason: whyNoAnswer(answer.stderr, answer.timedOut) };
  // podman's `docker` says so itself, and is asked as podman.
  if (/podman/i.test(answer.stdout + answer.stderr)) return { reason: 'docker is podman here' };
  const client = versions?.Client?.Version ?? '0';
  const hasBuildx = (await run(['buildx', 'version'])).code === 0;
  const canBuildKit = versions?.Server?.Os !== 'windows' && compareVersions(version, FIRST_BUILDKIT) >= 0;
  const builder: Builder =
    !canBuildKit || isOff(session.env.DOCKER_BUILDKIT)
      ? 'classic'
      : hasBuildx
        ? 'buildx'
        : compareVersions(client, FIRST_WITHOUT_BUILDKIT) < 0
          ? 'buildkit'
          : 'classic';
  const local = await isLocal(run);
  return {
    command,
    env: { ...env, DOCKER_BUILDKIT: builder === 'classic' ? '0' : '1' },
    builder,
    version,
    local,
    capabilities: {
      buildkit: builder !== 'classic',
      canRun: true,
      health: true,
      exec: true,
      reachable: local,
      dockerfileIgnore: builder !== 'classic',
      builders: builder === 'buildx',
      mounts: local,
      skipsUnusedStages: builder !== 'classic',
    },
  };
}

/** The engine's containers share this machine's kernel and network: a socket, and no virtual machine or user namespace behind it. */
async function isLocal(run: (args: readonly string[]) => ReturnType<typeof execute>): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const endpoint = (await run(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'])).stdout.trim();
  interface Facts {
    readonly OperatingSystem?: string;
    readonly SecurityOptions?: readonly string[] | null;
  }
  const facts = readJson<Facts>((await run(['info', '--format', '{{json .}}'])).stdout);
  return (
    endpoint.startsWith('unix://') &&
    !/desktop/i.test(facts?.OperatingSystem ?? 'desktop') &&
    !facts?.SecurityOptions?.some((option) => option.includes('rootless'))
  );
}

function whyNoAnswer(stderr: string, timedOut: boolean): string {
  if (timedOut) return 'the Docker engine does not answer';
  if (/permission denied/i.test(stderr)) return 'this user may not talk to the Docker engine';
  if (/Cannot connect|Is the docker daemon running|error during connect/i.test(stderr))
    return 'no Docker engine is running';
  const [line = ''] = stderr.trim().split('\n');
  return line ? `the docker client fails: ${line}` : 'the docker client fails';
}

class DockerEngine implements Engine {
  readonly name = 'docker';
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #session: Session;
  readonly #builder: Builder;
  readonly #client: ContainerClient;
  readonly #leftovers: Leftovers;
  readonly #probes: FeatureProbes;

  constructor(session: Session, found: Found) {
    this.version = found.version;
    this.capabilities = found.capabilities;
    this.#session = session;
    this.#builder = found.builder;
    this.#client = { ...found, name: 'docker', session, reachable: found.capabilities.reachable };
    this.#leftovers = new Leftovers(this.#client);
    this.#probes = new FeatureProbes(session, (request) => this.#build(request, KNOWN));
    session.onDispose(() => this.#sweep());
  }

  build(request: BuildRequest): Promise<BuildOutcome> {
    return this.#session.track(this.#build(request, (feature) => this.supports(feature)));
  }

  async #build(request: BuildRequest, supports: BuildCommand['supports']): Promise<BuildOutcome> {
    const dockerfile = await stageDockerfile(this.#session, request);
    const idFile = `${dockerfile.path}.id`;
    const isClassic = this.#builder === 'classic';
    if (isClassic) await this.#leftovers.remember();
    return await runBuild(this.#session, request, {
      command: this.#client.command,
      args: [...this.#buildFlags(request), `--file=${dockerfile.path}`, `--iidfile=${idFile}`, request.context],
      env: this.#client.env,
      style: isClassic ? 'classic' : 'buildkit',
      imageId: () => readId(idFile),
      supports,
      ...(isClassic ? { onLine: (line: string) => this.#leftovers.readClassic(line) } : {}),
    });
  }

  #buildFlags(request: BuildRequest): string[] {
    const flags = {
      // `--load`: wherever it is built, the image comes to the engine that runs it.
      buildx: ['buildx', 'build', '--load', '--provenance=false', '--progress=plain'],
      buildkit: ['build', '--progress=plain'],
      classic: ['build', '--force-rm'],
    }[this.#builder];
    return [
      ...flags,
      `--label=${this.#session.label}`,
      ...(request.builder === undefined ? [] : [`--builder=${request.builder}`]),
      ...(request.target === undefined ? [] : [`--target=${request.target}`]),
      ...(request.platform === undefined ? [] : [`--platform=${request.platform}`]),
      ...(request.network ? [`--network=${request.network}`] : []),
      ...(request.noCache ? ['--no-cache'] : []),
      ...Object.entries(request.buildArgs ?? {}).map(([name, value]) => `--build-arg=${name}=${value}`),
      ...(request.secrets ?? []).map((secret) => `--secret=${secret}`),
      ...(request.ssh ?? []).map((agent) => `--ssh=${agent}`),
    ];
  }

  supports(feature: Feature): Promise<boolean> {
    return this.#probes.supports(feature, this.capabilities.buildkit);
  }

  inspect(image: string): Promise<ImageInspection> {
    return inspectImage(this.#client, image);
  }

  async history(image: string): Promise<readonly HistoryEntry[]> {
    const args = ['history', '--no-trunc', '--human=false', '--format', '{{json .}}', image];
    interface Line {
      readonly CreatedBy: string;
      readonly CreatedAt: string;
      readonly Comment: string;
      readonly Size: string;
    }
    const lines = (await ask(this.#client, args)).split('\n').filter(Boolean);
    return lines
      .map((line) => JSON.parse(line) as Line)
      .map((line) => ({
        createdBy: line.CreatedBy,
        created: line.CreatedAt,
        comment: line.Comment,
        size: Number(line.Size),
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
    return stream(this.#client.command, ['save', image], { env: this.#client.env, signal: this.#session.signal });
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

  /** Containers first: they keep images. */
  async #sweep(): Promise<void> {
    await sweepContainers(this.#client);
    await this.#leftovers.sweep();
  }
}

async function readId(file: string): Promise<string | undefined> {
  return words(await readFile(file, 'utf8').catch(() => ''))[0];
}

function readJson<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** By their numbers: `20.10.24+dfsg1` comes after `20.9`. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
