import { pathToFileURL } from 'node:url';

/**
 * Loads a module of the user's. In the executable this stands in a file of its own: Node 20 refuses `import()` in code
 * that was compiled beforehand.
 * @param file absolute
 */
export const importModule = (file: string): Promise<object> => import(pathToFileURL(file).href);
