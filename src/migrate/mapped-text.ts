import { JoinedText } from '../dockerfile/index.ts';

/** Puts a shell text together from pieces of another file, some of which stand for something else there. */
export class MappedText {
  #text = '';
  readonly #joined: number[] = [];
  readonly #source: number[] = [];

  /** A piece as it is written at `start`. */
  add(text: string, start: number): void {
    if (text === '') return;
    this.#joined.push(this.#text.length);
    this.#source.push(start);
    this.#text += text;
  }

  /** What stands for the source from `start` to `end`: its first character is the first there, its last the last. */
  replace(text: string, start: number, end: number): void {
    for (let at = 0; at < text.length; at++) {
      this.#joined.push(this.#text.length);
      this.#source.push(at === text.length - 1 ? end - 1 : start);
      this.#text += text[at];
    }
  }

  get joined(): JoinedText {
    return this.#text === '' ? JoinedText.piece('', 0) : new JoinedText(this.#text, this.#joined, this.#source);
  }
}
