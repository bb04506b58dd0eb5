import { parse, type TomlTable, type TomlValue } from 'smol-toml';
import { joinPath } from '../../../dockerfile/index.ts';
import type { Subject } from '../../types.ts';
import type { World } from '../../world.ts';

/** A package of cargo's, as the image has it. */
export interface CargoPackage {
  readonly name: string;
  /** The folder of its manifest in the image. */
  readonly folder: string;
  /** The names of its programs. */
  readonly programs: readonly string[];
}

/** A package or a workspace around a folder of the image. */
export interface CargoProject {
  /** Where `target` lies. */
  readonly root: string;
  readonly packages: readonly CargoPackage[];
  /** The packages that are built when none is named. */
  readonly chosen: readonly CargoPackage[];
}

/** Parses a manifest; undefined for one that is none. */
export function readToml(text: string | undefined): TomlTable | undefined {
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

export function tableOf(value: TomlValue | undefined): TomlTable | undefined {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) ? value : undefined;
}

function stringsOf(value: TomlValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** The project that cargo finds from a folder, as far as its manifests are at hand. */
export function readCargoProject(folder: string, world: World, subject: Subject): CargoProject | undefined {
  const manifest = (at: string) => {
    const entry = world.tree.get(`${at === '/' ? '' : at}/Cargo.toml`);
    return readToml(entry?.contextPath === undefined ? undefined : subject.context.readText(entry.contextPath));
  };
  let own: string | undefined;
  let root: string | undefined;
  for (let at = folder; root === undefined; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const table = manifest(at);
    if (table) own ??= at;
    if (table && tableOf(table.workspace)) root = at;
    if (at === '/') break;
  }
  if (own === undefined) return undefined;
  root ??= own;
  const packages: CargoPackage[] = [];
  const add = (at: string): void => {
    const table = manifest(at);
    const name = tableOf(table?.package)?.name;
    if (table && typeof name === 'string' && !packages.some((item) => item.folder === at)) {
      packages.push({ name, folder: at, programs: programsOf(table, name, at, world) });
    }
  };
  add(root);
  const workspace = tableOf(manifest(root)?.workspace);
  const members = stringsOf(workspace?.members).flatMap((pattern) => foldersOf(pattern, root, world));
  for (const member of members) add(member);
  add(own);
  const defaults = stringsOf(workspace?.['default-members']).flatMap((pattern) => foldersOf(pattern, root, world));
  const here = packages.filter((item) => item.folder === own);
  const chosen =
    here.length > 0 ? here : defaults.length > 0 ? packages.filter((item) => defaults.includes(item.folder)) : packages;
  return { root, packages, chosen };
}

function foldersOf(pattern: string, root: string, world: World): readonly string[] {
  const path = joinPath(root, pattern);
  if (path === undefined) return [];
  return /[*?]/.test(pattern) ? world.tree.match(path) : [path];
}

function programsOf(table: TomlTable, name: string, folder: string, world: World): readonly string[] {
  const base = folder === '/' ? '' : folder;
  const bins = Array.isArray(table.bin) ? table.bin.map(tableOf) : [];
  const named = bins.flatMap((bin) => (typeof bin?.name === 'string' ? [bin.name] : []));
  const paths = bins.flatMap((bin) => (typeof bin?.path === 'string' ? [joinPath(folder, bin.path)] : []));
  const found = new Set(named);
  if (tableOf(table.package)?.autobins === false) return [...found];
  if (world.tree.get(`${base}/src/main.rs`) && !paths.includes(`${base}/src/main.rs`)) found.add(name);
  for (const { path } of world.tree.under(`${base}/src/bin`)) {
    const own = /^([^/]+)(?:\.rs|\/main\.rs)$/.exec(path.slice(`${base}/src/bin/`.length))?.[1];
    if (own !== undefined && !paths.includes(path)) found.add(own);
  }
  return [...found];
}
