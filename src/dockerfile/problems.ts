import type { Range } from './source.ts';

/**
 * Something in a file that the builder refuses. `syntax`: the file does not parse. `instruction`: it parses, but an
 * instruction is not acceptable. `unknown-flag`: a flag this builder version does not know. `encoding`: bytes that are
 * not text; the builder may accept them.
 */
export interface Problem extends Range {
  readonly kind: 'syntax' | 'instruction' | 'unknown-flag' | 'encoding';
  readonly message: string;
  /** Set where a rule of its own tells it: an instruction in front of the first FROM, or one that ONBUILD cannot hold. */
  readonly about?: 'order' | 'onbuild' | undefined;
}
