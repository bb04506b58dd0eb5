import { type Directive, parseDirectives } from './directives.ts';
import { findHeredocs, type Heredoc, readHeredoc } from './heredocs.ts';
import { type IgnoreComment, parseIgnores } from './ignores.ts';
import { type Instruction, parseInstruction } from './instructions.ts';
import { readLogicalLine } from './lines.ts';
import type { Problem } from './problems.ts';
import { type BuildArgs, GlobalScope, type Scope } from './scope.ts';
import { parseShell, type ShellScript } from './shell.ts';
import { encodeText, type Range, type Source } from './source.ts';
import { Stage, StageTable } from './stages.ts';
import { validateInstructions } from './validate.ts';

/** The longest line that the builder reads, in bytes. */
const LONGEST_LINE = 65_535;

/** A comment between instructions, or among the lines of one. */
export interface Comment extends Range {
  /** Without the hash and the white space behind it. */
  readonly text: string;
  /** The instruction it stands in, if any. */
  readonly inside: Instruction | undefined;
}

/** A Dockerfile, parsed once; everything beyond its instructions is computed when first asked for. */
export class Document {
  readonly source: Source;
  readonly directives: readonly Directive[];
  readonly escape: '\\' | '`';
  readonly instructions: readonly Instruction[];
  readonly comments: readonly Comment[];
  /** Why the builder refuses the file; empty for a good one. */
  readonly problems: readonly Problem[];
  readonly stages: readonly Stage[];
  readonly globals: GlobalScope;
  readonly #stageOf: readonly (Stage | undefined)[];
  readonly #shells = new Map<Instruction, ShellScript | undefined>();
  #ignores: readonly IgnoreComment[] | undefined;

  constructor(source: Source, buildArgs: BuildArgs = {}) {
    this.source = source;
    const { directives, escape, problems } = parseDirectives(source);
    this.directives = directives;
    this.escape = escape;
    const reader = new Reader(source, escape, problems);
    this.instructions = reader.instructions;
    this.comments = reader.comments;
    this.globals = new GlobalScope(escape, buildArgs);
    const { stages, stageOf } = splitStages(this.instructions, this.globals);
    this.stages = stages;
    this.#stageOf = stageOf;
    this.problems = [...reader.problems, ...validateInstructions(this.instructions), ...encodingProblems(source)].sort(
      (a, b) => a.start - b.start,
    );
  }

  /** Whether the builder would take the file to pieces as we did; rules and fixes need that. */
  get isParsed(): boolean {
    return !this.problems.some(({ kind }) => kind === 'syntax');
  }

  /** The stage an instruction belongs to; undefined in front of the first FROM. */
  stageOf(instruction: Instruction): Stage | undefined {
    return this.#stageOf[instruction.index];
  }

  /** The stage that is built: the one named or numbered, else the last. Undefined when there is no such stage. */
  target(name?: string): Stage | undefined {
    if (name === undefined) return this.stages.at(-1);
    const named = this.stages.findLast((stage) => stage.name === name.toLowerCase());
    return named ?? (/^\d+$/.test(name) ? this.stages[Number(name)] : undefined);
  }

  /** What is in force just before the instruction; in front of the first FROM there is nothing. */
  scope(instruction: Instruction): Scope | undefined {
    return this.stageOf(instruction)?.scope.at(instruction);
  }

  /** The shell text of RUN, CMD, ENTRYPOINT or HEALTHCHECK, parsed; undefined when there is none. */
  shell(instruction: Instruction): ShellScript | undefined {
    if (!this.#shells.has(instruction)) {
      const scope = this.scope(instruction);
      const image = this.stageOf(instruction)?.image;
      this.#shells.set(instruction, parseShell(this.source.text, instruction, scope?.shell, image?.repository));
    }
    return this.#shells.get(instruction);
  }

  /** Comments that switch rules off, of all dialects. */
  get ignores(): readonly IgnoreComment[] {
    this.#ignores ??= parseIgnores(this);
    return this.#ignores;
  }
}

