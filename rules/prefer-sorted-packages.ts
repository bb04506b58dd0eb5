import { canDoWithoutCache } from '../src/knowledge/package-caches.ts';
import type { PackageCall } from '../src/lint/facts/installs.ts';
import {
  areSorted,
  byName,
  isBelowComment,
  isPlainPackage,
  packageList,
  sortWords,
} from '../src/lint/facts/package-lists.ts';
import { isEditable, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-sorted-packages',
  severity: 'off',
  fixable: 'unsafe',
  summary: 'A list of packages, one a line, is not in alphabetical order',
  why: 'In a sorted list a package is found at a glance, a second one does not slip in, and two changes seldom meet in one line. Comments and empty lines divide a list: each part has an order of its own, and what stands right below a comment is not moved for you. The fix is safe for the apk of Alpine, which sorts what it is given from 3.3 on. apt is not indifferent: where a package depends on `x | y`, it installs `x`, unless a package further up in the list has brought `y`. Of other package managers it is not known.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN apk add --no-cache \\\n    git \\\n    curl \\\n    tzdata\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache \\\n    curl \\\n    git \\\n    tzdata\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      if (!run.script.isMapped) continue;
      for (const command of run.script.commands) {
        const list = packageList(document, command);
        for (const part of list?.parts ?? []) {
          const packages = part.filter(isPlainPackage);
          if (areSorted(packages.map(({ value }) => value))) continue;
          const at = packages.findIndex(
            ({ value }, index) => index > 0 && byName(packages[index - 1]!.value, value) > 0,
          );
          // A comment may be about the first package or about all of them.
          const canSort = list!.isPlain && isEditable(run) && !isBelowComment(document, part[0]!);
          const safety = isIndifferent(run, list!.call) ? 'safe' : 'unsafe';
          yield {
            at: packages[at]!,
            message: `\`${packages[at]!.value}\` stands behind \`${packages[at - 1]!.value}\`: the list is not in alphabetical order`,
            fix: canSort ? { title: 'Sort the packages', safety, edits: sortWords(part) } : undefined,
          };
        }
      }
    }
  },
};

/** apk-tools 2.5 and later sort what is wished for before they solve it, but not what a virtual package depends on. */
function isIndifferent({ stage }: ShellRun, { manager, parsed }: PackageCall): boolean {
  const { suite } = systemOf(stage);
  if (manager !== 'apk' || parsed.virtual !== undefined || suite?.distro !== 'alpine') return false;
  return canDoWithoutCache('apk', suite.distro, suite.order);
}
