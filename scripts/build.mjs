// dist/cli.cjs and its lazy chunks for the executable, dist/lib (typed ESM) for the library.
// With a folder as argument, only the executable is built, into that folder.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** @type {import('esbuild').BuildOptions} */
const bundled = {
  absWorkingDir: root,
  outdir: process.argv[2] ?? 'dist',
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
 * A package that the sources `import()` becomes a file of its own in dist, read only when it is needed: within the one
 * bundle it would be parsed at every start, and from node_modules it would be many files. The source keeps its named
 * exports; a default export of an ES module does not survive the way through `require`.
 * @param {Map<string, string>} chunks filled with chunk name → entry file
 * @returns {import('esbuild').Plugin}
 */
function lazyChunks(chunks) {
  return {
    name: 'lazy-chunks',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^[@a-z]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:') || pluginData === chunks) return undefined;
        const found = await resolve(path, { kind, resolveDir, importer, pluginData: chunks });
        if (found.external || found.errors.length > 0) return found;
        const name = path.replaceAll('/', '-').replace('@', '');
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
  const chunks = new Map();
  await build({ ...bundled, entryPoints: ['src/cli.ts'], plugins: [lazyChunks(chunks)] });
  await build({ ...bundled, entryPoints: Object.fromEntries(chunks) });
}

async function compileLibrary() {
  rmSync(join(root, 'dist/lib'), { recursive: true, force: true });
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.lib.json'], { cwd: root, stdio: 'inherit' });
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
