import type { PatternMatcher } from './settings.ts';

/** Matches paths as .gitignore does; the library is loaded when it is asked for. */
export async function patternMatcher(): Promise<PatternMatcher> {
  const { default: ignore } = await import('ignore');
  return (patterns, path) => ignore().add(patterns).ignores(path);
}
