#!/usr/bin/env node
'use strict';
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
const bundle = join(__dirname, '../dist/cli.cjs');
enableCompileCache?.();

// A reader that has seen enough, like `head`, is no error. Listening here instead of on stdout leaves it untouched, and
// so uninitialised, when there is nothing to say.
process.on('uncaughtException', (error) => {
  if (error?.code !== 'EPIPE') fail(error?.stack ?? String(error));
});

run().then((code) => {
  process.exitCode = code;
}, fail);

async function run() {
  return load().main(process.argv.slice(2));
}

function load() {
  try {
    return loadCompiled() ?? require(bundle);
  } catch (error) {
    // Missing is the bundle itself, not something that it requires.
    if (error.code !== 'MODULE_NOT_FOUND' || error.requireStack?.[0] !== __filename) throw error;
    fail('dockerfileopt is not built; run: npm run build');
  }
}

// Node 20 forgets between runs what it has compiled, which takes longer than linting a file. The build leaves the
// compiled code beside the bundle, for the very version of Node that it ran on.
function loadCompiled() {
  if (enableCompileCache) return undefined;
  const { readFileSync } = require('node:fs');
  let cachedData;
  try {
    cachedData = readFileSync(`${bundle}.${process.version}-${process.arch}`);
  } catch {
    return undefined;
  }
  const { Script } = require('node:vm');
  const { createRequire, wrap } = require('node:module');
  const module = { exports: {} };
  new Script(wrap(readFileSync(bundle, 'latin1')), { filename: bundle, cachedData }).runInThisContext()(
    module.exports,
    createRequire(bundle),
    module,
    bundle,
    join(bundle, '..'),
  );
  return module.exports;
}

function fail(error) {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(2);
}
