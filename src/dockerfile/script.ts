import { parse, type SyntaxNode, type Word, type WordPart } from 'unbash';
import type { JoinedText } from './lines.ts';
import type { Range } from './source.ts';

/** A piece of a word of a script. */
export type ScriptPart =
  | { readonly kind: 'text'; readonly value: string }
  /** `operator` is that of `${NAME:-operand}`; anything more artful is `other`. */
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly operator?: string | undefined;
      readonly operand?: ScriptWord | undefined;
      readonly text: string;
      readonly isQuoted: boolean;
    }
  | {
      readonly kind: 'substitution';
      readonly body: readonly ScriptStatement[];
      readonly text: string;
      readonly isQuoted: boolean;
    }
  /** `*` and the like, which the shell matches with files. */
  | { readonly kind: 'glob'; readonly text: string }
  | { readonly kind: 'other'; readonly text: string };

/** A word of a script with what the shell would do to it. */
export interface ScriptWord extends Range {
  /** As written. */
  readonly text: string;
  readonly parts: readonly ScriptPart[];
}

export interface ScriptAssignment extends Range {
  readonly name: string;
  /** Undefined for arrays and `+=`. */
  readonly value: ScriptWord | undefined;
}

/** `> file`, `2>&1`, `<<EOF`. */
export interface ScriptRedirect extends Range {
  readonly operator: string;
  readonly descriptor: number | undefined;
  readonly target: ScriptWord | undefined;
  /** Of a heredoc: its lines, where they stand, and whether the shell expands them. */
  readonly body?: (Range & { readonly parts: readonly ScriptPart[]; readonly isExpanded: boolean }) | undefined;
}

export interface ScriptCommand extends Range {
  readonly kind: 'command';
  readonly assignments: readonly ScriptAssignment[];
  readonly words: readonly ScriptWord[];
  readonly redirects: readonly ScriptRedirect[];
}

/** Commands one after the other, of which each decides whether the next one runs. */
export interface ScriptChain extends Range {
  readonly kind: 'chain';
  readonly members: readonly ScriptNode[];
  /** One fewer than members. */
  readonly operators: readonly ('&&' | '||')[];
}

export interface ScriptPipeline extends Range {
  readonly kind: 'pipeline';
  readonly members: readonly ScriptNode[];
  readonly isNegated: boolean;
}

/** `( … )`, `{ … }` or a function's body. */
export interface ScriptGroup extends Range {
  readonly kind: 'group';
  readonly isSubshell: boolean;
  readonly body: readonly ScriptStatement[];
  readonly redirects: readonly ScriptRedirect[];
}

export interface ScriptFunction extends Range {
  readonly kind: 'function';
  readonly name: string;
  readonly body: readonly ScriptStatement[];
}

/** Something that decides whether or how often its commands run. */
export interface ScriptBranch extends Range {
  readonly kind: 'branch';
  /** `if`, `for`, `while`, `case` … */
  readonly what: string;
  readonly bodies: readonly (readonly ScriptStatement[])[];
}

export type ScriptNode =
  | ScriptCommand
  | ScriptChain
  | ScriptPipeline
  | ScriptGroup
  | ScriptFunction
  | ScriptBranch
  /** `[[ … ]]`, `(( … ))`: asks and does nothing. */
  | (Range & { readonly kind: 'test' });

export interface ScriptStatement extends Range {
  readonly node: ScriptNode;
  readonly isBackground: boolean;
}

/** A shell script taken to pieces; nothing of it is expanded. */
export interface Script {
  readonly body: readonly ScriptStatement[];
  readonly errors: readonly (Range & { readonly message: string })[];
}

/** Deeper than any script is written. */
const DEEPEST = 200;
const TOO_DEEP = 'the commands are nested too deeply';

/** Reads the text of a script; positions are those of the source it comes from. */
export function parseScript(text: JoinedText): Script {
  return new ScriptReader(text).read();
}

class ScriptReader {
  readonly #text: JoinedText;
  readonly #errors: (Range & { message: string })[] = [];
  #depth = 0;

  constructor(text: JoinedText) {
    this.#text = text;
  }

