// Imported before uvu: this is how uvu is told that another runner works through its queue. Without it, uvu would
// start by itself on the next tick and set the exit code.

type Job = () => Promise<unknown>;

declare global {
  var UVU_DEFER: number;
  var UVU_QUEUE: Job[][];
}

globalThis.UVU_DEFER = 1;
globalThis.UVU_QUEUE = [[]];

/** The suites handed to uvu since the last call. */
export const takeJobs = (): Job[] => globalThis.UVU_QUEUE[0]!.splice(0);
