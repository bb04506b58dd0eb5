import { DockerIgnore } from '../lint/facts/dockerignore.ts';
import type { Project } from '../lint/types.ts';

/** Folders with more files than this are not looked through. */
const MOST_FILES = 20_000;

/** What the builder sees of the build context: what `.dockerignore` leaves of it. */
export class BuildContext {
  readonly #project: Project;
  readonly #ignore: DockerIgnore;
  #files: readonly string[] | undefined;
  #isComplete = true;

  /** @param dockerfile the file's path in the context, for an ignore file of its own. */
  constructor(project: Project, dockerfile = 'Dockerfile') {
    this.#project = project;
    const own = project.readText(`${dockerfile}.dockerignore`);
    this.#ignore = new DockerIgnore(own ?? project.readText('.dockerignore') ?? '');
  }

  /** Whether there is a context to look into; without one nothing can be said about its files. */
  get isThere(): boolean {
    return this.files.length > 0;
  }

  /** Every file was listed. */
  get isComplete(): boolean {
    return this.files.length > 0 && this.#isComplete;
  }

  /** Every file that the builder gets, relative to the context. */
  get files(): readonly string[] {
    this.#files ??= this.#walk();
    return this.#files;
  }

  /** The files at a path: itself, or those below it; `''` and `.` are the whole context. */
  under(path: string): readonly string[] {
    const folder = path.replace(/^\/+|\/+$/g, '');
    if (folder === '' || folder === '.') return this.files;
    return this.files.filter((file) => file === folder || file.startsWith(`${folder}/`));
  }

  /** The files that a pattern of COPY stands for, or those in the folders that it stands for. */
  match(pattern: string): readonly string[] {
    const source = pattern.replace(/[.*+^${}()|\\?]/g, (char) =>
      char === '*' ? '[^/]*' : char === '?' ? '[^/]' : `\\${char}`,
    );
    const expression = new RegExp(`^${source}$`);
    const exact = this.files.filter((file) => expression.test(file));
    if (exact.length > 0) return exact;
    const below = new RegExp(`^${source}/`);
    return this.files.filter((file) => below.test(file));
  }

  readText(path: string): string | undefined {
    return this.#ignore.ignores(path) ? undefined : this.#project.readText(path);
  }

  #walk(): string[] {
    const files: string[] = [];
    const folders = [''];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const name of this.#project.list(folder === '' ? '.' : folder)) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (path === '.git' || this.#ignore.closes(path)) continue;
        const below = this.#project.list(path);
        if (below.length > 0) folders.push(path);
        else if (!this.#ignore.ignores(path)) files.push(path);
        if (files.length + folders.length > MOST_FILES) {
          this.#isComplete = false;
          return files.sort();
        }
      }
    }
    return files.sort();
  }
}