  read(): Script {
    const { text } = this.#text;
    const why = text.length > LONGEST ? 'the script is too long' : isTooDeep(text) ? TOO_DEEP : undefined;
    if (why !== undefined) return { body: [], errors: [{ message: why, ...this.#text.toRange(0, 1) }] };
    try {
      const tree = parse(text);
      for (const { message, pos } of tree.errors ?? []) this.#error(message, pos);
      return { body: this.#statements(tree.commands), errors: this.#errors };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Nested in a way that nobody has thought of.
      return { body: [], errors: [{ message: TOO_DEEP, ...this.#text.toRange(0, 1) }] };
    }
  }

  #error(message: string, pos: number): void {
    const end = Math.max(this.#text.text.length, 1);
    const at = Math.min(pos, end - 1);
    this.#errors.push({ message: message.toLowerCase().replace(/\.$/, ''), ...this.#text.toRange(at, at + 1) });
  }

  #range({ pos, end }: { readonly pos: number; readonly end: number }): Range {
    return this.#text.toRange(pos, end);
  }

  #statements(list: readonly Extract<SyntaxNode, { type: 'Statement' }>[]): ScriptStatement[] {
    if (++this.#depth > DEEPEST) {
      if (list[0]) this.#error(TOO_DEEP, list[0].pos);
      this.#depth--;
      return [];
    }
    const result = list.map((statement) => ({
      node: this.#node(statement.command),
      isBackground: statement.background === true,
      ...this.#range(statement),
    }));
    this.#depth--;
    return result;
  }

  #node(node: SyntaxNode): ScriptNode {
    const range = this.#range(node);
    switch (node.type) {
      case 'Command':
        return {
          kind: 'command',
          assignments: node.prefix.flatMap((item) => (item.type === 'Assignment' ? [this.#assignment(item)] : [])),
          words: [
            ...(node.name ? [this.#word(node.name)] : []),
            ...node.args.map((item) => (item.type === 'Word' ? this.#word(item) : this.#argumentAssignment(item))),
          ],
          redirects: node.redirects.map((redirect) => this.#redirect(redirect)),
          ...range,
        };
      case 'AndOr':
        return {
          kind: 'chain',
          members: node.commands.map((one) => this.#node(one)),
          operators: node.operators,
          ...range,
        };
      case 'Pipeline': {
        const members = node.commands.map((one) => this.#node(one));
        const isNegated = node.prefixes.some(({ type }) => type === 'Negation');
        return { kind: 'pipeline', members, isNegated, ...range };
      }
      case 'Subshell':
      case 'BraceGroup':
        return {
          kind: 'group',
          isSubshell: node.type === 'Subshell',
          body: this.#statements(node.body.commands),
          redirects: [],
          ...range,
        };
      case 'Redirected': {
        const inner = this.#node(node.command);
        const redirects = node.redirects.map((redirect) => this.#redirect(redirect));
        return inner.kind === 'group' ? { ...inner, redirects, ...range } : { ...inner, ...range };
      }
      case 'Function': {
        const body = this.#node(
          node.body.type === 'CompoundList' ? { ...node.body, type: 'BraceGroup', body: node.body } : node.body,
        );
        return {
          kind: 'function',
          name: node.name.value,
          body:
            body.kind === 'group' ? body.body : [{ node: body, isBackground: false, start: body.start, end: body.end }],
          ...range,
        };
      }
      case 'TestCommand':
      case 'ArithmeticCommand':
        return { kind: 'test', ...range };
      case 'If':
        return this.#branch('if', range, [
          node.clause.commands,
          node.then.commands,
          ...node.elif.flatMap(({ clause, then }) => [clause.commands, then.commands]),
          node.else?.commands ?? [],
        ]);
      case 'For':
      case 'ArithmeticFor':
        return this.#branch('for', range, [node.body.commands]);
      case 'Select':
        return this.#branch('select', range, [node.body.commands]);
      case 'While':
        return this.#branch(node.kind, range, [node.clause.commands, node.body.commands]);
      case 'Case':
        return this.#branch(
          'case',
          range,
          node.items.map(({ body }) => body.commands),
        );
      default:
        // A coprocess, and what no script has.
        return { kind: 'branch', what: 'coproc', bodies: [], ...range };
    }
  }

  #branch(
    what: string,
    range: Range,
    bodies: readonly (readonly Extract<SyntaxNode, { type: 'Statement' }>[])[],
  ): ScriptBranch {
    return { kind: 'branch', what, bodies: bodies.map((body) => this.#statements(body)), ...range };
  }

  #assignment(item: Extract<SyntaxNode, { type: 'Assignment' }>): ScriptAssignment {
    const isPlain = item.value.type === 'Word' && item.append !== true && item.index === undefined;
    return {
      name: item.name,
      value: isPlain && item.value.type === 'Word' ? this.#word(item.value) : undefined,
      ...this.#range(item),
    };
  }

  /** `export A=b`: an argument that looks like an assignment. */
  #argumentAssignment(item: Extract<SyntaxNode, { type: 'Assignment' }>): ScriptWord {
    const value = item.value.type === 'Word' ? this.#word(item.value).parts : [{ kind: 'other', text: '()' } as const];
    const name = { kind: 'text', value: `${item.name}${item.append === true ? '+' : ''}=` } as const;
    return { text: item.text, parts: [name, ...value], ...this.#range(item) };
  }

  #word(word: Word): ScriptWord {
    const parts = word.parts?.flatMap((part) => this.#part(part, false)) ?? [
      { kind: 'text', value: word.value } as const,
    ];
    return { text: word.text, parts, ...this.#range(word) };
  }

  #part(part: WordPart, isQuoted: boolean): ScriptPart[] {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        return [{ kind: 'text', value: part.value }];
      case 'DoubleQuoted':
        return part.parts.flatMap((inner) => this.#part(inner, true));
      case 'SimpleExpansion':
        return [{ kind: 'variable', name: part.text.slice(1), text: part.text, isQuoted }];
      case 'ParameterExpansion': {
        const { operation, parameter, text } = part;
        const isFirst = parameter === 'BASH_SOURCE' && part.index?.value === '0';
        if (part.prefix !== undefined || (part.index !== undefined && !isFirst)) return [{ kind: 'other', text }];
        if (operation === undefined) return [{ kind: 'variable', name: parameter, text, isQuoted }];
        if (operation.type !== 'Default') return [{ kind: 'other', text }];
        const operand = this.#word(operation.operand);
        return [{ kind: 'variable', name: parameter, operator: operation.operator, operand, text, isQuoted }];
      }
      case 'CommandExpansion':
        // Escaped backquotes have offsets of their own.
        if (part.script === undefined || part.script.source !== undefined) return [{ kind: 'other', text: part.text }];
        return [{ kind: 'substitution', body: this.#statements(part.script.commands), text: part.text, isQuoted }];
      case 'Glob':
        return [{ kind: 'glob', text: part.text }];
      default:
        return [{ kind: 'other', text: part.text }];
    }
  }

  #redirect(redirect: Extract<SyntaxNode, { type: 'Redirect' | 'HereString' | 'HereDoc' }>): ScriptRedirect {
    const range = this.#range(redirect);
    const { operator } = redirect;
    const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : undefined;
    if (redirect.type !== 'HereDoc') {
      return { operator, descriptor, target: redirect.target && this.#word(redirect.target), ...range };
    }
    const { body, delimiter } = redirect;
    const isExpanded = delimiter?.quoted !== true;
    const parts = body.parts?.flatMap((part) => this.#part(part, true)) ?? [
      { kind: 'text', value: body.text } as const,
    ];
    return {
      operator,
      descriptor,
      target: undefined,
      body: { parts: isExpanded ? parts : [{ kind: 'text', value: body.text }], isExpanded, ...this.#range(body) },
      ...range,
    };
  }
}

/** Larger than any script that people write. */
const LONGEST = 1 << 17;

/** The parser goes down a step with everything that opens, and its stack and its patience end before long. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [opens] of text.matchAll(
    /[({[!`]|[)}\]]|\b(?:if|while|until|case|for|select)\b|\b(?:fi|done|esac)\b|\n/g,
  )) {
    if (/^(?:[)}\]]|fi|done|esac)$/.test(opens)) depth = Math.max(depth - 1, 0);
    else if (opens !== '\n') depth++;
    if (depth > 1000) return true;
  }
  return false;
}
