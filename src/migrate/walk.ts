import {
  JoinedText,
  parseScript,
  type Range,
  type ScriptChain,
  type ScriptCommand,
  type ScriptGroup,
  type ScriptNode,
  type ScriptRedirect,
  type ScriptStatement,
  type ScriptWord,
} from '../dockerfile/index.ts';
import { cleanImagePath } from './copy-step.ts';
import { readEngineCommand, readSubcommand } from './engine-commands.ts';
import { fileStep, isFileCommand } from './file-commands.ts';
import type { Argument } from './options.ts';
import { unpacked } from './outputs.ts';
import { heredocText, hostPath } from './place.ts';
import { describeCommands, HARMLESS, isAsking, isHarmlessSubcommand, unwrap } from './scan.ts';
import { type HostPath, Refusal, type RunStep, type Step } from './types.ts';
import { leaf, type Unit } from './units.ts';
import { Environment, ROOT, TOKEN, toHostPath, type Value } from './values.ts';

/** What a script does, in the order of its run. */
export interface Walk {
  readonly steps: readonly Step[];
  readonly root: Unit;
  /** Variables with the values that their defaults give. */
  readonly assumed: ReadonlyMap<string, string>;
}

/** One text of a script that runs in a shell of its own: the whole file, or a line of a recipe. */
export interface Part {
  readonly body: readonly ScriptStatement[];
  /** Where it starts; undefined: where the part before has ended. */
  readonly cwd?: HostPath;
  /** What goes when all of its statements go. */
  readonly unit?: Range;
  /** What decides whether it runs. */
  readonly condition?: string;
  /** An action of somebody else's instead of commands. */
  readonly action?: string;
}

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

