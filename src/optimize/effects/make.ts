import { joinPath } from '../../dockerfile/index.ts';
import { startedBelow } from '../started.ts';
import type { Call, Effect, Subject } from '../types.ts';
import type { World } from '../world.ts';
import { optionOf } from './files.ts';

/** Targets that need targets deeper than this are not followed. */
const DEEPEST = 12;
const NAMES = ['GNUmakefile', 'makefile', 'Makefile'];

/** One rule of a Makefile: what it needs, and the commands as written. */
interface MakeRule {
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

/** What `make` does: the commands of the targets that it is asked for, as far as plain rules tell. */
export function makeEffects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  if (call.name !== 'make' && call.name !== 'gmake') return undefined;
  const folder = joinPath(call.cwd, optionOf(call, '-C', '--directory') ?? '.');
  const named = optionOf(call, '-f', '--file', '--makefile');
  const names = named === undefined ? NAMES : [named];
  for (const name of names) {
    const path = folder === undefined ? undefined : joinPath(folder, name);
    const entry = path === undefined ? undefined : world.tree.get(path);
    const text = entry?.contextPath === undefined ? undefined : subject.context.readText(entry.contextPath);
    if (text === undefined) continue;
    const words = call.args.filter((arg, at) => !arg.startsWith('-') && !/^-(?:C|f|j)$/.test(call.args[at - 1] ?? ''));
    const given = words.filter((word) => word.includes('='));
    const makefile = new Makefile(text, given, (name) => call.env(name));
    const targets = words.filter((word) => !word.includes('=') && !/^\d+$/.test(word));
    const lines = makefile.commands(targets.length > 0 ? targets : makefile.first);
    if (!lines) return undefined;
    // Rules by pattern and functions are not followed; what is started from here is made here. A command that tells overwrites it.
    const unseen = startedBelow(folder!, subject, world).map((started): Effect => {
      return { kind: 'write', path: started, role: 'artifact', origin: 'built by `make`', marks: ['unseen'] };
    });
    return [...unseen, ...lines.map((text): Effect => ({ kind: 'script', text, cwd: folder!, origin: name }))];
  }
  return undefined;
}

class Makefile {
  readonly #variables = new Map<string, string>();
  readonly #rules = new Map<string, MakeRule>();
  readonly #env: (name: string) => string | undefined;
  /** It takes in no other file, so that a variable that it does not set is empty. */
  readonly #isWhole: boolean;
  readonly first: readonly string[];

  constructor(text: string, given: readonly string[], env: (name: string) => string | undefined) {
    this.#env = env;
    this.#isWhole = !/^\s*[-s]?include\s/m.test(text);
    const fixed = new Set<string>();
    for (const word of given) {
      const equals = word.indexOf('=');
      this.#variables.set(word.slice(0, equals), word.slice(equals + 1));
      fixed.add(word.slice(0, equals));
    }
    let first: string | undefined;
    let targets: readonly string[] = [];
    for (const line of text
      .replaceAll('\r\n', '\n')
      .replace(/\\\n[ \t]*/g, ' ')
      .split('\n')) {
      if (line.startsWith('\t')) {
        for (const target of targets) {
          const rule = this.#rules.get(target)!;
          this.#rules.set(target, { ...rule, lines: [...rule.lines, line.slice(1)] });
        }
        continue;
      }
      const plain = line.replace(/(?:^|\s)#.*$/, '');
      const assignment = /^(?:export\s+|override\s+)*([\w.-]+)\s*(::?=|\?=|\+=|=)\s*(.*)$/.exec(plain);
      if (assignment) {
        const [, name, operator, value] = assignment as unknown as [string, string, string, string];
        if (fixed.has(name) || (operator === '?=' && this.#variables.has(name))) continue;
        const old = operator === '+=' ? `${this.#variables.get(name) ?? ''} ` : '';
        this.#variables.set(name, old + (operator.startsWith(':') ? this.#expand(value.trim(), '', []) : value.trim()));
        continue;
      }
      const rule = /^([^:=\s][^:=]*?)\s*::?(?!=)\s*([^=]*)$/.exec(plain);
      if (!rule) {
        if (plain.trim() !== '') targets = [];
        continue;
      }
      const [head = '', inline] = rule[2]!.split(';', 2);
      const needs = this.#expand(head, '', [])
        .split('|')[0]!
        .split(/\s+/)
        .filter((word) => word !== '');
      targets = this.#expand(rule[1]!, '', []).split(/\s+/);
      for (const target of targets) {
        const old = this.#rules.get(target);
        const lines = [...(old?.lines ?? []), ...(inline === undefined ? [] : [inline])];
        this.#rules.set(target, { needs: [...(old?.needs ?? []), ...needs], lines });
        if (!target.startsWith('.') && !target.includes('%')) first ??= target;
      }
    }
    this.first = first === undefined ? [] : [first];
  }

  /** The shell lines that make the targets, in order; undefined when there is no rule for one of them. */
  commands(targets: readonly string[]): readonly string[] | undefined {
    const lines: string[] = [];
    const done = new Set<string>();
    const make = (target: string, depth: number): boolean => {
      if (done.has(target) || depth > DEEPEST) return true;
      done.add(target);
      const rule = this.#rules.get(target);
      if (!rule) return depth > 0;
      for (const need of rule.needs) make(need, depth + 1);
      lines.push(...rule.lines.map((line) => this.#expand(line, target, rule.needs).replace(/^[@\-+\s]+/, '')));
      return true;
    };
    return targets.length > 0 && targets.every((target) => make(target, 0)) ? lines : undefined;
  }

  #expand(text: string, target: string, needs: readonly string[], depth = 0): string {
    return text.replace(
      /\$(?:\$|\(([^()$]*)\)|\{([^{}$]*)\}|([@<^]))/g,
      (whole, round?: string, curly?: string, own?: string) => {
        if (whole === '$$') return '$';
        if (own !== undefined) return own === '@' ? target : own === '<' ? (needs[0] ?? '') : needs.join(' ');
        const name = round ?? curly ?? '';
        if (name === 'MAKE') return 'make';
        // A function, or what the environment says.
        if (!/^[\w.-]+$/.test(name)) return whole;
        const value = this.#variables.get(name);
        if (value === undefined) return this.#env(name) ?? IMPLICIT[name] ?? (this.#isWhole ? '' : `\${${name}}`);
        return depth < DEEPEST ? this.#expand(value, target, needs, depth + 1) : whole;
      },
    );
  }
}

/** Variables that make itself knows. */
const IMPLICIT: Readonly<Record<string, string>> = { CC: 'cc', CXX: 'g++', AR: 'ar', RM: 'rm -f', LD: 'ld' };
