import { parseScript, type Range, type Source } from '../dockerfile/index.ts';
import { MappedText } from './mapped-text.ts';
import type { Part, Walk } from './parts.ts';
import { type HostPath, Refusal } from './types.ts';
import { walkScript } from './walk.ts';

interface Target {
  readonly name: string;
  readonly prerequisites: readonly string[];
  /** Each runs in a shell of its own. */
  readonly recipe: Range[];
}

interface Makefile {
  readonly variables: Map<string, string | undefined>;
  readonly targets: Target[];
}

/** Follows each target with what it needs before it. */
export function readMakefile(source: Source, path: HostPath, cwd: HostPath): Walk[] {
  const makefile = splitMakefile(source);
  const { targets } = makefile;
  return targets.flatMap((target) => {
    const order: Target[] = [];
    collect(target, targets, order, new Set());
    // What the others do is looked through for uses of what would be gone.
    const others = targets.filter((other) => !order.includes(other));
    const parts = order.flatMap((one) => readRecipe(source, makefile, one, cwd));
    const aside = others.flatMap((one) => readRecipe(source, makefile, one, cwd));
    if (parts.length === 0) return [];
    const walk = walkScript(parts, path, cwd, new Map(), aside);
    // Recipes start in the folder of the Makefile, and its variables are written otherwise.
    const steps = walk.steps.map((step) => (step.kind === 'build' ? { ...step, anchors: undefined } : step));
    return [{ ...walk, steps }];
  });
}

function collect(target: Target, all: readonly Target[], order: Target[], seen: Set<Target>): void {
  if (seen.has(target)) return;
  seen.add(target);
  for (const name of target.prerequisites) {
    const found = all.find((other) => other.name === name);
    if (found) collect(found, all, order, seen);
  }
  order.push(target);
}

/** Takes a Makefile apart line by line. */
function splitMakefile({ text, textStart }: Source): Makefile {
  const makefile: Makefile = { variables: new Map(), targets: [] };
  let current: Target[] = [];
  let depth = 0;
  for (let at = textStart; at < text.length; ) {
    const start = at;
    let end = lineEnd(text, at);
    while (text[end - 1] === '\\' && end < text.length) end = lineEnd(text, end + 1);
    at = end + 1;
    const line = text.slice(start, end);
    if (line.startsWith('\t')) {
      if (depth > 0 && /docker|podman|buildah/.test(line))
        throw new Refusal('control-flow', 'a condition of the Makefile decides what is built', { start, end });
      for (const target of current) target.recipe.push({ start, end });
      continue;
    }
    if (/^(?:ifeq|ifneq|ifdef|ifndef)\b/.test(line)) depth++;
    else if (/^endif\b/.test(line)) depth--;
    const assignment = /^(?:export\s+|override\s+)?([\w.-]+)\s*(\?|:{1,3}|\+)?=\s*(.*)$/s.exec(line);
    if (assignment) {
      const [, name = '', operator, value = ''] = assignment;
      const isKnown = depth === 0 && operator !== '+';
      makefile.variables.set(name, isKnown ? value.replace(/\s+#.*$/, '').trimEnd() : undefined);
      continue;
    }
    const rule = /^([^\s#:=][^#:=]*?)\s*::?(?!=)([^#;]*)/.exec(line);
    if (rule) {
      const prerequisites = rule[2]!.replace(/\|/g, ' ').split(/\s+/).filter(Boolean);
      current = rule[1]!.split(/\s+/).map((name) => ({ name, prerequisites, recipe: [] }));
      makefile.targets.push(...current.filter(({ name }) => name !== '.PHONY'));
    }
  }
  return makefile;
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}

/** The lines of a recipe as the shells get them. */
function readRecipe({ text }: Source, { variables }: Makefile, target: Target, cwd: HostPath): Part[] {
  return target.recipe.map(({ start, end }) => {
    const mapped = new MappedText();
    const [prefix] = /^\t[ \t]*[@+-]*[ \t]*/.exec(text.slice(start, end))!;
    const piece = /\\\r?\n\t?|\$\$|\$\(((?:[^()]|\$\([^()]*\))*)\)|\$\{([^{}]*)\}|\$([@<^*?%+\w])|[^$\\]+|[\s\S]/gy;
    piece.lastIndex = start + prefix.length;
    while (piece.lastIndex < end) {
      const from = piece.lastIndex;
      const found = piece.exec(text);
      if (found === null) break;
      const stop = Math.min(from + found[0].length, end);
      const [whole, round, curly, short] = found;
      const name = round ?? curly ?? short;
      if (whole === '$$') mapped.replace('$', from, stop);
      else if (/^\\\r?\n/.test(whole)) mapped.add('\\\n', from);
      else if (name !== undefined) mapped.replace(expand(name, variables, target, 0), from, stop);
      else mapped.add(text.slice(from, stop), from);
    }
    const script = parseScript(mapped.joined);
    const [error] = script.errors;
    if (error)
      throw new Refusal('broken', `the shell cannot read it: ${error.message}`, { start: start + prefix.length, end });
    return { body: script.body, cwd };
  });
}

/** What a variable is, as far as the Makefile tells; else a variable of the shell that nobody knows. */
function expand(name: string, variables: Makefile['variables'], target: Target, depth: number): string {
  if (name === '@') return target.name;
  if (/^(?:CURDIR|PWD)$/.test(name)) return '$PWD';
  const [, command] = /^shell\s+(.*)$/s.exec(name) ?? [];
  if (command !== undefined && depth <= 10) return `$(${expandAll(command, variables, target, depth)})`;
  const value = variables.get(name);
  if (name === 'MAKE' || value === undefined || depth > 10) return `\${${name.replace(/\W+/g, '_') || '_'}}`;
  return expandAll(value, variables, target, depth);
}

function expandAll(text: string, variables: Makefile['variables'], target: Target, depth: number): string {
  return text.replace(
    /\$\(((?:[^()]|\$\([^()]*\))*)\)|\$\{([^{}]*)\}|\$\$/g,
    (whole, round?: string, curly?: string) => {
      if (whole === '$$') return '$';
      const inner = round ?? curly ?? '';
      const isNamed = /^\w+$|^shell\s/.test(inner);
      return isNamed ? expand(inner, variables, target, depth + 1) : `\${${whole.replace(/\W+/g, '_')}}`;
    },
  );
}
