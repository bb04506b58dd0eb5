import type { Word } from './arguments.ts';
import { splitField, splitFields } from './fields.ts';
import type { Flag } from './flags.ts';
import { type ImageReference, parseImageReference } from './images.ts';
import type { Instruction } from './instructions.ts';
import type { GlobalScope } from './scope.ts';
import { StageScope } from './scope.ts';
import type { Range } from './source.ts';

/** What a FROM or `--from` value means. */
export type ReferenceTarget =
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'image'; readonly image: ImageReference }
  /** A stage that is defined further down, or the referring stage itself. */
  | { readonly kind: 'later-stage'; readonly stage: Stage }
  /** A number that no earlier stage has. */
  | { readonly kind: 'no-such-index'; readonly number: number }
  /** A name that holds a variable. */
  | { readonly kind: 'unknown' };

/** A place where one stage names another stage or an image. */
export interface StageReference {
  readonly from: Stage;
  readonly instruction: Instruction;
  /** `base`: FROM. `copy`: `--from` of COPY or ADD. `mount`: `from=` of `RUN --mount`. */
  readonly kind: 'base' | 'copy' | 'mount';
  /** As written. */
  readonly value: string;
  readonly range: Range;
  /** Written as a number where the builder takes it as a stage's index. */
  readonly isNumeric: boolean;
  readonly target: ReferenceTarget;
}

/** Engines stack 127 layers at the most; twice as many stages leave room for those that add none. */
const TALLEST_CHAIN = 256;

/** The stages of a document as they are read, with those of each name in order. */
export class StageTable {
  readonly stages: Stage[] = [];
  readonly byName = new Map<string, Stage[]>();

  add(stage: Stage): void {
    this.stages.push(stage);
    if (stage.name === undefined) return;
    const named = this.byName.get(stage.name);
    if (named) named.push(stage);
    else this.byName.set(stage.name, [stage]);
  }
}

/** One build stage: a FROM and the instructions up to the next. */
export class Stage {
  readonly index: number;
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
  /** Lower-cased, as the builder compares it. */
  readonly name: string | undefined;
  /** The name as written behind AS. */
  readonly nameWord: Word | undefined;
  /** The image or stage behind FROM, as written. */
  readonly baseWord: Word | undefined;
  /** The base with the defaults of global ARGs filled in. */
  readonly baseText: string;
  /** The base's value follows from the file, ARG defaults included. */
  readonly isBaseKnown: boolean;
  readonly base: ReferenceTarget;
  /** How many stages it stands on. */
  readonly depth: number;
  /** The image below the whole chain of stages, or undefined when a variable hides it. */
  readonly image: ImageReference | undefined;
  readonly scope: StageScope;
  readonly #table: StageTable;
  #references: readonly StageReference[] | undefined;

  constructor(table: StageTable, from: Instruction, instructions: readonly Instruction[], globals: GlobalScope) {
    this.#table = table;
    this.index = table.stages.length;
    this.from = from;
    this.instructions = instructions;
    const words = from.words;
    this.baseWord = words[0];
    this.nameWord = words.length === 3 && words[1]!.text.toLowerCase() === 'as' ? words[2] : undefined;
    this.name = this.nameWord?.text.toLowerCase();
    const expansion = globals.expand(this.baseWord?.text ?? '');
    this.baseText = expansion.value;
    this.isBaseKnown = expansion.complete && expansion.value !== '';
    const stage = table.byName.get(this.baseText.toLowerCase())?.at(-1);
    if (!this.isBaseKnown) this.base = { kind: 'unknown' };
    else if (stage) this.base = { kind: 'stage', stage };
    else this.base = { kind: 'image', image: parseImageReference(this.baseText) };
    this.depth = stage ? stage.depth + 1 : 0;
    this.image = this.base.kind === 'image' ? this.base.image : stage?.image;
    this.scope = new StageScope(this, globals, stage?.scope);
  }

  /** The stage this one is `FROM`. */
  get baseStage(): Stage | undefined {
    return this.base.kind === 'stage' ? this.base.stage : undefined;
  }

  /** This stage and those it stands on, nearest first, as far as a pile of stages can be built at all. */
  get chain(): readonly Stage[] {
    const chain: Stage[] = [];
    for (let stage: Stage | undefined = this; stage && chain.length < TALLEST_CHAIN; stage = stage.baseStage) {
      chain.push(stage);
    }
    return chain;
  }

