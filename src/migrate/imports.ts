import { posix } from 'node:path';
import type { Document, Instruction } from '../dockerfile/index.ts';
import type { Project } from '../lint/types.ts';
import type { HostFiles } from './host-files.ts';
import { type BuildStep, type HandOver, type HostPath, Refusal } from './types.ts';

/** What a COPY takes from another build instead of from the context. */
export interface Import {
  readonly handOver: HandOver;
  /** Path in the image that it comes from. */
  readonly from: string;
  /** The destination as it is to be written. */
  readonly to: string;
}

/** A COPY or ADD that takes files of another build. */
export interface Rewrite {
  readonly instruction: Instruction;
  /** The sources that still come from the context, as written. */
  readonly kept: readonly string[];
  readonly dest: string;
  readonly imports: readonly Import[];
}

/** Finds the COPY and ADD instructions that take what lies on the host because another build has put it there. */
export function findImports(
  document: Document,
  step: BuildStep,
  files: HostFiles,
  project: Project,
  assumptions: string[],
): Rewrite[] {
  const { context } = step;
  if (context === undefined || (files.live.length === 0 && files.runs.length === 0)) return [];
  const rewrites: Rewrite[] = [];
  for (const stage of document.stages) {
    for (const instruction of stage.instructions) {
      if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') continue;
      if (instruction.flag('from') || instruction.heredocs.length > 0) continue;
      const finder = new Finder(document, instruction, { step, context, files, project, assumptions });
      const rewrite = finder.find();
      if (rewrite) rewrites.push(rewrite);
    }
  }
  return rewrites;
}

interface Surroundings {
  readonly step: BuildStep;
  readonly context: HostPath;
  readonly files: HostFiles;
  readonly project: Project;
  readonly assumptions: string[];
}

/** Folders that are in every image. */
const FOLDERS = new Set(
  '/ /bin /sbin /usr /usr/bin /usr/sbin /usr/lib /usr/local /usr/local/bin /usr/local/sbin /usr/local/lib /usr/share /opt /etc /root /home /tmp /srv /var /var/lib /var/www /lib'.split(
    ' ',
  ),
);
/** What folders of products are called. */
const FOLDER_NAMES =
  /^(?:dist|build|out|output|target|public|static|html|site|lib|bin|node_modules|assets|www|release|publish|root(?:fs)?|_site|_build|install|app-dist)$/;
const ARCHIVE = /\.(?:tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz|zst|Z))$/;

class Finder {
  readonly #document: Document;
  readonly #instruction: Instruction;
  readonly #around: Surroundings;

  constructor(document: Document, instruction: Instruction, around: Surroundings) {
    this.#document = document;
    this.#instruction = instruction;
    this.#around = around;
  }

  find(): Rewrite | undefined {
    const { operands } = this.#instruction;
    const dest = operands.at(-1)?.text ?? '';
    const kept: string[] = [];
    const imports: Import[] = [];
    const sources = operands.slice(0, -1);
    for (const { text } of sources) {
      const found = this.#source(text, dest, sources.length > 1);
      imports.push(...found.imports);
      if (found.isKept) kept.push(text);
    }
    if (imports.length === 0) return undefined;
    this.#check(imports);
    return { instruction: this.#instruction, kept, dest, imports };
  }

  #check(imports: readonly Import[]): void {
    const { keyword, flags } = this.#instruction;
    const odd = flags.find(({ name }) => !/^(?:chown|chmod|link)$/.test(name));
    const refuse = (code: Refusal['code'], reason: string) =>
      new Refusal(code, reason, this.#instruction, this.#document.source.path);
    if (odd) throw refuse('unsupported', `what \`--${odd.name}\` means for the files of another stage is not known`);
    if (keyword !== 'ADD') return;
    for (const { handOver, from } of imports) {
      if (ARCHIVE.test(handOver.host) || ARCHIVE.test(from))
        throw refuse('archive', 'ADD unpacks the archive that another build has made, and COPY does not');
      if (/[*?\]]$/.test(from))
        this.#around.assumptions.push(`that nothing that \`${from}\` matches is an archive, which ADD would unpack`);
    }
  }

