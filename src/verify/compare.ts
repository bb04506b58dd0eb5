import { textsOfAbsent } from './absent.ts';
import type { StaticFacts } from './checks/check.ts';
import { commandChecks, serverChecks, startChecks, staticChecks } from './checks/index.ts';
import type { Runs } from './checks/run-check.ts';
import { lostFiles, searchedFiles, summarizeLost, textsOfLost } from './lost.ts';
import type { Check, LeftBehind } from './model.ts';
import type { Pair, Snapshot } from './snapshot.ts';
import { NEED_TEXTS } from './traits.ts';

/** What has to be searched for in which files of the rewrite before two images can be compared. */
export interface Search {
  readonly files: ReadonlySet<string>;
  readonly texts: readonly string[];
}

export function planSearch(pair: Pair): Search {
  const texts = [
    ...NEED_TEXTS,
    ...textsOfLost(pair, lostFiles(pair)),
    ...textsOfAbsent(pair),
    ...pair.before.config.env.keys(),
  ];
  return { files: searchedFiles(pair.after), texts };
}

/** Compares two images at rest. `searched`: the snapshot of the rewrite knows what `planSearch` asked for. */
export function compareImages(
  before: Snapshot,
  after: Snapshot,
  searched: boolean,
  isBuildOnly?: StaticFacts['isBuildOnly'],
): { checks: Check[]; leftBehind: LeftBehind[] } {
  const pair = { before, after };
  return {
    checks: staticChecks.map((check) => check.check(pair, { searched, isBuildOnly })),
    leftBehind: summarizeLost(lostFiles(pair)),
  };
}

/** Compares what containers of both images did when they were started as they are. */
export function compareStarts(runs: Runs): Check[] {
  return startChecks.map((check) => check.check(runs));
}

/** Compares what servers answered. */
export function compareServers(runs: Runs): Check[] {
  return serverChecks.map((check) => check.check(runs));
}

/** Compares what one command of the user's did. */
export function compareCommand(runs: Runs, command: string): Check[] {
  return commandChecks.map((check) => {
    const { summary, id, ...rest } = check.check(runs);
    return { ...rest, id: `run-${id}`, tier: 'behaves', summary: `\`${command}\`: ${summary}` };
  });
}
