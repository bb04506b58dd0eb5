import { makeCheck } from '../model.ts';
import type { RunCheck } from './run-check.ts';

/** A server listens on the ports that the original listens on. */
export const ports: RunCheck = {
  id: 'ports',
  check({ before: [first, second], after }) {
    const cause = { kind: 'behaviour', what: 'ports' } as const;
    const done = (fine: string, ...evidence: Parameters<typeof makeCheck>[3]) =>
      makeCheck('ports', 'starts', fine, evidence);
    if (!first.alive) return done('The original is no server');
    if (!after.alive) return done('The rewrite does not stay alive');
    if (first.ports === undefined || after.ports === undefined || second.ports === undefined) {
      const message = 'The engine does not tell which ports a container listens on';
      return done('', { outcome: first.alive ? 'unknown' : 'same', message, cause });
    }
    const show = (list: readonly number[]) => (list.length === 0 ? 'no port' : list.join(', '));
    const stable = first.ports.filter((port) => second.ports?.includes(port));
    const lost = stable.filter((port) => !after.ports?.includes(port));
    if (lost.length > 0) {
      const message = `The original listens on ${show(first.ports)}, the rewrite on ${show(after.ports)}`;
      return done('', { outcome: 'worse', message, cause });
    }
    // Ports that differ from run to run are taken at random.
    const extra = after.ports.filter((port) => !first.ports?.includes(port));
    const random = first.ports.length - stable.length;
    if (extra.length > random) {
      const message = `The rewrite also listens on ${show(extra)}`;
      return done('', { outcome: 'unknown', message, cause });
    }
    return done(stable.length === 0 ? 'Neither listens on a fixed port' : `Both listen on ${show(stable)}`);
  },
};
