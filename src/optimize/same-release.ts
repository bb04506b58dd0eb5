import { newestAlpine } from '../knowledge/suites.ts';
import type { System } from '../lint/facts/systems.ts';
import type { RuntimeOption } from './types.ts';

/**
 * The smallest image of the release that a stage is built on, for programs that need its libraries: the distribution's own
 * image keeps its tag, so that a moving one moves for both stages. Empty where the release is not known.
 */
export function sameRelease(system: System): readonly RuntimeOption[] {
  const { repository, tag, suite, sdk } = system;
  const why = 'its libraries are those of the build';
  if (repository === 'debian') {
    if (tag === undefined || tag === 'latest') return [{ image: 'debian:stable-slim', why }];
    return [{ image: /-slim$/.test(tag) ? `debian:${tag}` : `debian:${tag}-slim`, why }];
  }
  const { runtime } = system;
  const isPlain = runtime !== undefined && runtime.language === undefined && runtime.server === undefined;
  if (sdk === undefined && isPlain && repository !== undefined) {
    return [{ image: tag === undefined ? repository : `${repository}:${tag}`, why }];
  }
  if (suite?.distro === 'debian' && suite.release !== undefined)
    return [{ image: `debian:${suite.release}-slim`, why }];
  if (suite?.distro === 'ubuntu' && suite.release !== undefined) return [{ image: `ubuntu:${suite.release}`, why }];
  if (suite?.distro === 'alpine')
    return [{ image: suite.release === undefined ? newestAlpine : `alpine:${suite.release}`, why }];
  return [];
}
