import { get } from 'node:http';
import type { ContainerNetwork, ContainerState, Engine, Listener, RunningContainer } from '../engines/engine.ts';

/** How one container of an image is watched. Times in milliseconds. */
export interface Watch {
  readonly image: string;
  /** Instead of the image's command. */
  readonly command?: readonly string[];
  /** Instead of the image's entry point and command. */
  readonly entrypoint?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly network?: ContainerNetwork;
  /** How long a program may take to end, or a server to listen; it is asked again and again. */
  readonly patience: () => number;
  /** How long something that runs has to stay alive to count as alive. */
  readonly settle: number;
  /** The health check's words (`CMD …`, `CMD-SHELL …`), if there is one. */
  readonly health?: readonly string[];
  /** Words that run the text of a `CMD-SHELL` health check. */
  readonly shell?: readonly string[];
  readonly ports?: readonly number[];
  /** Paths to ask a server for, on each of its ports. */
  readonly paths?: readonly string[];
  /** Bytes. */
  readonly memory?: number;
  /** Seconds between the stop signal and the end of what does not listen to it; 10 unless told. */
  readonly grace?: number;
  /** It is taken away without being asked to stop first. */
  readonly abandon?: boolean;
}

/** What a server answered. */
export interface HttpAnswer {
  readonly port: number;
  readonly path: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly type: string;
  readonly body: string;
}

/** What one container did. */
export interface Observation {
  /** What the engine said when it could not even start. */
  readonly refusal?: string;
  /** Of a program that ended by itself, or could not be started. */
  readonly exitCode?: number;
  /** It still ran when it was stopped. */
  readonly alive: boolean;
  /** All that was printed; of a server that was asked something, what it printed until then. */
  readonly stdout: string;
  readonly stderr: string;
  readonly outOfMemory: boolean;
  /** TCP ports; undefined where they cannot be told. */
  readonly ports: readonly number[] | undefined;
  readonly health: 'none' | 'healthy' | 'unhealthy' | 'unknown';
  readonly healthOutput: string;
  /** Of what was stopped. */
  readonly stopCode?: number;
  readonly answers: readonly HttpAnswer[];
  readonly seconds: number;
}

const POLL = 200;
/** A day: what is waited for ends sooner, or is ended. */
const LONGEST = 86_400_000;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts a container, watches it until it ends or has settled, asks it what it should be asked, and takes it away. */
export async function observe(engine: Engine, watch: Watch): Promise<Observation> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const nothing = { alive: false, stdout: '', outOfMemory: false, ports: [], answers: [], healthOutput: '' } as const;
  const container = await engine.start({
    image: watch.image,
    network: watch.network ?? 'none',
    memory: watch.memory ?? 2 * 1024 ** 3,
    pids: 1024,
    ...(watch.command === undefined ? {} : { command: watch.command }),
    ...(watch.entrypoint === undefined ? {} : { entrypoint: watch.entrypoint }),
    ...(watch.env === undefined ? {} : { env: watch.env }),
    ...(watch.ports === undefined ? {} : { ports: watch.ports }),
  });
  if (!container.ok) {
    const { message, exitCode } = container;
    return { ...nothing, refusal: message, exitCode, stderr: message, health: 'none', seconds: seconds() };
  }
  try {
    const ended = await settle(container, watch);
    const isAlive = ended === undefined;
    const ports = isAlive ? portsOf(await container.listeners()) : [];
    const health = isAlive
      ? await checkHealth(engine, container, watch)
      : { health: 'none' as const, healthOutput: '' };
    const isAsked = isAlive && (watch.paths?.length ?? 0) > 0;
    // What a server prints of requests comes in any order, and sometimes not at all: it is not compared.
    const unasked = isAsked ? await container.logs() : undefined;
    const answers = isAsked ? await ask(container, watch, ports ?? watch.ports ?? []) : [];
    const stopped = isAlive && watch.abandon !== true ? await container.stop(watch.grace ?? 10) : undefined;
    const { stdout, stderr } = unasked ?? (await container.logs());
    const last = ended ?? stopped;
    return {
      alive: isAlive,
      stdout,
      stderr,
      outOfMemory: last?.outOfMemory ?? false,
      ports,
      ...health,
      answers,
      ...(ended?.exitCode === undefined ? {} : { exitCode: ended.exitCode }),
      ...(stopped?.exitCode === undefined ? {} : { stopCode: stopped.exitCode }),
      seconds: seconds(),
    };
  } finally {
    await container.remove();
  }
}

