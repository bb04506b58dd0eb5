import type { Check, Evidence } from '../../verify/model.ts';
import { checksByTier, findTroubles } from './figures.ts';
import type { Verification } from './formatter.ts';

/** One test suite a tier, one test case a check: `worse` is a failure, and `unknown`, which proves nothing, an error. */
export function format(verification: Verification): string {
  const { report } = verification;
  const { before, after, checks } = report;
  const suites = checksByTier(checks).map(({ tier, checks }) => {
    const seconds = tier === 'builds' ? before.build.seconds + after.build.seconds : 0;
    const cases = checks.map((check) => testCase(check, tier === 'builds' ? buildLog(verification) : ''));
    const attributes = { name: `dockerfileopt.${tier}`, ...count(checks), time: seconds.toFixed(3) };
    return element('testsuite', attributes, cases);
  });
  const name = `${before.dockerfile} → ${after.dockerfile}: ${report.verdict}`;
  const root = element('testsuites', { name, ...count(checks) }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

const count = (checks: readonly Check[]) => {
  const errors = checks.filter(({ outcome }) => outcome === 'unknown').length;
  const failures = checks.filter(({ outcome }) => outcome === 'worse').length;
  return { tests: checks.length, failures, errors };
};

function testCase({ id, tier, outcome, summary, evidence }: Check, log: string): string {
  const attributes = { name: id, classname: `dockerfileopt.${tier}`, time: '0.000' };
  const list = evidence.map(describe).join('\n');
  const isBad = outcome === 'worse' || outcome === 'unknown';
  const texts = [list, isBad ? log : ''].filter((text) => text !== '').map(escapeText);
  const children = isBad
    ? [element(outcome === 'worse' ? 'failure' : 'error', { message: summary, type: outcome }, [texts.join('\n\n')])]
    : texts.map((text) => element('system-out', {}, [text]));
  return element('testcase', attributes, children);
}

function describe({ outcome, message, hint }: Evidence): string {
  return `${outcome}: ${message}${hint === undefined ? '' : `\n  ${hint}`}`;
}

function buildLog({ report }: Verification): string {
  return findTroubles(report)
    .map(({ build }) => [...build.log, ...(build.logFile === undefined ? [] : ['', build.logFile])].join('\n'))
    .join('\n\n');
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
) {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`);
  const start = `<${name}${list.join('')}`;
  if (children.length === 0) return `${start}/>`;
  const holdsText = children.length === 1 && !children[0]!.startsWith('<');
  return holdsText ? `${start}>${children[0]}</${name}>` : `${start}>\n${children.join('\n')}\n</${name}>`;
}

// What XML 1.0 cannot hold, not even escaped.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|\p{Cs}/gu;

const escapeText = (text: string) =>
  text
    .replace(FORBIDDEN, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
const escapeAttribute = (text: string) =>
  escapeText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
