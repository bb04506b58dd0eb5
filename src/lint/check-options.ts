/** What a `# check=` asks of BuildKit, beside what it skips. */
export interface CheckOptions {
  /** Names behind `experimental=`, or `all`. */
  readonly experimental: readonly string[];
  /** `error=true`: what is found fails the build. */
  readonly isError: boolean;
}

const OPTION = /^\s*(?:skip=|experimental=(?<names>.*)|error=(?<error>1|t|T|true|True|TRUE|0|f|F|false|False|FALSE)$)/;

/** Reads the value of a `# check=`; undefined where the builder cannot read the options: three at most, up to a space. */
export function readCheckOptions(value: string): CheckOptions | undefined {
  let experimental: readonly string[] = [];
  let isError = false;
  const parts = value.split(' ')[0]!.split(';');
  for (const option of parts.length > 3 ? [...parts.slice(0, 2), parts.slice(2).join(';')] : parts) {
    const groups = OPTION.exec(option)?.groups;
    if (!groups) return undefined;
    // Of several the last holds, and `all` whatever comes behind it.
    if (groups.names !== undefined && !experimental.includes('all')) experimental = groups.names.split(',');
    if (groups.error !== undefined) isError = /^[1tT]/.test(groups.error);
  }
  return { experimental, isError };
}
