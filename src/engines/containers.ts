import { readFile } from 'node:fs/promises';
import {
  type BindMount,
  type ContainerState,
  EngineError,
  type ExecResult,
  type Listener,
  type Output,
  type RunningContainer,
  type StartOutcome,
  type StartRequest,
} from './engine.ts';
import { readListeners } from './listeners.ts';
import { type Environment, type Executed, execute, lazyStream, stream } from './process.ts';
import type { Session } from './session.ts';

/** A client that speaks Docker's language of containers: docker itself, or podman. */
export interface ContainerClient {
  readonly name: 'docker' | 'podman' | 'buildah';
  readonly command: string;
  readonly env: Environment;
  readonly session: Session;
  /** The container's own address can be reached from here. */
  readonly reachable: boolean;
  /** The container's processes are this machine's. */
  readonly local: boolean;
}

const LOG_LIMIT = 1 << 20;
/** What an answer of the client may take, in milliseconds. */
const ANSWER = 60_000;
/** With an image to pull, in milliseconds. */
const PULL = 900_000;

/** Runs the client; what it prints when it fails becomes the error. */
export async function ask(
  client: ContainerClient,
  args: readonly string[],
  options: { timeout?: number } = {},
): Promise<string> {
  const ran = await execute(client.command, args, {
    env: client.env,
    timeout: options.timeout ?? ANSWER,
    keep: 64 << 20,
  });
  if (ran.code === 0) return ran.stdout;
  throw new EngineError(complaint(ran, `${client.command} ${args[0]}`));
}

function complaint(ran: Executed, what: string): string {
  if (ran.timedOut) return `${what} does not answer`;
  return ran.stderr.trim().replace(/^Error(?: response from daemon)?: /, '') || `${what} ended with code ${ran.code}`;
}

/** `docker create` and `docker start`: a container that ran and ended has started. */
export async function startContainer(client: ContainerClient, request: StartRequest): Promise<StartOutcome> {
  const network = await chooseNetwork(client, request);
  const line = [...network, ...limits(request), ...commandLine(request)];
  const created = await createContainer(client, line, request.pull ? PULL : ANSWER);
  if (typeof created !== 'string') return created;
  const container = new ClientContainer(client, created);
  const started = await execute(client.command, ['start', ...(request.input === undefined ? [] : ['-i']), created], {
    env: client.env,
    signal: client.session.signal,
    timeout: request.input === undefined ? ANSWER : 10 * ANSWER,
    ...(request.input === undefined ? {} : { input: request.input }),
  });
  if (started.code === 0) return container;
  const { Error: error = '', ExitCode: exitCode = 127, StartedAt: startedAt = '' } = await container.rawState();
  // With `-i` the code is the command's own.
  if (request.input !== undefined && error === '' && !startedAt.startsWith('0001-')) return container;
  await container.remove();
  return {
    ok: false,
    message: error || complaint(started, 'start'),
    exitCode: exitCode || startCode(error || started.stderr),
  };
}

async function createContainer(
  client: ContainerClient,
  args: readonly string[],
  timeout = ANSWER,
): Promise<string | { ok: false; message: string; exitCode: number }> {
  const ran = await client.session.make(() =>
    execute(client.command, ['create', '--label', client.session.label, ...args], { env: client.env, timeout }),
  );
  const id = ran.stdout.trim().split('\n').at(-1);
  if (ran.code === 0 && id) return id;
  // An image that names no command at all.
  if (/no command specified|no command or entrypoint/i.test(ran.stderr)) {
    return { ok: false, message: 'no command specified', exitCode: 127 };
  }
  throw new EngineError(complaint(ran, 'create'));
}

/** As shells have it: not there, or there and no program. */
export function startCode(message: string): number {
  return /no such file|not found/i.test(message) ? 127 : 126;
}

function limits(request: StartRequest): string[] {
  return [
    ...(request.memory === undefined ? [] : [`--memory=${request.memory}`, `--memory-swap=${request.memory}`]),
    ...(request.pids === undefined ? [] : [`--pids-limit=${request.pids}`]),
    ...(request.cpus === undefined ? [] : [`--cpus=${request.cpus}`]),
    ...(request.readOnly ? ['--read-only'] : []),
    ...(request.tmpfs ?? []).map((path) => `--tmpfs=${path}`),
    ...(request.input === undefined ? [] : ['-i']),
    ...(request.mounts ?? []).map(mountOption),
  ];
}

