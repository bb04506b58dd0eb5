import type { Document } from '../dockerfile/index.ts';
import type { Rule } from './types.ts';

/** Which pieces of text that rules need a file has, so that most rules are not run on most files. */
export class Vocabulary {
  readonly #text: string;
  /** A continuation may split a word, which is then not seen. */
  readonly #isWhole: boolean;
  readonly #known = new Map<string, boolean>();

  constructor({ source: { text }, escape }: Document) {
    this.#text = text.toLowerCase();
    this.#isWhole = !SPLITS[escape].test(text);
  }

  /** Whether the file has what the rule needs, as far as that is certain. */
  meets({ needs }: Rule): boolean {
    if (needs === undefined || !this.#isWhole) return true;
    for (const piece of needs) if (this.#has(piece)) return true;
    return false;
  }

  #has(piece: string): boolean {
    let has = this.#known.get(piece);
    if (has === undefined) {
      has = this.#text.includes(piece);
      this.#known.set(piece, has);
    }
    return has;
  }
}

/** A sign of continuation with something in front of it that goes on at the very start of a later line. */
const splitBy = (escape: string) =>
  new RegExp(`[^\\s&|;()]${escape}[ \\t]*\\r?\\n(?:[ \\t]*(?:#.*)?\\r?\\n)*[^\\s&|;()#]`);
const SPLITS = { '\\': splitBy('\\\\'), '`': splitBy('`') };
