import { createWriteStream, type WriteStream } from 'node:fs';
import type { BuildLog } from './engine.ts';

const HEAD = 200;
const TAIL = 600;

/** Takes a build's log line by line: its head and tail stay in memory, all of it goes to a file. */
export class LogWriter {
  readonly head: string[] = [];
  readonly #tail: string[] = [];
  readonly #file: string;
  readonly #stream: WriteStream;
  #omitted = 0;
  #failed: Error | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#stream = createWriteStream(file, { mode: 0o600 });
    this.#stream.on('error', (error) => {
      this.#failed = error;
    });
  }

  add(line: string): void {
    if (!this.#failed) this.#stream.write(`${line}\n`);
    if (this.head.length < HEAD) {
      this.head.push(line);
      return;
    }
    this.#tail.push(line);
    if (this.#tail.length < 2 * TAIL) return;
    this.#omitted += TAIL;
    this.#tail.splice(0, TAIL);
  }

  async close(): Promise<BuildLog> {
    await new Promise<void>((resolve) => {
      if (this.#failed) resolve();
      else this.#stream.once('error', () => resolve()).end(() => resolve());
    });
    return { head: this.head, tail: this.#tail, omitted: this.#omitted, file: this.#file };
  }
}

/** Head and tail, with a line for what lies between. */
export function logLines(log: BuildLog): string[] {
  const gap = log.omitted > 0 ? [`… ${log.omitted} lines left out`] : [];
  return [...log.head, ...gap, ...log.tail];
}