/** The fields are comma-separated values, in which a quoted field may hold anything. */
function mountOption({ source, target, readOnly }: BindMount): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])];
  return `--mount=${fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}`;
}

function commandLine(request: StartRequest): string[] {
  const [program, ...rest] = request.entrypoint ?? [];
  return [
    `--pull=${request.pull ? 'missing' : 'never'}`,
    ...Object.entries(request.env ?? {}).map(([name, value]) => `--env=${name}=${value}`),
    ...(request.user === undefined ? [] : [`--user=${request.user}`]),
    ...(request.workdir === undefined ? [] : [`--workdir=${request.workdir}`]),
    ...(request.entrypoint === undefined ? [] : [`--entrypoint=${program ?? ''}`]),
    request.image,
    ...rest,
    ...(request.command ?? []),
  ];
}

const HOSTNAME = 'container';

async function chooseNetwork(client: ContainerClient, request: StartRequest): Promise<string[]> {
  const network = request.network ?? 'none';
  // Servers listen on what HOSTNAME says; engines make it resolvable with a network only.
  if (network === 'none') return ['--network=none', `--hostname=${HOSTNAME}`, `--add-host=${HOSTNAME}:127.0.0.1`];
  if (network === 'internal' && client.reachable) return [`--network=${await internalNetwork(client)}`];
  return (request.ports ?? []).map((port) => `--publish=127.0.0.1::${port}`);
}

const internalNetworks = new WeakMap<Session, Promise<string>>();

/** One for the whole session: containers on it have addresses, and no way out. */
function internalNetwork(client: ContainerClient): Promise<string> {
  const { session } = client;
  let network = internalNetworks.get(session);
  if (!network) {
    const name = `dockerfileopt-${session.id.slice(0, 8)}`;
    network = session
      .make(() => ask(client, ['network', 'create', '--internal', '--label', session.label, name]))
      .then(() => name);
    internalNetworks.set(session, network);
  }
  return network;
}

interface RawState {
  readonly Status?: string;
  readonly Running?: boolean;
  readonly ExitCode?: number;
  readonly OOMKilled?: boolean;
  readonly Error?: string;
  readonly Pid?: number;
  readonly StartedAt?: string;
  readonly Health?: { readonly Status?: string; readonly Log?: readonly { readonly Output?: string }[] | null } | null;
}

class ClientContainer implements RunningContainer {
  readonly ok = true;
  readonly id: string;
  readonly #client: ContainerClient;
  #pid: number | undefined;

  constructor(client: ContainerClient, id: string) {
    this.#client = client;
    this.id = id;
  }

  async rawState(): Promise<RawState> {
    return JSON.parse(
      await ask(this.#client, ['container', 'inspect', '--format', '{{json .State}}', this.id]),
    ) as RawState;
  }

  async state(): Promise<ContainerState> {
    const raw = await this.rawState();
    const running = raw.Running ?? raw.Status === 'running';
    const health = raw.Health?.Status;
    return {
      running,
      exitCode: running ? undefined : raw.ExitCode,
      outOfMemory: raw.OOMKilled ?? false,
      health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : 'none',
      healthOutput: raw.Health?.Log?.at(-1)?.Output?.trim().split('\n').at(-1) ?? '',
      pid: running && this.#client.local ? raw.Pid : undefined,
    };
  }

  async wait(timeout: number): Promise<ContainerState | undefined> {
    const ran = await execute(this.#client.command, ['wait', this.id], {
      env: this.#client.env,
      timeout,
      signal: this.#client.session.signal,
    });
    if (ran.timedOut || ran.aborted) return undefined;
    if (ran.code !== 0) throw new EngineError(complaint(ran, 'wait'));
    return await this.state();
  }

  async stop(graceSeconds: number): Promise<ContainerState> {
    await ask(this.#client, ['stop', `--time=${graceSeconds}`, this.id], { timeout: graceSeconds * 1000 + ANSWER });
    return await this.state();
  }

  async kill(signal: string): Promise<void> {
    await ask(this.#client, ['kill', `--signal=${signal}`, this.id]);
  }

  async logs(): Promise<Output> {
    const ran = await execute(this.#client.command, ['logs', this.id], {
      env: this.#client.env,
      timeout: ANSWER,
      keep: LOG_LIMIT,
    });
    if (ran.code !== 0) throw new EngineError(complaint(ran, 'logs'));
    return { stdout: ran.stdout, stderr: ran.stderr, truncated: ran.truncated };
  }

  async exec(argv: readonly string[], options: { timeout?: number; user?: string } = {}): Promise<ExecResult> {
    const user = options.user === undefined ? [] : [`--user=${options.user}`];
    const ran = await execute(this.#client.command, ['exec', ...user, this.id, ...argv], {
      env: this.#client.env,
      signal: this.#client.session.signal,
      timeout: options.timeout ?? ANSWER,
      keep: LOG_LIMIT,
    });
    const { stdout, stderr, truncated, timedOut } = ran;
    return { exitCode: ran.code, stdout, stderr, truncated, timedOut };
  }

