// npm run bench:verify [-- CASE…]: what verifying a rewrite with an unchanged build stage costs on top of building the
// original, with the private engine of `npm run e2e:up`. Every build is cold: its context is a copy, and its first command a new
// one. Verified once with a base image that was never read before, and once with one that is remembered from the time before.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detectEngine } from '../src/engines/detect.ts';
import type { Engine } from '../src/engines/engine.ts';
import { Session } from '../src/engines/session.ts';
import { type Side, Verifier } from '../src/verify/index.ts';
import { findSurroundings } from '../test/e2e/harness.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The share of the original's cold build that verifying may take. */
const LIMIT = 0.25;

interface Case {
  readonly context: string;
  readonly before: string;
  readonly after: string;
}

const verified = (app: string, rewrite = 'good'): Case => ({
  context: join(ROOT, 'fixtures/verify', app, 'context'),
  before: readFileSync(join(ROOT, 'fixtures/verify', app, 'Dockerfile'), 'utf8'),
  after: readFileSync(join(ROOT, 'fixtures/verify', app, `${rewrite}.Dockerfile`), 'utf8'),
});

/** A case with dependencies, or with more to compile than fits on one page. */
const heavier = (one: Case, step: string): Case => ({
  ...one,
  before: withStep(one.before, step),
  after: withStep(one.after, step),
});

const withStep = (text: string, step: string) => text.replace(/^RUN /m, `RUN ${step}\nRUN `);

/** The first stage of one alone, and the whole. */
const fromFirstStage = (one: Case, cmd: string): Case => {
  const [first = ''] = one.before.split(/\n(?=FROM )/);
  return {
    ...one,
    before: `${first}\n${cmd}\n`,
    after: `${first.replace(/^FROM \S+/, '$& AS build')}\n${slimmed(one.after)}`,
  };
};
const slimmed = (text: string) => text.split(/\n(?=FROM )/).at(-1) as string;

const optimized = (app: string, rewrite?: (before: string) => string): Case => {
  const folder = join(ROOT, 'fixtures/optimize', app);
  const before = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const after = rewrite?.(before) ?? readFileSync(join(folder, 'expected.Dockerfile'), 'utf8');
  return { context: join(folder, 'app'), before, after };
};

/** The same stage to build in, and all of its folder on the slim image. */
const onSlim = (before: string) =>
  `${before.replace(/^FROM \S+/, '$& AS build').replace(/^(?:EXPOSE|CMD).*\n/gm, '')}
FROM node:20-slim
WORKDIR /app
COPY --from=build /app /app
${(before.match(/^(?:EXPOSE|CMD).*$/gm) ?? []).join('\n')}
`;

/** Services with their real frameworks; then what is as small as the tests need it, where two starts weigh most. */
const CASES: Readonly<Record<string, () => Case>> = {
  'rust-framework': () => optimized('rust/web-server'),
  'go-sqlite': () => optimized('go/pure-sqlite'),
  'go-cluster': () => optimized('go/cluster-client'),
  'go-telemetry': () => optimized('go/telemetry'),
  'go-driver': () => optimized('go/sqlite-driver'),
  'rust-tool': () => optimized('rust/report'),
  'java-framework': () => optimized('java/spring-web'),
  'node-framework': () => optimized('node/next-server'),
  'c-server': () => optimized('c/debian-build-essential'),
  'c-project': () => optimized('c/cmake-project'),
  'python-library': () => optimized('python/system-library'),
  'href-counter': () => fromFirstStage(verified('seed-s5'), 'CMD ["./app"]'),
  workspace: () => optimized('rust/workspace'),
  maven: () => optimized('java/maven-modules'),
  typescript: () => optimized('node/typescript', onSlim),
  'go-server': () => verified('go-server', 'good-dynamic'),
  'seed-s1': () => verified('seed-s1'),
  'c-tool': () => heavier(verified('c-tool'), manyC(160)),
  'rust-crates': () => heavier(verified('rust-tool'), manyRust(60)),
  'java-app': () => heavier(verified('java-app'), manyJava(2500)),
};

const manyC = (count: number) =>
  `mkdir /many && cd /many && for i in $(seq ${count}); do sed "s/main/part$i/; s/printf/fprintf(stderr, \\"\\"); printf/" /src/tool.c >$i.c && gcc -O3 -g -c $i.c || exit 1; done`;
