#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const dist = join(__dirname, '../dist');

// A reader that has seen enough, like `head`, is no error. Listening here instead of on stdout leaves it untouched, and
// so uninitialised, when there is nothing to say.
process.on('uncaughtException', (error) => {
  if (error?.code !== 'EPIPE') fail(error?.stack ?? String(error));
});

run().then((code) => {
  process.exitCode = code;
  // Taking everything down orderly takes a tenth of a short run, and is for nothing when nothing is under way.
  if (process.getActiveResourcesInfo?.().length === 0) process.exit();
}, fail);

async function run() {
  return load().main(process.argv.slice(2));
}

function load() {
  try {
    return loadPart('cli.cjs');
  } catch (error) {
    // Missing is the bundle itself, not something that it requires.
    if (error.code !== 'MODULE_NOT_FOUND' || error.requireStack?.[0] !== __filename) throw error;
    fail('dockerfileopt is not built; run: npm run build');
  }
}

// Compiling takes longer than linting a file. The build leaves compiled code beside what a lint loads, for the very
// version of Node that it ran on; newer ones of other versions remember what they compile.
function loadPart(name) {
  const file = join(dist, name);
  let cachedData;
  try {
    cachedData = readFileSync(`${file}.${process.version}-${process.arch}`);
  } catch {
    require('node:module').enableCompileCache?.();
    return require(file);
  }
  const { Script } = require('node:vm');
  const module = { exports: {} };
  const part = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData }).runInThisContext();
  part(module.exports, requireFrom, module);
  return module.exports;
}

function requireFrom(name) {
  return name.startsWith('./') ? loadPart(name) : require(name);
}

function fail(error) {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(2);
}
