import { forEachChild, parse, type SyntaxNode, type Word as UnbashWord } from 'unbash';
import type { JsonItem } from './arguments.ts';
import { heredocBody } from './heredocs.ts';
import type { Instruction } from './instructions.ts';
import { JoinedText } from './lines.ts';
import {
  type CommandSource,
  isPlain,
  type ShellAssignment,
  ShellCommand,
  type ShellText,
  type ShellWord,
} from './shell-command.ts';
import type { Range } from './source.ts';

/** The languages that a shell text may be written in, as far as they matter here. */
export type ShellDialect = 'sh' | 'powershell' | 'cmd' | 'other';

/** Commands joined by `|` or `|&`. */
export interface ShellPipeline extends Range {
  /** At least two; `command` is undefined for groups, branches and the like. */
  readonly members: readonly (Range & { readonly command: ShellCommand | undefined })[];
}

/** The shell text of an instruction: the shell form, a heredoc, or `["sh", "-c", "…"]`. */
export class ShellScript implements ShellText {
  readonly instruction: Instruction;
  readonly text: JoinedText;
  readonly dialect: ShellDialect;
  /** The interpreter's base name: `sh`, `bash`, `python3`. */
  readonly shell: string;
  readonly isMapped: boolean;
  readonly #whole: Range;
  #tree: ReturnType<typeof parse> | undefined;
  #commands: readonly ShellCommand[] | undefined;
  #pipelines: readonly ShellPipeline[] | undefined;
  #errors: readonly { readonly message: string; readonly range: Range }[] | undefined;

  constructor(instruction: Instruction, text: JoinedText, shell: string, whole: Range, isMapped: boolean) {
    this.instruction = instruction;
    this.text = text;
    this.shell = shell;
    this.dialect = dialectOf(shell);
    this.isMapped = isMapped;
    this.#whole = { start: whole.start, end: whole.end };
  }

  /** The source range of a span of the text; the whole argument where positions are not known. */
  range(start: number, end: number): Range {
    return this.isMapped ? this.text.toRange(start, end) : this.#whole;
  }

