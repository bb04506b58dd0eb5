import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { joinPath } from '../../../dockerfile/index.ts';

/** A project of .NET as far as its own file, and a Directory.Build.props above it, tell. */
export interface DotnetProject {
  /** Of the project file, in the image. */
  readonly path: string;
  readonly folder: string;
  /** The file's name without its ending, or `AssemblyName`; undefined where a property hides it. */
  readonly assembly: string | undefined;
  /** `net8.0`; undefined where there are several, or a property hides it. */
  readonly framework: string | undefined;
  /** It is a web application, or refers to the framework of such. */
  readonly isWeb: boolean;
  readonly isExecutable: boolean;
  /** Properties that change what is published, by name in lower case. */
  readonly properties: ReadonlyMap<string, string>;
}

type Read = (path: string) => string | undefined;

/** Reads a project file; undefined where it is not at hand or not well formed. */
export function readProject(path: string, read: Read): DotnetProject | undefined {
  const root = parse(read(path));
  if (!root) return undefined;
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const properties = new Map([...inherited(folder, read), ...propertiesOf(root)]);
  const resolved = (name: string) => {
    const value = properties.get(name);
    return value?.includes('$(') ? undefined : value;
  };
  const sdk = root.attributes.Sdk ?? '';
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  const isWeb =
    /^Microsoft\.NET\.Sdk\.(?:Web|BlazorWebAssembly)$/.test(sdk) ||
    elements(root, 'FrameworkReference').some(({ attributes }) => /AspNetCore/.test(attributes.Include ?? '')) ||
    elements(root, 'PackageReference').some(({ attributes }) => /AspNetCore/.test(attributes.Include ?? ''));
  return {
    path,
    folder,
    assembly: properties.has('assemblyname') ? resolved('assemblyname') : file,
    framework: resolved('targetframework'),
    isWeb,
    isExecutable: isWeb || /Worker$/.test(sdk) || /^(?:win)?exe$/i.test(resolved('outputtype') ?? ''),
    properties,
  };
}

/** The projects that a solution lists, or that a project refers to, with those behind them. */
export function referencedProjects(path: string, read: Read, seen = new Set<string>()): readonly string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = read(path) ?? '';
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const names = /\.sln$/.test(path)
    ? Array.from(text.matchAll(/^Project\(.*?\)\s*=\s*"[^"]*",\s*"([^"]+proj)"/gm), ([, name]) => name!)
    : Array.from(text.matchAll(/<(?:ProjectReference\s+Include|Project\s+Path)\s*=\s*"([^"]+)"/g), ([, name]) => name!);
  const direct = names.flatMap((name) => joinPath(folder, name.replaceAll('\\', '/')) ?? []);
  return [...direct, ...direct.flatMap((next) => referencedProjects(next, read, seen))];
}

/** What the nearest Directory.Build.props sets. */
function inherited(folder: string, read: Read): ReadonlyMap<string, string> {
  for (let at = folder; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const root = parse(read(`${at === '/' ? '' : at}/Directory.Build.props`));
    if (root) return propertiesOf(root);
    if (at === '/') return new Map();
  }
}

/** A property that has a condition may be set or not: its value is none that is known. */
function propertiesOf(root: XmlElement): Map<string, string> {
  const found = new Map<string, string>();
  for (const group of elements(root, 'PropertyGroup')) {
    for (const item of group.children) {
      if (!(item instanceof XmlElement)) continue;
      const isConditional = group.attributes.Condition !== undefined || item.attributes.Condition !== undefined;
      found.set(item.name.toLowerCase(), isConditional ? '$(?)' : item.text.trim());
    }
  }
  return found;
}

function elements(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.flatMap((child) =>
    child instanceof XmlElement ? [...(child.name === name ? [child] : []), ...elements(child, name)] : [],
  );
}

function parse(text: string | undefined): XmlElement | undefined {
  if (text === undefined) return undefined;
  try {
    return parseXml(text.replace(/^\ufeff/, '')).root ?? undefined;
  } catch {
    return undefined;
  }
}
