import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type BuildCommand, KNOWN, runBuild } from './builds.ts';
import { type ContainerClient, startCode } from './containers.ts';
import { stageDockerfile } from './dockerfile.ts';
import {
  type BuildOutcome,
  type BuildRequest,
  type Capabilities,
  type ContainerState,
  type Engine,
  EngineError,
  type ExecResult,
  type Feature,
  type HistoryEntry,
  type ImageConfig,
  type ImageInspection,
  type Listener,
  type Output,
  type RunningContainer,
  type StartOutcome,
  type StartRequest,
} from './engine.ts';
import { FeatureProbes } from './features.ts';
import { longId, tagImage, withoutOwnLabels } from './images.ts';
import { Leftovers } from './leftovers.ts';
import { readListeners } from './listeners.ts';
import { buildahFlags, printedId } from './podman.ts';
import { type Executed, execute, lazyStream, stream } from './process.ts';
import { childrenOf, nameOf } from './processes.ts';
import { findPrograms } from './programs.ts';
import type { Session } from './session.ts';

const ANSWER = 60_000;
const LOG_LIMIT = 1 << 20;

export async function openBuildah(session: Session): Promise<Engine | { reason: string }> {
  const [command] = findPrograms('buildah', session.env);
  if (!command) return { reason: 'buildah is not installed' };
  const ask = (args: readonly string[]) =>
    execute(command, args, { env: session.env, timeout: ANSWER, signal: session.signal });
  const version = /version (\S+)/.exec((await ask(['--version'])).stdout)?.[1];
  const list = await ask(['images', '--quiet']);
  if (!version || list.code !== 0) return { reason: `buildah fails: ${list.stderr.trim().split('\n').at(-1)}` };
  return new BuildahEngine(session, command, version);
}

/**
 * Has no daemon: a container is a working container in which `buildah run` runs the image's command, as a child of ours,
 * in namespaces of its own. It knows no health checks and no memory limits.
 */
class BuildahEngine implements Engine {
  readonly name = 'buildah';
  readonly version: string;
  readonly capabilities: Capabilities = {
    buildkit: false,
    skipsUnusedStages: true,
    canRun: true,
    health: false,
    exec: false,
    reachable: false,
    dockerfileIgnore: true,
    builders: false,
    mounts: true,
  };
  readonly #session: Session;
  readonly #command: string;
  readonly #client: ContainerClient;
  readonly #leftovers: Leftovers;
  readonly #probes: FeatureProbes;
  readonly #containers = new Map<string, WorkingContainer | undefined>();
  #count = 0;

