import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { EngineError } from './engine.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ExecuteOptions {
  readonly env: Environment;
  readonly input?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Ends the process when it fires. */
  readonly signal?: AbortSignal;
  readonly onStart?: (pid: number | undefined) => void;
  /** Gets standard output and error, line by line, as they come. */
  readonly onLine?: (line: string) => void;
  /** Bytes to keep of each of the two outputs; what comes later is dropped. */
  readonly keep?: number;
}

export interface Executed {
  /** 128 + the signal's number for one that was killed, 127 for a program that is not there. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly seconds: number;
}

const KEEP = 1 << 20;
/** How long a process may take to clean up after SIGINT, in milliseconds. */
const GRACE = 8_000;

/** Runs a program without a shell, in a process group of its own, so that Ctrl-C reaches it only through us. */
export function execute(command: string, args: readonly string[], options: ExecuteOptions): Promise<Executed> {
  return new Promise((resolve) => {
    const started = performance.now();
    const keep = options.keep ?? KEEP;
    const stdout = new Kept(keep);
    const stderr = new Kept(keep);
    let timedOut = false;
    let aborted = false;
    let settled = false;
    const child = start(command, args, options.env, options.input === undefined ? 'ignore' : 'pipe');
    options.onStart?.(child.pid);
    const expire = () => {
      timedOut = true;
      end(child);
    };
    const abort = () => {
      aborted = true;
      end(child);
    };
    const timer = options.timeout === undefined ? undefined : setTimeout(expire, options.timeout);
    const finish = (code: number) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      for (const lines of [out, err]) lines.end();
      resolve({
        code,
        stdout: stdout.text,
        stderr: stderr.text,
        truncated: stdout.truncated || stderr.truncated,
        timedOut,
        aborted,
        seconds: (performance.now() - started) / 1000,
      });
    };
    const out = new Lines(options.onLine);
    const err = new Lines(options.onLine);
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout.add(chunk);
      out.add(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr.add(chunk);
      err.add(chunk);
    });
    child.on('error', (error) => {
      stderr.add(Buffer.from(error.message));
      finish(127);
    });
    child.on('close', (code, signal) => finish(exitCode(code, signal)));
    child.stdin?.on('error', () => {}); // it may end without reading
    child.stdin?.end(options.input);
    if (options.signal?.aborted) abort();
    else options.signal?.addEventListener('abort', abort, { once: true });
  });
}

export interface StreamOptions {
  readonly env: Environment;
  readonly signal?: AbortSignal;
  /** Runs when the program has ended or the reader has given up. */
  readonly onClose?: () => Promise<void>;
}

/** The program's output, as it comes; the stream fails when the program does. */
export function stream(command: string, args: readonly string[], options: StreamOptions): Readable {
  const result = new PassThrough();
  const child = start(command, args, options.env, 'ignore');
  const stderr = new Kept(1 << 16);
  const abort = () => end(child);
  options.signal?.addEventListener('abort', abort, { once: true });
  child.stdout?.pipe(result, { end: false });
  child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk));
  let closed = false;
  const close = (error?: Error) => {
    if (closed) return;
    closed = true;
    options.signal?.removeEventListener('abort', abort);
    const done = () => (error ? result.destroy(error) : result.end());
    (options.onClose?.() ?? Promise.resolve()).then(done, (failure) => result.destroy(error ?? failure));
  };
  child.on('error', (error) => close(new EngineError(error.message)));
  child.on('close', (code, signal) => {
    const failed = exitCode(code, signal);
    close(failed === 0 ? undefined : new EngineError(stderr.text.trim() || `${command} ended with code ${failed}`));
  });
  result.on('close', () => end(child));
  if (options.signal?.aborted) abort();
  return result;
}

/** A stream that has to be prepared; it fails when its preparation does. */
export function lazyStream(open: () => Promise<Readable>): Readable {
  const result = new PassThrough();
  open().then(
    (source) => pipeline(source, result, () => {}),
    (error) => result.destroy(error),
  );
  return result;
}

function start(command: string, args: readonly string[], env: Environment, stdin: 'ignore' | 'pipe'): ChildProcess {
  return spawn(command, args, { env: { ...env }, stdio: [stdin, 'pipe', 'pipe'], detached: true });
}

/** SIGINT, which clients answer by telling their engine, and SIGKILL for those that do not end. */
function end(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  signalGroup(child, 'SIGINT');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE);
  child.once('close', () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

/** The first bytes of an output. */
class Kept {
  truncated = false;
  readonly #chunks: Buffer[] = [];
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  add(chunk: Buffer): void {
    if (chunk.length > this.#left) this.truncated = true;
    if (this.#left === 0) return;
    const part = chunk.subarray(0, this.#left);
    this.#chunks.push(part);
    this.#left -= part.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

const LONGEST_LINE = 16_384;

/** Cuts chunks into lines; a progress bar's carriage returns end lines too. */
class Lines {
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    if (!this.#onLine) return;
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split(/\r\n|[\r\n]/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST_LINE) lines.push(this.#rest.slice(0, LONGEST_LINE));
    if (this.#rest.length > LONGEST_LINE) this.#rest = '';
    for (const line of lines) this.#onLine(line.slice(0, LONGEST_LINE));
  }

  end(): void {
    if (this.#rest) this.#onLine?.(this.#rest);
    this.#rest = '';
  }
}
