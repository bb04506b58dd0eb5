import type { Rule } from '../src/lint/types.ts';
import { rule as noOddEncoding } from './no-odd-encoding.ts';
import { rule as noUnknownFlag } from './no-unknown-flag.ts';
import { rule as noUselessIgnore } from './no-useless-ignore.ts';
import { rule as parseError } from './parse-error.ts';

/** The rules of the book, by id. */
export const rules: readonly Rule[] = [noOddEncoding, noUnknownFlag, noUselessIgnore, parseError];
