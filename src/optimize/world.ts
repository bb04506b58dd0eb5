import type { Instruction } from '../dockerfile/index.ts';
import type { BaseConfig } from './bases.ts';
import { Tree } from './tree.ts';
import type { InstalledPackage } from './types.ts';

/** What is not understood about a stage: some command that may have written below a folder. */
export interface Unknown {
  readonly below: string;
  /** As a clause: "`./configure.sh` is not known". */
  readonly why: string;
  readonly instruction: Instruction;
}

/** A stage's image beyond its base, as far as it has been walked. */
export class World {
  readonly tree = new Tree();
  /** What the image below the stage says in its configuration. */
  readonly base: BaseConfig;
  readonly packages: InstalledPackage[] = [];
  /** Accounts that the stage makes; those of the base are not here. */
  readonly accounts: { readonly name: string; readonly instruction: Instruction }[] = [];
  readonly unknowns: Unknown[] = [];
  /** Folders whose content does not get into the image: volumes and cache mounts. */
  readonly lost: { readonly path: string; readonly instruction: Instruction; readonly kind: 'volume' | 'cache' }[] = [];

  constructor(base: BaseConfig) {
    this.base = base;
  }
}
