import { escapeControls } from '../formatters/escape.ts';
import type { World } from './command.ts';

/** What is being done, on stderr: one line that changes on a terminal, a line for each step elsewhere. */
export class Progress {
  readonly #world: Pick<World, 'printAside' | 'terminalWidth'>;
  readonly #width: number | undefined;
  readonly #started = performance.now();
  readonly #told = new Set<string>();
  #step = '';
  #detail = '';
  #shown = '';
  #hasEnded = false;
  #soon: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(world: Pick<World, 'printAside' | 'terminalWidth'>) {
    this.#world = world;
    this.#width = world.terminalWidth();
  }

  /** A step begins; a step that was told before is not told again where every step has a line. */
  step(text: string): void {
    if (this.#hasEnded || text === this.#step) return;
    this.#step = text;
    this.#detail = '';
    if (this.#width === undefined) this.#tell(text);
    else this.#draw();
  }

  /** Something within the step; `matters`: also where it costs a line. */
  detail(text: string, matters = false): void {
    if (this.#hasEnded) return;
    this.#detail = text;
    if (this.#width !== undefined) this.#schedule();
    else if (matters) this.#tell(`  ${text}`);
  }

  /** The changing line goes, and none comes any more. */
  end(): void {
    this.#hasEnded = true;
    this.#stopTimers();
    if (this.#shown !== '') this.#world.printAside('\r\x1b[2K');
    this.#shown = '';
  }

  #tell(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#world.printAside(`${escapeControls(text)}\n`);
  }

  /** Logs come faster than anyone reads. */
  #schedule(): void {
    this.#soon ??= setTimeout(() => this.#draw(), 100).unref();
  }

  #stopTimers(): void {
    clearTimeout(this.#soon);
    clearTimeout(this.#later);
    this.#soon = undefined;
    this.#later = undefined;
  }

  #draw(): void {
    this.#stopTimers();
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    const line = escapeControls(`${seconds} s  ${this.#step}${this.#detail && `: ${this.#detail}`}`);
    const room = Math.max(20, (this.#width ?? 80) - 1);
    const fitting = line.length > room ? `${line.slice(0, room - 1)}…` : line;
    if (fitting !== this.#shown) this.#world.printAside(`\r\x1b[2K${fitting}`);
    this.#shown = fitting;
    // A step that is silent still takes time.
    this.#later = setTimeout(() => this.#draw(), 1000).unref();
  }
}
