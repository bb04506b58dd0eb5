import type { Document, Instruction, Stage } from '../../dockerfile/index.ts';
import type { Ecosystem } from '../../knowledge/images.ts';
import { buildStep } from './command-names.ts';
import { type Copy, stageCopies } from './copies.ts';
import { Memo } from './memo.ts';
import { systemOf } from './systems.ts';

/** Languages whose programs run without their sources. */
const COMPILED: ReadonlySet<Ecosystem> = new Set([
  'go',
  'rust',
  'java',
  'dotnet',
  'c',
  'haskell',
  'swift',
  'scala',
  'kotlin',
  'dart',
  'crystal',
  'nim',
  'zig',
  'ocaml',
  'graalvm',
]);

const CODE_FILE = /\.(?:go|rs|java|kt|scala|cs|fs|c|cc|cpp|cxx|h|hpp|hs|swift|dart|cr|nim|zig|ml)$/;
const CODE_FOLDER = /^\/(?:[^/]+\/)*(?:src|cmd|internal|pkg|sources?)$/;

/** Whether a path of the build context is the whole context, or holds source code by its name. */
export function isSourceCode(path: string): boolean {
  return path === '/' || CODE_FILE.test(path) || CODE_FOLDER.test(path);
}

const NONE: readonly Instruction[] = [];
const copiesOfStage = new Memo<Stage, readonly Copy[]>();
const runsOfStage = new Memo<Stage, readonly Instruction[]>();

/** The copies of source code from the build context into a stage and those it stands on. */
export function sourceCopies(document: Document, stage: Stage): readonly Copy[] {
  let found = copiesOfStage.get(stage);
  if (!found) {
    found = stage.chain.flatMap((part) => stageCopies(document, part)).filter(isSourceCopy);
    copiesOfStage.set(stage, found);
  }
  return found;
}

function isSourceCopy({ from, sources }: Copy): boolean {
  return !from && sources.some(({ kind, path }) => kind === 'path' && path !== undefined && isSourceCode(path));
}

/** The RUNs of a stage, those it stands on included, that compile a program. */
export function compileRuns(document: Document, stage: Stage): readonly Instruction[] {
  // `make` says nothing about the language; in the image of an interpreter it is not a compiler that it calls.
  if (systemOf(stage).sdk?.interpreter) return NONE;
  let found = runsOfStage.get(stage);
  if (!found) {
    found = stage.chain.flatMap((part) => part.instructions.filter((instruction) => compiles(document, instruction)));
    runsOfStage.set(stage, found);
  }
  return found;
}

function compiles(document: Document, run: Instruction): boolean {
  if (run.keyword !== 'RUN') return false;
  const commands = document.shell(run)?.commands ?? [];
  return commands.some((command) => {
    const step = buildStep(command);
    return step?.kind === 'build' && COMPILED.has(step.ecosystem);
  });
}
