import { decodeSource, parseDocument, type ShellCommand } from '../dockerfile/index.ts';

/** Longer scripts are not taken apart. */
const LONGEST = 32_768;
const MARK = 'END-OF-SCRIPT';

/** The commands of a shell text, compound ones and substitutions included; undefined when it cannot be parsed. */
export function shellCommands(text: string): readonly ShellCommand[] | undefined {
  if (text.length > LONGEST) return undefined;
  // The shell parser reads instructions: the text becomes the body of one, whatever shell its own first line names.
  const body = text.replace(/^#![^\n]*/, '');
  const instruction = `FROM scratch\nRUN <<'${MARK}'\n${body}\n${MARK}\n`;
  const document = parseDocument(decodeSource('script', Buffer.from(instruction)));
  const command = document.instructions.find(({ keyword }) => keyword === 'RUN');
  const script = command && document.shell(command);
  return script === undefined || script.errors.length > 0 ? undefined : script.commands;
}

const BUILT_IN = new Set(
  '. : [ alias bg break builtin caller case cd command compgen complete continue declare dirs disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait then else fi do done in'.split(
    ' ',
  ),
);

/** The programs that a shell text starts by a literal name, the shell's own commands and functions left out. */
export function programsOf(text: string): string[] {
  const functions = new Set(
    [...text.matchAll(/(?:^|[\s;])(?:function\s+)?([\w-]+)\s*\(\s*\)/g)].map(([, name]) => name as string),
  );
  const names = new Set<string>();
  for (const { words, allWords } of shellCommands(text) ?? []) {
    for (const word of [allWords[0], words[0]]) {
      if (word?.isLiteral && word.value !== '' && !BUILT_IN.has(word.value) && !functions.has(word.value))
        names.add(word.value);
    }
  }
  return [...names];
}
