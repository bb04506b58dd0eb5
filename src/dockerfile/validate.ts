import type { Instruction } from './instructions.ts';
import type { Problem } from './problems.ts';
import type { Source } from './source.ts';

/** The flags that each instruction takes; those not named here take none. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  ADD: ['chmod', 'chown', 'checksum', 'exclude', 'keep-git-dir', 'link', 'unpack'],
  COPY: ['chmod', 'chown', 'exclude', 'from', 'link', 'parents'],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
  RUN: ['device', 'mount', 'network', 'security'],
};

const KEYWORDS: ReadonlySet<string> = new Set([
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]);

/** What the builder refuses in instructions that parse. */
export function validateInstructions(instructions: readonly Instruction[], source: Source): Problem[] {
  const problems: Problem[] = [];
  let hasStage = false;
  for (const instruction of instructions) {
    const message = instructionProblem(instruction);
    if (message) problems.push({ kind: 'instruction', message, start: instruction.start, end: instruction.lineEnd });
    if (KEYWORDS.has(instruction.keyword)) problems.push(...flagProblems(instruction));
    if (instruction.keyword === 'FROM') hasStage = true;
    else if (!hasStage && instruction.keyword !== 'ARG' && !message) {
      problems.push({
        kind: 'instruction',
        message: `no build stage in front of ${instruction.keyword}, a Dockerfile starts with FROM or ARG`,
        start: instruction.start,
        end: instruction.lineEnd,
      });
    }
  }
  void source;
  return problems;
}

function flagProblems(instruction: Instruction): Problem[] {
  const known = FLAGS[instruction.keyword] ?? [];
  return instruction.flags
    .filter(({ name }) => !known.includes(name))
    .map(({ name, start, end }) => ({
      kind: 'unknown-flag',
      message: `${instruction.keyword} has no flag --${name}`,
      start,
      end,
    }));
}

function instructionProblem(instruction: Instruction): string | undefined {
  const { keyword } = instruction;
  if (!KEYWORDS.has(keyword)) return `unknown instruction ${keyword}`;
  const { words } = instruction;
  switch (keyword) {
    case 'FROM':
      if (words.length === 1) return undefined;
      if (words.length !== 3 || words[1]!.text.toLowerCase() !== 'as') return 'FROM takes an image and perhaps AS name';
      return /^[a-z][a-z0-9\-_.]*$/.test(words[2]!.text.toLowerCase())
        ? undefined
        : `invalid stage name ${words[2]!.text}, it starts with a letter and holds letters, digits, dots, - and _`;
    default:
      return words.length === 0 && keyword !== 'CMD' && keyword !== 'ENTRYPOINT' && keyword !== 'RUN'
        ? `${keyword} needs an argument`
        : undefined;
  }
}
