const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const LONGEST = 2n ** 63n - 1n;

/** The nanoseconds of a duration such as `1m30s`, at most 292 years; undefined when it is none. */
export function parseDuration(text: string): bigint | undefined {
  const sign = /^[-+]?/.exec(text)![0];
  const rest = text.slice(sign.length);
  if (rest === '0') return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|ms|s|m|h))+$/.test(rest)) return undefined;
  let total = 0n;
  for (const [, whole, fraction, unit] of rest.matchAll(/(\d*)\.?(\d*)([a-z]+)/g)) {
    const size = UNITS[unit!]!;
    total += BigInt(whole || 0) * BigInt(size) + BigInt(Math.trunc(Number(`0.${fraction || 0}`) * size));
    if (total > LONGEST) return undefined;
  }
  return sign === '-' ? -total : total;
}
