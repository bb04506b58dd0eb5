import { withoutInstruction } from '../src/lint/facts/deletions.ts';
import { optionOf } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

const PARTS: Readonly<Record<string, string>> = { CMD: 'DL4003', ENTRYPOINT: 'DL4004', HEALTHCHECK: 'DL3012' };

export const rule: Rule = {
  id: 'no-overridden-instruction',
  aliases: ['MultipleInstructionsDisallowed', 'DL3012', 'DL4003', 'DL4004'],
  parts: ['DL3012', 'DL4003', 'DL4004'],
  severity: 'warn',
  fixable: 'safe',
  options: {
    report: {
      description:
        'Which of several is reported: each that is overridden (`dropped`), or each that overrides one (`later`)',
      schema: { enum: ['dropped', 'later'] },
      default: 'dropped',
    },
  },
  presetOptions: { hadolint: { report: 'later' } },
  summary: 'A CMD, ENTRYPOINT or HEALTHCHECK is overridden by a later one of the same stage',
  why: 'An image has one command, one entry point and one health check: the last of the stage counts, the others are dropped without a word. Remove them, or join what they do in one script.',
  examples: [
    {
      bad: 'FROM nginx:1.27\nCMD ["nginx"]\nCMD ["nginx", "-g", "daemon off;"]\n',
      good: 'FROM nginx:1.27\nCMD ["nginx", "-g", "daemon off;"]\n',
    },
  ],
  *check(document, context) {
    const isLater = optionOf(context, 'report') === 'later';
    for (const { instructions } of document.stages) {
      for (const [keyword, part] of Object.entries(PARTS)) {
        const all = instructions.filter((instruction) => instruction.keyword === keyword);
        for (const [place, dropped] of all.slice(0, -1).entries()) {
          const later = all[place + 1]!;
          const { line } = document.source.position((isLater ? dropped : later).start);
          const edits = withoutInstruction(document, dropped);
          yield {
            at: isLater ? later : dropped,
            part,
            message: `${keyword} ${isLater ? 'overrides that of' : 'is overridden in'} line ${line}`,
            fix: edits && { title: `Remove the ${keyword} that has no effect`, safety: 'safe', edits },
          };
        }
      }
    }
  },
};
