import type { Document, ShellCommand, Stage } from '../../dockerfile/index.ts';
import { copiesFrom } from './copies.ts';
import { ScriptVariables } from './installs.ts';
import { type ShellRun, shellRuns } from './runs.ts';
import { startCommand } from './shipping.ts';

/** How it shows that what a program keeps in its cache is there on purpose. */
export interface CacheUses {
  /** What paths in the cache hold, in whatever home; a slash follows each. */
  readonly folder: RegExp;
  readonly program: RegExp;
  /** Arguments with which the program does without the network, or fills the cache for later. */
  readonly offline?: RegExp;
  /** Variables that keep it from the network. */
  readonly variables: readonly string[];
  /** Command lines, their words joined by blanks, of containers that use the cache. */
  readonly starts: RegExp;
}

/** Whether something that comes after a RUN may use the cache that it leaves behind. */
export function isCacheUsed(document: Document, target: Stage | undefined, run: ShellRun, uses: CacheUses): boolean {
  const builtOn = document.stages.filter(({ chain }) => chain.includes(run.stage));
  const later = shellRuns(document).filter((each) => each.run.index > run.run.index && builtOn.includes(each.stage));
  if (later.some((each) => isOffline(document, each, uses))) return true;
  const isCopied = builtOn.some((stage) =>
    copiesFrom(document, stage).some(({ sources }) => sources.some(({ path }) => uses.folder.test(`${path}/`))),
  );
  const start = target && startCommand(document, target);
  return isCopied || start?.lines.some((line) => uses.starts.test(line.join(' '))) === true;
}

function isOffline(document: Document, { run, script }: ShellRun, uses: CacheUses): boolean {
  const isCutOff = run.flags.some(({ name, value }) => name === 'network' && value === 'none');
  const scope = document.scope(run);
  return script.commands.some(
    ({ name, args, assignments }) =>
      uses.program.test(name) &&
      (isCutOff ||
        args.some(({ value }) => uses.offline?.test(value)) ||
        uses.variables.some((each) => scope?.variable(each) || assignments.some((own) => own.name === each))),
  );
}

/** What a variable says where a command of a RUN is carried out, and whether anything sets it. */
export function variablesAt(document: Document, run: ShellRun, command: ShellCommand) {
  const variables = ScriptVariables.before(document, run, command);
  return (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const own = command.assignments.find((each) => each.name === name);
      if (own) return variables.expand(own.value);
      // Set to what the file does not tell is not the same as not set.
      if (variables.has(name)) return variables.get(name) ?? `$${name}`;
    }
    return undefined;
  };
}
