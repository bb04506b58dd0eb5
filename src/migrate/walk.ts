import type {
  Range,
  ScriptChain,
  ScriptCommand,
  ScriptGroup,
  ScriptNode,
  ScriptRedirect,
  ScriptStatement,
  ScriptWord,
} from '../dockerfile/index.ts';
import { readEngineCommand, readSubcommand } from './engine-commands.ts';
import { fileStep, isFileCommand } from './file-commands.ts';
import type { Argument } from './options.ts';
import { pipelineStep, trapSteps, withOutput, writeStep } from './outputs.ts';
import { OTHER_TARGET, type Part, type Walk } from './parts.ts';
import { describeCommands, HARMLESS, isAsking, isHarmlessSubcommand, unwrap } from './scan.ts';
import { type HostPath, Refusal, type Step } from './types.ts';
import { leaf, type Unit } from './units.ts';
import { Environment, ROOT, TOKEN, toHostPath, type Value } from './values.ts';

/** Follows a script without running it. */
export function walkScript(
  parts: readonly Part[],
  path: HostPath,
  cwd: HostPath,
  given: ReadonlyMap<string, Value> = new Map(),
  aside: readonly Part[] = [],
): Walk {
  const walker = new Walker(path, cwd, given);
  return walker.walk(parts, aside);
}

interface MutableUnit extends Unit {
  readonly children: Unit[];
}

interface Definition {
  readonly body: readonly ScriptStatement[];
  readonly unit: MutableUnit;
  calls: number;
}

class Walker {
  readonly #steps: Step[] = [];
  readonly #env: Environment;
  readonly #functions = new Map<string, Definition>();
  readonly #folders: HostPath[] = [];
  #tokens = 0;
  #depth = 0;
  #hasEnded = false;

  constructor(path: HostPath, cwd: HostPath, given: ReadonlyMap<string, Value>) {
    this.#env = new Environment(path, cwd);
    for (const [name, value] of given) this.#env.set(name, value);
  }

