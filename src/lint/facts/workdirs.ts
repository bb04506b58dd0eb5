import type { Instruction, Stage } from '../../dockerfile/index.ts';
import { systemOf } from './systems.ts';

/** Images that leave the working directory where it is, in all their versions. */
const AT_ROOT = /^(?:scratch|debian|ubuntu|alpine|busybox)$/;

/** Whether a stage that sets no working directory is known to be at `/`. */
export function startsAtRoot(stage: Stage): boolean {
  return AT_ROOT.test(systemOf(stage).repository ?? '');
}

/** Whether a stage below sets the working directory, be it by an ONBUILD. */
export function inheritsWorkdir({ chain }: Stage): boolean {
  return chain.slice(1).some(({ instructions }) => instructions.some((each) => isWorkdir(each.child ?? each)));
}

export function isWorkdir({ keyword }: Instruction): boolean {
  return keyword === 'WORKDIR';
}
