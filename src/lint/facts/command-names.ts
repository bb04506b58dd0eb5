import type { ShellCommand } from '../../dockerfile/index.ts';
import { type BuildCommand, buildCommand, isOrdinaryCommand } from '../../knowledge/tools.ts';

/** Subcommands that say little without the next word. */
const OPEN = /^(?:run|run-script|mod|pip|exec|workspaces?|compile|tool)$/;

/** How people call a command: `go build`, `npm run build`, `mvn package`, `python3 -m pip install`, `gcc`. */
export function commandName({ name, args }: ShellCommand): string {
  const said = [name];
  for (const { value, isLiteral } of args) {
    if (value === '-m' && said.length === 1 && /^python[\d.]*$/.test(name)) {
      said.push(value);
      continue;
    }
    if (/^-(?:[a-zA-Z]|-[\w-]+=.*)$/.test(value) && said.length === 1) continue;
    if (!isLiteral || !/^[a-z][a-z:-]*$/i.test(value)) break;
    said.push(value);
    if (!OPEN.test(value)) break;
  }
  return said.join(' ');
}

/** Which step of a build a command is, as far as its words tell as they are written. */
export function buildStep(command: ShellCommand): BuildCommand | undefined {
  if (command.name === '' || isOrdinaryCommand(command.name)) return undefined;
  const { words, args } = command;
  return buildCommand(
    words[0]!.value,
    args.map(({ value }) => value),
  );
}