/**
 * Parses a Dockerfile; syntax errors become the document's problems.
 * @param buildArgs values that stand in for the defaults of ARG
 */
export function parseDocument(source: Source, buildArgs: BuildArgs = {}): Document {
  return new Document(source, buildArgs);
}

class Reader {
  readonly instructions: Instruction[] = [];
  readonly comments: Comment[] = [];
  readonly problems: Problem[];

  constructor(source: Source, escape: string, problems: readonly Problem[]) {
    this.problems = [...problems];
    const { text } = source;
    const escapeCode = escape.charCodeAt(0);
    for (let at = source.textStart; at < text.length; ) {
      const line = readLogicalLine(text, at, escapeCode);
      if (line.next - at > LONGEST_LINE / 3) this.#checkLength(text, at, line.next);
      at = line.next;
      if (!line.joined) {
        for (const range of line.comments) this.#comment(text, range, undefined);
        continue;
      }
      const instruction = parseInstruction(this.instructions.length, line.joined, line);
      const markers = findHeredocs(instruction);
      if (markers.length > 0) {
        const heredocs: Heredoc[] = [];
        const start = at;
        for (const marker of markers) {
          const { heredoc, next, terminated } = readHeredoc(text, at, marker);
          heredocs.push(heredoc);
          at = next;
          if (!terminated) this.#syntax(`unterminated heredoc \`${marker.name}\``, marker.marker);
        }
        if (at - start > LONGEST_LINE / 3) this.#checkLength(text, start, at);
        instruction.addHeredocs(heredocs, heredocs.at(-1)!.terminator.end);
      }
      for (const range of line.comments) this.#comment(text, range, instruction);
      for (let part: Instruction | undefined = instruction; part; part = part.child) {
        if (part.syntaxError) this.#syntax(part.syntaxError, part.argsRange);
      }
      this.instructions.push(instruction);
    }
    if (this.instructions.length === 0) this.#syntax('the file has no instructions', { start: 0, end: 0 });
  }

  #syntax(message: string, range: Range): void {
    this.problems.push({ kind: 'syntax', message, start: range.start, end: range.end });
  }

  #comment(text: string, range: Range, inside: Instruction | undefined): void {
    this.comments.push({ ...range, text: text.slice(range.start + 1, range.end).trim(), inside });
  }

  #checkLength(text: string, from: number, to: number): void {
    for (let start = from; start < to; ) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      if (end - start > LONGEST_LINE / 3 && encodeText(text.slice(start, end)).length > LONGEST_LINE) {
        this.#syntax(`the line is longer than ${LONGEST_LINE} bytes`, { start, end: start });
      }
      start = end + 1;
    }
  }
}

/** Bytes that are no text; the builder takes them as they are. */
function encodingProblems(source: Source): Problem[] {
  const problems: Problem[] = [];
  if (!source.isUtf8) {
    const start = Math.max(source.text.search(/[\ud800-\udfff]/u), 0);
    problems.push({ kind: 'encoding', message: 'the file is not valid UTF-8', start, end: start + 1 });
  }
  const nul = source.text.indexOf('\0');
  if (nul >= 0) problems.push({ kind: 'encoding', message: 'the file holds NUL bytes', start: nul, end: nul + 1 });
  return problems;
}

function splitStages(
  instructions: readonly Instruction[],
  globals: GlobalScope,
): { stages: readonly Stage[]; stageOf: readonly (Stage | undefined)[] } {
  const table = new StageTable();
  const stageOf: (Stage | undefined)[] = [];
  const starts = instructions.filter(({ keyword }) => keyword === 'FROM').map(({ index }) => index);
  for (const instruction of instructions.slice(0, starts[0] ?? instructions.length)) {
    if (instruction.keyword === 'ARG') globals.declare(instruction);
    stageOf.push(undefined);
  }
  for (const [place, start] of starts.entries()) {
    const body = instructions.slice(start + 1, starts[place + 1]);
    const stage = new Stage(table, instructions[start]!, body, globals);
    table.add(stage);
    for (let count = body.length; count >= 0; count--) stageOf.push(stage);
  }
  return { stages: table.stages, stageOf };
}
