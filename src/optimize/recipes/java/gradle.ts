import { joinPath } from '../../../dockerfile/index.ts';

/** A Gradle project as far as its build file tells; nothing in it is carried out. */
export interface GradleProject {
  readonly folder: string;
  /** The names of its archives below `build/libs`, those that it certainly makes. */
  readonly archives: readonly string[];
  /** The name of the application below `build/install`, when there is one. */
  readonly application: string | undefined;
  readonly isFat: boolean;
}

/** Reads a build and those of its subprojects that are asked for. */
export function readGradle(
  folder: string,
  projects: readonly string[],
  read: (path: string) => string | undefined,
): readonly GradleProject[] {
  const at = (path: string, name: string) => {
    const base = path === '/' ? '' : path;
    return read(`${base}/${name}`) ?? read(`${base}/${name}.kts`);
  };
  const settings = at(folder, 'settings.gradle');
  const root = assigned(settings, 'rootProject\\.name') ?? last(folder);
  const common = at(folder, 'build.gradle');
  const properties = read(`${folder === '/' ? '' : folder}/gradle.properties`);
  const included = [...(settings ?? '').matchAll(/include\s*\(?\s*((?:["'][^"']+["']\s*,?\s*)+)/g)].flatMap(
    ([, list]) => [...list!.matchAll(/["']:?([^"']+)["']/g)].map(([, name]) => name!),
  );
  const paths = new Set([...projects, ...(projects.length > 0 ? [] : ['', ...included])]);
  const found: GradleProject[] = [];
  for (const path of paths) {
    const own = path === '' ? folder : joinPath(folder, path.replaceAll(':', '/'));
    const text = own === undefined ? undefined : at(own, 'build.gradle');
    if (own === undefined || text === undefined) continue;
    const name = path === '' ? root : last(path.replaceAll(':', '/'));
    found.push(projectOf(own, name, text, `${path === '' ? '' : (common ?? '')}`, properties ?? ''));
  }
  return found;
}

function projectOf(folder: string, name: string, text: string, common: string, properties: string): GradleProject {
  const version =
    assigned(text, 'version') ?? assigned(common, 'version') ?? /^version\s*=\s*(\S+)/m.exec(properties)?.[1];
  const base =
    assigned(text, 'archivesBaseName') ??
    assigned(text, 'archivesName') ??
    /archivesName\.set\(\s*["']([^"'$]+)["']/.exec(text)?.[1] ??
    name;
  const isSnapshotOfVariable = /^\s*version\s*=?\s*(?:["'][^"']*\$|[a-zA-Z])/m.test(text);
  const hasBoot = /org\.springframework\.boot/.test(text);
  const hasShadow = /com\.github\.johnrengelman\.shadow|com\.gradleup\.shadow|io\.micronaut\.application/.test(text);
  const named = /(?:archiveFileName|archiveName)(?:\.set\(|\s*=)\s*["']([^"'$]+\.jar)["']/.exec(text)?.[1];
  const stem = version === undefined ? base : `${base}-${version}`;
  const archives =
    named !== undefined
      ? [named]
      : isSnapshotOfVariable
        ? []
        : [`${stem}.jar`, ...(hasShadow ? [`${stem}-all.jar`] : [])];
  const isApplication =
    /\b(?:id\s*\(?\s*["']application["']|apply plugin:\s*["']application["'])|^\s*application\s*$/m.test(text);
  const application = isApplication ? (assigned(text, 'applicationName') ?? name) : undefined;
  return { folder, archives, application, isFat: hasBoot || hasShadow };
}

/** The string that a property is set to: `version = '1.0'`, `version "1.0"`. */
function assigned(text: string | undefined, property: string): string | undefined {
  return new RegExp(`^\\s*${property}\\s*=?\\s*["']([^"'$]+)["']`, 'm').exec(text ?? '')?.[1];
}

function last(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
