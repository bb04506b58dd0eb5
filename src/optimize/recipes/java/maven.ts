import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { joinPath } from '../../../dockerfile/index.ts';

/** A Maven module as far as its own manifest and those above it tell. */
export interface MavenModule {
  /** In the image. */
  readonly folder: string;
  /** Where it builds into. */
  readonly target: string;
  /** The name of what it packs, with its ending; undefined when a property hides it. */
  readonly file: string | undefined;
  readonly packaging: string;
  /** The archive has its libraries inside. */
  readonly isFat: boolean;
  /** Names of archives that plug-ins make beside it: `app-jar-with-dependencies.jar`. */
  readonly others: readonly string[];
  /** Folders that plug-ins fill with libraries. */
  readonly libraries: readonly string[];
  readonly hasDependencies: boolean;
}

const DEEPEST = 6;

/** Reads a project and its modules; undefined where the manifest is not at hand or not well formed. */
export function readMaven(
  folder: string,
  read: (path: string) => string | undefined,
  given: ReadonlyMap<string, string> = new Map(),
): readonly MavenModule[] | undefined {
  const found: MavenModule[] = [];
  const visit = (at: string, above: Pom | undefined, depth: number): boolean => {
    const pom = readPom(read(`${at === '/' ? '' : at}/pom.xml`), above, given);
    if (!pom || depth > DEEPEST) return false;
    const modules = pom.list('modules', 'module');
    for (const name of modules) visit(joinPath(at, name.replace(/\/?pom\.xml$/, '')) ?? at, pom, depth + 1);
    if (pom.packaging !== 'pom') found.push(moduleOf(at, pom));
    return true;
  };
  return visit(folder, undefined, 0) ? found : undefined;
}

/** A manifest, with the one above it where that is at hand. */
class Pom {
  readonly #root: XmlElement;
  readonly #above: Pom | undefined;
  readonly #given: ReadonlyMap<string, string>;

  constructor(root: XmlElement, above: Pom | undefined, given: ReadonlyMap<string, string>) {
    this.#root = root;
    this.#above = above;
    this.#given = given;
  }

  text(...path: readonly string[]): string | undefined {
    let at: XmlElement | undefined = this.#root;
    for (const name of path) at = at && child(at, name);
    return at && this.expand(at.text.trim());
  }

