// dist/cli.cjs and its lazy chunks for the executable, dist/lib (typed ESM) for the library.
// With a folder as argument, only the executable is built, into that folder.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
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
  // A CommonJS module as ever, and as a script the function to call, so that the executable has nothing to put around it.
  banner: {
    js: '((part) => typeof module === "undefined" ? part : part(exports, require, module))((exports, require, module) => {',
  },
  footer: { js: '});' },
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
      onResolve(
        { filter: /^[@a-z]|\/commands\/|\/import-module\.ts$/ },
        async ({ path, kind, resolveDir, importer, pluginData }) => {
          if (kind !== 'dynamic-import' || path.startsWith('node:') || pluginData === chunks) return undefined;
          const found = await resolve(path, { kind, resolveDir, importer, pluginData: chunks });
          if (found.external || found.errors.length > 0) return found;
          const name = path
            .replace(/^\.\/(.*)\.ts$/, '$1')
            .replaceAll('/', '-')
            .replace('@', '');
          chunks.set(name, found.path);
          return { path: name, namespace: 'lazy' };
        },
      );
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
  for (const name of readdirSync(outdir)) if (/\.cjs\../.test(name)) rmSync(join(outdir, name));
  const chunks = new Map();
  await build({ ...bundled, entryPoints: ['src/cli.ts'], plugins: [lazyChunks(chunks)] });
  await build({ ...bundled, entryPoints: Object.fromEntries(chunks) });
  await compileParts();
}

/** What gives the rules, and whoever reads configurations, something to do. */
const samples = {
  Dockerfile: `ARG TAG=1
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
`,
  '.gitignore': 'dist\n',
  '.dockerfileoptrc.json': '{ "extends": "recommended", "rules": { "no-sudo": ["error"] } }',
  '.dockerfileoptrc.yaml': `# what holds here
extends: [recommended]
rules:
  no-sudo: error
  no-apt-lists: [warn]
overrides:
  - files: '*.dev'
    rules: { no-sudo: "off" }
trustedRegistries:
  - docker.io
`,
  '.hadolint.yaml': 'ignored: [DL3008]\noverride:\n  error: [DL3015]\ntrustedRegistries:\n  - docker.io\n',
};

/** Leaves the compiled code for the executable of the parts that a lint loads; what it needs of them is found by linting. */
async function compileParts() {
  const scripts = new Map();
  // What Sparkplug once compiled it compiles again as soon as it is loaded, which takes longer than it saves.
  setFlagsFromString('--no-sparkplug');
  const load = (name) => {
    const file = join(outdir, name);
    const script = new Script(readFileSync(file, 'latin1'), { filename: file });
    const module = { exports: {} };
    scripts.set(file, script);
    const requireFrom = (name) => (name.startsWith('./') ? load(name) : require(name));
    script.runInThisContext()(module.exports, requireFrom, module);
    return module.exports;
  };
  const { main } = load('cli.cjs');
  const folder = mkdtempSync(join(tmpdir(), 'build-'));
  try {
    const configs = Object.keys(samples).filter((name) => /rc|hadolint/.test(name));
    for (const [name, text] of Object.entries(samples)) {
      if (!configs.includes(name)) writeFileSync(join(folder, name), text);
    }
    const nowhere = { isTTY: false, write: () => {} };
    const surroundings = { stdout: nowhere, stderr: nowhere, env: {} };
    for (const name of configs) {
      writeFileSync(join(folder, name), samples[name]);
      for (const path of [folder, join(folder, 'Dockerfile')]) {
        if ((await main([path], surroundings)) === 2) throw new Error(`the sample does not go with ${name}`);
      }
      rmSync(join(folder, name));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  // The flags go into the code, which is refused under others.
  setFlagsFromString('--sparkplug');
  for (const [file, script] of scripts)
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
