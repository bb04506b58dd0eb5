import { findCauses } from '../../src/commands/optimize/causes.ts';
import { isProved, type Judge, type Proved, prove } from '../../src/commands/optimize/prove.ts';
import { ReviveJudge } from '../../src/commands/optimize/revive.ts';
import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import type { BuildFailure, Engine } from '../../src/engines/engine.ts';
import { type FileEntry, FileIndex, readImageConfig } from '../../src/image/index.ts';
import { emptyProject } from '../../src/lint/project.ts';
import { planRewrite, type Rewritten } from '../../src/optimize/index.ts';
import type { Cause, Check, Evidence, ReadImage, VerificationReport } from '../../src/verify/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('optimize prove');

const document = parseDocument(
  new Source('Dockerfile', 'FROM golang:1.26-bookworm\nCOPY main.go .\nRUN go build -o /app main.go\nCMD ["/app"]\n'),
);
/** Without sources at hand, what the program needs is only possible. */
const planned = planRewrite(document, emptyProject) as Rewritten;

const file = (path: string, text = 'x'): FileEntry => ({
  path,
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: text.length,
  mtime: 0,
  bytes: Buffer.from(text),
});

const original: ReadImage = {
  id: 'sha256:0',
  snapshot: {
    config: readImageConfig({}),
    files: new FileIndex([
      file('/usr/lib/x86_64-linux-gnu/libz.so.1'),
      file('/usr/bin/curl'),
      file('/etc/app.conf'),
      file('/etc/ssl/certs/ca-certificates.crt'),
      file('/usr/share/zoneinfo/UTC'),
      file('/etc/passwd'),
      file('/var/lib/dpkg/info/zlib1g:amd64.list', '/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libz.so.1\n'),
      file('/var/lib/dpkg/info/curl.list', '/usr/bin/curl\n'),
    ]),
  },
  bytes: 1000,
  layers: [],
  wasted: { bytes: 0, largest: [] },
  caveats: [],
};

const engine = { capabilities: { canRun: true } } as Engine;

const evidence = (cause: Cause, message = 'Something is missing'): Evidence => ({ outcome: 'worse', message, cause });
const bad = (cause: Cause, message?: string): Check => {
  const tier = cause.kind === 'behaviour' ? 'starts' : 'closes';
  return { id: cause.kind, tier, outcome: 'worse', summary: '', evidence: [evidence(cause, message)] };
};
const started: Check = { id: 'start', tier: 'starts', outcome: 'same', summary: '', evidence: [] };

function report(
  checks: readonly Check[],
  failure?: VerificationReport['after']['build']['failure'],
): VerificationReport {
  const side = {
    dockerfile: 'Dockerfile',
    target: undefined,
    imageId: 'sha256:1',
    bytes: 10,
    files: 1,
    layers: [],
    wasted: { bytes: 0, largest: [] },
  };
  const isBad = failure !== undefined || checks.some(({ outcome }) => outcome !== 'same');
  return {
    verdict: isBad ? 'not equivalent' : 'equivalent',
    reason: '',
    engine: { name: 'docker', version: '1' },
    before: { ...side, build: { seconds: 1 } },
    after: { ...side, build: { seconds: 1, ...(failure === undefined ? {} : { failure }) } },
    checks,
    leftBehind: [],
    caveats: [],
  };
}

/** Proves with a judge who decides by the rewrite's text. */
async function proveWith(decide: (text: string) => VerificationReport): Promise<Proved & { readonly tried: string[] }> {
  const tried: string[] = [];
  const judge: Judge = {
    original: async () => original,
    judge: async ({ text }) => {
      tried.push(text);
      return decide(text);
    },
  };
  const proved = await prove(document, planned, judge, engine, { path: 'Dockerfile', context: '.' });
  return { ...proved, tried };
}

const bases = (tried: readonly string[]) => tried.map((text) => /^FROM (?!golang)(\S+)/m.exec(text)?.[1]);

test('takes the smallest, as long as nothing shows that it needs more', async () => {
  const proved = await proveWith(() => report([started]));
  assert.is(proved.kind, 'proved');
  assert.equal(bases(proved.tried), ['scratch']);
  assert.equal(proved.kind === 'proved' && proved.attempts, [{ image: 'scratch', remedies: [], bytes: 10 }]);
});

test('what is built shows which possible needs are real', async () => {
  const proved = await proveWith((text) =>
    text.includes('FROM scratch') ? report([bad({ kind: 'temporary-folder' })]) : report([started]),
  );
  assert.equal(bases(proved.tried), ['scratch', 'gcr.io/distroless/static-debian13']);
  assert.equal(proved.kind === 'proved' && proved.attempts.map(({ failure }) => failure), [
    'there is no /tmp',
    undefined,
  ]);
});

test('a need that can be met is met on the same image', async () => {
  const proved = await proveWith((text) =>
    text.includes('zoneinfo') ? report([started]) : report([bad({ kind: 'zoneinfo' })]),
  );
  assert.equal(bases(proved.tried), ['scratch', 'scratch']);
  assert.equal(proved.kind === 'proved' && proved.attempts.map(({ remedies }) => remedies), [
    ['what it lacks, because time zones are missing'],
  ]);
});

test('applies remedies, and climbs when they do not help', async () => {
  const proved = await proveWith((text) =>
    text.includes('zlib1g')
      ? report([started])
      : report([bad({ kind: 'library', object: '/app', needs: 'libz.so.1' })]),
  );
  // Copied where there are no packages, then installed.
  assert.match(proved.tried[1]!, /^COPY --from=build \/usr\/lib\/x86_64-linux-gnu\/libz\.so\.1 /m);
  assert.is(proved.kind, 'proved');
  assert.is(bases(proved.tried).at(-1), 'debian:bookworm-slim');
});

