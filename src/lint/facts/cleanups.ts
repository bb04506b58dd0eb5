import {
  type Document,
  type Edit,
  joinPath,
  parseScript,
  type ScriptStatement,
  type ShellCommand,
  type ShellWord,
} from '../../dockerfile/index.ts';
import { isWithin } from './copies.ts';
import { mayRemoveProgram } from './removals.ts';
import { appendCommand, isWrapped, type ShellRun } from './runs.ts';

/** The last command of a RUN that fills a cache, what was read of it, and the commands behind it. */
export function lastCall<T>({ script: { commands } }: ShellRun, read: (command: ShellCommand) => T | undefined) {
  for (let at = commands.length - 1; at >= 0; at--) {
    const command = commands[at]!;
    const call = read(command);
    if (call !== undefined) return { command, call, later: commands.slice(at + 1) };
  }
  return undefined;
}

/** How a program empties its cache. */
export interface CleanUp {
  /** As its files and packages are called. */
  readonly program: string;
  /** The words that call it. */
  readonly words: readonly ShellWord[];
  readonly args: string;
}

/**
 * The edit that has a program clean up after a command of its own when the rest of the RUN is done; undefined where it is
 * not certain that the command was run, and that the program still starts and finds the same cache.
 */
export function cleanUpAfter(
  document: Document,
  run: ShellRun,
  command: ShellCommand,
  { program, words, args }: CleanUp,
): readonly Edit[] | undefined {
  const { commands } = run.script;
  const later = commands.slice(commands.indexOf(command) + 1);
  if (command.isConditional || isWrapped(command) || !command.assignments.every(({ name }) => HARMLESS.test(name)))
    return undefined;
  const file = words.at(-1)!.value;
  const isRelative = !file.startsWith('/') && /\/|\.\w+$/.test(file);
  const isLost = (each: ShellCommand) =>
    ANYTHING.test(each.name) ||
    (isRelative && MOVES.test(each.name)) ||
    (each.name !== command.name && (mayRemoveProgram(each, program) || each.args.some(({ value }) => value === file)));
  if (!words.every(({ isLiteral }) => isLiteral) || later.some(isLost)) return undefined;
  // A program that only this RUN puts on the path may lie where it is removed from.
  if (commands.some(setsPath) && later.some(({ name }) => name === 'rm')) return undefined;
  if (!isSureToRun(run, command) || mayLoseFolder(document, run, later)) return undefined;
  return appendCommand(document, run, `${words.map(({ text }) => text).join(' ')} ${args}`);
}

/** Scripts of one's own, and what changes the variables of the rest. */
const ANYTHING = /^(?:(?:ba|da|a|z)?sh|source|\.|eval|unset)$|\.(?:ba)?sh$/;
const MOVES = /^(?:cd|pushd|popd)$/;
/** Others may move the cache, or be what a file of settings asks for. */
const HARMLESS = /^(?:NODE_ENV|NODE_OPTIONS|JOBS|CI|DEBIAN_FRONTEND|COMPOSER_(?:ALLOW_SUPERUSER|MEMORY_LIMIT|AUTH))$/;

function setsPath({ name, args, assignments }: ShellCommand): boolean {
  return (
    assignments.some((each) => each.name === 'PATH') ||
    (name === 'export' && args.some(({ value }) => value.startsWith('PATH=')))
  );
}

/** Whether no other command decides that a command is run: it stands first, or all in front of it must have succeeded. */
function isSureToRun({ script }: ShellRun, command: ShellCommand): boolean {
  const { body } = parseScript(script.text);
  const at = body.findIndex(({ start, end }) => start <= command.start && command.start < end);
  const statement = body[at];
  return statement !== undefined && !statement.isBackground && isMember(statement, command, at === body.length - 1);
}

function isMember({ node }: ScriptStatement, { start, end }: ShellCommand, isLast: boolean): boolean {
  if (node.kind !== 'chain') return node.kind === 'command' || node.kind === 'pipeline';
  const at = node.members.findIndex((member) => member.start <= start && end <= member.end);
  const { kind } = node.members[at] ?? {};
  if (kind !== 'command' && kind !== 'pipeline') return false;
  return at === 0 || (isLast && node.operators.every((operator) => operator === '&&'));
}

/** Whether what follows may remove the folder that the shell is in at the end, without which hardly a program starts. */
function mayLoseFolder(document: Document, { run, script }: ShellRun, later: readonly ShellCommand[]): boolean {
  const removed = later.flatMap(({ name, args }) =>
    /^(?:rm|rmdir|mv)$/.test(name) ? args.filter(({ value }) => !value.startsWith('-')) : [],
  );
  if (removed.length === 0) return false;
  const moves = script.commands.filter(({ name }) => MOVES.test(name));
  const folders = new Set([document.scope(run)?.workdir]);
  for (const { args } of moves) {
    const target = args.length === 1 && args[0]!.isLiteral ? args[0]!.value : undefined;
    if (target === undefined || /^[-~+]/.test(target)) return true;
    for (const folder of [...folders]) folders.add(joinPath(folder, target));
  }
  return removed.some(({ value }) => {
    const glob = value.search(/[*?[{$`]/);
    // What the shell expands is hardly the folder that the RUN was started in.
    if (moves.length > 0 && /[$`]/.test(value)) return true;
    const path = glob < 0 ? value : value.slice(0, value.lastIndexOf('/', glob) + 1);
    return [...folders].some((base) => {
      const gone = joinPath(base, path === '' ? '.' : path);
      if (gone === undefined) return moves.length > 0;
      return [...folders].some(
        (folder) => folder !== undefined && isWithin(folder, gone) && (glob < 0 || folder !== gone),
      );
    });
  });
}
