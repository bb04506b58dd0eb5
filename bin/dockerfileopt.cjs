#!/usr/bin/env node
'use strict';
const { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const dist = join(__dirname, '../dist');

// A reader that has seen enough, like `head`, is no error. Listening here instead of on stdout leaves it untouched, and
// so uninitialised, when there is nothing to say.
process.on('uncaughtException', (error) => {
  if (error?.code !== 'EPIPE') fail(error?.stack ?? String(error));
});

/** The compiled bundle, if it has to be left for the next time, and the file for that. */
let fresh;

run().then((code) => {
  process.exitCode = code;
  keepCompiled();
  // Taking everything down orderly takes a tenth of a short run, and is for nothing when nothing is under way.
  if (process.getActiveResourcesInfo?.().length === 0) process.exit();
}, fail);

async function run() {
  return loadBundle().main(process.argv.slice(2));
}

function loadBundle() {
  try {
    return loadPart('cli.cjs');
  } catch (error) {
    if (error.code !== 'ENOENT' || error.path !== join(dist, 'cli.cjs')) throw error;
    fail('dockerfileopt is not built; run: npm run build');
  }
}

// Compiling takes longer than linting a file. The build leaves compiled code beside what a lint loads, for the very
// version of Node that it ran on; for another one the first lint does. Node's own cache of such holds what is compiled
// at once, which is next to nothing.
function loadPart(name) {
  const file = join(dist, name);
  const compiled = `${file}.${process.version}-${process.arch}`;
  let cachedData;
  try {
    cachedData = readFileSync(compiled);
  } catch {
    if (name !== 'cli.cjs') return require(file);
  }
  const { Script } = require('node:vm');
  const module = { exports: {} };
  const source = readFileSync(file, 'latin1');
  const script = new Script(source, { filename: file, cachedData });
  if (!cachedData) fresh = { script, compiled, length: source.length };
  script.runInThisContext()(module.exports, requireFrom, module);
  return module.exports;
}

// Where the folder may be written to; whole or not at all.
function keepCompiled() {
  if (!fresh) return;
  const { script, compiled, length } = fresh;
  const temporary = `${compiled}.${process.pid}`;
  try {
    accessSync(dist, constants.W_OK);
    const data = script.createCachedData();
    // `--version` compiles little of the program, and that is nothing to start a lint from.
    if (data.length < length) return;
    writeFileSync(temporary, data, { flag: 'wx' });
    renameSync(temporary, compiled);
  } catch {
    rmSync(temporary, { force: true });
  }
}

function requireFrom(name) {
  return name.startsWith('./') ? loadPart(name) : require(name);
}

function fail(error) {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(2);
}
