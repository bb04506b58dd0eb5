import type { Engine, EngineName } from './engine.ts';
import type { Session } from './session.ts';

/** Every engine, in the order in which `auto` asks them; each is loaded when it is asked. */
const ENGINES: Readonly<Record<EngineName, (session: Session) => Promise<Engine | NoEngine>>> = {
  docker: async (session) => (await import('./docker.ts')).openDocker(session),
  podman: async (session) => (await import('./podman.ts')).openPodman(session),
  buildah: async (session) => (await import('./buildah.ts')).openBuildah(session),
};

/** Why there is no engine, in one sentence without a full stop. */
export interface NoEngine {
  readonly reason: string;
}

export const engineNames = Object.keys(ENGINES) as readonly EngineName[];

/** The engine of that name, or for `auto` the first that answers. */
export async function detectEngine(preference: EngineName | 'auto', session: Session): Promise<Engine | NoEngine> {
  if (preference !== 'auto') return await ENGINES[preference](session);
  const reasons: string[] = [];
  for (const name of engineNames) {
    const found = await ENGINES[name](session);
    if (!('reason' in found)) return found;
    reasons.push(found.reason);
  }
  return { reason: `no container engine: ${reasons.join(', ')}` };
}