  /** Every simple command in the order of the text, those inside compound commands and substitutions included. */
  get commands(): readonly ShellCommand[] {
    if (!this.#commands) this.#parse();
    return this.#commands!;
  }

  /** Every pipeline in the order of the text, those in groups, branches and substitutions included. */
  get pipelines(): readonly ShellPipeline[] {
    if (!this.#pipelines) this.#parse();
    return this.#pipelines!;
  }

  get errors(): readonly { readonly message: string; readonly range: Range }[] {
    if (!this.#errors) this.#parse();
    return this.#errors!;
  }

  /** The syntax tree of the text, for those who need more than the commands; undefined for other languages. */
  get tree(): ReturnType<typeof parse> | undefined {
    if (this.dialect === 'sh') this.#tree ??= parse(this.text.text);
    return this.#tree;
  }

  #parse(): void {
    const commands: ShellCommand[] = [];
    const errors: { message: string; range: Range }[] = [];
    const pipelines: ShellPipeline[] = [];
    if (this.dialect === 'sh') new Walker(this, commands, pipelines, errors).walk();
    this.#commands = commands;
    this.#pipelines = pipelines.sort((a, b) => a.start - b.start);
    this.#errors = errors;
  }
}

interface Context {
  readonly isConditional: boolean;
  readonly isSubstitution: boolean;
  /** How many nodes stand around this one. */
  readonly depth: number;
}

/** Deeper than any script is written; what lies below is not looked at. */
const DEEPEST = 400;

/** What opens a substitution. */
const HOLDS_COMMANDS = /`|\$\(|[<>]\(/;

class Walker {
  readonly #script: ShellScript;
  readonly #commands: ShellCommand[];
  readonly #pipelines: ShellPipeline[];
  readonly #errors: { message: string; range: Range }[];

  constructor(
    script: ShellScript,
    commands: ShellCommand[],
    pipelines: ShellPipeline[],
    errors: { message: string; range: Range }[],
  ) {
    this.#script = script;
    this.#commands = commands;
    this.#pipelines = pipelines;
    this.#errors = errors;
  }

  walk(): void {
    this.#visit(this.#script.tree!, { isConditional: false, isSubstitution: false, depth: 0 });
  }

  #visit(node: SyntaxNode, around: Context): void {
    const context = { ...around, depth: around.depth + 1 };
    if (context.depth === DEEPEST) {
      this.#errors.push({
        message: 'the commands are nested too deeply',
        range: this.#script.range(node.pos, node.pos + 1),
      });
      return;
    }
    let { isConditional } = context;
    switch (node.type) {
      case 'Script':
        for (const { message, pos } of node.errors ?? []) {
          this.#errors.push({
            message,
            range: this.#script.range(pos, Math.min(pos + 1, this.#script.text.text.length)),
          });
        }
        // A script in escaped backquotes has offsets of its own, which nothing here can map.
        if (node.source !== undefined) return;
        break;
      case 'Command':
        this.#command(node, context);
        if (node.name) this.#visitWord(node.name, context);
        for (const item of node.prefix) this.#visitWord(item, context);
        for (const item of node.suffix) this.#visitWord(item, context);
        return;
      case 'Pipeline':
        this.#pipeline(node, context);
        return;
      case 'AndOr':
        for (const [index, command] of node.commands.entries()) {
          isConditional ||= node.operators[index - 1] === '||';
          this.#visit(command, { ...context, isConditional });
        }
        return;
      case 'If':
        this.#visit(node.clause, context);
        forEachChild(node, (child) => {
          if (child !== node.clause) this.#visit(child, { ...context, isConditional: true });
        });
        return;
      case 'For':
      case 'While':
      case 'Case':
      case 'Function':
      case 'Select':
      case 'ArithmeticFor':
        forEachChild(node, (child) => this.#visit(child, { ...context, isConditional: true }));
        return;
      case 'CommandExpansion':
      case 'ProcessSubstitution':
        if (node.script) this.#visit(node.script, { ...context, isSubstitution: true });
        return;
    }
    forEachChild(node, (child) => this.#visit(child, context));
  }

  #pipeline(node: Extract<SyntaxNode, { type: 'Pipeline' }>, context: Context): void {
    const members = node.commands.map((member) => {
      const next = this.#commands.length;
      this.#visit(member, context);
      const command = member.type === 'Command' ? this.#commands[next] : undefined;
      return { ...this.#script.range(member.pos, member.end), command };
    });
    if (members.length > 1) this.#pipelines.push({ ...this.#script.range(node.pos, node.end), members });
  }

  /** Most words hold no command, and taking them apart to see that would cost more than all the rest. */
  #visitWord(node: SyntaxNode, context: Context): void {
    if (!('text' in node) || HOLDS_COMMANDS.test(node.text)) this.#visit(node, context);
  }

  #command(node: Extract<SyntaxNode, { type: 'Command' }>, context: Context): void {
    const { pos, end } = node;
    const source = { pos, end, firstWord: node.name?.text ?? '', read: () => this.#read(node) };
    this.#commands.push(new ShellCommand(this.#script, source, context));
  }

  #read(node: Extract<SyntaxNode, { type: 'Command' }>): ReturnType<CommandSource['read']> {
    const words = node.name ? [this.#word(node.name)] : [];
    const assignments: ShellAssignment[] = [];
    for (const item of node.prefix) {
      if (item.type !== 'Assignment') continue;
      const value = item.value.type === 'Word' ? item.value.value : '';
      assignments.push({ name: item.name, value, ...this.#script.range(item.pos, item.end) });
    }
    for (const item of node.args) {
      words.push(item.type === 'Word' ? this.#word(item) : this.#plainWord(item.text, item.pos, item.end));
    }
    return { words, assignments };
  }

  #word(word: UnbashWord): ShellWord {
    return {
      text: word.text,
      value: word.value,
      isLiteral: isPlain(word.text) || (word.parts?.every(isLiteralPart) ?? true),
      at: word.pos,
      endAt: word.end,
      ...this.#script.range(word.pos, word.end),
    };
  }

  /** An argument that looks like an assignment: `dd if=x`, `export A=b`. */
  #plainWord(text: string, pos: number, end: number): ShellWord {
    return { text, value: text, isLiteral: isPlain(text), at: pos, endAt: end, ...this.#script.range(pos, end) };
  }
}

function isLiteralPart(part: {
  readonly type: string;
  readonly parts?: readonly { readonly type: string }[] | undefined;
}): boolean {
  if (part.type === 'DoubleQuoted') return part.parts?.every(({ type }) => type === 'Literal') ?? true;
  return part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Glob' || part.type === 'AnsiCQuoted';
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'ksh', 'mksh', 'zsh', 'busybox']);

function dialectOf(shell: string): ShellDialect {
  if (SHELLS.has(shell)) return 'sh';
  if (shell === 'powershell' || shell === 'pwsh') return 'powershell';
  return shell === 'cmd' ? 'cmd' : 'other';
}

function programName(path: string): string {
  return path
    .slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    .replace(/\.exe$/i, '')
    .toLowerCase();
}

/** The command that an instruction carries: RUN, CMD, ENTRYPOINT, or what follows HEALTHCHECK CMD. */
export interface InstructionCommand extends Range {
  /** The exec form's argv, or undefined for the shell form. */
  readonly argv: readonly JsonItem[] | undefined;
  /** Where the shell form's text lies in the instruction's line. */
  readonly at: number;
  readonly endAt: number;
}

/** The command of an instruction; undefined when it carries none. */
export function instructionCommand(instruction: Instruction): InstructionCommand | undefined {
  const { keyword, argsAt, argsEnd } = instruction;
  if (keyword === 'RUN' || keyword === 'CMD' || keyword === 'ENTRYPOINT') {
    return { argv: instruction.json, at: argsAt, endAt: argsEnd, ...instruction.argsRange };
  }
  if (keyword !== 'HEALTHCHECK' || instruction.healthcheckType.toUpperCase() !== 'CMD') return undefined;
  const at = instruction.commandAt;
  return { argv: instruction.json, at, endAt: argsEnd, ...instruction.line.toRange(at, argsEnd) };
}

/** Parses the shell text of an instruction, given the SHELL in force and the image the stage stands on. */
export function parseShell(
  text: string,
  instruction: Instruction,
  shell: readonly string[] | undefined,
  image: string | undefined,
): ShellScript | undefined {
  const command = instructionCommand(instruction);
  if (!command) return undefined;
  if (command.argv) return execScript(instruction, command.argv);
  const interpreter = programName(shell?.[0] ?? (isWindowsImage(image) ? 'cmd' : 'sh'));
  const { line, heredocs } = instruction;
  const whole = line.toRange(command.at, command.endAt);
  const written = line.slice(command.at, command.endAt);
  const first = heredocs[0];
  if (!first) return new ShellScript(instruction, written, interpreter, whole, true);
  if (heredocs.length === 1 && first.marker.end - first.marker.start === written.text.length) {
    // Only a heredoc: its body is the script, and may name its own interpreter.
    const body = heredocBody(text, first);
    const shebang = /^#!\s*(\S+)(?:[ \t]+(?:-S[ \t]+)?(\S+))?/.exec(body.text);
    const named = shebang && programName(shebang[1] === '/usr/bin/env' ? (shebang[2] ?? '') : shebang[1]!);
    return new ShellScript(instruction, body, named || interpreter, first.body, true);
  }
  const rest = { start: first.body.start, end: heredocs.at(-1)!.terminator.end };
  const lines = written
    .concat(JoinedText.piece('\n', whole.end))
    .concat(JoinedText.piece(text.slice(rest.start, rest.end), rest.start));
  return new ShellScript(instruction, lines, interpreter, { start: whole.start, end: rest.end }, true);
}

function isWindowsImage(repository: string | undefined): boolean {
  return repository !== undefined && /(?:^|\/)windows(?:\/|$)|windowsservercore|nanoserver/.test(repository);
}

/** The text behind `-c` of `["/bin/sh", "-c", "…"]`. */
function execScript(instruction: Instruction, argv: readonly JsonItem[]): ShellScript | undefined {
  const shell = programName(argv[0]?.value ?? '');
  const flag = argv.findIndex(({ value }, index) => index > 0 && /^-[a-z]*c$/.test(value));
  const item = flag < 0 ? undefined : argv[flag + 1];
  if (dialectOf(shell) !== 'sh' || !item) return undefined;
  const isMapped = item.end - item.start === item.value.length + 2;
  return new ShellScript(instruction, JoinedText.piece(item.value, item.start + 1), shell, item, isMapped);
}
