import type { Document, Range } from '../dockerfile/index.ts';
import { readCheckOptions } from './check-options.ts';
import type { Finding, Rule } from './types.ts';

/** BuildKit's experimental checks. */
const EXPERIMENTAL: ReadonlySet<string> = new Set(['InvalidDefinitionDescription']);

/** Whether BuildKit runs the check only where the file asks for it. */
export function isExperimental({ aliases = [] }: Rule): boolean {
  return aliases.some((alias) => EXPERIMENTAL.has(alias));
}

/** The names behind an `experimental=`, and where they are in force. */
interface Asked extends Range {
  readonly names: readonly string[];
}

/** What a file says by `# check=experimental=…`: at its top for all of it, above an instruction for that one. */
export class Experiments {
  readonly #everywhere: readonly string[];
  /** In the order of the file. */
  readonly #above: readonly Asked[];

  constructor({ directives, comments, instructions, source }: Document) {
    this.#everywhere = directives.flatMap(({ name, value }) => (name === 'check' ? experimentsIn(value) : []));
    const above: Asked[] = [];
    let next = 0;
    for (const comment of source.text.includes('experimental') ? comments : []) {
      const value = comment.inside ? undefined : CHECK.exec(source.slice(comment))?.[1];
      if (value === undefined || directives.some(({ start }) => start === comment.start)) continue;
      while (next < instructions.length && instructions[next]!.start < comment.start) next++;
      const instruction = instructions[next];
      // Of several such comments the first counts, whatever it says.
      if (instruction && above.at(-1)?.start !== instruction.start)
        above.push({ start: instruction.start, end: instruction.end, names: experimentsIn(value) });
    }
    this.#above = above;
  }

  /** Whether the file asks for the rule, be it for a single instruction. */
  include(rule: Rule): boolean {
    return isNamed(rule, this.#everywhere) || this.#above.some(({ names }) => isNamed(rule, names));
  }

  /** The findings of a rule that lie where it was asked for. */
  covered(rule: Rule, findings: readonly Finding[]): readonly Finding[] {
    if (isNamed(rule, this.#everywhere)) return findings;
    const asked = this.#above.filter(({ names }) => isNamed(rule, names));
    let next = 0;
    return [...findings]
      .sort((one, other) => one.start - other.start)
      .filter(({ start }) => {
        while (next < asked.length && asked[next]!.end <= start) next++;
        return next < asked.length && asked[next]!.start <= start;
      });
  }
}

const CHECK = /^#\s*check\s*=\s*(.+)/i;
const experimentsIn = (value: string): readonly string[] => readCheckOptions(value)?.experimental ?? [];

function isNamed({ aliases = [] }: Rule, names: readonly string[]): boolean {
  return names.some((name) => name === 'all' || (EXPERIMENTAL.has(name) && aliases.includes(name)));
}
