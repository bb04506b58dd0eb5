import type { Check, Evidence } from '../../verify/model.ts';
import { element, escapeText, xmlDocument } from '../xml.ts';
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
  return xmlDocument(root);
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
