#!/usr/bin/env node
'use strict';
require('node:module').enableCompileCache?.();

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
    return require('../dist/cli.cjs');
  } catch (error) {
    // Missing is the bundle itself, not something that it requires.
    if (error.code !== 'MODULE_NOT_FOUND' || error.requireStack?.[0] !== __filename) throw error;
    fail('dockerfileopt is not built; run: npm run build');
  }
}

function fail(error) {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(2);
}
