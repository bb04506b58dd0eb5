import type { Document, Stage } from '../../dockerfile/index.ts';
import type { Project } from '../types.ts';
import { isWithin, placeOfFile, stageCopies } from './copies.ts';

/** The text of the build context's file that lies at an absolute path of a stage; undefined when none is known to. */
export function contextText(document: Document, stage: Stage, project: Project, path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (const part of stage.chain) {
    for (const copy of stageCopies(document, part).toReversed()) {
      if (copy.from || copy.destination === undefined) continue;
      for (const source of copy.sources) {
        if (source.kind !== 'path' || source.path === undefined) continue;
        const folder = source.path.slice(0, source.path.lastIndexOf('/'));
        let file: string | undefined;
        if (source.isPattern) file = path === `${copy.destination}/${name}` ? `${folder}/${name}` : undefined;
        else if (placeOfFile(copy, source) === path) file = source.path;
        else if (isWithin(path, copy.destination)) {
          file = `${source.path}/${path.slice(copy.destination === '/' ? 1 : copy.destination.length + 1)}`;
        }
        const text = file && project.readText(file.replace(/^\/+/, ''));
        if (text !== undefined) return text;
      }
    }
  }
  return undefined;
}
