/** How one text compares with two of another origin, whose own difference is noise. */
export interface TextComparison {
  /** `same`: nothing differs but noise. `different`: something does that was stable. `unstable`: nothing can be said. */
  readonly result: 'same' | 'different' | 'unstable';
  /** The first line of the new text that differs, and what stood there. */
  readonly expected?: string;
  readonly actual?: string;
}

/** Compares a text with two runs of the original: what differs between those, or is a time of day or the number of a process, is noise. */
export function compareTexts(before: string, again: string, after: string): TextComparison {
  const [first, second, text] = [before, again, after].map(withoutChance) as [string, string, string];
  if (first === second) {
    return text === first
      ? { result: 'same' }
      : { result: 'different', ...firstDifference(before, after, withoutChance) };
  }
  const [one, two, three] = [first, second, text].map((value) => lines(value).map(withoutNumbers)) as [
    string[],
    string[],
    string[],
  ];
  if (equal(one, two))
    return equal(one, three) ? { result: 'same' } : { result: 'different', ...firstDifference(one, three) };
  // Lines of things that happen side by side come in any order.
  const [sorted, other, mine] = [one, two, three].map((list) => [...list].sort()) as [string[], string[], string[]];
  if (equal(sorted, other))
    return equal(sorted, mine) ? { result: 'same' } : { result: 'different', ...firstDifference(sorted, mine) };
  // What both runs of the original say has to be said; the rest cannot be compared.
  const missing = one.find((line) => two.includes(line) && !three.includes(line));
  if (missing !== undefined) return { result: 'different', expected: missing };
  return { result: 'unstable' };
}

const lines = (text: string): string[] => text.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n');
const equal = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i]);

/**
 * Times and numbers of processes, as loggers write them. Two runs in the same second, or with the same luck, show no
 * difference, and the third shows one all the same. Zones of time stay.
 */
function withoutChance(text: string): string {
  return (
    text
      .replace(/\b\d{4}[-/.]\d\d[-/.]\d\d(?=\D|$)/g, '<date>')
      .replace(/\b\d\d\/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/\d{4}/g, '<date>')
      .replace(
        /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:\d\d? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d*/g,
        '<date> ',
      )
      .replace(/(?<=^|[^\d])T?\d\d:\d\d:\d\d(?:[.,]\d+)?/g, '<time>')
      .replace(/\b1[6-9]\d{8}(?:\d{3}|\.\d+)?\b/g, '<time>')
      .replace(/\b(pids?(?: is)?["']?[ :=#]*[[(]?|process(?: id)?[ :=#]*[[(]|worker process )\d+/gi, '$1<process>')
      // gunicorn: [date] [pid] [level]
      .replace(/(?<=\] )\[\d+\](?= \[)/g, '[<process>]')
  );
}

/** Process numbers, addresses, identifiers, durations. */
function withoutNumbers(line: string): string {
  return line
    .replace(/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:day|sday|nesday|rsday|urday)?\b/g, '#')
    .replace(/\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b/g, '#')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{6,}\b/gi, '#')
    .replace(/\d+(?:[.,:]\d+)*/g, '#')
    .replace(/#(?:[µm]?s|ms|ns)\b/g, '#')
    .replace(/\b[A-Za-z0-9_-]{20,}\b/g, (word) => (/#/.test(word) || /\d/.test(word) ? '#' : word));
}

/** `same`: what two lines have to have in common; both texts may be lines that were made alike already. */
function firstDifference(
  expected: string | readonly string[],
  actual: string | readonly string[],
  same: (line: string) => string = (line) => line,
): { expected: string; actual: string } {
  const [one, two] = [expected, actual].map((value) => (typeof value === 'string' ? lines(value) : value)) as [
    string[],
    string[],
  ];
  const length = Math.max(one.length, two.length);
  const isOther = (index: number) =>
    one[index] === undefined || two[index] === undefined || same(one[index]) !== same(two[index]);
  let index = 0;
  while (index < length - 1 && !isOther(index)) index += 1;
  return { expected: one[index] ?? '', actual: two[index] ?? '' };
}
