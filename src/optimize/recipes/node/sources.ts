import type { Evidence } from '../../types.ts';

const CODE = /\.(?:[cm]?[jt]sx?)$/;
/** Files that only builds and tests read. */
const NOT_RUN =
  /(?:^|\/)(?:node_modules|__tests__|__mocks__|tests?|e2e|cypress|coverage|\.storybook|stories|docs?)\/|\.(?:test|spec|stories|d|config)\.[cm]?[jt]sx?$|(?:^|\/)(?:gulpfile|gruntfile|karma\.conf|\.eslintrc|\.prettierrc|\.babelrc|webpack[\w.-]*|rollup[\w.-]*|vue\.config|jest[\w.-]*)\.[cm]?[jt]s$/i;
const IMPORT = /(?:\brequire(?:\.resolve)?\(|\bfrom|\bimport\(?)\s*["'`]([^"'`\n]+)["'`]/g;

/** The packages that what is started imports, as far as its files show; of all files where that is not to be followed. */
export function importedPackages(evidence: Evidence, files: readonly string[]): ReadonlySet<string> {
  const { context, world } = evidence;
  const all = context.files.filter((path) => CODE.test(path) && !NOT_RUN.test(path));
  const known = new Set(all);
  const queue: string[] = [];
  let isFollowed = files.length > 0;
  for (const file of files) {
    const start = variants(file)
      .flatMap((path) => world.tree.get(path)?.contextPath ?? [])
      .find((path) => known.has(path));
    if (start === undefined) isFollowed = false;
    else queue.push(start);
  }
  const packages = new Set<string>();
  const seen = new Set<string>();
  for (let path = queue.pop(); path !== undefined && isFollowed; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = context.readText(path) ?? '';
    // What is computed may lead anywhere.
    if (/\brequire\(\s*[^"'`)\s]|\bimport\(\s*[^"'`)\s]|\brequire\(\s*`[^`]*\$/.test(text)) isFollowed = false;
    for (const name of importsOf(text)) {
      if (!name.startsWith('.')) packages.add(packageName(name));
      else {
        const next = resolve(path, name, known);
        if (next === undefined && !/\.(?:json|node|wasm)$/.test(name)) isFollowed = false;
        if (next !== undefined) queue.push(next);
      }
    }
  }
  if (isFollowed) return packages;
  for (const path of all) for (const name of importsOf(context.readText(path) ?? '')) packages.add(packageName(name));
  return packages;
}

function importsOf(text: string): readonly string[] {
  const plain = text.replace(/\b(?:import|export)\s+type\b[^;'"]*["'][^"'\n]*["']/g, '');
  return [...plain.matchAll(IMPORT)].map(([, name]) => name!);
}

function packageName(name: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;
}

/** The files that a path without its ending may mean. */
export function variants(path: string): readonly string[] {
  return [
    path,
    ...['.js', '.cjs', '.mjs', '.json', '.node', '/index.js', '/index.mjs', '/index.cjs'].map((end) => path + end),
  ];
}

function resolve(from: string, name: string, known: ReadonlySet<string>): string | undefined {
  const parts = from.split('/').slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  const path = parts.join('/');
  const ends = [
    '',
    '.js',
    '.ts',
    '.mjs',
    '.cjs',
    '.tsx',
    '.jsx',
    '.mts',
    '.cts',
    '/index.js',
    '/index.ts',
    '/index.mjs',
  ];
  for (const end of ends) if (known.has(path + end)) return path + end;
  // TypeScript's sources name what they are compiled to.
  const bare = path.replace(/\.([cm]?)jsx?$/, '');
  return ends.map((end) => bare + end).find((candidate) => known.has(candidate));
}
