import { type Check, makeCheck, type SideReport, type VerificationReport } from '../../../src/verify/model.ts';

const side = (dockerfile: string, rest: Partial<SideReport>): SideReport => ({
  dockerfile,
  target: undefined,
  imageId: `sha256:${'0123456789abcdef'.repeat(4)}`,
  bytes: 0,
  files: 0,
  layers: [],
  wasted: { bytes: 0, largest: [] },
  build: { seconds: 1.25 },
  ...rest,
});

const checks: Check[] = [
  makeCheck('build', 'builds', 'Both build', []),
  makeCheck('scripts', 'closes', 'Scripts find their interpreters', []),
  makeCheck('config', 'closes', 'The config differs in ways that do no harm', [
    { outcome: 'changed', message: 'The variable GOPATH=/go is lost', cause: { kind: 'config', field: 'Env' } },
  ]),
  makeCheck('start', 'starts', 'Both stay alive', []),
];

/** A rewrite that may replace its original. */
export const good: VerificationReport = {
  verdict: 'equivalent with differences',
  reason: 'Known differences in: config',
  engine: { name: 'docker', version: '1.2.3' },
  before: side('Dockerfile', {
    bytes: 784_044_505,
    files: 25_089,
    layers: [
      { createdBy: '', bytes: 73_962_275, wasted: 840_504, base: true },
      { createdBy: '/bin/sh -c #(nop)  WORKDIR /src', bytes: 0, wasted: 0, base: false },
      { createdBy: 'RUN |1 A=b /bin/sh -c go build -o /app . # buildkit', bytes: 94_609_955, wasted: 0, base: false },
    ],
    wasted: { bytes: 840_504, largest: [{ path: '/var/cache/x', bytes: 840_504, how: 'overwritten' }] },
    build: { seconds: 83.4, cachedSeconds: 0.4 },
  }),
  after: side('small.Dockerfile', {
    target: 'release',
    bytes: 1_819_284,
    files: 1,
    layers: [{ createdBy: 'COPY /app /app # buildkit', bytes: 1_819_284, wasted: undefined, base: false }],
  }),
  checks,
  leftBehind: [
    {
      class: 'toolchain',
      files: 11_578,
      bytes: 300_000_000,
      largest: [
        { path: '/usr/local/go', bytes: 224_763_308, files: 11_000 },
        { path: '/usr/lib/gcc', bytes: 60_000_000, files: 500 },
      ],
    },
    { class: 'source', files: 1, bytes: 741, largest: [{ path: '/src/main.go', bytes: 741, files: 1 }] },
  ],
  caveats: ['The containers cannot be reached from here: no answers were compared'],
};

/** One that may not. */
export const bad: VerificationReport = {
  ...good,
  verdict: 'not equivalent',
  reason: '/app is linked dynamically and its loader is not there',
  checks: [
    ...checks,
    makeCheck('linking', 'closes', '', [
      {
        outcome: 'worse',
        message: '/app is linked dynamically and its loader is not there',
        cause: { kind: 'interpreter', object: '/app', needs: '/lib64/ld.so' },
        hint: 'Link it statically',
      },
    ]),
    makeCheck(
      'health',
      'starts',
      '',
      [
        { outcome: 'unknown', message: 'The original is never healthy' },
        { outcome: 'changed', message: 'It took longer' },
      ],
      'The health check was run once only',
    ),
  ],
};

/** The rewrite was not built, for a reason of the given kind. */
export function unbuilt(
  cause: string,
  rest: Partial<NonNullable<SideReport['build']['failure']>> = {},
): VerificationReport {
  const failure = {
    cause,
    message: `the message of ${cause}`,
    step: 'RUN make',
    log: ['make: ***', 'Error 2'],
    ...rest,
  };
  const none = { imageId: undefined, bytes: undefined, files: undefined };
  return {
    ...good,
    verdict: cause === 'dockerfile' ? 'not equivalent' : 'unproven',
    reason: 'The rewrite does not build',
    after: side('broken.Dockerfile', { ...none, build: { seconds: 3, failure } }),
    checks: [
      makeCheck('build', 'builds', '', [
        { outcome: cause === 'dockerfile' ? 'worse' : 'unknown', message: 'The rewrite does not build' },
      ]),
    ],
    leftBehind: [],
    caveats: [],
  };
}

const nasty = `<b>"q'&amp;]]>|*_\`x\`</b> @here #1 \x1b[31m\0\u2028\ud800 ${'\u202e'}`;

/** Everything that a formatter may stumble over. */
export const odd: VerificationReport = {
  ...bad,
  reason: nasty,
  engine: { name: nasty, version: nasty },
  before: side(nasty, { layers: [{ createdBy: nasty, bytes: undefined, wasted: undefined, base: true }] }),
  after: side(nasty, {
    target: nasty,
    bytes: 12,
    wasted: { bytes: 1, largest: [{ path: nasty, bytes: 1, how: nasty }] },
    build: {
      seconds: 0,
      failure: { cause: 'dockerfile', message: nasty, step: nasty, exitCode: 2, log: [nasty, '```'], logFile: nasty },
    },
  }),
  checks: [
    makeCheck(nasty, 'behaves', '', [
      { outcome: 'worse', message: nasty, hint: nasty },
      { outcome: 'unknown', message: 'x' },
    ]),
  ],
  leftBehind: [{ class: 'unknown', files: 1, bytes: 5, largest: [{ path: nasty, bytes: 5, files: 1 }] }],
  caveats: [nasty],
};

/** More of everything than anyone reads. */
export const huge: VerificationReport = {
  ...bad,
  checks: [
    makeCheck(
      'lost-files',
      'closes',
      '',
      Array.from({ length: 10_000 }, (_, index) => ({ outcome: 'worse', message: `/srv/${index} is lost` }) as const),
    ),
  ],
  before: side('Dockerfile', {
    bytes: 5_000_000_000,
    layers: Array.from({ length: 500 }, (_, index) => ({
      createdBy: `RUN ${'x'.repeat(5000)} ${index}`,
      bytes: index,
      wasted: 0,
      base: index < 100,
    })),
  }),
  leftBehind: [
    {
      class: 'run-time file',
      files: 10_000,
      bytes: 50_005_000,
      largest: Array.from({ length: 10_000 }, (_, index) => ({
        path: `/srv/some/where/deep/${index}`,
        bytes: 10_000 - index,
        files: 1,
      })),
    },
  ],
};

/** Nothing was left behind, and nothing is known of the layers. */
export const empty: VerificationReport = {
  ...good,
  verdict: 'equivalent',
  reason: 'No check found a difference',
  before: side('a', {}),
  after: side('b', {}),
  checks: [],
  leftBehind: [],
  caveats: [],
};

/** All of them. */
export const reports = { good, bad, unbuilt: unbuilt('dockerfile'), odd, huge, empty };
