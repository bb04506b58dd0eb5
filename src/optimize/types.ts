import type { Document, Edit, Instruction, Range, ShellCommand, Stage } from '../dockerfile/index.ts';
import type { Ecosystem } from '../knowledge/images.ts';
import type { Libc } from '../knowledge/suites.ts';
import type { System } from '../lint/facts/systems.ts';
import type { BuildContext } from './context.ts';
import type { World } from './world.ts';

/** What `optimize` has to say about a file. */
export type Outcome = Rewritten | Declined | AlreadyGood;

/** A rewrite, not yet proved by a build. */
export interface Rewritten {
  readonly kind: 'rewritten';
  readonly plan: Plan;
  /** Against the document that was planned for. */
  readonly edits: readonly Edit[];
  /** The document's text with the edits. */
  readonly text: string;
}

/** A file that is left as it is, and why. */
export interface Declined {
  readonly kind: 'declined';
  readonly code: DeclineCode;
  /** One sentence, with no full stop. */
  readonly reason: string;
  /** What in the file the reason is about. */
  readonly range: Range;
}

/** A file with nothing to gain. */
export interface AlreadyGood {
  readonly kind: 'already-good';
  /** One sentence, with no full stop. */
  readonly reason: string;
}

export type DeclineCode =
  /** The builder refuses the file, or there is no such stage. */
  | 'broken'
  /** The stage is not the last of the file. */
  | 'not-last'
  /** A name is computed in a way that the file alone does not tell. */
  | 'unresolved'
  | 'windows'
  | 'onbuild'
  /** Neither CMD nor ENTRYPOINT: a tool or a base for others. */
  | 'no-command'
  /** The command runs the build tool, or develops. */
  | 'runs-build-tool'
  /** No recipe knows how the program is built. */
  | 'no-recipe'
  /** What the entry point starts is not known to be built here. */
  | 'no-artifact'
  /** What is built lies where it does not get into the image: in a volume or a cache mount. */
  | 'artifact-lost'
  /** Something that the entry point may need is not understood. */
  | 'unknown'
  /** The program needs what only the SDK has. */
  | 'needs-sdk'
  /** No runtime image offers what the program needs. */
  | 'no-runtime';

/** What the user asked for. */
export interface OptimizeOptions {
  readonly target?: string | undefined;
  /** A family, or an image of the user's own. */
  readonly runtime?: RuntimeChoice | undefined;
}

/** `auto`, a family, or the reference of an image. */
export type RuntimeChoice = 'auto' | 'scratch' | 'distroless' | 'alpine' | 'slim' | (string & {});

/** What a path of the image is there for. */
export type Role =
  /** Only needed to build: program text that is compiled, manifests, lock files, build scripts. */
  | 'source'
  /** Made by the build, and meant to be run or served. */
  | 'artifact'
  /** Libraries of the language, fetched by its package manager. */
  | 'dependency'
  /** Compilers, package managers, tools fetched for the build. */
  | 'toolchain'
  | 'cache'
  /** Read at run time as far as anyone can tell: configuration, templates, pictures, scripts. */
  | 'data'
  /** READMEs, licences, CI settings, editors' and containers' files. */
  | 'document'
  | 'test'
  /** Nobody knows; carried over, or the rewrite is declined. */
  | 'unknown';

/** One path of the image beyond what its base has. */
export interface Entry {
  /** Absolute. */
  readonly path: string;
  /** `unknown`: a file or a folder. */
  readonly kind: 'file' | 'folder' | 'link' | 'unknown';
  readonly role: Role;
  /** A folder with more below it than the tree lists. */
  readonly isOpaque: boolean;
  /** `user` or `user:group` as given; undefined for root. */
  readonly owner: string | undefined;
  /** Where it lies in the build context. */
  readonly contextPath: string | undefined;
  /** What a link points to, absolute. */
  readonly linkTo: string | undefined;
  readonly instruction: Instruction;
  /** How it came to be, as a participle clause: "built by `go build`". */
  readonly origin: string;
  /** What a recipe's effect notes for its own plan: `static`. */
  readonly marks: readonly string[];
}

/** What a command does to the image. Paths are absolute; those of sources may hold wildcards. */
export type Effect =
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly role: Role;
      /** `file` unless told. */
      readonly entry?: Entry['kind'];
      /** For a folder: there is more below it than is told. */
      readonly isOpaque?: boolean;
      /** "built by `go build`"; the command's name when absent. */
      readonly origin?: string;
      readonly marks?: readonly string[];
    }
  /** `to` is the new path itself; with `into` it is the folder that takes the sources. */
  | { readonly kind: 'move' | 'copy'; readonly from: string; readonly to: string; readonly into: boolean }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'owner'; readonly path: string; readonly owner: string }
  | { readonly kind: 'install'; readonly manager: string; readonly packages: readonly string[] }
  | { readonly kind: 'uninstall'; readonly manager: string; readonly packages: readonly string[] }
  | { readonly kind: 'account'; readonly name: string }
  | { readonly kind: 'chdir'; readonly path: string }
  | { readonly kind: 'assign'; readonly name: string; readonly value: string | undefined }
  /** Carries out another text of shell commands, such as a script of the context or a target of a Makefile. */
  | { readonly kind: 'script'; readonly text: string; readonly cwd: string; readonly origin: string }
  /** May have written anywhere below the folder. */
  | { readonly kind: 'unknown'; readonly below: string; readonly why: string };

