import type { Document, Instruction, InstructionCommand } from '../../dockerfile/index.ts';

/** Words that only a shell knows, or that stand for one. */
const SHELL_WORDS: ReadonlySet<string> = new Set(
  '. : [ [[ alias bg break builtin cd command continue declare dirs eval exec exit export fg getopts hash if jobs let local popd pushd read readonly return set shift shopt source test time times trap type typeset ulimit umask unalias unset until wait while for case function sh bash ash dash zsh ksh echo printf true false kill pwd'.split(
    ' ',
  ),
);
/** Plain words, and quoted ones in which nothing is expanded or escaped. */
const PLAIN = /^(?:[\w@%+=:,./-]|'[^']*'|"[^"$`\\!]*")+$/;

/**
 * The JSON form that starts the very program that the shell form has the shell start; undefined when the shell has
 * anything to do beside splitting plain words, or when a comment or a continuation stands between them.
 */
export function execForm(
  document: Document,
  instruction: Instruction,
  command: InstructionCommand,
): string | undefined {
  const script = document.shell(instruction);
  if (!script || command.argv || instruction.heredocs.length > 0 || script.errors.length > 0) return undefined;
  if (!instruction.line.isVerbatim(command.at, command.endAt)) return undefined;
  const [only, ...others] = script.commands;
  if (!only || others.length > 0 || only.assignments.length > 0) return undefined;
  const words = only.allWords;
  const program = words[0]?.value;
  if (program === undefined || program === '' || SHELL_WORDS.has(program) || program.includes('=')) return undefined;
  if (!words.every(({ text, isLiteral }) => isLiteral && PLAIN.test(text))) return undefined;
  // Nothing but the words: no redirection, no operator, no background.
  const rest = words.reduceRight((text, { at, endAt }) => text.slice(0, at) + text.slice(endAt), script.text.text);
  if (rest.trim() !== '') return undefined;
  return `[${words.map(({ value }) => JSON.stringify(value)).join(', ')}]`;
}
