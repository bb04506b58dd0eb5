import type { FileIndex } from '../image/index.ts';
import type { Pair } from './snapshot.ts';

const NODE_PACKAGE = /\/node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/;
const PYTHON_PACKAGE = /\/([^/]+?)-[^/]*\.dist-info\/METADATA$/;

const known = new WeakMap<Pair, ReadonlyMap<string, string>>();

/**
 * The package of the rewrite that depends on one which it does not find any more: dependencies of dependencies may be
 * loaded as late as any. What a bundler has taken apart is another matter: it keeps the files that are loaded.
 */
export function dependentOf(pair: Pair, module: string): string | undefined {
  let all = known.get(pair);
  if (all === undefined) {
    all = brokenDependencies(pair);
    known.set(pair, all);
  }
  return all.get(module) ?? all.get(distributionName(module));
}

function brokenDependencies(pair: Pair): Map<string, string> {
  const broken = new Map<string, string>();
  const [had, has] = [distributions(pair.before.files), distributions(pair.after.files)];
  for (const { path, bytes } of pair.after.files.entries()) {
    if (bytes === undefined) continue;
    if (NODE_PACKAGE.test(path) && isWhole(pair, path)) {
      for (const name of nodeDependencies(bytes.toString('utf8')))
        if (!findsModule(pair.after.files, path, name) && findsModule(pair.before.files, path, name))
          broken.set(name, path);
    } else if (PYTHON_PACKAGE.test(path)) {
      for (const name of pythonDependencies(bytes.toString('utf8')))
        if (had.has(name) && !has.has(name)) broken.set(name, path);
    }
  }
  return broken;
}

/** Whether node finds a package from a file on. */
export function findsModule(files: FileIndex, reader: string, module: string): boolean {
  for (let at = reader.lastIndexOf('/'); at >= 0; at = at === 0 ? -1 : reader.lastIndexOf('/', at - 1))
    if (files.resolve(`${reader.slice(0, at)}/node_modules/${module}/package.json`)) return true;
  return false;
}

/** Everything that lies beside a package's manifest in the original lies there in the rewrite. */
function isWhole({ before, after }: Pair, manifest: string): boolean {
  const folder = manifest.slice(0, manifest.lastIndexOf('/'));
  const names = new Set(after.files.list(folder));
  return before.files.list(folder).every((name) => names.has(name) || /^(?:LICEN[CS]E|README|\.)/i.test(name));
}

function nodeDependencies(text: string): string[] {
  try {
    const { dependencies } = JSON.parse(text) as { dependencies?: Record<string, string> };
    return Object.keys(dependencies ?? {});
  } catch {
    return [];
  }
}

/** Those that are always needed: no extras, and no conditions. */
function pythonDependencies(text: string): string[] {
  const [head = ''] = text.split(/\r?\n\r?\n/);
  return [...head.matchAll(/^Requires-Dist: *([\w.-]+)[^;\n]*$/gm)].map(([, name = '']) => distributionName(name));
}

function distributions(files: FileIndex): Set<string> {
  const names = new Set<string>();
  for (const { path } of files.entries()) {
    const name = PYTHON_PACKAGE.exec(path)?.[1];
    if (name !== undefined) names.add(distributionName(name));
  }
  return names;
}

/** As package indexes compare names. */
const distributionName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
