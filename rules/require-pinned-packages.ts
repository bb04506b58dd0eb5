import type { ShellCommand, ShellWord } from '../src/dockerfile/index.ts';
import { type Pinning, pinning } from '../src/knowledge/pins.ts';
import { ScriptVariables } from '../src/lint/facts/installs.ts';
import { shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

/** By the program that installs them. */
const PARTS: Readonly<Record<string, string>> = {
  'apt-get': 'DL3008',
  pip: 'DL3013',
  npm: 'DL3016',
  apk: 'DL3018',
  gem: 'DL3028',
  yum: 'DL3033',
  zypper: 'DL3037',
  dnf: 'DL3041',
  microdnf: 'DL3041',
  go: 'DL3062',
};

export const rule: Rule = {
  id: 'require-pinned-packages',
  aliases: [...new Set(Object.values(PARTS))],
  parts: [...new Set(Object.values(PARTS))],
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
        const { manager, kind, operands } = call;
        const loose = operands.flatMap((word) =>
          variables.words(word).flatMap((text) => (/[$`]/.test(text) || kind.isPinned(text) ? [] : [{ word, text }])),
        );
        if (loose.length === 0) continue;
        const names = [...new Set(loose.map(({ text }) => `\`${text}\``))];
        yield {
          at: { start: loose[0]!.word.start, end: loose.at(-1)!.word.end },
          message: `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} ${names.length > 1 ? 'are' : 'is'} tied to no version; \`${kind.form}\` would do that`,
          part: PARTS[manager],
        };
      }
    }
  },
};

function mayInstall(name: string): boolean {
  return /^(?:python|pip)[\d.]*$/.test(name) || pinning(name) !== undefined;
}

interface InstallCall {
  readonly manager: string;
  readonly kind: Pinning;
  /** The packages. */
  readonly operands: readonly ShellWord[];
}

function installCall(command: ShellCommand): InstallCall | undefined {
  const { name } = command;
  const isModule = /^python[\d.]*$/.test(name) && command.args[0]?.value === '-m' && command.args[1]?.value === 'pip';
  const manager = isModule || /^pip[\d.]*$/.test(name) ? 'pip' : name;
  const kind = pinning(manager);
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
    return operands[0]?.value === 'install' ? { manager, kind, operands: operands.slice(1) } : undefined;
  // What follows the program of `go run` is for the program.
  return { manager, kind, operands: name === 'go' && subcommand.value === 'run' ? operands.slice(0, 1) : operands };
}