/** Waits until the program ends (its state), or listens or has lived long enough (undefined). */
async function settle(container: RunningContainer, watch: Watch): Promise<ContainerState | undefined> {
  const start = performance.now();
  let listening: string | undefined;
  let since = start;
  // One question for all of the time: where clients are slow to start, short ones never hear of an end.
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  const ending = container.wait(LONGEST).then(over, over);
  for (;;) {
    await Promise.race([ending, sleep(POLL)]);
    const now = performance.now();
    if (isOver || now - start >= watch.patience()) return await endOf(container);
    const ports = portsOf(await container.listeners());
    const state = ports === undefined ? undefined : ports.join(' ');
    if (state !== listening) since = now;
    listening = state;
    const isServing = listening !== undefined && listening !== '';
    // A server is given time to open all of its ports, and to die of what it finds then.
    if (isServing && now - since >= watch.settle) return await endOf(container);
  }
}

/** The state of what does not run any more. */
async function endOf(container: RunningContainer): Promise<ContainerState | undefined> {
  const state = await container.state();
  return state.running ? undefined : state;
}

function portsOf(listeners: readonly Listener[] | undefined): number[] | undefined {
  if (listeners === undefined) return undefined;
  return [...new Set(listeners.map(({ port }) => port))].sort((a, b) => a - b);
}

async function checkHealth(
  engine: Engine,
  container: RunningContainer,
  watch: Watch,
): Promise<Pick<Observation, 'health' | 'healthOutput'>> {
  const [kind, ...words] = watch.health ?? [];
  if (kind === undefined || kind === 'NONE') return { health: 'none', healthOutput: '' };
  // The engine's own checks come every half a minute: the same command is run at once where that can be done.
  const argv = kind === 'CMD-SHELL' ? [...(watch.shell ?? ['/bin/sh', '-c']), words.join(' ')] : words;
  const start = performance.now();
  let healthOutput = '';
  for (;;) {
    if (engine.capabilities.exec) {
      const result = await container.exec(argv, { timeout: 30_000 });
      healthOutput = `${result.stdout}${result.stderr}`.trim();
      if (result.exitCode === 0) return { health: 'healthy', healthOutput };
    } else {
      const state = await container.state();
      if (!engine.capabilities.health) return { health: 'unknown', healthOutput: '' };
      healthOutput = state.healthOutput;
      if (state.health === 'healthy') return { health: 'healthy', healthOutput };
    }
    if (performance.now() - start >= watch.patience()) return { health: 'unhealthy', healthOutput };
    await sleep(500);
  }
}

const MOST_BODY = 256 * 1024;

async function ask(container: RunningContainer, watch: Watch, ports: readonly number[]): Promise<HttpAnswer[]> {
  const answers: HttpAnswer[] = [];
  for (const port of ports.slice(0, 4)) {
    const address = await container.address(port);
    if (address === undefined) continue;
    const paths = new Set(watch.paths);
    for (const path of paths) {
      const answer = await request(address.host, address.port, path);
      answers.push({ port, path, ...answer });
      // Pages name the files that a server has to have.
      if (path === '/' && answer.status !== undefined) for (const link of linksOf(answer.body)) paths.add(link);
      if (answer.status === undefined) break; // no web server
    }
  }
  return answers;
}

function linksOf(body: string): string[] {
  const links = [...body.matchAll(/(?:href|src)=["'](\/?[\w./-]+)["']/g)].map(([, link = '']) => link);
  return [...new Set(links.map((link) => (link.startsWith('/') ? link : `/${link}`)))].slice(0, 8);
}

function request(host: string, port: number, path: string): Promise<Pick<HttpAnswer, 'status' | 'type' | 'body'>> {
  const none = { status: undefined, type: '', body: '' };
  return new Promise((resolve) => {
    const call = get({ host, port, path, timeout: 10_000, headers: { host: 'localhost' } }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        if (length < MOST_BODY) chunks.push(chunk);
        length += chunk.length;
      });
      const done = () =>
        resolve({
          status: response.statusCode,
          type: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).subarray(0, MOST_BODY).toString('latin1'),
        });
      response.on('end', done);
      response.on('error', done);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(none));
  });
}