  list(...path: readonly [string, string]): readonly string[] {
    const parent = child(this.#root, path[0]);
    return parent ? children(parent, path[1]).map((item) => item.text.trim()) : [];
  }

  get packaging(): string {
    return this.text('packaging') ?? 'jar';
  }

  get artifactId(): string | undefined {
    return this.text('artifactId');
  }

  get version(): string | undefined {
    return this.text('version') ?? this.text('parent', 'version') ?? this.#above?.version;
  }

  get hasDependencies(): boolean {
    const own = child(this.#root, 'dependencies');
    const used = own
      ? children(own, 'dependency').filter(
          (item) => !/^(?:test|provided)$/.test(child(item, 'scope')?.text.trim() ?? ''),
        )
      : [];
    return used.length > 0 || (this.#above?.hasDependencies ?? false);
  }

  /** The plug-ins that take part, those of the parents at hand included. */
  get plugins(): readonly XmlElement[] {
    const build = child(this.#root, 'build');
    const plugins = build && child(build, 'plugins');
    return [...(plugins ? children(plugins, 'plugin') : []), ...(this.#above?.plugins ?? [])];
  }

  property(name: string): string | undefined {
    const given = this.#given.get(name);
    if (given !== undefined) return given;
    const properties = child(this.#root, 'properties');
    const own = properties && child(properties, name)?.text.trim();
    if (own !== undefined) return own;
    if (/^(?:project\.|pom\.)?artifactId$/.test(name)) return this.artifactId;
    if (/^(?:project\.|pom\.)?version$/.test(name)) return this.version;
    if (/^(?:project\.)?parent\.version$/.test(name)) return this.text('parent', 'version');
    if (name === 'project.build.directory') return 'target';
    if (name === 'project.build.finalName') return this.finalName;
    if (name === 'project.name') return this.text('name') ?? this.artifactId;
    return this.#above?.property(name);
  }

  get finalName(): string | undefined {
    const said = this.text('build', 'finalName') ?? this.#above?.inherited;
    if (said !== undefined) return said.includes('${') ? undefined : said;
    const { artifactId, version } = this;
    return artifactId === undefined || version === undefined || /\$\{/.test(artifactId + version)
      ? undefined
      : `${artifactId}-${version}`;
  }

  /** A name that modules take over as it is written. */
  get inherited(): string | undefined {
    return this.text('build', 'finalName') ?? this.#above?.inherited;
  }

  expand(text: string, depth = 0): string {
    return text.replace(/\$\{([^{}]+)\}/g, (whole, name: string) => {
      const value = depth < DEEPEST ? this.property(name) : undefined;
      return value === undefined || value === whole ? whole : this.expand(value, depth + 1);
    });
  }
}

function readPom(
  text: string | undefined,
  above: Pom | undefined,
  given: ReadonlyMap<string, string>,
): Pom | undefined {
  if (text === undefined) return undefined;
  try {
    const { root } = parseXml(text.replace(/^\uFEFF?\s+(?=<\?xml)/, ''), { ignoreUndefinedEntities: true });
    return root?.name === 'project' ? new Pom(root, above, given) : undefined;
  } catch {
    return undefined;
  }
}

function child(element: XmlElement, name: string): XmlElement | undefined {
  return children(element, name)[0];
}

function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((item): item is XmlElement => item instanceof XmlElement && item.name === name);
}

/** Every setting of a name inside a plug-in: its own and those of its executions. */
function settings(plugin: XmlElement, name: string): readonly string[] {
  const found: string[] = [];
  const visit = (element: XmlElement): void => {
    for (const item of element.children) {
      if (!(item instanceof XmlElement)) continue;
      if (item.name === name) found.push(item.text.trim());
      else visit(item);
    }
  };
  visit(plugin);
  return found;
}

function moduleOf(folder: string, pom: Pom): MavenModule {
  const base = folder === '/' ? '' : folder;
  const target =
    joinPath(folder, pom.text('build', 'directory')?.replace('${project.basedir}', folder) ?? 'target') ??
    `${base}/target`;
  const { packaging, plugins } = pom;
  const ending = packaging === 'war' || packaging === 'ear' ? packaging : 'jar';
  const idOf = (plugin: XmlElement) => child(plugin, 'artifactId')?.text.trim() ?? '';
  const named = (id: string) => plugins.filter((plugin) => idOf(plugin) === id);
  let name = pom.finalName;
  const jarNames = named('maven-jar-plugin').flatMap((plugin) => settings(plugin, 'finalName'));
  if (jarNames.length > 0) name = known(pom.expand(jarNames[0]!));
  const others: string[] = [];
  const add = (id: string, setting: string, make: (value: string) => string) => {
    for (const plugin of named(id)) for (const value of settings(plugin, setting)) others.push(make(pom.expand(value)));
  };
  for (const plugin of named('maven-assembly-plugin')) {
    const own = settings(plugin, 'finalName')[0];
    const stem = own === undefined ? name : known(pom.expand(own));
    const isPlain = settings(plugin, 'appendAssemblyId')[0] === 'false';
    if (stem !== undefined && settings(plugin, 'descriptorRef').includes('jar-with-dependencies'))
      others.push(isPlain ? `${stem}.jar` : `${stem}-jar-with-dependencies.jar`);
  }
  add('maven-shade-plugin', 'finalName', (value) => `${value}.jar`);
  add('maven-shade-plugin', 'shadedClassifierName', (value) => `${name}-${value}.jar`);
  add('spring-boot-maven-plugin', 'finalName', (value) => `${value}.${ending}`);
  add('spring-boot-maven-plugin', 'classifier', (value) => `${name}-${value}.${ending}`);
  const libraries = named('maven-dependency-plugin').flatMap((plugin) => {
    if (!settings(plugin, 'goal').some((goal) => /^copy/.test(goal))) return [];
    const said = settings(plugin, 'outputDirectory').map((value) => pom.expand(value));
    const folders = said.length > 0 ? said : ['target/dependency'];
    return folders.flatMap((path) => joinPath(folder, path.replace(/^\$\{(?:project\.)?basedir\}\/?/, '')) ?? []);
  });
  const isFat = plugins.some((plugin) =>
    /^(?:spring-boot-maven-plugin|maven-shade-plugin|quarkus-maven-plugin|micronaut-maven-plugin|onejar-maven-plugin|vertx-maven-plugin)$/.test(
      idOf(plugin),
    ),
  );
  return {
    folder,
    target,
    file: name === undefined ? undefined : `${name}.${ending}`,
    packaging,
    isFat,
    others: others.filter((other) => !other.includes('${') && !other.startsWith('undefined')),
    libraries: libraries.filter((path) => !path.includes('$')),
    hasDependencies: pom.hasDependencies,
  };
}

function known(text: string): string | undefined {
  return text.includes('${') ? undefined : text;
}
