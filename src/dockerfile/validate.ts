import { parseDuration } from './durations.ts';
import { splitField, splitFields } from './fields.ts';
import type { Flag } from './flags.ts';
import { isHeredocWord } from './heredocs.ts';
import { type Instruction, isKnownKeyword, lowerCase } from './instructions.ts';
import { isSpace } from './lines.ts';
import type { Problem } from './problems.ts';

/** What the builder refuses in instructions that parse. What stands behind ONBUILD is only looked at in a later build. */
export function validateInstructions(instructions: readonly Instruction[]): Problem[] {
  const problems: Problem[] = [];
  let hasStage = false;
  for (const instruction of instructions) {
    const { keyword, start, lineEnd: end } = instruction;
    const known = isKnownKeyword(keyword);
    const message = known ? argumentProblem(instruction) : `unknown instruction \`${keyword}\``;
    if (message) {
      const about = keyword === 'ONBUILD' && instruction.child ? 'onbuild' : undefined;
      problems.push({ kind: 'instruction', message, start, end, ...(about && { about }) });
    }
    if (known && instruction.flags.length > 0) addFlagProblems(instruction, problems);
    if (keyword === 'FROM') hasStage = true;
    else if (known && !hasStage && keyword !== 'ARG') {
      const message = `no build stage in front of ${keyword}, a Dockerfile starts with FROM or ARG`;
      problems.push({ kind: 'instruction', message, start, end, about: 'order' });
    }
  }
  return problems;
}

/** Why the builder refuses the arguments of an instruction that it knows. */
function argumentProblem(instruction: Instruction): string | undefined {
  const { keyword } = instruction;
  const isEmpty = instruction.argsAt === instruction.argsEnd;
  switch (keyword) {
    case 'CMD':
    case 'ENTRYPOINT':
    case 'RUN':
      return undefined;
    case 'FROM':
      return fromProblem(instruction);
    case 'ADD':
    case 'COPY':
      return copyProblem(instruction);
    case 'ARG':
    case 'ENV':
    case 'LABEL':
      if (instruction.pairs.length === 0) break;
      return instruction.pairs.some(({ name }) => name === '') ? `a name of ${keyword} is empty` : undefined;
    case 'HEALTHCHECK':
      if (isEmpty) break;
      return healthcheckProblem(instruction);
    case 'ONBUILD':
      if (isEmpty) break;
      return onbuildProblem(instruction.child!);
    case 'SHELL':
      if (isEmpty || instruction.json?.length === 0) break;
      return instruction.json ? undefined : 'SHELL takes a JSON array';
    case 'VOLUME':
      if (isEmpty || instruction.json?.length === 0) break;
      return instruction.operands.some(({ text }) => endOfText(text) === 0) ? 'a path of VOLUME is empty' : undefined;
    default:
      if (isEmpty) break;
      return undefined;
  }
  return `${keyword} needs an argument`;
}

function fromProblem({ words }: Instruction): string | undefined {
  if (words.length === 1) return undefined;
  // In upper case, for the builder takes `aſ`, too.
  if (words.length !== 3 || words[1]!.text.toUpperCase() !== 'AS') return 'FROM takes an image and perhaps AS name';
  const name = words[2]!.text;
  return /^[a-z][a-z0-9-_.]*$/.test(lowerCase(name))
    ? undefined
    : `invalid stage name ${name}, it starts with a letter and holds letters, digits, dots, - and _`;
}

function copyProblem({ keyword, operands }: Instruction): string | undefined {
  if (operands.length < 2) return `${keyword} needs a source and a destination`;
  return isHeredocWord(operands.at(-1)!.text) ? `the destination of ${keyword} is a heredoc` : undefined;
}

function healthcheckProblem(instruction: Instruction): string | undefined {
  const type = instruction.healthcheckType.toUpperCase();
  const hasCommand = instruction.json ? instruction.json.length > 0 : instruction.commandAt < instruction.argsEnd;
  if (type === 'NONE') return hasCommand ? 'HEALTHCHECK NONE takes no arguments' : undefined;
  if (type !== 'CMD') return 'HEALTHCHECK takes CMD or NONE';
  return hasCommand ? undefined : 'HEALTHCHECK CMD needs a command';
}

function onbuildProblem({ keyword }: Instruction): string | undefined {
  // Here the builder takes off white space that is part of a keyword elsewhere.
  const name = keyword.slice(0, endOfText(keyword)).toUpperCase();
  return name === 'ONBUILD' || name === 'FROM' || name === 'MAINTAINER'
    ? `${name} is not allowed behind ONBUILD`
    : undefined;
}

function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