  constructor(session: Session, command: string, version: string) {
    this.version = version;
    this.#session = session;
    this.#command = command;
    this.#client = { name: 'buildah', command, env: session.env, session, reachable: false, local: true };
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
    return await runBuild(this.#session, request, {
      command: this.#command,
      args: ['build', ...buildahFlags(request, dockerfile), `--label=${this.#session.label}`, request.context],
      env: this.#session.env,
      style: 'buildah',
      imageId: printedId,
      supports,
      onLine: (line) => this.#leftovers.readBuildah(line),
    });
  }

  supports(feature: Feature): Promise<boolean> {
    return this.#probes.supports(feature);
  }

  async inspect(image: string): Promise<ImageInspection> {
    const { docker, id } = await this.#manifest(image);
    const config = docker.config ?? {};
    return {
      Id: longId(id),
      Os: docker.os ?? 'linux',
      Architecture: docker.architecture ?? 'unknown',
      ...(docker.variant ? { Variant: docker.variant } : {}),
      ...(docker.created ? { Created: docker.created } : {}),
      RootFS: { Type: 'layers', Layers: docker.rootfs?.diff_ids ?? [] },
      Config: withoutOwnLabels(config),
    };
  }

  /** Sizes of layers are not told: `save` has them. */
  async history(image: string): Promise<readonly HistoryEntry[]> {
    const { docker } = await this.#manifest(image);
    return [...(docker.history ?? [])]
      .reverse()
      .map((step) => ({
        createdBy: step.created_by ?? '',
        created: step.created ?? '',
        comment: step.comment ?? '',
        size: step.empty_layer ? 0 : undefined,
      }))
      .filter(({ createdBy }) => !createdBy.includes(this.#session.id));
  }

  async #manifest(image: string): Promise<{ docker: DockerManifest; id: string }> {
    const raw = JSON.parse(await this.#ask(['inspect', '--type=image', image])) as {
      FromImageID: string;
      Docker?: DockerManifest;
    };
    return { docker: raw.Docker ?? {}, id: raw.FromImageID };
  }

  exportFilesystem(image: string) {
    return this.#pack(image, '/', true);
  }

  copyOut(image: string, path: string) {
    return this.#pack(image, path, false);
  }

  #pack(image: string, path: string, isLocal: boolean) {
    return lazyStream(async () => {
      const container = await this.#from(image, isLocal);
      return stream(...packContainer(this.#command, container, path), {
        env: this.#session.env,
        signal: this.#session.signal,
        onClose: () => this.#session.track(this.#removeContainer(container)),
      });
    });
  }

  /** By way of a file: buildah opens what it writes to by its name, which a pipe of ours has not. */
  save(image: string) {
    return lazyStream(async () => {
      const file = join(await this.#session.makeFolder(), 'image.tar');
      await this.#session.make(() =>
        this.#ask(['push', '--quiet', image.replace('sha256:', ''), `docker-archive:${file}`], 10 * ANSWER),
      );
      const result = createReadStream(file);
      result.on('close', () => rm(file, { force: true }).catch(() => {}));
      return result;
    });
  }

  async start(request: StartRequest): Promise<StartOutcome> {
    const { Config: config } = await this.inspect(request.image);
    const argv = commandLine(request, config);
    if (argv.length === 0) return { ok: false, message: 'no command specified', exitCode: 127 };
    const id = await this.#from(request.image, request.pull !== true);
    const args = [
      'run',
      ...(request.network === 'default' ? [] : ['--network=none']),
      ...Object.entries(request.env ?? {}).map(([name, value]) => `--env=${name}=${value}`),
      ...(request.user === undefined ? [] : [`--user=${request.user}`]),
      ...(request.workdir === undefined ? [] : [`--workingdir=${request.workdir}`]),
      ...(request.tmpfs ?? []).map((path) => `--mount=type=tmpfs,destination=${path.split(':')[0]}`),
      ...(request.mounts ?? []).map(
        ({ source, target, readOnly }) => `--volume=${source}:${target}:${readOnly ? 'ro' : 'rw'}`,
      ),
      '--',
      id,
      ...argv,
    ];
    const container = new WorkingContainer(
      id,
      this.#session,
      this.#command,
      args,
      request,
      config.StopSignal || 'SIGTERM',
      () => this.#session.track(this.#removeContainer(id)),
    );
    this.#containers.set(id, container);
    const failure = await container.started();
    if (!failure) return container;
    await container.remove();
    return failure;
  }

  tag(image: string): Promise<string> {
    return tagImage(this.#client, image);
  }

  async remove(image: string): Promise<void> {
    if (await this.#leftovers.isOurs(image)) await this.#leftovers.removeImages([image]);
  }

  async #from(image: string, isLocal = true): Promise<string> {
    this.#count += 1;
    const name = `dockerfileopt-${this.#session.id.slice(0, 8)}-${this.#count}`;
    this.#containers.set(name, undefined);
    const pull = isLocal ? '--pull-never' : '--pull';
    const args = ['from', pull, `--name=${name}`, image.replace('sha256:', '')];
    await this.#session.make(() => this.#ask(args, isLocal ? ANSWER : 15 * ANSWER));
    return name;
  }

  async #removeContainer(name: string): Promise<void> {
    const ran = await execute(this.#command, ['rm', name], { env: this.#session.env, timeout: ANSWER });
    if (ran.code === 0 || /container not known|no such container/i.test(ran.stderr)) this.#containers.delete(name);
    else throw new EngineError(`container ${name} cannot be removed: ${ran.stderr.trim()}`);
  }

  async #ask(args: readonly string[], timeout = ANSWER): Promise<string> {
    const ran = await execute(this.#command, args, { env: this.#session.env, timeout, keep: 16 << 20 });
    if (ran.code === 0) return ran.stdout;
    throw new EngineError(
      ran.stderr.trim().replace(/^Error: /, '') || `buildah ${args[0]} ended with code ${ran.code}`,
    );
  }

  async #sweep(): Promise<void> {
    for (const [name, container] of [...this.#containers]) {
      await container?.ended;
      await this.#removeContainer(name);
    }
    await this.#leftovers.sweep();
  }
}

