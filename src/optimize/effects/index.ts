import type { Call, Effect, Subject } from '../types.ts';
import type { World } from '../world.ts';
import { downloadEffects } from './downloads.ts';
import { fileEffects } from './files.ts';
import { makeEffects } from './make.ts';
import { scriptEffects } from './scripts.ts';
import { systemEffects } from './system.ts';

/** What a command that belongs to no ecosystem does; undefined for one that is not known. */
export function commonEffects(
  call: Call,
  program: string,
  world: World,
  subject: Subject,
): readonly Effect[] | undefined {
  return (
    fileEffects(call, world) ??
    systemEffects(call, subject) ??
    downloadEffects(call) ??
    makeEffects(call, world, subject) ??
    scriptEffects(call, program, world, subject)
  );
}
