import type { Document, Edit, ScriptNode } from '../src/dockerfile/index.ts';
import { commandRange, isEditable, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { andChain, plainWords } from '../src/lint/facts/script-nodes.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-shell-instruction',
  aliases: ['DL4005'],
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['/bin/sh'],
  summary: '/bin/sh is replaced by another shell, for which there is SHELL',
  why: 'Scripts and package hooks of the system are written for the shell it came with, and an update of its package may put that back. SHELL changes the shell of the instructions alone. The fix replaces a RUN that does nothing else.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\nRUN source /etc/profile\n',
      good: 'FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN source /etc/profile\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      const command = run.script.commands.find(({ name, args }) => name === 'ln' && args.at(-1)?.value === '/bin/sh');
      if (!command) continue;
      const edits = replacement(document, run);
      yield {
        at: commandRange(command),
        message: '`ln` replaces the shell of the whole system; SHELL changes that of the instructions',
        fix: edits && { title: 'Use SHELL', safety: 'unsafe', edits },
      };
    }
  },
};

function replacement(document: Document, run: ShellRun): readonly Edit[] | undefined {
  const chain = andChain(run);
  if (!chain || !isEditable(run) || run.run.flags.length > 0 || run.run.heredocs.length > 0 || run.run.json)
    return undefined;
  if (document.comments.some(({ inside }) => inside === run.run)) return undefined;
  const link = plainWords(chain.at(-1)!);
  if (link[0] !== 'ln' || !chain.slice(0, -1).every(isRemoval)) return undefined;
  const shell =
    link.find((word) => /^(?:\/usr)?\/bin\/(?:bash|zsh|ksh)$/.test(word)) ??
    (link.includes('bash') ? '/bin/bash' : undefined);
  return shell === undefined
    ? undefined
    : [{ start: run.run.start, end: run.run.lineEnd, text: `SHELL ["${shell}", "-c"]` }];
}

/** `rm /bin/sh` or `mv /bin/sh /bin/sh.orig`, in front of the link. */
function isRemoval(node: ScriptNode): boolean {
  const words = plainWords(node);
  return words[0] === 'rm' && words.slice(1).every((word) => word.startsWith('-') || word === '/bin/sh');
}
