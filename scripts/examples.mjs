// npm run examples: lints the seed Dockerfiles and shows what --fix would change, then verifies one that was rewritten by
// hand, where there is a container engine. The files stay as they are.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(args, env = {}) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status;
}

/** The address of the private engine of the end-to-end tests, if `npm run e2e:up` has started it. */
function privateEngine() {
  if (process.platform !== 'linux') return {};
  const options = { cwd: root, encoding: 'utf8' };
  const { status, stdout } = spawnSync('test/e2e/engine.sh', ['status', '.cache/e2e/engine'], options);
  const host = status === 0 && /^DOCKER_HOST=(.+)$/m.exec(stdout)?.[1];
  return host ? { DOCKER_HOST: host } : {};
}

if (!existsSync(new URL('../dist/cli.cjs', import.meta.url))) run(['scripts/build.mjs']);

// Findings are what is expected here; only a failure to lint is one.
const linted = run(['bin/dockerfileopt.cjs', 'fixtures/seed', '--diff', '--fail-on', 'info']);

const [before, after] = ['fixtures/seed/s3/Dockerfile', 'fixtures/seed/s3-goal/Dockerfile'];
console.log(`\n$ dockerfileopt verify ${before} ${after}\n`);
const verified = run(['bin/dockerfileopt.cjs', 'verify', before, after], privateEngine());
if (verified === 2) {
  console.log(
    `Skipped: whether ${after} may take the place of ${before}, which only an engine (Docker, Podman or Buildah) that has or can pull golang:1 and alpine:3 can tell.`,
  );
}

process.exitCode = linted === 1 && verified !== 1 ? 0 : 2;