const manyRust = (count: number) =>
  `mkdir /many && cd /many && for i in $(seq ${count}); do { echo "use std::collections::*; pub fn f$i(a: &str) -> BTreeMap<String, HashMap<String, Vec<u64>>> { let mut m = BTreeMap::new(); for w in a.split(' ') { m.entry(w.to_string()).or_insert_with(HashMap::new).insert(format!(\\"{w}$i\\"), vec![$i]); } m }" >$i.rs && rustc -O --crate-type=rlib --crate-name=c$i $i.rs; } || exit 1; done`;
const manyJava = (count: number) =>
  `mkdir /many && cd /many && for i in $(seq ${count}); do echo "import java.util.*; import java.util.stream.*; public class C$i { public Map<String, List<Integer>> of(List<String> a) { return a.stream().collect(Collectors.groupingBy(w -> w + $i, TreeMap::new, Collectors.mapping(String::length, Collectors.toList()))); } }" >C$i.java; done && javac -d out *.java`;

const surroundings = findSurroundings('docker');
if ('reason' in surroundings) throw new Error(surroundings.reason);
const { env, network } = surroundings;

/** Seconds of some work in a session of its own, with a context that the engine has not seen. */
async function time(
  { context, before, after }: Case,
  work: (engine: Engine, sides: readonly [Side, Side]) => Promise<void>,
) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-verify-'));
  const session = new Session({ env });
  try {
    cpSync(context, folder, { recursive: true, dereference: true });
    const engine = await detectEngine('docker', session);
    if ('reason' in engine) throw new Error(engine.reason);
    // The first stage of both is the same, and new: BuildKit takes a label for no reason to run anything again.
    const side = (text: string): Side => ({
      text: text.replace(/^RUN /m, `RUN : ${session.id}; `),
      path: 'Dockerfile',
      context: folder,
    });
    const started = performance.now();
    await work(engine, [side(before), side(after)]);
    return (performance.now() - started) / 1000;
  } finally {
    await session.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

const build = network === undefined ? {} : { network };
const cache = mkdtempSync(join(tmpdir(), 'bench-verify-bases-'));
const names = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const rounds = process.argv.includes('--once') ? 1 : 2;
const WAYS = ['build', 'verify', 'verify, base remembered'] as const;
const worst = new Map<string, number>();
try {
  for (const [name, make] of Object.entries(CASES).filter(([name]) => names.length === 0 || names.includes(name)))
    await measure(name, make());
} finally {
  rmSync(cache, { recursive: true });
}
for (const [way, extra] of worst)
  console.log(`${way}: at most ${percent(extra)} on top (${extra <= LIMIT ? 'within' : 'above'} ${percent(LIMIT)})`);

async function measure(name: string, one: Case): Promise<void> {
  const seconds = new Map<string, number>();
  let verdict = '';
  // In turn, so that a machine that gets slower slows all.
  for (let round = 0; round < rounds; round += 1) {
    for (const way of WAYS) {
      const took = await time(one, async (engine, [before, after]) => {
        if (way === 'build') {
          const { text, context } = before;
          const built = await engine.build({ ...build, dockerfile: { text }, context });
          if (!built.ok) throw new Error(`${name}: ${built.message}\n${built.log.tail.join('\n')}`);
          return;
        }
        // The first of the others fills the memory of the last.
        const cacheFolder = way === 'verify' ? join(cache, name, String(round)) : join(cache, name, '0');
        const report = await new Verifier(engine, before, { build, cacheFolder }).judge(after);
        verdict = `${report.verdict}: ${report.reason}`;
      });
      seconds.set(way, Math.min(seconds.get(way) ?? Number.POSITIVE_INFINITY, took));
    }
  }
  const cold = seconds.get('build') as number;
  const told = WAYS.slice(1).map((way) => {
    const took = seconds.get(way) as number;
    worst.set(way, Math.max(worst.get(way) ?? 0, took / cold - 1));
    return `${way} ${took.toFixed(1)} s (${percent(took / cold - 1)} on top)`;
  });
  console.log(`${name.padEnd(12)} build ${cold.toFixed(1)} s, ${told.join(', ')}; ${verdict}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
