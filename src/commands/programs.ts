import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

const SUFFIXES = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];

/** The executable file of a program, given by an absolute path or looked for on the path; undefined when there is none. */
export function findProgram(name: string, path = ''): string | undefined {
  const folders = isAbsolute(name) ? [''] : path.split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of folders) {
    for (const suffix of SUFFIXES) {
      const file = `${folder === '' ? name : join(folder, name)}${suffix}`;
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
