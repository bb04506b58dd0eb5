import type { Disagreement } from './checks.ts';

/** Something that we say and BuildKit does not, or the other way round, and why it is to stay so. */
export interface Deviation {
  readonly check: string;
  readonly side: 'ours' | 'theirs';
  readonly reason: string;
  /** Whether it is this that a disagreement comes from. */
  holds(disagreement: Disagreement): boolean;
  /** A file that shows it, and what else there has to be; without the deviation there is none. */
  readonly example: { readonly dockerfile: string; readonly ignore?: string };
}

/** Checks that no rule stands for yet. */
export const NOT_WRITTEN: readonly string[] = [
  'ConsistentInstructionCasing',
  'CopyIgnoredFile',
  'DuplicateStageName',
  'ExposeInvalidFormat',
  'ExposeProtoCasing',
  'FromAsCasing',
  'FromPlatformFlagConstDisallowed',
  'InvalidBaseImagePlatform',
  'InvalidDefaultArgInFrom',
  'InvalidDefinitionDescription',
  'JSONArgsRecommended',
  'LegacyKeyValueFormat',
  'MaintainerDeprecated',
  'MultipleInstructionsDisallowed',
  'NoEmptyContinuation',
  'RedundantTargetPlatform',
  'ReservedStageName',
  'SecretsUsedInArgOrEnv',
  'StageNameCasing',
  'UndefinedArgInFrom',
  'UndefinedVar',
  'WorkdirRelativePath',
];

export const DEVIATIONS: readonly Deviation[] = [];
