import type { Range } from '../dockerfile/index.ts';
import { type Argument, type OptionTable, splitOptions } from './options.ts';
import { hostPath } from './place.ts';
import { type FileStep, Refusal } from './types.ts';
import type { Unit } from './units.ts';
import type { Environment } from './values.ts';

const table = (valued: string, flags: string): OptionTable => ({ valued: valued.split(' '), flags: flags.split(' ') });

const TABLES: Readonly<Record<string, OptionTable>> = {
  mv: table('', 'f v n i force verbose'),
  cp: table('', 'r R a f p v n i L P force verbose recursive archive'),
  mkdir: table('m', 'p v parents verbose'),
  chmod: table('', 'R v recursive verbose'),
  rm: table('', 'r R f v d recursive force verbose'),
  rmdir: table('', 'p'),
  touch: table('', ''),
};

const WHAT: Readonly<Record<string, FileStep['what']>> = {
  mv: 'move',
  cp: 'copy',
  mkdir: 'make-folder',
  chmod: 'mode',
  rm: 'remove',
  rmdir: 'remove',
  touch: 'write',
};

export function isFileCommand(name: string): boolean {
  return Object.hasOwn(TABLES, name);
}

/** A plain `mv`, `cp`, `mkdir`, `chmod` or `rm`; what it does is known if its words are. */
export function fileStep(
  name: string,
  args: readonly Argument[],
  env: Environment,
  base: Range & { text: string; unit: Unit },
): FileStep {
  const problems: Refusal[] = [];
  const refuse = (...refusal: ConstructorParameters<typeof Refusal>) => void problems.push(new Refusal(...refusal));
  const isMode = name === 'chmod';
  const { operands, unknown } = splitOptions(
    isMode ? args.filter(({ text }) => !/^-[rwxX]+$/.test(text)) : args,
    TABLES[name]!,
  );
  if (unknown.length > 0)
    refuse('unknown-option', `the option \`${unknown[0]!.written}\` of \`${name}\` is not known`, unknown[0]!);
  const hasTarget = name === 'mv' || name === 'cp';
  const paths = isMode ? operands.slice(1) : operands;
  const target = hasTarget ? paths.at(-1) : undefined;
  const sources = hasTarget ? paths.slice(0, -1) : paths;
  const mode = isMode ? operands[0]?.text : undefined;
  if (mode !== undefined && !/^(?:[0-7]{3,4}|[ugoa]*[+=-][rwxX]+(?:,[ugoa]*[+=-][rwxX]+)*)$/.test(mode))
    refuse('unknown-value', `what the mode \`${mode}\` is, is not known`, base);
  const resolve = (word: Argument) => hostPath(word, env, refuse);
  return {
    kind: 'file',
    what: WHAT[name]!,
    from: sources.flatMap((word) => resolve(word) ?? []),
    to: target && resolve(target),
    toFolder: target !== undefined && /(?:^|\/)\.{0,2}$/.test(target.text),
    isContent: hasTarget && sources.some(({ text }) => /\/\.$/.test(text)),
    mode,
    problem: problems[0],
    ...base,
  };
}