interface DockerManifest {
  readonly created?: string;
  readonly os?: string;
  readonly architecture?: string;
  readonly variant?: string;
  readonly config?: ImageConfig;
  readonly rootfs?: { readonly diff_ids?: readonly string[] };
  readonly history?: readonly { created?: string; created_by?: string; comment?: string; empty_layer?: boolean }[];
}

/** The command that packs a path of a working container, and its arguments; the archive's names begin with the path's last. */
function packContainer(command: string, container: string, path: string): [string, string[]] {
  // A user's own mounts exist only inside `unshare`; root has no need of it.
  const inside = process.getuid?.() === 0 ? [] : [command, 'unshare'];
  const name = path.replace(/\/+$/, '').replace(/^.*\//, '') || '.';
  const folder = path.replace(/\/+$/, '').replace(/[^/]*$/, '');
  const script = 'exec tar -C "$("$1" mount "$2")$3" --numeric-owner --sort=name -c -- "$4"';
  const [program = 'sh', ...args] = [...inside, 'sh', '-c', script, 'sh', command, container, folder, name];
  return [program, args];
}

/** As Docker puts it together: another entry point drops the image's own command. */
function commandLine(request: StartRequest, config: ImageConfig): string[] {
  const entrypoint = request.entrypoint ?? config.Entrypoint ?? [];
  const command = request.command ?? (request.entrypoint ? [] : (config.Cmd ?? []));
  return [...entrypoint, ...command];
}

/** The runtime could not start the command; its complaint comes from buildah itself. */
const NOT_STARTED = /^(?:error running container: .*creating container for|process failed to start with error: )/m;

class WorkingContainer implements RunningContainer {
  readonly ok = true;
  readonly id: string;
  readonly ended: Promise<Executed>;
  readonly #session: Session;
  readonly #command: string;
  readonly #stopSignal: string;
  readonly #remove: () => Promise<void>;
  readonly #abort = new AbortController();
  #result: Executed | undefined;
  #pid: number | undefined;
  #killed: string | undefined;

  constructor(
    id: string,
    session: Session,
    command: string,
    args: readonly string[],
    request: StartRequest,
    stopSignal: string,
    remove: () => Promise<void>,
  ) {
    this.id = id;
    this.#session = session;
    this.#command = command;
    this.#stopSignal = stopSignal;
    this.#remove = remove;
    this.ended = execute(command, args, {
      env: session.env,
      signal: AbortSignal.any([session.signal, this.#abort.signal]),
      keep: LOG_LIMIT,
      onStart: (pid) => {
        this.#pid = pid;
      },
      ...(request.input === undefined ? {} : { input: request.input }),
    }).then((result) => {
      this.#result = result;
      return result;
    });
  }

  /** Waits until the command runs or has ended; what kept it from starting, if anything. */
  async started(): Promise<{ ok: false; message: string; exitCode: number } | undefined> {
    while (!this.#result && !this.#isRunning()) await setTimeout(20);
    if (this.#result && NOT_STARTED.test(this.#result.stderr)) {
      const message = this.#result.stderr.trim().split('\n')[0]!;
      return { ok: false, message, exitCode: startCode(message) };
    }
    return undefined;
  }

  /** Its first process is no longer the runtime's own, which becomes the command. */
  #isRunning(): boolean {
    const pid = this.#init();
    return pid !== undefined && !/^(?:runc|crun|exe|buildah|\d+$)/.test(nameOf(pid) ?? 'runc');
  }

  /** The container's first process: the only one below the runtime's helper. */
  #init(): number | undefined {
    if (this.#result || this.#pid === undefined) return undefined;
    const [helper] = childrenOf(this.#pid);
    return helper === undefined ? undefined : childrenOf(helper)[0];
  }

  async state(): Promise<ContainerState> {
    const result = this.#result;
    const exitCode = result && this.#exitCode(result);
    return { running: !result, exitCode, outOfMemory: false, health: 'none', healthOutput: '', pid: this.#init() };
  }

  /** buildah tells a command's own code, but not the signal that ended it. */
  #exitCode(result: Executed): number {
    const own = /while running runtime: exit status (\d+)|^exit status (\d+)$/m.exec(result.stderr);
    const signal = /container exited on (\w+)/.exec(result.stderr)?.[1];
    if (signal === undefined) return Number(own?.[1] ?? own?.[2] ?? result.code);
    const name = this.#killed ?? SIGNAL_NAMES[signal] ?? 'SIGKILL';
    return 128 + (constants.signals[name as NodeJS.Signals] ?? 9);
  }

  async wait(timeout: number): Promise<ContainerState | undefined> {
    const timer = new AbortController();
    await Promise.race([this.ended, setTimeout(timeout, undefined, { signal: timer.signal })]);
    timer.abort();
    return this.#result ? await this.state() : undefined;
  }

  async stop(graceSeconds: number): Promise<ContainerState> {
    await this.kill(this.#stopSignal);
    if (!(await this.wait(graceSeconds * 1000))) {
      await this.kill('SIGKILL');
      await this.ended;
    }
    return await this.state();
  }

  async kill(signal: string): Promise<void> {
    const pid = this.#init();
    if (pid === undefined) return;
    this.#killed = signal.startsWith('SIG') ? signal : `SIG${signal}`;
    try {
      process.kill(pid, this.#killed);
    } catch {
      // It has ended meanwhile.
    }
  }

  async logs(): Promise<Output> {
    const result = this.#result ?? { stdout: '', stderr: '', truncated: false };
    // The last lines are buildah's own.
    const stderr = result.stderr.replace(
      /(?:^container exited on \w+\n)?(?:^subprocess exited with status \d+\n)*^Error: (?:while running runtime: )?exit status \d+\n?$/m,
      '',
    );
    return { stdout: result.stdout, stderr, truncated: result.truncated };
  }

  async exec(): Promise<ExecResult> {
    throw new EngineError('buildah runs one command in a container');
  }

  async address(): Promise<undefined> {
    return undefined;
  }

  async listeners(): Promise<readonly Listener[] | undefined> {
    const pid = this.#init();
    return pid === undefined ? undefined : await readListeners(pid);
  }

  copyOut(path: string) {
    return lazyStream(async () => {
      const pid = this.#init();
      if (pid === undefined) {
        const options = { env: this.#session.env, signal: this.#session.signal };
        return stream(...packContainer(this.#command, this.id, path), options);
      }
      const folder = path.replace(/[^/]*\/?$/, '') || '/';
      const args = ['-C', `/proc/${pid}/root${folder}`, '-c', path.slice(folder.length) || '.'];
      return stream('tar', args, { env: this.#session.env, signal: this.#session.signal });
    });
  }

  async remove(): Promise<void> {
    await this.kill('SIGKILL');
    this.#abort.abort();
    await this.ended;
    await this.#remove();
  }
}

/** As Go names them. */
const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  killed: 'SIGKILL',
  terminated: 'SIGTERM',
  interrupt: 'SIGINT',
  aborted: 'SIGABRT',
  segmentation: 'SIGSEGV',
  quit: 'SIGQUIT',
  hangup: 'SIGHUP',
};
