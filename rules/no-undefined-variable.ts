import type { Document, Instruction, Stage } from '../src/dockerfile/index.ts';
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
    for (const stage of document.stages) {
      for (const instruction of stage.instructions) {
        const scope = document.scope(instruction);
        if (!scope) continue;
        const reported = new Set<string>();
        for (const text of expandedTexts(document, instruction)) {
          for (const name of scope.expand(text.text).names) {
            if (reported.has(name) || (!isStrict && isHarmless(instruction, text, name))) continue;
            const message = complaint(document, stage, instruction, text, name);
            if (message === undefined) continue;
            reported.add(name);
            yield { at: { start: text.start, end: text.end }, message };
          }
        }
      }
    }
  },
};

/** What is to be done without a value is said, or another rule speaks of it. */
function isHarmless({ keyword, pairs }: Instruction, { text }: ExpandedText, name: string): boolean {
  if (keyword === 'ENV' && pairs.some((pair) => pair.name === name && pair.value !== text)) return true;
  const uses = [...text.matchAll(/\$\{?(\w+)(:?[-+?])?/g)].filter((use) => use[1] === name);
  return uses.length > 0 && uses.every((use) => use[2] !== undefined);
}

function complaint(document: Document, stage: Stage, instruction: Instruction, at: ExpandedText, name: string) {
  if (name === 'PATH' || document.scope(instruction)?.variable(name)) return undefined;
  const declared = declaredNames(stage, instruction, at);
  if (declared.has(name)) return undefined;
  const { repository } = systemOf(stage);
  const isSetByBase = repository === undefined ? undefined : maySetVariable(repository, name);
  if (isSetByBase) return undefined;
  if (document.globals.declared(name)) return `\`$${name}\` is declared in front of FROM only, and is empty here`;
  if (platformArgs.has(name)) return `\`$${name}\` is not declared in this stage, and is empty here`;
  const near = [...declared].find(
    (other) => other.length > 4 && editDistance(name, other) === 1 && !isCounted(name, other),
  );
  if (isSetByBase === undefined && near === undefined) return undefined;
  return `\`$${name}\` is not set${near ? `, did you mean \`$${near}\`?` : ''}`;
}

/** Names that differ by a number are both meant. */
function isCounted(one: string, other: string): boolean {
  return one.replace(/\d/g, '') === other.replace(/\d/g, '');
}

/** What the stage and those below it declare in front of a text of an instruction, with or without a value. */
function declaredNames({ chain }: Stage, { index }: Instruction, { start }: ExpandedText): Set<string> {
  const names = new Set<string>();
  for (const instruction of chain.flatMap(({ instructions }) => instructions)) {
    const { keyword, pairs } = instruction;
    if (instruction.index > index || (keyword !== 'ARG' && (keyword !== 'ENV' || instruction.index === index)))
      continue;
    for (const pair of pairs) if (pair.end < start) names.add(pair.name);
  }
  return names;
}