/** One command as it is carried out: its variables filled in, its paths resolvable. */
export interface Call {
  readonly command: ShellCommand;
  readonly instruction: Instruction;
  readonly name: string;
  /** Behind the program; a word whose value is not known keeps its `$`. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** The value of a variable for this command: its own assignments, the script's, ENV and ARG. */
  env(name: string): string | undefined;
  /** The absolute path that a word means; undefined when a variable or substitution hides it. */
  path(word: string): string | undefined;
}

/** A package of the system that the stage installs. */
export interface InstalledPackage {
  readonly manager: string;
  /** Without version. */
  readonly name: string;
  /** As written. */
  readonly text: string;
  /** Only needed to build, by the table of packages. */
  readonly isBuildOnly: boolean;
  readonly instruction: Instruction;
}

/** A stage to be rewritten, before it is walked. */
export interface Subject {
  readonly document: Document;
  readonly stage: Stage;
  /** What the stage stands on: image, tag, release, libc; `sdk` is set for an image with build tools. */
  readonly system: System;
  /** Every command of every RUN of the stage and of those it stands on. */
  readonly commands: readonly ShellCommand[];
  readonly context: BuildContext;
}

/** A program that the container starts, or that what it starts calls. */
export interface Program {
  /** As written. */
  readonly name: string;
  readonly args: readonly string[];
  /** The path of the image that it is, when the stage made or copied it. */
  readonly entry: Entry | undefined;
  readonly via: 'exec' | 'shell' | 'script' | 'healthcheck';
  readonly instruction: Instruction;
}

/** What is started, read backwards from ENTRYPOINT, CMD and HEALTHCHECK. */
export interface EntryPoint {
  readonly instructions: readonly Instruction[];
  /** In the order in which they are met; the shell itself is a need, not a program. */
  readonly programs: readonly Program[];
  /** Paths of the image that are named in arguments or run as scripts. */
  readonly paths: readonly { readonly entry: Entry; readonly why: string }[];
  /** `/bin/sh` or another shell has to be there. */
  readonly needs: readonly Need[];
}

/** All that a recipe plans from. */
export interface Evidence extends Subject {
  /** The image as the stage leaves it, beyond its base. */
  readonly world: World;
  readonly entryPoint: EntryPoint;
  /** Absolute: the working directory of the container. */
  readonly workdir: string;
}

/** Something that has to be in the runtime image. */
export interface Need {
  readonly kind:
    | 'shell'
    /** A program, in `name`. */
    | 'program'
    /** A package of the stage's own system, in `name`. */
    | 'package'
    /** The C library, in `libc`; and of no older release than the stage's. */
    | 'libc'
    /** libgcc_s and libstdc++. */
    | 'libstdc++'
    | 'ca'
    | 'zoneinfo'
    /** passwd and group with the accounts of the stage, or at least some. */
    | 'accounts'
    /** A writable /tmp. */
    | 'tmp';
  readonly name?: string;
  readonly libc?: Libc;
  /** As a clause behind "because": "it speaks TLS". */
  readonly why: string;
  /** Nobody knows yet; what is built tells, see `withoutNeeds`. */
  readonly isPossible?: boolean;
  /** What to add where the image does not meet the need; the common remedy when absent. */
  readonly supply?: readonly Supply[];
}

/** One rung of the ladder as a recipe proposes it. */
export interface RuntimeOption {
  readonly image: string;
  /** Why this one, as a clause. */
  readonly why?: string;
  /** Kinds of needs, programs, or packages (`package:zlib1g`), that the recipe knows the image to meet although the tables do not say so. */
  readonly offers?: readonly string[];
}

/** What a recipe wants in the final image, and how the build has to change for it. Values only, never a rewritten text. */
export interface Proposal {
  readonly kind: 'proposal';
  /** Paths that the final image gets, each at its own place; an entry of the tree or a path of the base. */
  readonly keep: readonly Keep[];
  /** Smallest first. */
  readonly runtimes: readonly RuntimeOption[];
  readonly needs: readonly Need[];
  /** Changes of the build part, such as a flag for static linking. */
  readonly buildEdits?: readonly BuildEdit[];
  /** Instructions behind the last one of the build stage, such as `RUN npm prune --omit=dev`. */
  readonly buildSteps?: readonly Step[];
  /** Instructions behind the copies of the final stage, such as `RUN ldconfig`; whoever wants one needs a shell. */
  readonly finalSteps?: readonly Step[];
  /** Variables that mean something to the SDK only; they stay in the build stage. */
  readonly sdkVariables?: RegExp;
  /** Files of the tree that the recipe knows not to be needed at run time, with their class. */
  readonly leave?: readonly { readonly path: string; readonly role: Role; readonly why: string }[];
  /** Variables that the final stage needs in addition. */
  readonly variables?: readonly { readonly name: string; readonly value: string; readonly why: string }[];
  readonly assumptions?: readonly Assumption[];
}

