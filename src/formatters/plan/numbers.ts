const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** As `docker images` shows sizes: decimal units, three digits. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))} ${UNITS[unit]}`;
}

/** How many times smaller, or what part is left where that says more. */
export function formatRatio(before: number, after: number): string {
  if (after <= 0) return 'nothing is left';
  const times = before / after;
  if (times >= 2) return `${times >= 10 ? Math.round(times) : Number(times.toPrecision(2))} times smaller`;
  const part = Math.round((after / before) * 1000) / 10;
  return `${part} % of it`;
}

/** The part that is saved, in per cent. */
export function formatSaved(before: number, after: number): string {
  return `${(Math.round((1 - after / before) * 1000) / 10).toFixed(1)} %`;
}