/** A flag that an instruction takes. */
interface FlagKind {
  /** `switch`: alone, or with `true` or `false`. */
  readonly takes: 'value' | 'switch';
  readonly repeats?: boolean;
  /** Why the builder refuses a value. */
  readonly problem?: (value: string, name: string) => string | undefined;
}

const VALUE: FlagKind = { takes: 'value' };
const VALUES: FlagKind = { takes: 'value', repeats: true };
const SWITCH: FlagKind = { takes: 'switch' };
const DURATION: FlagKind = { takes: 'value', problem: durationProblem };

/** The flags that each instruction takes; those not named here take none. */
const FLAGS: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  ADD: {
    checksum: VALUE,
    chmod: VALUE,
    chown: VALUE,
    exclude: VALUES,
    'keep-git-dir': SWITCH,
    link: SWITCH,
    unpack: SWITCH,
  },
  COPY: { chmod: VALUE, chown: VALUE, exclude: VALUES, from: VALUE, link: SWITCH, parents: SWITCH },
  FROM: { platform: VALUE },
  HEALTHCHECK: {
    interval: DURATION,
    retries: { takes: 'value', problem: retriesProblem },
    'start-interval': DURATION,
    'start-period': DURATION,
    timeout: DURATION,
  },
  RUN: {
    device: { takes: 'value', repeats: true, problem: deviceProblem },
    mount: { takes: 'value', repeats: true, problem: mountProblem },
    network: { takes: 'value', problem: oneOf('none', 'default', 'host') },
    security: { takes: 'value', problem: oneOf('sandbox', 'insecure') },
  },
};

function addFlagProblems(instruction: Instruction, problems: Problem[]): void {
  const { keyword, flags } = instruction;
  // The builder reads the flags of these, and never looks at them.
  if (keyword === 'ARG' || keyword === 'STOPSIGNAL') return;
  if (keyword === 'HEALTHCHECK' && instruction.healthcheckType.toUpperCase() === 'NONE') return;
  const seen = new Set<string>();
  for (const flag of flags) {
    const { name, start, end } = flag;
    const kind = FLAGS[keyword] && Object.hasOwn(FLAGS[keyword], name) ? FLAGS[keyword][name]! : undefined;
    if (!kind) {
      problems.push({ kind: 'unknown-flag', message: `${keyword} has no flag \`--${name}\``, start, end });
      continue;
    }
    const message = seen.has(name) && !kind.repeats ? `the flag --${name} is given twice` : flagProblem(flag, kind);
    if (message) problems.push({ kind: 'instruction', message, start, end });
    seen.add(name);
  }
}

function flagProblem({ name, value }: Flag, kind: FlagKind): string | undefined {
  if (kind.takes === 'switch') {
    return value === undefined || /^(?:true|false)$/i.test(value) ? undefined : `--${name} is true or false`;
  }
  return value === undefined ? `the flag --${name} needs a value` : kind.problem?.(value, name);
}

function oneOf(...values: string[]): (value: string, name: string) => string | undefined {
  return (value, name) => (values.includes(value) ? undefined : `--${name} is one of ${values.join(', ')}`);
}

function durationProblem(value: string, name: string): string | undefined {
  if (value === '') return undefined;
  const duration = parseDuration(value);
  if (duration === undefined) return `--${name} is a duration such as 30s or 1m30s`;
  return duration !== 0n && duration < 1_000_000n ? `--${name} is at least 1ms` : undefined;
}

function retriesProblem(value: string): string | undefined {
  if (value === '') return undefined;
  const isNumber = /^[-+]?\d+$/.test(value) && Number(value) >= 0 && Number(value) < 2 ** 31;
  return isNumber ? undefined : '--retries is a whole number, not negative';
}

function mountProblem(value: string): string | undefined {
  const fields = splitFields(value);
  if (!fields) return 'the quotes of --mount do not match';
  // One dollar at the end is no variable.
  const isVariable = ([key, name]: [string, string]) => key === 'from' && /\$./s.test(name);
  return fields.map(splitField).some(isVariable) ? 'from= of --mount holds a variable, it takes a name' : undefined;
}

function deviceProblem(value: string): string | undefined {
  const fields = splitFields(value);
  if (!fields) return 'the quotes of --device do not match';
  let device = '';
  for (const field of fields) {
    const [key, setting] = splitField(field);
    if (key === 'required') {
      if (field.includes('=') && !/^(?:[01tTfF]|true|TRUE|True|false|FALSE|False)$/.test(setting)) {
        return 'required= of --device is true or false';
      }
    } else if (key === 'name' && field.includes('=')) {
      if (device !== '') return `the name of --device is given twice`;
      device = setting;
    } else if (device === '') device = field;
    else return `--device has no option \`${field}\``;
  }
  return undefined;
}
