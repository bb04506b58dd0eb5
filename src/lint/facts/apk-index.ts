import type { Document, ShellCommand } from '../../dockerfile/index.ts';
import { type ShellRun, shellRuns } from './runs.ts';

/** Of every RUN from the command on, the first call of apk that reads the index in the image. */
function nextUse(document: Document, { run, stage }: ShellRun, command: ShellCommand): readonly ShellCommand[] {
  return shellRuns(document).flatMap((later) => {
    if (later.run.index < run.index || !later.stage.chain.includes(stage)) return [];
    const { commands } = later.script;
    return commands.slice(later.run === run ? commands.indexOf(command) + 1 : 0).find(usesIndex) ?? [];
  });
}

/** Whether a later command may install from the index that this one leaves in the image. */
export function isIndexUsed(document: Document, run: ShellRun, command: ShellCommand): boolean {
  return nextUse(document, run, command).some(
    (next) => next.subcommand !== 'update' && !next.hasOption('-U', '--update', '--update-cache'),
  );
}

function usesIndex({ name, args }: ShellCommand): boolean {
  return name === 'apk' && !args.some(({ value }) => /^(?:--no-cache|del|info)$/.test(value));
}
