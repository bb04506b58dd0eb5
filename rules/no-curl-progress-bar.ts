import type { ShellCommand, ShellWord } from '../src/dockerfile/index.ts';
import { ScriptVariables } from '../src/lint/facts/installs.ts';
import { commandRange, insertBehind, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-curl-progress-bar',
  severity: 'info',
  fixable: 'safe',
  needs: ['curl'],
  summary: '`curl` fills the log of the build with its progress',
  why: 'curl shows a meter, and a new state of it every second, unless it writes to a terminal, and in a build there is none, wherever the output goes. `-sS` leaves the meter and warnings out and still shows errors; curl 7.67 and later also know `--no-progress-meter`. There is no fix where standard error goes somewhere else than to the log.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN curl -fL -o /tmp/x.tgz https://example.com/x.tgz\n',
      good: 'FROM debian:12\nRUN curl -sS -fL -o /tmp/x.tgz https://example.com/x.tgz\n',
    },
    {
      bad: 'FROM debian:12\nRUN curl -fSL https://example.com/x.tgz | tar xz\n',
      good: 'FROM debian:12\nRUN curl -s -fSL https://example.com/x.tgz | tar xz\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      if (!run.script.commands.some(({ name }) => name === 'curl')) continue;
      // A configuration file may say that there is to be no meter.
      if (/curlrc|\bCURL_HOME\b/.test(document.source.text)) return;
      const variables = new ScriptVariables(document.scope(run.run));
      for (const command of run.script.commands) {
        variables.take(command);
        if (command.name !== 'curl' || command.args.length === 0 || redirectsErrors(document.source.slice(command)))
          continue;
        const { options, others } = readCall(command.args.flatMap((word) => expand(word, variables)));
        if ([...options].some((option) => QUIET.has(option)) || mayHoldOptions(command, others)) continue;
        yield {
          at: commandRange(command),
          message: '`curl` fills the log with its progress; give `-sS`',
          fix: silence(run, command, options),
        };
      }
    }
  },
};

/** With these there is no meter, or one that somebody asked for; `-K` reads options from a file. */
const QUIET: ReadonlySet<string> = new Set(
  's # V h M K --silent --no-silent --progress-bar --no-progress-bar --progress-meter --no-progress-meter --stderr --config --version --help --manual'.split(
    ' ',
  ),
);

/** Options of one letter that take a value: what follows is not an option. */
const TAKES_VALUE = 'ACDEFHKPQTUXYbcdehmortuwxyz';

/** The words of a call of curl, taken apart. */
interface Call {
  /** Letters and long names. */
  readonly options: ReadonlySet<string>;
  /** What is neither an option nor the value of a letter. */
  readonly others: readonly string[];
}

/** What is quoted stays one word. */
function expand(word: ShellWord, variables: ScriptVariables): readonly string[] {
  return /["']/.test(word.text) ? [variables.expand(word.value)] : variables.words(word);
}

function readCall(words: readonly string[]): Call {
  const options = new Set<string>();
  const others: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word.startsWith('--')) options.add(word);
    else if (!/^-./.test(word)) others.push(word);
    else {
      for (let place = 1; place < word.length; place++) {
        options.add(word[place]!);
        if (!TAKES_VALUE.includes(word[place]!)) continue;
        if (place === word.length - 1) at++;
        break;
      }
    }
  }
  return { options, others };
}

/** Whether an expansion that nothing tells may bring options: it is not what stands for the address. */
function mayHoldOptions({ args }: ShellCommand, others: readonly string[]): boolean {
  const unknown = others.filter((text) => /^[$`]/.test(text) && !isOneWord(args.find(({ value }) => value === text)));
  return unknown.length > 1 || (unknown.length === 1 && others.some((text) => text.includes('://')));
}

/** An expansion in quotes is one word, unless it is `"$@"`. */
function isOneWord(word: ShellWord | undefined): boolean {
  return word?.text.startsWith('"') === true && !word.text.includes('@');
}

/** Whether standard error goes to a file or to another command. */
function redirectsErrors(text: string): boolean {
  return /[2&]>|\|&|>&(?!\s*\d)/.test(text);
}

function silence(run: ShellRun, { words, args }: ShellCommand, options: ReadonlySet<string>): Fix | undefined {
  // Where the name is the server's, curl may tell it too, and not every version on standard error.
  if (redirectsErrors(run.script.text.text) || options.has('J') || options.has('--remote-header-name'))
    return undefined;
  // It keeps the configuration file away only as the first option, and may be bundled with one that takes a value.
  const before = /^(?:-q|--disable)$/.test(args[0]!.value) ? args[0]! : words[0]!;
  if (/^-q./.test(args[0]!.value)) return undefined;
  const flag = options.has('S') || options.has('--show-error') ? '-s' : '-sS';
  const edits = insertBehind(run, before, ` ${flag}`);
  return edits && { title: `Add \`${flag}\``, safety: 'safe', edits };
}
