import type { Position } from '../dockerfile/index.ts';
import type { VerificationReport } from '../verify/model.ts';
import type { RefusalCode } from './types.ts';

/** What `migrate` came to, as formatters see it. */
export interface MigrateReport {
  /** Of dockerfileopt. */
  readonly version: string;
  /** The script, or the Dockerfile that builds, as given. */
  readonly path: string;
  readonly outcome: 'migrated' | 'refused';
  /** The outcome in one sentence, with no full stop. */
  readonly summary: string;
  readonly refused?: ReportedRefusal;
  /** What the script does with images, and what becomes of it; empty without a script. */
  readonly steps: readonly ReportedStep[];
  readonly handOvers: readonly ReportedHandOver[];
  /** What builds the final images now. */
  readonly commands: readonly string[];
  /** Sentences about what is taken for true. */
  readonly assumptions: readonly string[];
  /** The Dockerfile first, then the script. */
  readonly files: readonly ReportedFile[];
  /** Paths of files that nothing of the script needs any more. */
  readonly unneeded: readonly string[];
  /** As `docker images` shows them; empty where nothing was built. */
  readonly images: readonly ReportedImage[];
  readonly proof: MigrationProof;
  /** Paths that were written. */
  readonly written?: readonly string[];
}

export interface ReportedRefusal {
  readonly code:
    | RefusalCode
    /** The old pipeline cannot be carried out, so that nothing can be compared with it. */
    | 'original-fails'
    /** The new image is another. */
    | 'not-equivalent';
  readonly reason: string;
  /** The file that the place is in. */
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
  /** What the failing step printed last. */
  readonly log?: readonly string[];
}

export interface ReportedStep {
  readonly line: number;
  readonly text: string;
  readonly becomes: 'removed' | 'kept' | 'changed';
}

export interface ReportedHandOver {
  /** The image or stage. */
  readonly from: string;
  readonly path: string;
  /** Where it lay on the host. */
  readonly host: string;
}

export interface ReportedFile {
  readonly path: string;
  readonly isNew: boolean;
  readonly text: string;
  /** As `git apply` takes it. */
  readonly diff: string;
}

export interface ReportedImage {
  /** `sdk`: what the builder stands on; `build`: the builder; `before` and `after`: the final image. */
  readonly role: 'sdk' | 'build' | 'before' | 'after';
  readonly name: string;
  readonly bytes: number;
}

/** What is known of the new image beyond its Dockerfile; one verification for each final image. */
export type MigrationProof =
  | { readonly status: 'verified'; readonly verifications: readonly VerificationReport[] }
  /** `why`: a clause. */
  | { readonly status: 'none'; readonly why: string };
