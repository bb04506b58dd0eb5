import { installHelpers } from '../programs.ts';
import { type Declined, declined, type Evidence } from '../types.ts';

/** Packages that every release of a system has itself. */
function isOfEverySource(name: string): boolean {
  return installHelpers.has(name) || name === 'ca-certificates' || name === 'tzdata';
}

/** Why packages of the system cannot be installed again: they come from a source of their own. */
export function foreignPackages({ world, commands }: Evidence): Declined | undefined {
  const kept = world.packages.find(
    ({ name, isBuildOnly, manager }) => !isBuildOnly && !isOfEverySource(name) && /^(?:apt|apk|yum|dnf)/.test(manager),
  );
  if (!kept) return undefined;
  const entry = world.tree.entries.find(({ path }) => /^\/etc\/(?:apt\/sources|apk\/repositories)/.test(path));
  const command = commands.find(({ name }) => name === 'add-apt-repository');
  const where = entry?.instruction ?? command?.script.instruction;
  return (
    where &&
    declined('unknown', 'packages of the system come from a source that the runtime image does not have', where)
  );
}
