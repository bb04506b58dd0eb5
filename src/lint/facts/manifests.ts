import type { Project } from '../types.ts';
import type { DependencyInstall } from './dependencies.ts';

/**
 * What has to be copied so that an install of dependencies works without the sources, as COPY takes it; undefined
 * where it needs more than manifests, or nobody can tell. Without a build context, patterns stand for files that may
 * be missing.
 */
export function manifestsToCopy(
  { tool, manifests }: DependencyInstall,
  project: Project,
): readonly string[] | undefined {
  const present = project.list('.');
  const isKnown = present.length > 0;
  const those = (...names: readonly string[]) => names.filter((name) => present.includes(name));
  if (isKnown && tool !== 'pip' && !present.includes(manifests[0]!)) return undefined;
  switch (tool) {
    case 'npm':
    case 'yarn':
    case 'pnpm': {
      if (
        /"(?:workspaces|preinstall|install|postinstall|prepare)"\s*:|"(?:file|link|portal):/.test(
          project.readText('package.json') ?? '',
        )
      )
        return undefined;
      if (present.some((name) => /^(?:\.yarn|\.pnp\.c?js|patches|pnpm-workspace\.yaml|lerna\.json)$/.test(name)))
        return undefined;
      if (isKnown) return those(...manifests, '.npmrc');
      return {
        npm: ['package*.json'],
        yarn: ['package.json', 'yarn.lock*'],
        pnpm: ['package.json', 'pnpm-lock.yaml*'],
      }[tool];
    }
    case 'pip': {
      const isPlain = (file: string) => /^[\w./-]+$/.test(file) && !/^(?:-|https?:)/.test(file);
      if (!manifests.every(isPlain)) return undefined;
      const texts = manifests.map((file) => project.readText(file) ?? '');
      return texts.some((text) => /^\s*(?:-r|-c|-e|--\w|\.{0,2}\/|\.$|.*@ file:)/m.test(text)) ? undefined : manifests;
    }
    case 'go': {
      if (/=>\s*\.{0,2}\//.test(project.readText('go.mod') ?? '') || those('vendor', 'go.work').length > 0)
        return undefined;
      return isKnown ? those('go.mod', 'go.sum') : ['go.mod', 'go.sum*'];
    }
    case 'bundle': {
      const text = project.readText('Gemfile') ?? '';
      if (/^\s*gemspec\b|path:|:path\s*=>|eval_gemfile|require_relative/m.test(text)) return undefined;
      return isKnown ? those('Gemfile', 'Gemfile.lock', '.ruby-version') : ['Gemfile*'];
    }
    default:
      // Composer runs scripts of the project, cargo wants the sources' layout.
      return undefined;
  }
}