  walk(parts: readonly Part[], aside: readonly Part[]): Walk {
    const root = list({ start: 0, end: Number.MAX_SAFE_INTEGER }, false);
    for (const part of parts) this.#part(part, root);
    for (const { body } of aside) {
      for (const { node } of body) this.#branch(OTHER_TARGET, [node], leaf(node), node);
    }
    return { steps: this.#steps, root, assumed: this.#env.assumed };
  }

  #part({ body, cwd, unit, condition, action }: Part, root: MutableUnit): void {
    if (cwd !== undefined) this.#env.goTo(cwd);
    this.#hasEnded = false;
    const range = unit ?? { start: body[0]?.start ?? 0, end: body.at(-1)?.end ?? 0 };
    if (action !== undefined) {
      const isHarmless = /^(?:actions\/(?:checkout|setup-|cache)|docker\/(?:login|setup|metadata)-)/.test(action);
      this.#steps.push({
        kind: 'host',
        name: action,
        isHarmless,
        paths: [],
        text: action,
        unit: leaf(range),
        ...range,
      });
    } else if (condition !== undefined) {
      this.#branch(
        condition,
        body.map(({ node }) => node),
        leaf(range),
        range,
      );
    } else if (unit === undefined) this.#statements(body, root, false);
    else {
      const own = list(unit, false);
      root.children.push(own);
      this.#statements(body, own, false);
    }
  }

  #statements(body: readonly ScriptStatement[], into: MutableUnit, isSubshell: boolean): void {
    for (const { node, isBackground } of body) {
      if (this.#hasEnded) return;
      if (isBackground) {
        const unit = leaf(node);
        into.children.push(unit);
        this.#branch('&', [node], unit, node);
        continue;
      }
      into.children.push(this.#node(node, isSubshell));
    }
  }

  /** Follows a statement and returns the unit that it is. */
  #node(node: ScriptNode, isSubshell: boolean): Unit {
    switch (node.kind) {
      case 'command':
        return this.#command(node, isSubshell);
      case 'chain':
        return this.#chain(node, isSubshell);
      case 'group':
        return this.#group(node);
      case 'function': {
        const unit = list(node, false);
        this.#functions.set(node.name, { body: node.body, unit, calls: 0 });
        return unit;
      }
      case 'pipeline': {
        const bodies = node.members.flatMap((member) => (member.kind === 'command' ? bodiesOf(member.redirects) : []));
        const unit = leaf(node, false, bodies);
        const words = node.members.map((member) =>
          member.kind === 'command' ? unwrap(this.#arguments(member.words, unit)) : [],
        );
        const step = pipelineStep(node.members, words, this.#env, { ...node, unit });
        if (step) this.#steps.push(step);
        else this.#branch('|', node.members, unit, node);
        return unit;
      }
      case 'branch': {
        const unit = leaf(node);
        this.#branch(
          node.what,
          node.bodies.flat().map((statement) => statement.node),
          unit,
          node,
        );
        return unit;
      }
      case 'test':
        return leaf(node);
    }
  }

  #group(node: ScriptGroup): Unit {
    const unit = list(node, node.isSubshell);
    const cwd = this.#env.cwd;
    this.#statements(node.body, unit, node.isSubshell);
    if (node.isSubshell) {
      this.#env.goTo(cwd);
      this.#hasEnded = false;
    }
    return unit;
  }

  /** Members that are joined by `||` are one: the later ones only stand in for the first. */
  #chain(node: ScriptChain, isSubshell: boolean): Unit {
    const groups: { members: ScriptNode[]; range: { start: number; end: number } }[] = [];
    for (const [index, member] of node.members.entries()) {
      const group = groups.at(-1);
      if (group && node.operators[index - 1] === '||') {
        group.members.push(member);
        group.range.end = member.end;
      } else groups.push({ members: [member], range: { start: member.start, end: member.end } });
    }
    const children: Unit[] = [];
    let asking = false;
    for (const { members, range } of groups) {
      const [first, ...fallbacks] = members as [ScriptNode, ...ScriptNode[]];
      if (asking) {
        const unit = leaf(range);
        children.push(unit);
        this.#branch('&&', members, unit, range);
        continue;
      }
      if (isAsking(first)) {
        asking = true;
        const unit = leaf(range);
        children.push(unit);
        this.#branch('||', fallbacks, unit, range);
        continue;
      }
      const own = this.#node(first, isSubshell);
      const unit = fallbacks.length === 0 ? own : { ...own, ...range };
      if (unit !== own) this.#replaceUnit(own, unit);
      children.push(unit);
      if (fallbacks.length > 0) this.#branch('||', fallbacks, unit, range);
    }
    if (children.length === 1) return children[0]!;
    return { ...list(node, isSubshell), kind: 'chain', children };
  }

  #replaceUnit(old: Unit, fresh: Unit): void {
    for (const [index, step] of this.#steps.entries()) {
      if (step.unit === old) this.#steps[index] = { ...step, unit: fresh };
    }
  }

  /** What stands in it may run or not, once or often. */
  #branch(what: string, nodes: readonly ScriptNode[], unit: Unit, range: Range): void {
    const { subcommands, names, words, assigned, hasWrites } = describeCommands(nodes);
    for (const name of assigned) this.#env.set(name, { text: `\${${name}}`, isKnown: false });
    if (names.length === 0 && subcommands.length === 0) return;
    this.#steps.push({
      kind: 'branch',
      what,
      subcommands,
      mentions: words.map((word) => this.#env.evaluate(word).text),
      isHarmless: !hasWrites && names.every((name) => HARMLESS.has(name)) && subcommands.every(isHarmlessSubcommand),
      start: range.start,
      end: range.end,
      text: what,
      unit,
    });
  }

  #arguments(words: readonly ScriptWord[], unit: Unit): Argument[] {
    return words.map((word) => {
      const parts = word.parts.map((part) => {
        const value = part.kind === 'substitution' ? this.#container(part.body, unit) : undefined;
        return value === undefined ? part : ({ kind: 'text', value } as const);
      });
      const { start, end } = word;
      return { ...this.#env.join(parts, true), written: word.text, start, end };
    });
  }

  /** `$(docker create IMAGE)` is a container, `$(docker build -q …)` an image: a token stands for it. */
  #container(body: readonly ScriptStatement[], unit: Unit): string | undefined {
    const node = body.length === 1 ? body[0]!.node : undefined;
    if (node?.kind !== 'command') return undefined;
    const args = node.words.map((word) => ({
      ...this.#env.evaluate(word),
      written: word.text,
      start: word.start,
      end: word.end,
    }));
    const found = readSubcommand(unwrap(args));
    const isQuiet = args.some(({ text }) => text === '-q' || text === '--quiet');
    if (found === undefined) return undefined;
    if (found.name !== 'create' && found.name !== 'run' && !(found.name === 'build' && isQuiet)) return undefined;
    const isDetached = args.some(({ text }) => text === '--detach' || /^-[a-z]*d[a-z]*$/.test(text));
    if (found.name === 'run' && !isDetached) return undefined;
    const token = `${TOKEN}${++this.#tokens}`;
    const place = {
      ...node,
      text: node.words.map(({ text }) => text).join(' '),
      unit,
      env: this.#env,
      assigned: { variable: '', token },
    };
    this.#steps.push(readEngineCommand(found.name, found.args, place));
    return token;
  }

  #command(node: ScriptCommand, isSubshell: boolean): Unit {
    const { assignments, redirects } = node;
    const isFolder = /^(?:cd|pushd|popd)$/.test(node.words[0]?.text ?? '');
    const unit = leaf(node, isFolder && isSubshell, bodiesOf(redirects));
    if (node.words.length === 0) {
      for (const { name, value } of assignments) this.#assign(name, value, unit, node);
      return unit;
    }
    const words = unwrap(this.#arguments(node.words, unit));
    const [program, ...args] = words;
    if (program === undefined) return unit;
    const text = node.words.map((word) => word.text).join(' ');
    const found = readSubcommand(words);
    if (found) {
      const step = readEngineCommand(found.name, found.args, { ...node, text, unit, env: this.#env });
      this.#steps.push(step.kind === 'run' ? withOutput(step, redirects, this.#env) : step);
      return unit;
    }
    const name =
      program.isKnown && !program.text.includes(TOKEN) && !program.text.includes(ROOT) ? program.text : program.written;
    const definition = this.#functions.get(name);
    if (definition) return this.#call(definition, args, unit, node);
    switch (name) {
      case 'cd':
      case 'pushd':
        this.#changeFolder(args, name === 'pushd', unit, node, text);
        return unit;
      case 'popd':
        this.#env.goTo(this.#folders.pop() ?? this.#env.cwd);
        return unit;
      case 'export':
      case 'local':
      case 'readonly':
      case 'declare':
      case 'typeset':
        for (const arg of args) {
          const equals = arg.text.indexOf('=');
          if (equals > 0) this.#env.set(arg.text.slice(0, equals), { ...arg, text: arg.text.slice(equals + 1) });
        }
        return unit;
      case 'exit':
      case 'return':
        this.#hasEnded = true;
        return unit;
      case 'trap':
        this.#steps.push(
          ...trapSteps(args[0]?.text ?? '', this.#env, { start: node.start, end: node.end, text, unit }),
        );
        return unit;
    }
    const base = { start: node.start, end: node.end, text, unit };
    const written = redirects.find(
      ({ operator, target }) => /^(?:>|>>|>\||&>)$/.test(operator) && target && !target.text.startsWith('/dev/'),
    );
    if (written) {
      this.#steps.push(writeStep(name, args, written, redirects, this.#env, base));
      return unit;
    }
    const step = isFileCommand(name) ? fileStep(name, args, this.#env, base) : undefined;
    if (step) this.#steps.push(step);
    else {
      const paths = words.flatMap(({ text: word, isKnown }) =>
        isKnown ? (toHostPath(word, this.#env.cwd) ?? []) : [],
      );
      const isHarmless = HARMLESS.has(name === 'git' ? `git ${args[0]?.text}` : name);
      this.#steps.push({ kind: 'host', name, isHarmless, paths, ...base });
    }
    return unit;
  }

  #assign(name: string, value: ScriptWord | undefined, unit: Unit, node: ScriptCommand): void {
    if (value === undefined) {
      this.#env.set(name, { text: `\${${name}}`, isKnown: false });
      return;
    }
    const [word] = this.#arguments([value], unit);
    const bodies = value.parts
      .flatMap((part) => (part.kind === 'substitution' ? part.body : []))
      .map((one) => one.node);
    if (bodies.length > 0 && !word!.isKnown) this.#branch('$()', bodies, unit, node);
    const isOpaque = !word!.isKnown && bodies.length > 0;
    this.#env.set(name, isOpaque ? { text: `\${${name}}`, isKnown: false } : word!);
  }

  #call(definition: Definition, args: readonly Argument[], unit: Unit, node: ScriptCommand): Unit {
    definition.calls++;
    if (++this.#depth > 20) {
      this.#depth--;
      this.#branch(
        'function',
        definition.body.map((statement) => statement.node),
        unit,
        node,
      );
      return unit;
    }
    const before = this.#steps.length;
    for (const [index, arg] of args.entries()) this.#env.set(String(index + 1), arg);
    this.#statements(definition.body, definition.unit, false);
    this.#hasEnded = false;
    this.#depth--;
    if (definition.calls > 1) {
      const what = `the function \`${node.words[0]!.text}\` is called more than once`;
      for (let at = before; at < this.#steps.length; at++) {
        const step = this.#steps[at]!;
        this.#steps[at] = { ...step, problem: new Refusal('control-flow', what, node) };
      }
    }
    return { ...unit, calls: definition.unit };
  }

  #changeFolder(args: readonly Argument[], isPushed: boolean, unit: Unit, node: ScriptCommand, text: string): void {
    const target = args.find(({ text: word }) => word !== '--' && !/^-[LPe]$/.test(word));
    if (isPushed) this.#folders.push(this.#env.cwd);
    if (target?.text === '-') {
      this.#env.goTo(this.#env.previous);
      return;
    }
    const path = target?.isKnown ? toHostPath(target.text, this.#env.cwd) : undefined;
    if (path !== undefined) {
      this.#env.goTo(path);
      return;
    }
    const outside = target?.isKnown ?? false;
    const reason = outside
      ? `\`${text}\` leaves the folder of the project`
      : `where \`${text}\` leads, only a run of the script tells`;
    const problem = new Refusal(outside ? 'context' : 'unknown-value', reason, node);
    const { start, end } = node;
    this.#steps.push({ kind: 'host', name: 'cd', isHarmless: false, paths: [], start, end, text, unit, problem });
  }
}

function bodiesOf(redirects: readonly ScriptRedirect[]): Range[] {
  return redirects.flatMap(({ body }) => (body ? [body] : []));
}

function list({ start, end }: Range, isSubshell: boolean): MutableUnit {
  return { kind: 'list', start, end, children: [], operators: [], isSubshell, isWeak: false, bodies: [] };
}
