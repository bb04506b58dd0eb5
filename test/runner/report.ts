import { inspect, styleText } from 'node:util';
import { createTwoFilesPatch } from 'diff';
import { Assertion } from './assert.ts';

const colour = process.stdout.isTTY && !process.env.NO_COLOR;

/** Styles text if standard output is a terminal that wants it. */
export function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return colour ? styleText(style, text) : text;
}

/** A failure in full: what was expected, what came, and where. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${inspect(error)}, which is not an Error`;
  if (!(error instanceof Assertion)) return trimStack(inspect(error));
  const stack = trimStack(error.stack ?? '')
    .split('\n')
    .filter((line) => /^ +at /.test(line));
  return [error.message, ...compare(error), ...stack].join('\n');
}

function compare({ actual, expects, operator }: Assertion): string[] {
  if (/^(ok|not|unreachable|is\.not)/.test(operator)) return []; // their values say nothing
  if (operator !== 'is' && operator !== 'equal') {
    return [`  actual:   ${inspect(actual)}`, `  expected: ${inspect(expects)}`];
  }
  const [came, wanted] = [show(actual), show(expects)];
  if (!came.includes('\n') && !wanted.includes('\n')) {
    return [`  actual:   ${cut(came)}`, `  expected: ${cut(wanted)}`, ...firstDifference(actual, expects)];
  }
  const patch = createTwoFilesPatch('actual', 'expected', came, wanted, '', '', { timeout: 2000 });
  if (!patch) return ['  (too different to compare)'];
  return patch
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const text = `  ${cut(line)}`;
      return line[0] === '-' ? paint('red', text) : line[0] === '+' ? paint('green', text) : text;
    });
}

const whole = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: 100, sorted: true };

/** One line for what fits in one. In longer text control characters are escaped, so that a stray CR is seen. */
function show(value: unknown): string {
  if (typeof value !== 'string') return inspect(value, whole);
  if (!/\n./.test(value)) return JSON.stringify(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return value.replace(/[\0-\x09\x0b-\x1f\x7f\ufeff]/g, (char) =>
    char === '\r' ? '\\r' : char === '\t' ? '\\t' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function firstDifference(actual: unknown, expected: unknown): string[] {
  if (typeof actual !== 'string' || typeof expected !== 'string' || actual.length < 80) return [];
  let at = 0;
  while (actual[at] === expected[at]) at += 1;
  const window = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 60));
  return [`  from offset ${at}: ${window(actual)} instead of ${window(expected)}`];
}

const cut = (line: string) => (line.length > 400 ? `${line.slice(0, 400)}… (${line.length} characters)` : line);

const trimStack = (text: string) =>
  text
    .split('\n')
    .filter((line) => !/^ +at .*(node:|node_modules|test\/runner\/(?!\w+\.test))/.test(line))
    .join('\n');
