import { withoutCommand } from '../src/lint/facts/deletions.ts';
import { commandRange, shellRuns } from '../src/lint/facts/runs.ts';
import { andChain } from '../src/lint/facts/script-nodes.ts';
import type { Rule } from '../src/lint/types.ts';

/** They change nothing but the shell that carries them out. */
const CHANGES_SHELL = /^(?:cd|pushd|popd|set|unset|shopt|umask|ulimit|export|alias|source|\.)$/;
/** Nobody puts them there for what comes later; the others stand for an instruction that is missing. */
const LEFT_OVER = /^(?:cd|pushd|popd|set|unset|shopt)$/;
/** Files that are made to be read by shells. */
const ONLY_SETS = /(?:^|[/.])(?:activate|enable|profile|bashrc|zshrc|env|environment|os-release|nvm\.sh)$/;

export const rule: Rule = {
  id: 'no-lost-shell-state',
  severity: 'info',
  fixable: 'safe',
  summary: 'A RUN ends with a command that only changes the shell, which ends there',
  why: 'Every RUN has a shell of its own. The folder, variables, aliases and options that it sets are gone when it ends: WORKDIR, ENV and SHELL are what lasts. A `cd` at the end of several commands is taken away. Where the RUN does nothing else, or sets a variable, an instruction is missing that only you can name.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN cd /src && make install && cd /\n',
      good: 'FROM debian:12\nRUN cd /src && make install\n',
    },
    {
      bad: 'FROM debian:12\nRUN export PATH=$PATH:/opt/tool/bin\n',
      good: 'FROM debian:12\nENV PATH=$PATH:/opt/tool/bin\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      const name = run.script.commands.at(-1)?.name ?? '';
      const chain = CHANGES_SHELL.test(name) ? andChain(run) : undefined;
      const last = chain?.at(-1);
      const command = run.script.commands.at(-1);
      if (last?.kind !== 'command' || last.start !== command?.start || last.redirects.length > 0) continue;
      // Another script may do more than set variables.
      if (/^(?:source|\.)$/.test(name) && !ONLY_SETS.test(command.args[0]?.value ?? '')) continue;
      if (run.script.commands.some((other) => other.name === 'trap')) continue;
      const isLeftOver = chain!.length > 1 && LEFT_OVER.test(name) && command.args.every(({ isLiteral }) => isLiteral);
      const edits = isLeftOver ? withoutCommand(document, run, command) : undefined;
      yield {
        at: commandRange(command),
        message: `what \`${name}\` changes is lost when this RUN ends`,
        fix: edits && { title: `Remove the \`${name}\``, safety: 'safe', edits },
      };
    }
  },
};
