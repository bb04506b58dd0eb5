import {
  type Document,
  type Instruction,
  joinPath,
  type Stage,
  type StageReference,
  type Word,
} from '../../dockerfile/index.ts';
import { Memo } from './memo.ts';

/** One source of a COPY or ADD. */
export interface CopySource {
  readonly word: Word;
  /** `remote`: a URL or repository of ADD. `inline`: a heredoc. */
  readonly kind: 'path' | 'remote' | 'inline';
  /** Absolute, in the stage or image copied from or in the build context; undefined when a variable hides it. */
  readonly path: string | undefined;
  /** Holds a wildcard. */
  readonly isPattern: boolean;
  /** Written with a slash behind it, or a folder by its nature. */
  readonly isFolder: boolean;
}

/** What a COPY or ADD reads and writes. */
export interface Copy {
  readonly instruction: Instruction;
  readonly stage: Stage;
  /** Undefined when it copies from the build context. */
  readonly from: StageReference | undefined;
  readonly sources: readonly CopySource[];
  readonly destinationWord: Word;
  /** Absolute; undefined when the working directory or a variable hides it. */
  readonly destination: string | undefined;
  /** The sources are put into the destination, and do not take its name. */
  readonly intoFolder: boolean;
}

const NONE: readonly Copy[] = [];
const copiesOfStage = new Memo<Stage, readonly Copy[]>();
const copiesBySource = new Memo<Document, ReadonlyMap<Stage, readonly Copy[]>>();

/** The COPYs and ADDs of a stage in order; ONBUILD's are the child's. */
export function stageCopies(document: Document, stage: Stage): readonly Copy[] {
  let copies = copiesOfStage.get(stage);
  if (!copies) {
    const references = new Map(stage.references.map((reference) => [reference.instruction, reference]));
    copies = stage.instructions.flatMap(
      (instruction) => readCopy(document, stage, instruction, references.get(instruction)) ?? [],
    );
    copiesOfStage.set(stage, copies);
  }
  return copies;
}

/** The copies that any stage of the document makes from `source`. */
export function copiesFrom(document: Document, source: Stage): readonly Copy[] {
  let bySource = copiesBySource.get(document);
  if (!bySource) {
    const copies = document.stages.flatMap((stage) => stageCopies(document, stage));
    bySource = groupBySource(copies);
    copiesBySource.set(document, bySource);
  }
  return bySource.get(source) ?? NONE;
}

function groupBySource(copies: readonly Copy[]): Map<Stage, Copy[]> {
  const groups = new Map<Stage, Copy[]>();
  for (const copy of copies) {
    const source = sourceStage(copy.from);
    if (!source) continue;
    const group = groups.get(source);
    if (group) group.push(copy);
    else groups.set(source, [copy]);
  }
  return groups;
}

/** The stage that a reference means, if it means one. */
export function sourceStage(reference: StageReference | undefined): Stage | undefined {
  return reference?.target.kind === 'stage' ? reference.target.stage : undefined;
}

/** The last of the words of COPY and ADD, unless it is the only one, or part of a heredoc's mark. */
export function destinationOf({ keyword, operands, heredocs }: Instruction): Word | undefined {
  const word = operands.length > 1 && /^(?:COPY|ADD)$/.test(keyword) ? operands.at(-1) : undefined;
  return word && heredocs.some(({ marker }) => word.start < marker.end && marker.start < word.end) ? undefined : word;
}

function readCopy(
  document: Document,
  stage: Stage,
  instruction: Instruction,
  from: StageReference | undefined,
): Copy | undefined {
  const { keyword, operands } = instruction;
  if (keyword !== 'COPY' && keyword !== 'ADD') return undefined;
  const destinationWord = destinationOf(instruction);
  const scope = document.scope(instruction);
  if (!scope || !destinationWord) return undefined;
  const markers = new Set(instruction.heredocs.map(({ marker }) => marker.start));
  const sources = operands.slice(0, -1).map((word): CopySource => {
    const { value, complete } = scope.expand(word.text);
    const kind = markers.has(word.start) ? 'inline' : keyword === 'ADD' && isRemote(value) ? 'remote' : 'path';
    const isKnown = kind === 'path' && complete && !value.includes('\\');
    return {
      word,
      kind,
      path: isKnown ? joinPath('/', value) : undefined,
      isPattern: /[*?[]/.test(value),
      isFolder: /(?:^|\/)\.{0,2}$/.test(value),
    };
  });
  const { value, complete } = scope.expand(destinationWord.text);
  const destination = complete && !value.includes('\\') ? joinPath(scope.workdir, value) : undefined;
  return {
    instruction,
    stage,
    from,
    sources,
    destinationWord,
    destination,
    intoFolder: sources.length > 1 || /(?:^|\/)\.{0,2}$/.test(value) || destination === scope.workdir,
  };
}

function isRemote(text: string): boolean {
  return /^(?:https?|ftp|git|ssh):\/\/|^git@/.test(text);
}

/** Where a source ends up if it is a file; undefined when that is not known. */
export function placeOfFile(
  { destination, intoFolder, instruction }: Copy,
  { path, isPattern }: CopySource,
): string | undefined {
  if (destination === undefined || instruction.flag('parents')) return undefined;
  if (!intoFolder) return destination;
  return path === undefined || path === '/' || isPattern
    ? undefined
    : joinPath(destination, path.slice(path.lastIndexOf('/') + 1));
}

/** Whether `path` is `folder` or lies in it; both absolute. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}
