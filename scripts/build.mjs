// dist/cli.cjs and its lazy chunks for the executable, dist/lib (typed ESM) for the library.
// With a folder as argument, only the executable is built, into that folder.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { wrap } = require('node:module');
const outdir = resolve(process.argv[2] ?? join(root, 'dist'));

/** @type {import('esbuild').BuildOptions} */
const bundled = {
  absWorkingDir: root,
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  // cosmiconfig wants it for TypeScript configurations only, which are not read.
  external: ['typescript'],
  // In CommonJS it is undefined, which would only be noticed when it is used.
  logOverride: { 'empty-import-meta': 'error' },
};

/**
 * A package or a command that the sources `import()` becomes a file of its own in dist, read only when it is needed: within
 * the one bundle it would be parsed at every start, and from node_modules it would be many files. The source keeps its named
 * exports; a default export of an ES module does not survive the way through `require`. What a command shares with the
 * bundle it has twice: no class is the same in both.
 * @param {Map<string, string>} chunks filled with chunk name → entry file
 * @returns {import('esbuild').Plugin}
 */
function lazyChunks(chunks) {
  return {
    name: 'lazy-chunks',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^[@a-z]|\/commands\// }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:') || pluginData === chunks) return undefined;
        const found = await resolve(path, { kind, resolveDir, importer, pluginData: chunks });
        if (found.external || found.errors.length > 0) return found;
        const name = path
          .replace(/^\.\/(.*)\.ts$/, '$1')
          .replaceAll('/', '-')
          .replace('@', '');
        chunks.set(name, found.path);
        return { path: name, namespace: 'lazy' };
      });
      onResolve({ filter: /^\./, namespace: 'lazy' }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
        contents: `module.exports = require('./${path}.cjs')`,
        resolveDir: root,
      }));
    },
  };
}

async function bundleExecutable() {
  mkdirSync(outdir, { recursive: true });
  for (const name of readdirSync(outdir)) if (name.startsWith('cli.cjs.')) rmSync(join(outdir, name));
  const chunks = new Map();
  await build({ ...bundled, entryPoints: ['src/cli.ts'], plugins: [lazyChunks(chunks)] });
  await build({ ...bundled, entryPoints: Object.fromEntries(chunks) });
  await compileBundle(join(outdir, 'cli.cjs'));
}

/** A Dockerfile that gives the rules something to do. */
const sample = `ARG TAG=1
FROM golang:$TAG
WORKDIR /src
COPY go.mod ./
RUN apt-get update && apt-get install -y --no-install-recommends git || exit 1
COPY . .
RUN --mount=type=cache,target=/root/.cache set -e; for i in a "b $c"; do go build -o /app ./$i; done
FROM debian:12-slim
ENV A=1 B="2"
COPY --from=0 /app /app
USER app
CMD ["/app"]
`;

/** Leaves the compiled code for the executable; compiled is what a lint needs, so one is run. */
async function compileBundle(file) {
  const script = new Script(wrap(readFileSync(file, 'latin1')), { filename: file });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  const folder = mkdtempSync(join(tmpdir(), 'build-'));
  try {
    writeFileSync(join(folder, 'Dockerfile'), sample);
    const nowhere = { isTTY: false, write: () => {} };
    await module.exports.main([join(folder, 'Dockerfile')], { stdout: nowhere, stderr: nowhere });
  } finally {
    rmSync(folder, { recursive: true });
  }
  writeFileSync(`${file}.${process.version}-${process.arch}`, script.createCachedData());
}

async function compileLibrary() {
  rmSync(join(root, 'dist/lib'), { recursive: true, force: true });
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  // Types are checked by `npm run check`; an install need not wait for that.
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.lib.json', '--noCheck'], { cwd: root, stdio: 'inherit' });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  if (code !== 0) throw new Error(`tsc ended with ${code}`);
}

const results = await Promise.allSettled([
  bundleExecutable(),
  ...(process.argv[2] === undefined ? [compileLibrary()] : []),
]);
for (const result of results) {
  if (result.status === 'fulfilled') continue;
  console.error(`build: ${result.reason.message}`);
  process.exitCode = 1;
}