  async address(port: number): Promise<{ host: string; port: number } | undefined> {
    interface Settings {
      readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null;
      readonly Ports?: Readonly<
        Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
      > | null;
    }
    const format = '{{json .NetworkSettings}}';
    const settings = JSON.parse(
      await ask(this.#client, ['container', 'inspect', '--format', format, this.id]),
    ) as Settings;
    const own = Object.values(settings.Networks ?? {}).find((network) => network.IPAddress)?.IPAddress;
    if (own && this.#client.reachable) return { host: own, port };
    const published = settings.Ports?.[`${port}/tcp`]?.find((binding) => binding.HostPort);
    return published?.HostPort
      ? { host: published.HostIp || '127.0.0.1', port: Number(published.HostPort) }
      : undefined;
  }

  async listeners(): Promise<readonly Listener[] | undefined> {
    this.#pid ??= (await this.state()).pid; // asked often while a server starts, and a client takes its time to answer
    const pid = this.#pid;
    if (!pid) return undefined;
    try {
      // Another machine's pid may be some process here, as may that of a container that has ended.
      const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8');
      const mounts = cgroup.includes(this.id) ? '' : await readFile(`/proc/${pid}/mountinfo`, 'utf8');
      return cgroup.includes(this.id) || mounts.includes(this.id) ? await readListeners(pid) : undefined;
    } catch {
      return undefined;
    }
  }

  copyOut(path: string) {
    return stream(this.#client.command, ['cp', `${this.id}:${path}`, '-'], {
      env: this.#client.env,
      signal: this.#client.session.signal,
    });
  }

  async remove(): Promise<void> {
    await removeContainers(this.#client, [this.id]);
  }
}

/** With their volumes; those that are gone already count as removed. */
export async function removeContainers(client: ContainerClient, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const ran = await execute(client.command, ['rm', '--force', '--volumes', ...ids], {
    env: client.env,
    timeout: ANSWER,
  });
  if (ran.code !== 0 && !/no such container|already in progress|no container with/i.test(ran.stderr)) {
    throw new EngineError(complaint(ran, 'rm'));
  }
}

/** Removes every container and network with the session's label. */
export async function sweepContainers(client: ContainerClient): Promise<void> {
  const filter = ['--filter', `label=${client.session.label}`];
  await removeContainers(client, words(await ask(client, ['ps', '--all', '--quiet', '--no-trunc', ...filter])));
  if (!internalNetworks.has(client.session)) return;
  for (const id of words(await ask(client, ['network', 'ls', '--quiet', ...filter])))
    await ask(client, ['network', 'rm', id]);
}

/** Runs an image's file system through `export`; the container it takes is removed when the stream ends in whatever way. */
export function exportImage(client: ContainerClient, image: string) {
  return lazyStream(async () => {
    // The command is never run; an image without one needs it.
    const created = await createContainer(client, ['--network=none', '--pull=never', image, '/']);
    if (typeof created !== 'string') throw new EngineError(created.message);
    return stream(client.command, ['export', created], {
      env: client.env,
      signal: client.session.signal,
      onClose: () => client.session.track(removeContainers(client, [created])),
    });
  });
}

/** A path of an image through `cp`; the container it takes is removed when the stream ends in whatever way. */
export function copyFromImage(client: ContainerClient, image: string, path: string) {
  return lazyStream(async () => {
    const created = await createContainer(client, ['--network=none', '--pull=missing', image, '/'], PULL);
    if (typeof created !== 'string') throw new EngineError(created.message);
    return stream(client.command, ['cp', `${created}:${path}`, '-'], {
      env: client.env,
      signal: client.session.signal,
      onClose: () => client.session.track(removeContainers(client, [created])),
    });
  });
}

export const words = (text: string) => text.split(/\s+/).filter(Boolean);
