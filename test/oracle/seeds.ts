import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of every Dockerfile below a folder, in the order of their paths. */
export function filesIn(folder: string): Buffer[] {
  return pathsIn(folder).map((path) => readFileSync(path));
}

/** The paths of every Dockerfile below a folder, in order. */
export function pathsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /dockerfile|containerfile/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