/** A path that goes to the final image. */
export interface Keep {
  /** Its last part may hold wildcards. */
  readonly path: string;
  /** As a clause: "CMD starts it". */
  readonly why: string;
  /** `user:group`; that of the tree's entry when absent. */
  readonly owner?: string | undefined;
  /** A folder, where the tree does not know. */
  readonly isFolder?: boolean;
}

export interface BuildEdit extends Edit {
  readonly why: string;
}

/** An instruction that the rewrite adds. */
export interface Step {
  /** One instruction, keyword in upper case, no line ending behind it. */
  readonly text: string;
  readonly why: string;
}

/** What the rewrite takes for true. */
export interface Assumption {
  readonly sentence: string;
  /** Only a build and a run can tell: not to be written unproved. */
  readonly isUnproved: boolean;
}

/** One rung of the ladder, weighed. */
export interface Candidate {
  readonly image: string;
  readonly why: string | undefined;
  /** Why it cannot be taken; empty for one that can. */
  readonly lacks: readonly string[];
  /** What the plan adds for what the image has not. */
  readonly supplies: readonly Supply[];
}

/** Something the runtime image has not, and how the final stage comes by it. */
export type Supply =
  /** From the build stage, at the same path. */
  | { readonly kind: 'copy'; readonly path: string; readonly isFolder?: boolean; readonly why: string }
  | { readonly kind: 'install'; readonly packages: readonly string[]; readonly why: string }
  | { readonly kind: 'variable'; readonly name: string; readonly value: string; readonly why: string };

/** An instruction of the stage's configuration that the final image takes over. */
export interface CarriedInstruction {
  readonly instruction: Instruction;
  /** `stays`: where it is, behind the new FROM. `moves`: down there. `repeats`: in both stages. */
  readonly how: 'stays' | 'moves' | 'repeats';
  /** What is written in the final stage, where that is not the instruction's own text. */
  readonly text?: string | undefined;
}

/** A path that the final image does not get. */
export interface LeftBehind {
  readonly path: string;
  readonly role: Role;
  readonly why: string;
}

/** The whole rewrite as a value. */
export interface Plan {
  readonly recipe: string;
  readonly ecosystem: Ecosystem;
  readonly stage: Stage;
  readonly buildName: string;
  /** The stage is put right where it is, or given another base; no new one is added, and `copies` come from `buildName`. */
  readonly isRebase: boolean;
  /** The stage whose system the program is built on. */
  readonly builtOn: Stage;
  /** Where the original is expected not to start: what it would do if it did. */
  readonly reference?: Reference;
  /** The name that the final stage takes over. */
  readonly finalName: string | undefined;
  readonly buildEdits: readonly BuildEdit[];
  readonly buildSteps: readonly Step[];
  readonly finalSteps: readonly Step[];
  /** What the ladder was made from. */
  readonly options: readonly RuntimeOption[];
  readonly choice: RuntimeChoice;
  /** Smallest first; the chosen one is `runtime`. */
  readonly ladder: readonly Candidate[];
  readonly runtime: Candidate;
  readonly copies: readonly Keep[];
  readonly needs: readonly Need[];
  readonly carried: readonly CarriedInstruction[];
  /** What the old base said in its configuration and the new one does not: instructions in front of the copies. */
  readonly explicit: readonly Step[];
  readonly leftBehind: readonly LeftBehind[];
  readonly assumptions: readonly Assumption[];
}

/** The original on an image that its program can be started on, to compare a rewrite with where it cannot. */
export interface Reference {
  readonly text: string;
  /** The image that its final stage stands on. */
  readonly image: string;
}

/** How one ecosystem builds and runs. One file in `recipes/`, one line in its index. */
export interface Recipe {
  readonly id: string;
  readonly ecosystem: Ecosystem;
  /** Whether the stage builds with this ecosystem's tools. */
  matches(subject: Subject): boolean;
  /** The role of a file of the build context, or undefined where the common table decides. */
  classify?(path: string, subject: Subject): Role | undefined;
  /** What one of the ecosystem's commands does; undefined for a command that is none of its own. */
  effects?(call: Call, world: World, subject: Subject): readonly Effect[] | undefined;
  /** What has to be in the final image. */
  plan(evidence: Evidence): Proposal | Declined;
}

/** A decline, short to write. */
export function declined(code: DeclineCode, reason: string, range: Range): Declined {
  return { kind: 'declined', code, reason, range: { start: range.start, end: range.end } };
}
