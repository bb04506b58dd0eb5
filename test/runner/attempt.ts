import { announce } from './watchdog.ts';

/** Runs test code and returns what it threw, wrapped, because `undefined` and plain strings can be thrown too. */
export async function attempt(
  where: string,
  limit: number,
  code: () => unknown,
): Promise<{ error: unknown } | undefined> {
  let giveUp!: (reason: Error) => void;
  const tooLate = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const timer = setTimeout(() => giveUp(new Error(`did not settle within ${limit} ms`)), limit);
  // Nothing is left that could settle it: no need to wait for the limit, which is why the timer keeps nothing alive.
  const onIdle = () => giveUp(new Error('never settles'));
  timer.unref();
  process.once('beforeExit', onIdle);
  const unmute = openOutput();
  announce(where, limit);
  try {
    await Promise.race([code(), tooLate]);
    if (process.exitCode !== undefined) throw new Error(`set process.exitCode to ${process.exitCode}`);
    return undefined;
  } catch (error) {
    return { error };
  } finally {
    process.exitCode = undefined;
    clearTimeout(timer);
    process.off('beforeExit', onIdle);
    announce();
    unmute();
  }
}

let open = true;

function openOutput(): () => void {
  const before = open;
  open = true;
  return () => {
    open = before;
  };
}

/** Drops what uvu prints between tests (suite names, dots and totals); what tests print themselves stays. */
export async function muted(work: () => Promise<unknown>): Promise<void> {
  const stdout = process.stdout;
  const write = stdout.write;
  stdout.write = ((...args: Parameters<typeof write>) => (open ? write.apply(stdout, args) : true)) as typeof write;
  open = false;
  try {
    await work();
  } finally {
    open = true;
    stdout.write = write;
  }
}
