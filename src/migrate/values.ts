import { posix } from 'node:path';
import type { ScriptNode, ScriptPart, ScriptStatement, ScriptWord } from '../dockerfile/index.ts';
import type { HostPath } from './types.ts';

/** What a word of a script comes to. */
export interface Value {
  /** A variable that is not known stays as `${NAME}`; the folder of the project is `ROOT`. */
  readonly text: string;
  /** Nothing but a run of the script would tell more. */
  readonly isKnown: boolean;
  /** The shell makes files' names of it. */
  readonly isGlob?: boolean;
}

/** Stands in values for the folder that all paths are relative to; no path has it in it. */
export const ROOT = '\0';

/** What is assigned by `NAME=$(docker create …)`; the number is that of the step. */
export const TOKEN = '\u0001';

/** The variables of a script and where it is, as far as they are known. */
export class Environment {
  readonly #variables = new Map<string, Value>();
  /** The values that defaults gave. */
  readonly assumed = new Map<string, string>();
  readonly #script: HostPath;
  cwd: HostPath;
  previous: HostPath;

  constructor(script: HostPath, cwd: HostPath) {
    this.#script = script;
    this.cwd = cwd;
    this.previous = cwd;
  }

  set(name: string, value: Value): void {
    this.#variables.set(name, value);
  }

  /** The variables that hold folders of the project, whatever folder the script is started in. */
  anchors(): { readonly name: string; readonly path: HostPath }[] {
    return [...this.#variables].flatMap(([name, { text, isKnown }]) => {
      const path = isKnown && text.startsWith(ROOT) ? toHostPath(text, '') : undefined;
      return path === undefined || /^\d+$/.test(name) ? [] : [{ name, path }];
    });
  }

  get(name: string): Value | undefined {
    return this.#variables.get(name);
  }

  goTo(folder: HostPath): void {
    this.previous = this.cwd;
    this.cwd = folder;
  }

  evaluate(word: ScriptWord): Value {
    return this.join(word.parts, true);
  }

  join(parts: readonly ScriptPart[], isWord = false): Value {
    let [text, isKnown, isGlob] = ['', true, false];
    for (const [index, part] of parts.entries()) {
      const value = this.#part(part);
      text += value.text;
      isKnown &&= value.isKnown;
      if (part.kind === 'glob') isGlob = true;
      const isHome = isWord && index === 0 && part.kind === 'text' && /^~(?:\/|$)/.test(part.value);
      if (isHome) isKnown = false;
    }
    return { text, isKnown, isGlob };
  }

  #part(part: ScriptPart): Value {
    switch (part.kind) {
      case 'text':
        return { text: part.value, isKnown: true };
      case 'glob':
        return { text: part.text, isKnown: true };
      case 'variable':
        return this.#variable(part);
      case 'substitution':
        return this.#folder(part.body) ?? { text: part.text, isKnown: false };
      case 'other':
        return { text: part.text, isKnown: false };
    }
  }

  #variable({ name, operator, operand }: Extract<ScriptPart, { kind: 'variable' }>): Value {
    const known = this.#lookup(name);
    const isSet = known !== undefined && (operator?.startsWith(':') !== true || known.text !== '');
    switch (operator?.replace(':', '')) {
      case undefined:
      case '?':
        return known ?? { text: `\${${name}}`, isKnown: false };
      case '+':
        if (known === undefined) return { text: '', isKnown: false };
        return isSet && operand ? this.evaluate(operand) : { text: '', isKnown: true };
      default: {
        if (isSet) return known;
        const value = operand ? this.evaluate(operand) : { text: '', isKnown: true };
        if (value.isKnown) this.assumed.set(name, value.text);
        if (operator?.endsWith('=')) this.set(name, value);
        return value;
      }
    }
  }

  #lookup(name: string): Value | undefined {
    const own = this.#variables.get(name);
    if (own) return own;
    if (name === 'PWD') return { text: rooted(this.cwd), isKnown: true };
    if (name === 'OLDPWD') return { text: rooted(this.previous), isKnown: true };
    if (name === '0' || name === 'BASH_SOURCE') return { text: rooted(this.#script), isKnown: true };
    return undefined;
  }

  /** `$(pwd)`, `$(dirname "$0")`, `$(cd "$(dirname "$0")" && pwd)`, `$(realpath …)`, `$(echo …)`. */
  #folder(body: readonly ScriptStatement[]): Value | undefined {
    const commands = body.flatMap(({ node }) => flat(node) ?? [undefined]);
    let cwd = this.cwd;
    let result: Value | undefined;
    for (const [index, command] of commands.entries()) {
      if (command === undefined || command.assignments.length > 0) return undefined;
      const words = command.words.map((word) => this.evaluate(word));
      if (words.some(({ isKnown, isGlob }) => !isKnown || isGlob)) return undefined;
      const [name, ...args] = words.map(({ text }) => text).filter((text) => text !== '--');
      const operands = args.filter((text) => !text.startsWith('-'));
      const [operand] = operands;
      if (operands.length > 1) return undefined;
      const isLast = index === commands.length - 1;
      if ((name === 'cd' || name === 'pushd') && !isLast && operand !== undefined) {
        const folder = toHostPath(operand, cwd);
        if (folder === undefined) return undefined;
        cwd = folder;
      } else if (!isLast) return undefined;
      else if (name === 'pwd' && operand === undefined) result = { text: rooted(cwd), isKnown: true };
      else if (operand === undefined) return undefined;
      else if (name === 'dirname') {
        const text =
          operand === ROOT
            ? `${ROOT}/..`
            : operand.startsWith(`${ROOT}/`) && !operand.slice(2).includes('/')
              ? ROOT
              : posix.dirname(operand);
        result = { text, isKnown: true };
      } else if (name === 'basename') {
        if (operand === ROOT) return undefined;
        result = { text: posix.basename(operand), isKnown: true };
      } else if (name === 'realpath' || name === 'readlink') {
        const path = toHostPath(operand, cwd);
        result = path === undefined ? undefined : { text: rooted(path), isKnown: true };
      } else if (name === 'echo' && args.length === 1) result = { text: operand, isKnown: true };
    }
    return result;
  }
}

/** The commands of a plain command or a chain of them. */
function flat(node: ScriptNode): Extract<ScriptNode, { kind: 'command' }>[] | undefined {
  if (node.kind === 'command') return [node];
  if (node.kind !== 'chain' || node.operators.includes('||')) return undefined;
  const members = node.members.map(flat);
  return members.every((member) => member !== undefined) ? members.flat() : undefined;
}

/** A path of the project as a value. */
export function rooted(path: HostPath): string {
  if (path.startsWith('/')) return path;
  return path === '' ? ROOT : `${ROOT}/${path}`;
}

/**
 * A value as a path of the host: relative to the project's folder, or absolute where it lies elsewhere; undefined when it
 * climbs out of the project's folder.
 */
export function toHostPath(text: string, cwd: HostPath): HostPath | undefined {
  const isRooted = text === ROOT || text.startsWith(`${ROOT}/`);
  if (text.includes(ROOT) && !isRooted) return undefined;
  if (text.startsWith('/')) return clean(text);
  if (cwd.startsWith('/') && !isRooted) return clean(posix.join(cwd, text));
  const path = clean(isRooted ? `.${text.slice(1)}` : posix.join(cwd === '' ? '.' : cwd, text));
  return path === '..' || path.startsWith('../') ? undefined : path;
}

function clean(path: string): string {
  const normal = posix.normalize(path);
  if (normal === '.' || normal === './') return '';
  return normal.length > 1 ? normal.replace(/\/+$/, '') : normal;
}
