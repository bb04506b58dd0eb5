import type { Instruction } from '../../dockerfile/index.ts';
import type { Effect, Entry } from '../types.ts';
import type { World } from '../world.ts';

/** By whom and by what an effect comes about. */
interface Cause {
  readonly instruction: Instruction;
  /** Undefined for root. */
  readonly owner: string | undefined;
  readonly contextPath?: string | undefined;
  readonly command?: string;
}

/** Carries out one effect; those that concern the shell's own state are not for the world. */
export function applyEffect(world: World, effect: Effect, cause: Cause): void {
  const { tree } = world;
  const { instruction } = cause;
  switch (effect.kind) {
    case 'write':
      tree.set({
        path: effect.path,
        kind: effect.entry ?? 'file',
        role: effect.role,
        isOpaque: effect.isOpaque ?? false,
        owner: cause.owner,
        contextPath: cause.contextPath,
        linkTo: undefined,
        instruction,
        marks: effect.marks ?? [],
        origin: effect.origin ?? `made by \`${cause.command}\``,
      });
      break;
    case 'copy':
    case 'move': {
      const sources = tree.match(effect.from);
      if (sources.length === 0) insideOpaque(world, effect, cause);
      for (const source of sources) {
        const to = effect.into ? `${effect.to === '/' ? '' : effect.to}/${baseName(source)}` : effect.to;
        const change = (entry: Entry): Entry =>
          effect.kind === 'move' ? { ...entry, instruction } : { ...entry, owner: cause.owner, instruction };
        tree.copy(source, to, change);
        if (effect.kind === 'move' && source !== to) tree.remove(source);
      }
      break;
    }
    case 'remove':
      for (const path of tree.match(effect.path)) tree.remove(path);
      break;
    case 'link':
      tree.set({
        path: effect.path,
        kind: 'link',
        role: tree.find(tree.resolve(effect.to))?.role ?? 'data',
        isOpaque: false,
        owner: cause.owner,
        contextPath: undefined,
        linkTo: effect.to,
        instruction,
        marks: [],
        origin: `linked to ${effect.to}`,
      });
      break;
    case 'owner':
      for (const path of tree.match(effect.path)) {
        const owner = /^(?:root|0)?(?::(?:root|0)?)?$/.test(effect.owner) ? undefined : effect.owner;
        for (const below of tree.under(path)) tree.update(below.path, (entry) => ({ ...entry, owner }));
      }
      break;
    case 'account':
      world.accounts.push({ name: effect.name, instruction });
      break;
    case 'unknown':
      world.unknowns.push({ below: effect.below, why: effect.why, instruction });
      break;
    case 'install':
    case 'uninstall':
    case 'chdir':
    case 'assign':
    case 'script':
      break;
  }
}

/** A source that the tree does not list: below a folder whose content is not known, or in the base. */
function insideOpaque(world: World, effect: Extract<Effect, { kind: 'copy' | 'move' }>, cause: Cause): void {
  const { tree } = world;
  const above = tree.find(effect.from);
  const name = baseName(effect.from);
  const isPattern = /[*?[]/.test(effect.from);
  const to = effect.into && !isPattern ? `${effect.to === '/' ? '' : effect.to}/${name}` : effect.to;
  tree.set({
    path: to,
    kind: 'unknown',
    role: above?.role === 'source' || above === undefined ? 'unknown' : above.role,
    isOpaque: true,
    owner: cause.owner,
    contextPath: undefined,
    linkTo: undefined,
    instruction: cause.instruction,
    marks: [],
    origin: `made by \`${cause.command}\` from ${effect.from}`,
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
