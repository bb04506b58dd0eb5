import type { ShellCommand, ShellWord } from '../src/dockerfile/index.ts';
import { type Pinning, pinning } from '../src/knowledge/pins.ts';
import { ScriptVariables } from '../src/lint/facts/installs.ts';
import { shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-pinned-packages',
  aliases: ['DL3008', 'DL3013', 'DL3016', 'DL3018', 'DL3028', 'DL3033', 'DL3037', 'DL3041', 'DL3062'],
  severity: 'off',
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'Packages are installed in whatever version is current when the image is built',
  why: 'A build that is repeated may give another image. Off by default, because distributions delete old versions: a pinned package of Debian, Alpine or Fedora is often gone within weeks, and the build with it. A base image by digest, lock files and rebuilding on purpose do the same with less trouble. What only the build arguments tell is not flagged.',
  examples: [
    {
      bad: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\n',
      good: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir flask==3.0.3\n',
    },
  ],
  *check(document, context) {
    for (const { run, script } of shippedRuns(document, context)) {
      if (!script.commands.some(({ name }) => mayInstall(name))) continue;
      const variables = new ScriptVariables(document.scope(run));
      for (const command of script.commands) {
        variables.take(command);
        const call = installCall(command);
        if (!call) continue;
        const { kind, operands } = call;
        const loose = operands.flatMap((word) =>
          variables.words(word).flatMap((text) => (/[$`]/.test(text) || kind.isPinned(text) ? [] : [{ word, text }])),
        );
        if (loose.length === 0) continue;
        const names = [...new Set(loose.map(({ text }) => `\`${text}\``))];
        yield {
          at: { start: loose[0]!.word.start, end: loose.at(-1)!.word.end },
          message: `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} ${names.length > 1 ? 'are' : 'is'} tied to no version; \`${kind.form}\` would do that`,
        };
      }
    }
  },
};

function mayInstall(name: string): boolean {
  return /^(?:python|pip)[\d.]*$/.test(name) || pinning(name) !== undefined;
}

interface InstallCall {
  readonly kind: Pinning;
  /** The packages. */
  readonly operands: readonly ShellWord[];
}

function installCall(command: ShellCommand): InstallCall | undefined {
  const { name } = command;
  const isModule = /^python[\d.]*$/.test(name) && command.args[0]?.value === '-m' && command.args[1]?.value === 'pip';
  const kind = pinning(isModule || /^pip[\d.]*$/.test(name) ? 'pip' : name);
  if (!kind || kind.pinningOptions.some((option) => command.optionValue(option) !== undefined)) return undefined;
  const ended = command.args.findIndex(({ value }) => value === '--');
  const end = kind.form === 'NAME:VERSION' && ended >= 0 ? command.args[ended]!.at : Number.POSITIVE_INFINITY;
  const words = command
    .operands(kind.valueOptions)
    .filter(({ at }) => at < end)
    .slice(isModule ? 1 : 0);
  const [subcommand, ...operands] = words;
  if (!subcommand || !kind.subcommands.includes(subcommand.value)) return undefined;
  if (subcommand.value === 'module')
    return operands[0]?.value === 'install' ? { kind, operands: operands.slice(1) } : undefined;
  // What follows the program of `go run` is for the program.
  return { kind, operands: name === 'go' && subcommand.value === 'run' ? operands.slice(0, 1) : operands };
}