  #source(written: string, dest: string, isOneOfMany: boolean): { isKept: boolean; imports: Import[] } {
    const { files, context } = this.#around;
    if (/^(?:https?|ftp|git|ssh):|^git@/.test(written)) return { isKept: true, imports: [] };
    const scope = this.#document.scope(this.#instruction);
    const expansion = scope?.expand(written);
    const text = expansion?.value ?? written;
    if (expansion?.complete === false) {
      const { step } = this.#around;
      throw new Refusal(
        'unknown-value',
        `which files \`${written}\` are, only a build tells (line of \`${step.text}\`)`,
        this.#instruction,
        this.#document.source.path,
      );
    }
    const isFolder = text.endsWith('/');
    const path = posix.normalize(`./${text}`).replace(/\/+$/, '').replace(/^\.$/, '');
    const source = path === '' ? context : context === '' ? path : `${context}/${path}`;
    const isDirLike = isOneOfMany || /(?:^|\/)\.{0,2}$/.test(dest);
    const imports: Import[] = [];
    let isKept = true;
    const covered: HostPath[] = [];
    for (const handOver of files.live) {
      const { host, from, shape } = handOver;
      if (/[*?[]/.test(source)) {
        if (matches(source, host)) {
          imports.push({
            handOver,
            from,
            to: this.#renamed({ ...handOver, shape: shape === 'unknown' ? 'file' : shape }, dest, isDirLike),
          });
          covered.push(host);
        } else if (isBelow(posix.dirname(source), host)) {
          imports.push({ handOver, from: join(from, source.slice(host.length)), to: dest });
          isKept = false;
        }
      } else if (source === host) {
        imports.push({
          handOver,
          from,
          to: this.#renamed(isFolder ? { ...handOver, shape: 'folder' } : handOver, dest, isDirLike),
        });
        isKept = shape === 'folder' && this.#hasOthers(source, []) && !this.#isStale(source);
      } else if (isBelow(host, source)) {
        const rest = source === '' ? host : host.slice(source.length + 1);
        imports.push({
          handOver,
          from,
          to: posix.join(dest.replace(/\/\.$/, '/'), rest).replace(/^(?=[^/.$])/, isRelative(dest) ? './' : ''),
        });
        covered.push(host);
      } else if (isBelow(source, host)) {
        imports.push({ handOver, from: join(from, source.slice(host.length)), to: dest });
        isKept = false;
      }
    }
    if (covered.length > 0)
      isKept = /[*?[]/.test(source) ? this.#anyMatch(source, covered) : this.#hasOthers(source, covered);
    if (imports.length === 0) return this.#products(source, dest);
    return { isKept, imports };
  }

  /** What a run in a mounted folder has left there under a name that the project does not have. */
  #products(source: HostPath, dest: string): { isKept: boolean; imports: Import[] } {
    const { files, assumptions } = this.#around;
    for (const { step, origin } of [...files.runs].reverse()) {
      for (const { source: folder, target, readOnly } of step.request.mounts) {
        if (readOnly || !isBelow(source.replace(/\/[^/]*[*?[].*$/, ''), folder)) continue;
        const isGlob = /[*?[]/.test(source);
        const isThere = isGlob ? this.#anyMatch(source, []) : files.exists(source);
        const isNamed = [...(step.request.command ?? [])].some((word) =>
          word
            .split(/[\s=;&|]+/)
            .some((part) => part.replace(/^\.\//, '') === source.slice(folder === '' ? 0 : folder.length + 1)),
        );
        if (isThere && !isNamed && source !== folder) {
          if (isGlob) assumptions.push(`that the run leaves nothing that \`${source}\` matches`);
          continue;
        }
        if (source === folder && folder === '') {
          assumptions.push('that the run leaves in the mounted folder only what belongs into the image');
        }
        // Of a pattern the folder in front of it is handed over.
        const host = isGlob ? source.replace(/(?:^|\/)[^/]*[*?[].*$/, '') : source;
        const rest = host === folder ? '' : host.slice(folder === '' ? 0 : folder.length + 1);
        const from = rest === '' ? target : join(target, `/${rest}`);
        const handOver: HandOver = {
          origin,
          from,
          host: host === '' ? source : host,
          shape: host === folder || isGlob ? 'folder' : 'unknown',
          steps: [step],
          modes: [],
        };
        const pattern = host === '' ? `/${source}` : source.slice(host.length);
        return { isKept: false, imports: [{ handOver, from: isGlob ? join(from, pattern) : from, to: dest }] };
      }
    }
    return { isKept: true, imports: [] };
  }

  /** The destination of something that is called otherwise on the host than in its image. */
  #renamed({ from, host, shape }: HandOver, dest: string, isDirLike: boolean): string {
    const { assumptions } = this.#around;
    const name = posix.basename(host);
    if (shape === 'folder' || posix.basename(from) === name) return dest;
    const isFolder = shape === 'unknown' && FOLDER_NAMES.test(posix.basename(from));
    const inside = posix.join(dest, name).replace(/^(?=[^/.$])/, isRelative(dest) ? './' : '');
    if (isDirLike) {
      if (shape === 'unknown') assumptions.push(`that \`${from}\` is a ${isFolder ? 'folder' : 'file'}`);
      return isFolder ? dest : inside;
    }
    const path = this.#document.scope(this.#instruction)?.workdir;
    const isKnownFolder = FOLDERS.has(dest.replace(/(?<=.)\/+$/, '')) || dest === path;
    return isKnownFolder && !isFolder ? inside : dest;
  }

  #hasOthers(folder: HostPath, without: readonly HostPath[]): boolean {
    const { files, project } = this.#around;
    if (!files.exists(folder)) return false;
    const names = project
      .list(folder === '' ? '.' : folder)
      .map((name) => (folder === '' ? name : `${folder}/${name}`));
    if (names.length === 0) return !files.isFolder(folder);
    return names.some(
      (path) =>
        !without.includes(path) && !/^(?:Dockerfile|\.dockerignore|\.gitignore|\.gitkeep)$/.test(posix.basename(path)),
    );
  }

  /** What an earlier run has left there is not the project's. */
  #isStale(path: HostPath): boolean {
    return !this.#around.files.exists(path);
  }

  #anyMatch(glob: string, without: readonly HostPath[]): boolean {
    const { project } = this.#around;
    const folder = posix.dirname(glob);
    return project.list(folder).some((name) => {
      const path = folder === '.' ? name : `${folder}/${name}`;
      return matches(glob, path) && !without.includes(path);
    });
  }
}

const isRelative = (dest: string) => /^\.{1,2}(?:\/|$)/.test(dest);

function isBelow(path: HostPath, folder: HostPath): boolean {
  return folder === '' || folder === '.' ? !path.startsWith('/') : path === folder || path.startsWith(`${folder}/`);
}

function join(folder: string, rest: string): string {
  return `${folder.replace(/\/$/, '')}${rest}`;
}

/** Whether a path is what a pattern with `*` and `?` stands for. */
function matches(glob: string, path: HostPath): boolean {
  const expression = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  try {
    return new RegExp(`^${expression}$`).test(path);
  } catch {
    return false;
  }
}
