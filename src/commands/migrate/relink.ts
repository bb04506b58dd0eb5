import { rule } from '../../../rules/require-static-link.ts';
import { decodeSource, parseDocument } from '../../dockerfile/index.ts';
import type { Project } from '../../lint/types.ts';
import type { Migrated } from '../../migrate/index.ts';

/** Builders' Dockerfiles whose programs must not need a C library, because what they run on has none. */
export interface Relinked {
  readonly texts: ReadonlyMap<string, string>;
  readonly what: readonly string[];
}

/** Where a program of a builder would not start on the runtime: the builders' texts with the flags that it takes. */
export function relink({ dockerfile, plan, merged }: Migrated, project: Project): Relinked | undefined {
  const document = parseDocument(decodeSource(dockerfile.path, Buffer.from(merged.text)));
  const context = { target: document.target(), options: undefined, project, uselessIgnores: [], checkShell: undefined };
  const texts = new Map<string, string>();
  const what: string[] = [];
  for (const { fix, at } of rule.check(document, context)) {
    const [edit] = fix?.edits ?? [];
    if (fix === undefined || edit === undefined || fix.edits.length > 1) continue;
    const around = merged.text.slice(at.start, at.end);
    const offset = edit.start - at.start;
    for (const { path, document: builder } of plan.builders) {
      const text = texts.get(path) ?? builder.source.text;
      const found = text.indexOf(around);
      if (found < 0 || text.indexOf(around, found + 1) >= 0) continue;
      texts.set(path, text.slice(0, found + offset) + edit.text + text.slice(found + offset));
      what.push(`\`${edit.text.trim()}\` for \`${around.split('\n')[0]}\`: the runtime has no C library to link with`);
    }
  }
  return texts.size === 0 ? undefined : { texts, what };
}

/** The project with other texts for some of its files. */
export function withTexts(project: Project, texts: ReadonlyMap<string, string>): Project {
  return { list: (path) => project.list(path), readText: (path) => texts.get(path) ?? project.readText(path) };
}
