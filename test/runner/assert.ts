import { isDeepStrictEqual } from 'node:util';
import { Assertion } from 'uvu/assert';

// uvu's own `is` and `equal` compute a diff that hides line ends and takes quadratic time on long lines, its `fixture`
// and `snapshot` ignore indentation, its `throws` takes a string for a message. The report makes the diff.
export { Assertion, instance, match, not, ok, type, unreachable } from 'uvu/assert';

type Expected = RegExp | ((error: unknown) => boolean);

function fail(operator: string, message: string, actual: unknown, expects: unknown): never {
  throw new Assertion({ operator, message, actual, expects });
}

/** The very same value (`Object.is`). */
export function is(actual: unknown, expected: unknown, message = 'Expected the same value'): void {
  if (!Object.is(actual, expected)) fail('is', message, actual, expected);
}

/** Equal in structure, types and prototypes. */
export function equal(actual: unknown, expected: unknown, message = 'Expected equal values'): void {
  if (!isDeepStrictEqual(actual, expected)) fail('equal', message, actual, expected);
}

/** Throws synchronously something whose message matches. */
export function throws(code: () => unknown, expected: Expected): void {
  try {
    code();
  } catch (error) {
    check(error, expected);
    return;
  }
  fail('throws', 'Expected the function to throw', undefined, expected);
}

/** Rejects with something whose message matches. */
export async function rejects(code: () => Promise<unknown>, expected: Expected): Promise<void> {
  try {
    await code();
  } catch (error) {
    check(error, expected);
    return;
  }
  fail('rejects', 'Expected the promise to be rejected', undefined, expected);
}

function check(error: unknown, expected: Expected): void {
  const message = error instanceof Error ? error.message : String(error);
  const matches = expected instanceof RegExp ? expected.test(message) : expected(error);
  if (!matches) fail('throws', 'Expected another error', error, expected);
}
