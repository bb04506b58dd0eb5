/** The front end: everything that is known of a Dockerfile from its text. */

export type { JsonItem, KeyValue, Word } from './arguments.ts';
export type { Directive } from './directives.ts';
export { type Comment, Document, parseDocument } from './document.ts';
export { applyEdits, type Edit, editsOverlap, sortEdits } from './edits.ts';
export { type Expansion, expand, type Lookup, type VariableValue } from './expand.ts';
export type { Flag } from './flags.ts';
export { type Heredoc, heredocBody } from './heredocs.ts';
export type { IgnoreComment, IgnoredId } from './ignores.ts';
export { type ImageReference, isImageReference, parseImageReference } from './images.ts';
export type { Instruction } from './instructions.ts';
export { JoinedText } from './lines.ts';
export type { Problem } from './problems.ts';
export { type BuildArgs, joinPath, type Scope, type Variable } from './scope.ts';
export {
  parseScript,
  type Script,
  type ScriptBranch,
  type ScriptChain,
  type ScriptCommand,
  type ScriptGroup,
  type ScriptNode,
  type ScriptPart,
  type ScriptRedirect,
  type ScriptStatement,
  type ScriptWord,
} from './script.ts';
export {
  type InstructionCommand,
  instructionCommand,
  type ShellDialect,
  type ShellPipeline,
  type ShellScript,
} from './shell.ts';
export type { ShellAssignment, ShellCommand, ShellText, ShellWord } from './shell-command.ts';
export { decodeSource, encodeSource, type Position, type Range, Source } from './source.ts';
export { mountOption, type ReferenceTarget, reachableStages, type Stage, type StageReference } from './stages.ts';