/** Stands for a target of the Makefile that is not the one at hand. */
export const OTHER_TARGET = 'another target';

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
        if (!this.#pipeline(node.members, unit, node)) this.#branch('|', node.members, unit, node);
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
      this.#steps.push(step.kind === 'run' ? this.#withOutput(step, redirects) : step);
      return unit;
    }
    const name = program.text;
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
        this.#trap(args, unit, node, text);
        return unit;
    }
    const base = { start: node.start, end: node.end, text, unit };
    const written = redirects.find(
      ({ operator, target }) => /^(?:>|>>|>\||&>)$/.test(operator) && target && !target.text.startsWith('/dev/'),
    );
    if (written) {
      this.#steps.push(this.#write(name, args, written, redirects, base));
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

  /** What runs at the end may remove what is no longer made. */
  #trap(args: readonly Argument[], unit: Unit, node: ScriptCommand, text: string): void {
    const { start, end } = node;
    const { body } = parseScript(JoinedText.piece(args[0]?.text.replaceAll(ROOT, '.') ?? '', 0));
    const { subcommands, names, words } = describeCommands(body.map((statement) => statement.node));
    const mentions = words.map((word) => this.#env.evaluate(word).text);
    if (subcommands.length > 0 && subcommands.every((name) => name === 'rm') && names.length === 0) {
      const containers = mentions.filter((word) => !/^-|^(?:docker|podman|rm|sudo|container)$/.test(word));
      this.#steps.push({ kind: 'remove', containers, images: [], start, end, text, unit });
    } else if (subcommands.length > 0) {
      const isHarmless = subcommands.every(isHarmlessSubcommand);
      this.#steps.push({ kind: 'branch', what: 'trap', subcommands, mentions, isHarmless, start, end, text, unit });
    }
  }

  /** `docker run IMAGE cat FILE > file`. */
  #withOutput(step: RunStep, redirects: readonly ScriptRedirect[]): RunStep {
    const target = redirects.find(({ operator, descriptor }) => operator === '>' && (descriptor ?? 1) === 1)?.target;
    if (target === undefined || target.text.startsWith('/dev/')) return step;
    const problems: Refusal[] = [];
    const word = { ...this.#env.evaluate(target), written: target.text, start: target.start, end: target.end };
    const path = hostPath(word, this.#env, (...refusal) => problems.push(new Refusal(...refusal))) ?? '';
    const argv = [
      ...(step.request.entrypoint === undefined ? [] : [step.request.entrypoint]),
      ...(step.request.command ?? []),
    ];
    if (argv[0]?.replace(/^.*\//, '') !== 'cat' || argv.length !== 2)
      problems.push(new Refusal('unsupported', `what \`${argv.join(' ')}\` prints becomes a file of the host`, step));
    const outputs = [{ from: this.#inImage(argv[1] ?? '', step), to: path, isFile: true }];
    return { ...step, outputs, problem: step.problem ?? problems[0] };
  }

  #inImage(path: string, { request }: RunStep): string {
    return path.startsWith('/') ? cleanImagePath(path) : `${request.workdir ?? '.'}/${path}`;
  }

  #write(
    name: string,
    args: readonly Argument[],
    redirect: ScriptRedirect,
    redirects: readonly ScriptRedirect[],
    base: Range & { text: string; unit: Unit },
  ): Step {
    const problems: Refusal[] = [];
    const target = redirect.target!;
    const word = { ...this.#env.evaluate(target), written: target.text, start: target.start, end: target.end };
    const to = hostPath(word, this.#env, (...refusal) => problems.push(new Refusal(...refusal)));
    const heredoc = redirects.find(({ body }) => body !== undefined);
    const isText = name === 'cat' && args.length === 0 && heredoc !== undefined && redirect.operator !== '>>';
    const content = isText
      ? heredocText(heredoc, this.#env, (...refusal) => problems.push(new Refusal(...refusal)))
      : undefined;
    return { kind: 'file', what: 'write', from: [], to, toFolder: false, content, problem: problems[0], ...base };
  }

  /** `docker run … tar … | tar -x`, `cat Dockerfile | docker build -`, `docker build … | tee log`. */
  #pipeline(members: readonly ScriptNode[], unit: Unit, node: Range): boolean {
    if (!members.every((member) => member.kind === 'command')) return false;
    const commands = members as ScriptCommand[];
    const words = commands.map((command) => unwrap(this.#arguments(command.words, unit)));
    const [first, second] = words;
    const found = readSubcommand(first ?? []);
    const text = commands.map((command) => command.words.map((word) => word.text).join(' ')).join(' | ');
    const place = { start: node.start, end: node.end, text, unit, env: this.#env, redirects: [] };
    if (
      found?.name === 'build' &&
      words.slice(1).every((one) => /^(?:tee|cat|grep|tail|head)$/.test(one[0]?.text ?? ''))
    ) {
      this.#steps.push(
        readEngineCommand('build', found.args, {
          ...place,
          start: commands[0]!.start,
          redirects: commands[0]!.redirects,
        }),
      );
      return true;
    }
    if (
      first?.[0]?.text === 'cat' &&
      first.length === 2 &&
      readSubcommand(second ?? [])?.name === 'build' &&
      members.length === 2
    ) {
      const target = commands[0]!.words.at(-1)!;
      const redirect = {
        operator: '<',
        descriptor: undefined,
        target,
        start: commands[0]!.start,
        end: commands[1]!.start,
      };
      this.#steps.push(readEngineCommand('build', readSubcommand(second!)!.args, { ...place, redirects: [redirect] }));
      return true;
    }
    if (found?.name === 'run' && second?.[0]?.text === 'tar' && members.length === 2) {
      const step = readEngineCommand('run', found.args, place);
      if (step.kind !== 'run') return false;
      this.#steps.push(unpacked(step, second, this.#env));
      return true;
    }
    return false;
  }
}

function bodiesOf(redirects: readonly ScriptRedirect[]): Range[] {
  return redirects.flatMap(({ body }) => (body ? [body] : []));
}

function list({ start, end }: Range, isSubshell: boolean): MutableUnit {
  return { kind: 'list', start, end, children: [], operators: [], isSubshell, isWeak: false, bodies: [] };
}