test('skips images that cannot be had, and gives up with the reasons', async () => {
  const failure = { cause: 'base-unavailable', message: 'no', log: [] };
  const proved = await proveWith(() => report([], failure));
  assert.equal(bases(proved.tried), [
    'scratch',
    'gcr.io/distroless/static-debian13',
    'alpine:3.23',
    'debian:bookworm-slim',
  ]);
  assert.ok(proved.kind === 'refuted' && proved.attempts.every(({ failure }) => failure === 'the image cannot be had'));
});

test('says why the original does not build', async () => {
  const failure: BuildFailure = {
    ok: false,
    cause: 'dockerfile',
    message: 'a command ended with code 1',
    step: 'RUN go build -o /app main.go',
    seconds: 1,
    log: { head: [], tail: [], omitted: 0, file: '' },
  };
  const judge: Judge = { original: async () => failure, judge: async () => report([]) };
  const proved = await prove(document, planned, judge, engine, { path: 'Dockerfile', context: '.' });
  assert.equal(proved, { kind: 'original-fails', failure });
});

test('nothing counts as proved that was not started', () => {
  assert.is(isProved(report([started])), true);
  assert.is(isProved(report([{ ...started, tier: 'closes' }])), false);
  assert.is(isProved({ ...report([started]), verdict: 'unproven' }), false);
});

test('finds causes that remedies are known for', async () => {
  const causes = (...checks: Check[]) => findCauses(report(checks), original, engine);
  const path = '/usr/lib/x86_64-linux-gnu/libz.so.1';
  assert.equal(await causes(bad({ kind: 'library', object: '/app', needs: 'libz.so.1' })), [
    { kind: 'missing-library', name: 'libz.so.1', path, owner: { manager: 'apt', name: 'zlib1g' } },
  ]);
  assert.equal(await causes(bad({ kind: 'program', name: 'curl' })), [
    { kind: 'missing-program', name: 'curl', owner: { manager: 'apt', name: 'curl' } },
  ]);
  assert.equal(await causes(bad({ kind: 'file', path: '/etc/app.conf' }), bad({ kind: 'ca-bundle' })), [
    { kind: 'missing-file', path: '/etc/app.conf', isFolder: false },
    { kind: 'missing-ca' },
  ]);
  assert.equal(await causes(bad({ kind: 'file', path: '/etc/app.conf', others: ['/etc/b', '/etc/c', '/etc/d'] })), [
    { kind: 'missing-file', path: '/etc', isFolder: true },
  ]);
  // What no remedy helps against comes alone.
  assert.equal(await causes(bad({ kind: 'ca-bundle' }), bad({ kind: 'shell', name: '/bin/sh' })), [
    { kind: 'missing-shell' },
  ]);
  // What a container did is explained by what is missing in the image.
  const died = bad(
    { kind: 'behaviour', what: 'start' },
    'The rewrite ends: open /etc/app.conf: no such file or directory',
  );
  assert.equal(await causes(died, bad({ kind: 'ca-bundle' })), [{ kind: 'missing-ca' }]);
  assert.equal(await causes(died), [{ kind: 'missing-file', path: '/etc/app.conf', isFolder: false }]);
  assert.equal(await causes(bad({ kind: 'behaviour', what: 'start' }, 'It dies')), [
    { kind: 'unexplained', what: 'it dies' },
  ]);
});

const dead: Check = {
  id: 'start',
  tier: 'starts',
  outcome: 'unknown',
  summary: '',
  evidence: [
    {
      outcome: 'unknown',
      message:
        'The original does not start (exec /app: no such file), the rewrite stays alive: there is nothing to compare it with',
      cause: { kind: 'behaviour', what: 'revived' },
    },
  ],
};
const config: Check = { id: 'config', tier: 'closes', outcome: 'same', summary: '', evidence: [] };

test('a rewrite of what cannot start has to do what the program does where it was built', async () => {
  const judgeWith = async (plain: readonly Check[], stood: readonly Check[]) => {
    const asked: string[] = [];
    const side = (name: string, checks: readonly Check[]): Judge => ({
      original: async () => original,
      judge: async () => {
        asked.push(name);
        return report(checks);
      },
    });
    const reference = { text: '', image: 'golang:1' };
    const judge = new ReviveJudge(side('original', plain), side('reference', stood), reference);
    return { asked, ...(await judge.judge({ text: '', path: '', context: '' })) };
  };
  const revived = await judgeWith([config, dead], [config, started]);
  assert.equal([isProved(revived), revived.verdict], [true, 'equivalent with differences']);
  assert.is(
    revived.checks.find(({ id }) => id === 'revived')?.evidence[0]?.message,
    'The original does not start (exec /app: no such file), the rewrite stays alive, as the same program does on golang:1',
  );
  // What differs from what the program does there, or what nobody could see it do, proves nothing.
  const other = bad({ kind: 'behaviour', what: 'output' });
  assert.is(isProved(await judgeWith([config, dead], [config, started, other])), false);
  assert.is(isProved(await judgeWith([config, dead], [config, dead])), false);
  assert.is(isProved(await judgeWith([config, dead], [config])), false);
  const changed: Check = { ...config, outcome: 'worse' };
  const worse = await judgeWith([changed, dead], [config, started]);
  assert.equal([isProved(worse), worse.asked], [false, ['original']]);
  // An original that starts is what counts, and nothing else is asked.
  assert.equal((await judgeWith([config, started], [other])).asked, ['original']);
});
