/** What went wrong, and in which test or hook. */
export interface Failure {
  where: string;
  error: unknown;
}

/** What one test file planned and what came of it. */
export class FileRecord {
  /** Starts the suites of the file; empty again once they are in uvu's queue. */
  readonly starts: (() => void)[] = [];
  readonly failures: Failure[] = [];
  readonly skips: { where: string; reason: string }[] = [];
  planned = 0;
  ran = 0;
  passed = 0;
  /** No more tests may be registered: the file is loaded and its suites are running. */
  closed = false;

  fail(where: string, error: unknown): void {
    this.failures.push({ where, error });
  }

  /** Failures, and the planned tests that a broken hook or `.only` kept from running. */
  get failed(): number {
    return this.failures.length + this.planned - this.ran;
  }
}

let current: FileRecord | undefined;

export function startRecord(): FileRecord {
  current = new FileRecord();
  return current;
}

export function currentRecord(): FileRecord {
  if (!current) throw new Error('a test file does nothing by itself; run it with: npm test -- FILE');
  return current;
}
