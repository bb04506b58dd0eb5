import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from './process.ts';

/** Every program of that name on the path, in its order, each file once. */
export function findPrograms(name: string, env: Environment): string[] {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const found = new Map<string, string>();
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean)) {
    for (const file of names) {
      const path = join(folder, file);
      try {
        accessSync(path, constants.X_OK);
        if (!statSync(path).isFile()) continue;
        const real = realpathSync(path);
        if (!found.has(real)) found.set(real, path);
      } catch {
        // Not there, or not ours to run.
      }
    }
  }
  return [...found.values()];
}
