import { joinPath } from '../../../dockerfile/index.ts';
import type { Subject } from '../../types.ts';
import type { World } from '../../world.ts';

/** A package.json, as far as it is looked at. */
export interface Manifest {
  /** The folder of the image that it lies in. */
  readonly folder: string;
  readonly contextPath: string;
  readonly main: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  readonly hasWorkspaces: boolean;
  readonly packageManager: string;
}

/** The package.json of a folder of the image, read from the build context. */
export function manifestIn(folder: string, world: World, subject: Subject): Manifest | undefined {
  const path = joinPath(folder, 'package.json');
  const entry = path === undefined ? undefined : world.tree.get(path);
  if (entry?.contextPath === undefined) return undefined;
  const value = parseJson(subject.context.readText(entry.contextPath));
  if (!value) return undefined;
  const text = (name: string) => (typeof value[name] === 'string' ? value[name] : '');
  const base = entry.contextPath.replace(/[^/]*$/, '');
  return {
    folder,
    contextPath: entry.contextPath,
    main: text('main') || 'index.js',
    scripts: strings(value.scripts),
    dependencies: new Set([
      ...Object.keys(strings(value.dependencies)),
      ...Object.keys(strings(value.optionalDependencies)),
      ...Object.keys(strings(value.peerDependencies)),
    ]),
    devDependencies: new Set(Object.keys(strings(value.devDependencies))),
    hasWorkspaces:
      value.workspaces !== undefined ||
      subject.context.readText(`${base}pnpm-workspace.yaml`) !== undefined ||
      subject.context.readText(`${base}lerna.json`) !== undefined,
    packageManager: text('packageManager'),
  };
}

/** The nearest package.json at or above a folder. */
export function manifestAbove(folder: string, world: World, subject: Subject): Manifest | undefined {
  for (let at = folder; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const found = manifestIn(at, world, subject);
    if (found || at === '/') return found;
  }
}

function strings(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

/** JSON as the tools of this ecosystem read it: with comments and commas behind the last item. */
export function parseJson(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string?: string) => string ?? '')
    .replace(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])/g, (_, string?: string) => string ?? '');
  try {
    const value: unknown = JSON.parse(plain);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the TypeScript compiler puts what it makes: a path relative to the folder of the configuration. */
export function readTsconfig(
  contextPath: string,
  subject: Subject,
  depth = 0,
): { readonly outDir?: string; readonly noEmit?: boolean; readonly isComposite?: boolean } | undefined {
  const value = parseJson(subject.context.readText(contextPath));
  if (!value || depth > 3) return undefined;
  const folder = contextPath.replace(/[^/]*$/, '');
  const options = (typeof value.compilerOptions === 'object' ? value.compilerOptions : {}) as Record<string, unknown>;
  const base =
    typeof value.extends === 'string' && value.extends.startsWith('.')
      ? readTsconfig(
          joinPath('/', folder + value.extends.replace(/(?:\.json)?$/, '.json'))!.slice(1),
          subject,
          depth + 1,
        )
      : undefined;
  return {
    ...base,
    ...(typeof options.outDir === 'string' ? { outDir: options.outDir } : {}),
    ...(options.noEmit === true ? { noEmit: true } : {}),
    ...(Array.isArray(value.references) ? { isComposite: true } : {}),
  };
}
