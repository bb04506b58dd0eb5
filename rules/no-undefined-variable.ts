import type { Document, Instruction, KeyValue, Stage } from '../src/dockerfile/index.ts';
import { maySetVariable } from '../src/knowledge/image-variables.ts';
import { platformArgs } from '../src/knowledge/names.ts';
import { type ExpandedText, expandedTexts } from '../src/lint/facts/expansions.ts';
import { exceptionsOption, optionOf } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import { editDistance } from '../src/lint/nearest.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-undefined-variable',
  aliases: ['UndefinedVar'],
  severity: 'warn',
  needs: ['$'],
  options: { exceptions: exceptionsOption },
  presetOptions: { buildkit: { exceptions: false } },
  summary: 'A variable is used that nothing sets',
  why: 'The builder puts nothing in its place, without a word: `$HOME/bin` becomes `/bin`. An ARG in front of the first FROM is for the FROMs only, and must be declared again in each stage that uses it; `TARGETARCH` and its kind must be declared, too. What the base image sets is not seen in the file, so of images that are not well known only such names are reported that the file itself has, or nearly has. A name with a default behind it (`${NAME:-none}`) is left alone.',
  examples: [
    {
      bad: 'ARG VERSION=1.2\nFROM alpine:3.20\nLABEL version=$VERSION\n',
      good: 'ARG VERSION=1.2\nFROM alpine:3.20\nARG VERSION\nLABEL version=$VERSION\n',
    },
  ],
  *check(document, context) {
    const isStrict = optionOf(context, 'exceptions') === false;
    const declarations = new Map<Stage | undefined, Declarations>();
    for (const stage of document.stages) {
      const declared = new Declarations(declarations.get(stage.baseStage));
      declarations.set(stage, declared);
      for (const instruction of stage.instructions) {
        const { keyword, pairs } = instruction;
        const scope = document.scope(instruction);
        const reported = new Set<string>();
        for (const text of expandedTexts(document, instruction)) {
          for (const name of scope?.expand(text.text).names ?? []) {
            if (reported.has(name) || declared.has(name) || scope?.variable(name)) continue;
            const message = complaint(document, stage, declared, name);
            if (message === undefined || (!isStrict && isHarmless(instruction, text, name))) continue;
            reported.add(name);
            yield { at: { start: text.start, end: text.end }, message };
          }
          // An argument is there for the next of the same ARG; the variables of an ENV are set together.
          if (keyword === 'ARG') declared.addOf(pairs.filter(({ end }) => end <= text.end));
        }
        if (keyword === 'ARG' || keyword === 'ENV') declared.addOf(pairs);
      }
    }
  },
};

/** What a stage declares, with or without a value, and the stages that it stands on. */
class Declarations {
  readonly #names = new Set<string>(['PATH']);
  readonly #below: Declarations | undefined;

  constructor(below: Declarations | undefined) {
    this.#below = below;
  }

  addOf(pairs: readonly KeyValue[]): void {
    for (const { name } of pairs) this.#names.add(name);
  }

  has(name: string): boolean {
    for (let part: Declarations | undefined = this; part; part = part.#below) if (part.#names.has(name)) return true;
    return false;
  }

  /** A name of the stage itself that the given one was most likely meant to be: but for a number, one letter is wrong. */
  near(name: string): string | undefined {
    if (this.#names.size > MANY) return undefined;
    const letters = (text: string) => text.replace(/\d/g, '');
    return [...this.#names].find(
      (other) =>
        other.length > 4 &&
        Math.abs(other.length - name.length) < 2 &&
        editDistance(name, other) === 1 &&
        letters(name) !== letters(other),
    );
  }
}

/** Among so many names one is always near. */
const MANY = 200;

/** What is to be done without a value is said, or another rule speaks of it. */
function isHarmless({ keyword, pairs }: Instruction, { text }: ExpandedText, name: string): boolean {
  if (keyword === 'ENV' && pairs.some((pair) => pair.name === name && pair.value !== text)) return true;
  const uses = [...text.matchAll(/\$\{?(\w+)(:?[-+?])?/g)].filter((use) => use[1] === name);
  return uses.length > 0 && uses.every((use) => use[2] !== undefined);
}

function complaint({ globals }: Document, stage: Stage, declared: Declarations, name: string): string | undefined {
  const { repository } = systemOf(stage);
  const isSetByBase = repository === undefined ? undefined : maySetVariable(repository, name);
  if (isSetByBase) return undefined;
  if (globals.declared(name)) return `\`$${name}\` is declared in front of FROM only, and is empty here`;
  if (platformArgs.has(name)) return `\`$${name}\` is not declared in this stage, and is empty here`;
  const near = declared.near(name);
  if (isSetByBase === undefined && near === undefined) return undefined;
  return `\`$${name}\` is not set${near ? `, did you mean \`$${near}\`?` : ''}`;
}
