import type { ScriptNode, ScriptWord } from '../dockerfile/index.ts';
import { readSubcommand } from './engine-commands.ts';
import type { Argument } from './options.ts';

/** Programs that change no file and no image, whatever their words are. */
export const HARMLESS: ReadonlySet<string> = new Set([
  ...'echo printf set unset export date : true false test [ sleep ls cat file du df stat wc head tail grep egrep'.split(
    ' ',
  ),
  ...'pwd which type command umask shift local readonly declare exit return uname id whoami hostname basename'.split(
    ' ',
  ),
  ...'dirname realpath readlink read wait cd pushd popd getopts ldd sha256sum md5sum tput clear sort uniq awk cut'.split(
    ' ',
  ),
  ...'tr xargs jq env trap break continue curl wget nc ping seq kill let usage log info warn error die'.split(' '),
  ...['git rev-parse', 'git describe', 'git log', 'git status', 'git branch', 'git show', 'git diff', 'git tag'],
  ...['git symbolic-ref', 'git config', 'git fetch'],
]);

/** Subcommands of an engine that make no image and no file. */
export function isHarmlessSubcommand(name: string): boolean {
  return /^(?:push|tag|login|logout|rm|rmi|stop|kill|images|ps|pull|inspect|image inspect|image ls|history|version|info|logs|wait|image prune|system prune|volume prune|)$/.test(
    name,
  );
}

/** Everything that is named in some commands, whether they run or not. */
export interface Description {
  /** Programs other than the engine. */
  readonly names: readonly string[];
  /** Of the engine. */
  readonly subcommands: readonly string[];
  readonly words: readonly ScriptWord[];
  readonly assigned: readonly string[];
  /** Something is redirected into a file. */
  readonly hasWrites: boolean;
}

export function describeCommands(nodes: readonly ScriptNode[]): Description {
  const names: string[] = [];
  const subcommands: string[] = [];
  const words: ScriptWord[] = [];
  const assigned: string[] = [];
  let hasWrites = false;
  const visitWord = (word: ScriptWord): void => {
    words.push(word);
    for (const part of word.parts) {
      if (part.kind === 'substitution') for (const { node } of part.body) visit(node);
    }
  };
  const visit = (node: ScriptNode): void => {
    switch (node.kind) {
      case 'command': {
        for (const { name, value } of node.assignments) {
          assigned.push(name);
          if (value) visitWord(value);
        }
        for (const { operator, target } of node.redirects) {
          if (operator.includes('>') && target && !/^\/dev\/|^&?\d$|^-$/.test(target.text))
            hasWrites ||= operator !== '>&';
        }
        const written = node.words.filter(({ text }) => text !== 'sudo' && text !== '!');
        const args = written.map((word) => ({
          text: plain(word),
          isKnown: true,
          written: word.text,
          start: word.start,
          end: word.end,
        }));
        const found = readSubcommand(args);
        const name = args[0]?.text ?? '';
        if (found) subcommands.push(found.name);
        else if (name !== '') names.push(name === 'git' ? `git ${args[1]?.text}` : name);
        for (const word of node.words) visitWord(word);
        break;
      }
      case 'chain':
      case 'pipeline':
        for (const member of node.members) visit(member);
        break;
      case 'group':
      case 'function':
        for (const { node: inner } of node.body) visit(inner);
        break;
      case 'branch':
        for (const { node: inner } of node.bodies.flat()) visit(inner);
        break;
      case 'test':
        break;
    }
  };
  for (const node of nodes) visit(node);
  return { names, subcommands, words, assigned, hasWrites };
}

/** The text of a word, variables as they are written; `${DOCKER:-docker}` by its default. */
function plain({ parts, text }: ScriptWord): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.value;
      if (part.kind === 'variable') return part.operand ? plain(part.operand) : part.text;
      return part.kind === 'glob' ? part.text : text;
    })
    .join('');
}

/** Commands that only ask: what follows them behind `&&` depends on the answer. */
const ASKING = new Set(['[', 'test', 'grep', 'which', 'diff', 'cmp', 'type', 'hash']);

export function isAsking(node: ScriptNode): boolean {
  if (node.kind === 'test') return true;
  if (node.kind === 'pipeline') return node.isNegated || node.members.some(isAsking);
  if (node.kind !== 'command') return false;
  const name = node.words[0]?.text ?? '';
  return ASKING.has(name) || (name === 'command' && /^-[vV]$/.test(node.words[1]?.text ?? ''));
}

/** Programs in front of another, with their options that take a value. */
export function unwrap(words: readonly Argument[]): readonly Argument[] {
  let at = 0;
  for (;;) {
    const name = words[at]?.text;
    if (name === '!' || name === 'command' || name === 'exec' || name === 'nohup' || name === 'time') at++;
    else if (name === 'sudo' || name === 'env') {
      at++;
      while (at < words.length && (/^-/.test(words[at]!.text) || /^[A-Za-z_]\w*=/.test(words[at]!.text)))
        at += /^-[ugCp]$/.test(words[at]!.text) ? 2 : 1;
    } else if (name === '' && words.length > at + 1) at++;
    else return words.slice(at);
  }
}
