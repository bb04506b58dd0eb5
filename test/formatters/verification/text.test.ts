import { plain } from '../../../src/formatters/formatter.ts';
import { format } from '../../../src/formatters/verification/text.ts';
import type { VerificationReport } from '../../../src/verify/model.ts';
import { assert, suite } from '../../runner/suite.ts';
import { bad, empty, good, reports, unbuilt } from './reports.ts';

const test = suite('verification as text');
const show = (report: VerificationReport) => format({ version: '1', report }, plain);

test('shows what people look for first', () => {
  assert.equal(show(good).split('\n'), [
    'Dockerfile → small.Dockerfile (release)',
    'built with docker 1.2.3',
    '',
    '            before        after         saved',
    'Size        784MB         1.82MB        782MB (99.8 %), 431 times smaller',
    'Files       25,089        1             25,088',
    'Layers      2             1             1',
    'Wasted      841kB         –',
    'Build       83 s          1.3 s',
    'Cached      0.4 s         –',
    '',
    `before      ${'█'.repeat(58)} 784MB`,
    'after       ▏ 1.82MB',
    '',
    'Layers, the newest first',
    'BEFORE                            SIZE │ AFTER                             SIZE',
    'RUN go build -o /app .          94.6MB │ COPY /app /app                  1.82MB',
    'WORKDIR /src                        0B │',
    '── base image ──────────────────────── │',
    '–                                 74MB │',
    '',
    'Builds: both can be built',
    '  ✔ build              Both build',
    '',
    'Closes: the image at rest has what its programs need',
    '  ≈ config             The config differs in ways that do no harm',
    '      ≈ The variable GOPATH=/go is lost',
    '  ✔ scripts            Scripts find their interpreters',
    '',
    'Starts: both do the same when started',
    '  ✔ start              Both stay alive',
    '',
    'Left behind: 11,579 files, 300MB',
    '  toolchain                300MB  11,578  ████████████  /usr/local/go',
    '  source                    741B       1  ▏             /src/main.go',
    '',
    'Not proved',
    '  - The containers cannot be reached from here: no answers were compared',
    '',
    '✔ equivalent with differences (4 checks: 1 changed, 3 same)',
    '  Known differences in: config',
    '',
  ]);
});

test('what is worse comes first, with a hint, and is said once', () => {
  const text = show(bad);
  assert.match(
    text,
    /need\n {2}✖ linking {12}\/app is linked dynamically and its loader is not there\n {8}→ Link it stat/,
  );
  assert.match(text, /started\n {2}\? health {13}The original is never healthy\n {6}≈ It took longer\n {2}✔ start/);
  assert.match(text, /\n✖ not equivalent \(6 checks: 1 worse, 1 unknown, 1 changed, 3 same\)\n {2}\/app is linked/);
});

test('shows a build that failed, with its step, exit code and log', () => {
  const text = show(unbuilt('dockerfile', { exitCode: 2, logFile: '/tmp/build.log' }));
  assert.match(
    text,
    /broken\.Dockerfile does not build\n {2}why {9}the message of dockerfile\n {2}step {8}RUN make\n {2}exit code {3}2\n {2}log file {4}\/tmp\/build\.log\n\n {2}│ make: \*\*\*\n {2}│ Error 2\n/,
  );
  assert.match(show(unbuilt('network')), /could not reach the network\n[\s\S]*hint {8}Try again/);
});

test('fits 80 columns, whatever comes, and steers no terminal', () => {
  for (const [name, report] of Object.entries(reports)) {
    const text = show(report);
    for (const line of text.split('\n')) {
      const isLog = line.startsWith('  │ ');
      assert.ok(isLog || line.length <= 80, `${name}: ${line}`);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    assert.not.match(text, /[\0-\x09\x0b-\x1f\u2028\u202e]/);
    assert.ok(text.length < 100_000, name);
  }
});

test('colour changes nothing but colour', () => {
  const mark = (text: string) => `\x1b[1m${text}\x1b[0m`;
  const loud = Object.fromEntries(Object.keys(plain).map((name) => [name, mark])) as typeof plain;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what was put in
  const strip = (text: string) => text.replace(/\x1b\[\dm/g, '').replace(/ +$/gm, '');
  for (const report of Object.values(reports)) assert.is(strip(format({ version: '1', report }, loud)), show(report));
});

test('an image of nothing is no trouble', () => {
  assert.match(show(empty), /Size {8}0B {12}0B {12}0B \(0\.0 %\), as large/);
  assert.match(show(empty), /✔ equivalent \(0 checks/);
});
