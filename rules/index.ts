import type { Rule } from '../src/lint/types.ts';

/** The rules of the book, by id. */
export const rules: readonly Rule[] = [];
