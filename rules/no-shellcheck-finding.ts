import type { Document } from '../src/dockerfile/index.ts';
import { packageCall, ScriptVariables } from '../src/lint/facts/installs.ts';
import { optionOf, type ShellRun, shellRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Fix, Rule, ShellComment } from '../src/lint/types.ts';

/** What ShellCheck can read; for it, the shell of busybox is `dash`. */
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'busybox']);

export const rule: Rule = {
  id: 'no-shellcheck-finding',
  codes: /^SC\d{4}$/,
  severity: 'warn',
  fixable: 'unsafe',
  options: { stages: { ...stagesOption, default: 'all' } },
  summary: 'ShellCheck finds something in the commands of a RUN',
  why: 'A word that is split, a command whose failure nobody sees, syntax that only bash knows: ShellCheck knows hundreds of such mistakes, and a RUN has them as any script does. Quotes are not added where a variable holds several words, or is called or used like a list: `apk add $deps`. It is asked where it is installed; each of its codes (`SC2086`) may be ignored or given a severity like a rule of its own.',
  examples: [
    {
      bad: 'FROM debian:13\nRUN old=$(cat /old) && rm -rf $old\n',
      good: 'FROM debian:13\nRUN old=$(cat /old) && rm -rf "$old"\n',
    },
  ],
  *check(document, context) {
    if (!context.checkShell) return;
    const chain = optionOf(context, 'stages') === 'target' ? new Set(context.target?.chain) : undefined;
    const runs = shellRuns(document).filter(
      ({ stage, script }) => SHELLS.has(script.shell) && (chain?.has(stage) ?? true),
    );
    const answers = context.checkShell(
      runs.map(({ run, stage, script }) => {
        const names = new Set(Array.from(script.text.text.matchAll(/\$\{?([A-Za-z_]\w*)/g), ([, name]) => name!));
        const scope = stage.scope.at(run);
        const variables = [...names].filter((name) => scope.variable(name) !== undefined);
        return { shell: script.shell, text: script.text.text, variables };
      }),
    );
    for (const [index, run] of runs.entries()) {
      for (const comment of answers[index]!) {
        const { code, severity, message, start, end } = comment;
        const stated = message.replace(/\.+$/, '');
        yield { at: run.script.range(start, end), message: stated, code, severity, fix: fixOf(document, run, comment) };
      }
    }
  },
};

/** None where the text is not in the file as ShellCheck saw it: across continuations, in JSON, behind ONBUILD. */
function fixOf(document: Document, shellRun: ShellRun, comment: ShellComment): Fix | undefined {
  const { run, script, isTrigger } = shellRun;
  const { code, edits } = comment;
  if (edits.length === 0 || isTrigger || !script.isMapped || run.json) return undefined;
  if (code === 'SC2086' && isList(document, shellRun, comment)) return undefined;
  const places = edits.map(({ start, end, text }) => {
    // Text that is put in belongs to the word it stands next to, not to what follows a continuation.
    const isBehind = start === end && start > 0 && /\s/.test(script.text.text[start] ?? ' ');
    const range = isBehind ? { start: script.range(start - 1, start).end, end: 0 } : script.range(start, end);
    return { start: range.start, end: isBehind ? range.start : range.end, text };
  });
  if (edits.some(({ start, end }) => !script.text.isVerbatim(start, end))) return undefined;
  const sorted = [...places].sort((a, b) => a.start - b.start);
  if (sorted.some(({ start }, index) => index > 0 && start < sorted[index - 1]!.end)) return undefined;
  return { title: `Do as ${code} proposes`, safety: 'unsafe', edits: places };
}

/** Names of what is meant to become several words, or none: `$deps`, `$FLAGS`, `$package_list`. */
const LIST = /(?:[^s]s|list|pkg|opt|arg|params?)$/i;

/** Whether an expansion that stands for itself, and would be quoted, has to be split into words to work. */
function isList(document: Document, run: ShellRun, { start, end }: ShellComment): boolean {
  const { script } = run;
  const { text } = script.text;
  if (!/^[\s;|&()<>]?$/.test(text[start - 1] ?? '') || !/^[\s;|&()<>]?$/.test(text[end] ?? '')) return false;
  const [, name, operator] = /^\$\{?(\w+)([^}]?)/.exec(text.slice(start, end)) ?? [];
  // `${FLAG:+--flag}` is nothing at all where the variable is not set.
  if (name === undefined || /[:+-]/.test(operator ?? '')) return true;
  const range = script.range(start, end);
  const user = script.commands.findLast((command) => command.start <= range.start);
  const value = user && ScriptVariables.before(document, run, user).get(name);
  if (LIST.test(name) || (value !== undefined && !/^[^\s*?[]+$/.test(value))) return true;
  if (value !== undefined) return false;
  return user?.words[0]?.start === range.start || (user && packageCall(user)) !== undefined;
}
