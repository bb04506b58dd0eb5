// What npm runs after an install from git. `npm install --global` of a git address, which is how pre-commit installs,
// runs it before the development dependencies are there (npm applies `--global` to the clone as well), so they are
// fetched here.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (!canBuild()) {
  const { npm_config_global, npm_config_location, npm_config_prefix, npm_config_local_prefix, ...env } = process.env;
  run([process.env.npm_execpath, 'ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'], env);
}
run(['scripts/build.mjs'], process.env);

function canBuild() {
  try {
    return createRequire(import.meta.url).resolve('esbuild') !== '';
  } catch {
    return false;
  }
}

function run(args, env) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
