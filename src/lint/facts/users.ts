import type { Document, Instruction, Stage } from '../../dockerfile/index.ts';
import { systemOf } from './systems.ts';

/** Whether an instruction runs as root; undefined where the file and what is known of the base image do not tell. */
export function isRoot(document: Document, stage: Stage, at: Instruction): boolean | undefined {
  const user = document.scope(at)?.user;
  if (user !== undefined) return /^(?:root|0)(?::|$)/.test(user);
  const isSet = stage.chain.some(({ instructions }) =>
    instructions.some(({ keyword, index }) => keyword === 'USER' && index < at.index),
  );
  // Images of distributions and official ones begin as root; of others nothing here knows.
  const { repository, suite } = systemOf(stage);
  return !isSet && suite !== undefined && repository?.includes('/') === false ? true : undefined;
}
