import './queue.ts';
import { suite as uvuSuite } from 'uvu';
import { attempt } from './attempt.ts';
import { currentRecord } from './record.ts';

export * as assert from './assert.ts';

type Code = () => unknown;

/** Thrown by a test that finds out while it runs that it cannot be carried out here: it counts as skipped, for the reason given. */
export class Skip extends Error {}

/** Registers a test; hooks, skipped and single tests hang off it. */
export interface Test {
  (name: string, code: Code): void;
  /** Runs only this one. The run fails, so that it cannot be left in. */
  only(name: string, code: Code): void;
  /** Counts the test as skipped and prints why. */
  skip(name: string, reason: string): void;
  before: Hook;
  after: Hook;
}

interface Hook {
  (code: Code): void;
  each(code: Code): void;
}

/**
 * Opens a suite. It runs by itself once its file is loaded.
 * @param options `timeout`: milliseconds that each test and hook may take, 30,000 unless told.
 */
export function suite(name: string, options: { timeout?: number } = {}): Test {
  const record = currentRecord();
  const limit = options.timeout ?? 30_000;
  const inner = uvuSuite(name);
  let registered = 0;
  let broken = false; // by `before`: none of the tests runs
  let ready = true; // unless `before.each` failed: the test at hand fails without running
  let passed = false; // the test at hand, until `after.each` fails

  const register = () => {
    if (record.closed) throw new Error(`suite "${name}": registered after the file was loaded`);
    registered += 1;
  };
  const plan = (test: string, code: Code) => {
    register();
    record.planned += 1;
    const where = `${name} › ${test}`;
    return async () => {
      if (broken) return;
      record.ran += 1;
      const failure = ready ? await attempt(where, limit, code) : undefined;
      if (failure?.error instanceof Skip) {
        record.planned -= 1;
        record.ran -= 1;
        record.skips.push({ where, reason: failure.error.message });
        passed = false;
        return;
      }
      if (failure) record.fail(where, failure.error);
      passed = ready && !failure;
      if (passed) record.passed += 1;
      ready = true;
    };
  };
  // Nothing is thrown into uvu, which would swallow it: a hook reports its own failure and says what follows from it.
  const hook = (kind: string, code: Code, onFailure: () => void) => async () => {
    if (broken && kind !== 'after') return;
    const where = `${name} › ${kind} hook`;
    const failure = await attempt(where, limit, code);
    if (!failure) return;
    record.fail(where, failure.error);
    onFailure();
  };
  const breakSuite = () => {
    broken = true;
  };
  const breakTest = () => {
    ready = false;
  };
  const takeBack = () => {
    if (passed) record.passed -= 1;
    passed = false;
  };

  record.starts.push(() => {
    if (registered === 0) record.fail(name, new Error('the suite has no tests'));
    inner.run();
  });
  return Object.assign((title: string, code: Code) => inner(title, plan(title, code)), {
    only(title: string, code: Code) {
      record.fail(`${name} › ${title}`, new Error('`.only` was left in'));
      inner.only(title, plan(title, code));
    },
    skip(title: string, reason: string) {
      register();
      record.skips.push({ where: `${name} › ${title}`, reason });
    },
    before: Object.assign((code: Code) => inner.before(hook('before', code, breakSuite)), {
      each: (code: Code) => inner.before.each(hook('before.each', code, breakTest)),
    }),
    after: Object.assign((code: Code) => inner.after(hook('after', code, () => {})), {
      each: (code: Code) => inner.after.each(hook('after.each', code, takeBack)),
    }),
  });
}
