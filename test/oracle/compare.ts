import type { Document } from '../../src/dockerfile/document.ts';
import type { Heredoc } from '../../src/dockerfile/heredocs.ts';
import type { Instruction } from '../../src/dockerfile/instructions.ts';
import type { OracleAnswer, OracleInstruction, OracleStage } from './oracle.ts';

/** The first thing that two parsers see differently. */
export interface Difference {
  /** Where in the compared shape, such as `instructions[2].args[0]`. */
  readonly field: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** What our document and BuildKit's answer do not agree on. */
export function compare(document: Document, answer: OracleAnswer): Difference | undefined {
  // What looks for `check` and `syntax` is not the parser: it also reads other languages and skips a `#!` line, and it
  // takes no white space in front of a directive, and other white space for a value.
  const { text, textStart } = document.source;
  const isIndented = document.directives.some(({ start }) => start > textStart && text[start - 1] !== '\n');
  const sees = !isIndented && !/^(?:#!|\/\/|\{)/.test(text.slice(textStart)) && !/=[ \t\f\r]*\r\r\n/.test(text);
  const found = firstDifference(readable(shapeOfDocument(document, answer, sees)), shapeOfAnswer(answer, sees), '');
  return found && !cutsCharacters(text) ? found : undefined;
}

/**
 * BuildKit works on bytes where we work on characters. Two of its results we do not repeat: a character whose bytes a
 * continuation separates is put together, and the bytes 85 and A0 inside a character of a flag are white space, what
 * is behind them in the character being the start of an argument.
 */
function cutsCharacters(text: string): boolean {
  if (/[\udc80-\udcff][\\`][ \t]*\r*\n/u.test(text)) return true;
  return (text.match(/[^\0-\u07ff]/gu) ?? []).some((character) =>
    Buffer.from(character)
      .subarray(1, -1)
      .some((byte) => byte === 0x85 || byte === 0xa0),
  );
}

/** A difference with the file that shows it, for people. */
export function describeDifference(text: string, { field, ours, theirs }: Difference): string {
  const shown = text.length > 2000 ? `${text.slice(0, 1000)} … ${text.slice(-1000)}` : text;
  return `${JSON.stringify(shown)}\n  ${field}\n    ours      ${JSON.stringify(ours)}\n    BuildKit  ${JSON.stringify(theirs)}`;
}

function valueOf(document: Document, directive: string): string | null {
  return document.directives.find(({ name }) => name === directive)?.value.trim() || null;
}

function shapeOfDocument(document: Document, answer: OracleAnswer, sees: boolean): unknown {
  const parser = !document.problems.some(({ kind }) => kind === 'syntax');
  const instructions = parser && document.problems.every(({ kind }) => kind === 'encoding');
  const line = (offset: number) => document.source.position(offset).line;
  return {
    accepted: { parser, instructions },
    // After a directive that the parser refuses there are none.
    directives: answer.directivesError === null && {
      all: document.directives.map(({ name, value, start }) => ({ name, value, line: line(start) })),
      ...(sees && { check: valueOf(document, 'check'), syntax: valueOf(document, 'syntax') }),
    },
    parsed: parser && {
      escape: document.escape,
      instructions: document.instructions.map((instruction) => ({
        ...shapeOfInstruction(instruction),
        startLine: line(instruction.lineStart),
        endLine: line(instruction.end),
        heredocs: (instruction.child ?? instruction).heredocs.map((it) => shapeOfHeredoc(it, document.source.text)),
      })),
    },
    stages:
      instructions &&
      document.stages.map((stage, at) => ({
        name: stage.name ?? '',
        baseName: stage.baseWord?.text ?? '',
        platform: stage.from.flag('platform')?.value ?? '',
        commands: stage.instructions.map(({ keyword }) => keyword),
        references: hidesMounts(answer.stages[at])
          ? null
          : stage.references.filter(({ kind, value }) => kind !== 'base' && value !== '').map(({ value }) => value),
      })),
  };
}

function shapeOfAnswer(answer: OracleAnswer, sees: boolean): unknown {
  const parser = answer.parseError === null;
  const instructions = parser && answer.instructionError === null;
  return {
    accepted: { parser, instructions },
    directives: answer.directivesError === null && {
      all: answer.directives,
      ...(sees && { check: answer.check?.trim() || null, syntax: answer.syntax?.trim() || null }),
    },
    parsed: parser && {
      escape: answer.escape,
      instructions: answer.instructions.map((instruction) => ({
        ...shapeOfNode(instruction),
        startLine: instruction.startLine,
        endLine: instruction.endLine,
        heredocs: instruction.heredocs,
      })),
    },
    stages:
      instructions &&
      answer.stages.map((stage) => ({
        name: stage.name,
        baseName: stage.baseName,
        platform: stage.platform,
        commands: stage.commands.map(({ name }) => name.toUpperCase()),
        references: hidesMounts(stage)
          ? null
          : stage.commands
              .flatMap(({ from, mounts }) => [from, ...(mounts ?? []).map((mount) => mount.from)])
              .filter((from) => from !== ''),
      })),
  };
}

/** BuildKit reads the rest of a mount only when it builds, and then it refuses some. */
function hidesMounts(stage: OracleStage | undefined): boolean {
  return !stage || stage.commands.some(({ name, mounts }) => name.toUpperCase() === 'RUN' && mounts === null);
}

function shapeOfInstruction(instruction: Instruction): Record<string, unknown> {
  return {
    keyword: readableText(instruction.keyword).toUpperCase(),
    original: instruction.parent ? undefined : instruction.line.text,
    flags: instruction.flags.map(({ text }) => text),
    json: instruction.form === 'json',
    args: argumentsOf(instruction),
    child: instruction.child ? shapeOfInstruction(instruction.child) : null,
  };
}

function shapeOfNode(node: OracleInstruction, isChild = false): Record<string, unknown> {
  return {
    // Ours are in upper case, `ſ` and the like excepted.
    keyword: node.cmd.toUpperCase(),
    original: isChild ? undefined : node.original,
    flags: node.flags,
    json: node.json,
    args: node.args,
    child: node.child ? shapeOfNode(node.child, true) : null,
  };
}

/** The arguments as BuildKit's tree holds them, a different way for each kind of instruction. */
function argumentsOf(instruction: Instruction): string[] {
  const { keyword, argsText } = instruction;
  switch (keyword) {
    case 'ENV':
    case 'LABEL':
      return instruction.pairs.flatMap(({ name, value, legacy }) => [name, value ?? '', legacy ? '' : '=']);
    case 'ARG':
      return instruction.pairs.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
    case 'ADD':
    case 'COPY':
    case 'VOLUME':
    case 'EXPOSE':
    case 'FROM':
      return instruction.operands.map(({ text }) => text);
    case 'ONBUILD':
      return [];
    case 'HEALTHCHECK':
      return argsText === '' ? [] : [instruction.healthcheckType, ...commandOf(instruction)];
    case 'CMD':
    case 'ENTRYPOINT':
    case 'MAINTAINER':
    case 'RUN':
    case 'SHELL':
    case 'STOPSIGNAL':
    case 'USER':
    case 'WORKDIR':
      return commandOf(instruction);
    default:
      // BuildKit does not look at the arguments of an instruction that it does not know.
      return [''];
  }
}

function commandOf({ json, line, commandAt, argsEnd }: Instruction): string[] {
  return json?.map(({ value }) => value) ?? (commandAt < argsEnd ? [line.text.slice(commandAt, argsEnd)] : []);
}

function shapeOfHeredoc(heredoc: Heredoc, text: string): unknown {
  const { name, fileDescriptor, expand, chomp, body } = heredoc;
  return { name, fileDescriptor, expand, chomp, content: text.slice(body.start, body.end) };
}

/** As the oracle's JSON tells it: a byte that is not UTF-8 is a replacement character. */
function readable<T>(shape: T): T {
  return JSON.parse(JSON.stringify(shape, (_, value) => (typeof value === 'string' ? readableText(value) : value)));
}

function readableText(text: string): string {
  return text.replaceAll(BROKEN, '\ufffd');
}

const BROKEN = /\p{Surrogate}/gu;

function firstDifference(ours: unknown, theirs: unknown, field: string): Difference | undefined {
  if (typeof ours !== 'object' || typeof theirs !== 'object' || ours === null || theirs === null) {
    return Object.is(ours, theirs) ? undefined : { field, ours, theirs };
  }
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length !== theirs.length) return { field, ours, theirs };
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const path = Array.isArray(ours) ? `${field}[${key}]` : field === '' ? key : `${field}.${key}`;
    const found = firstDifference((ours as never)[key], (theirs as never)[key], path);
    if (found) return found;
  }
  return undefined;
}