  /** How people call the stage: its name as written, or its number. */
  get label(): string {
    return this.nameWord?.text ?? String(this.index);
  }

  /** From FROM to the end of the last instruction. */
  get range(): Range {
    return { start: this.from.start, end: (this.instructions.at(-1) ?? this.from).end };
  }

  /** What the stage refers to: its base first, then in the order of the file. ONBUILD's references are the child's. */
  get references(): readonly StageReference[] {
    this.#references ??= findReferences(this, this.#table);
    return this.#references;
  }
}

function findReferences(stage: Stage, table: StageTable): StageReference[] {
  const references: StageReference[] = [];
  if (stage.baseWord) {
    const { text: value, start, end } = stage.baseWord;
    references.push({
      from: stage,
      instruction: stage.from,
      kind: 'base',
      value,
      range: { start, end },
      isNumeric: false,
      target: stage.base,
    });
  }
  for (const instruction of stage.instructions) {
    if (instruction.flags.length === 0) continue;
    for (const flag of instruction.flags) {
      if (flag.value === undefined) continue;
      if (flag.name === 'from' && (instruction.keyword === 'COPY' || instruction.keyword === 'ADD')) {
        references.push(reference(stage, table, instruction, 'copy', flag.value, flag.valueRange));
      } else if (flag.name === 'mount' && instruction.keyword === 'RUN') {
        const option = mountOption(flag, instruction, 'from');
        if (option) references.push(reference(stage, table, instruction, 'mount', option.value, option.range));
      }
    }
  }
  return references;
}

function reference(
  stage: Stage,
  table: StageTable,
  instruction: Instruction,
  kind: 'copy' | 'mount',
  value: string,
  range: Range,
): StageReference {
  const isNumeric = kind === 'copy' && /^[+-]?\d+$/.test(value);
  return { from: stage, instruction, kind, value, range, isNumeric, target: resolve(stage, table, value, isNumeric) };
}

function resolve(stage: Stage, table: StageTable, value: string, isNumeric: boolean): ReferenceTarget {
  if (isNumeric) {
    const number = Number(value);
    const target = table.stages[number];
    if (!target) return { kind: 'no-such-index', number };
    return target.index < stage.index ? { kind: 'stage', stage: target } : { kind: 'later-stage', stage: target };
  }
  if (value === '' || value.includes('$')) return { kind: 'unknown' };
  const named = table.byName.get(value.toLowerCase());
  if (!named) return { kind: 'image', image: parseImageReference(value) };
  // Of several stages with one name the builder takes the last of the file, and refuses it when it comes too late.
  const target = named.at(-1)!;
  return target.index < stage.index ? { kind: 'stage', stage: target } : { kind: 'later-stage', stage: target };
}

/** One option of a `--mount=type=…,target=…` flag, with its value's source range. */
export function mountOption(
  flag: Flag,
  instruction: Instruction,
  name: string,
): { readonly value: string; readonly range: Range } | undefined {
  // Of several options with one name the builder takes the last.
  const field = splitFields(flag.value ?? '')?.findLast((it) => splitField(it)[0] === name);
  if (field === undefined) return undefined;
  const [, value] = splitField(field);
  return { value, range: optionRange(flag, instruction, field, value) };
}

function optionRange(flag: Flag, { line }: Instruction, field: string, value: string): Range {
  const written = line.text.slice(flag.at, flag.endAt);
  for (let at = written.lastIndexOf(field); at > 0; at = written.lastIndexOf(field, at - 1)) {
    const end = at + field.length;
    if (isBoundary(written[at - 1]) && (end === written.length || isBoundary(written[end]))) {
      return line.toRange(flag.at + end - value.length, flag.at + end);
    }
  }
  // The flag as written may hold quotes; where the option is not found as it is, the whole flag stands in.
  return { start: flag.start, end: flag.end };
}

function isBoundary(char: string | undefined): boolean {
  return char === ',' || char === '=' || char === '"' || char === "'";
}

/** The stages that building the targets needs, themselves included. */
export function reachableStages(targets: Stage | Iterable<Stage>): Set<Stage> {
  const reached = new Set(targets instanceof Stage ? [targets] : targets);
  for (const stage of reached) {
    for (const { target: found } of stage.references) if (found.kind === 'stage') reached.add(found.stage);
  }
  return reached;
}
