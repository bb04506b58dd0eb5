// npm run examples: lints the seed Dockerfiles and shows what --fix would change. They stay as they are.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(...args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status;
}

if (!existsSync(new URL('../dist/cli.cjs', import.meta.url))) run('scripts/build.mjs');
// Findings are what is expected here; only a failure to lint is one.
const status = run('bin/dockerfileopt.cjs', 'fixtures/seed', '--diff', '--fail-on', 'info');
process.exitCode = status === 1 ? 0 : 2;
