import type { Document, Position } from '../dockerfile/index.ts';
import type { VerificationReport } from '../verify/model.ts';
import type { DeclineCode, Outcome, Plan, Role, RuntimeChoice } from './types.ts';

/** What `optimize` came to, as formatters see it. */
export interface OptimizeReport {
  /** Of dockerfileopt. */
  readonly version: string;
  /** As given. */
  readonly path: string;
  readonly outcome: Outcome['kind'];
  /** The outcome in one sentence, with no full stop. */
  readonly summary: string;
  readonly declined?: ReportedDecline;
  /** Absent where nothing is to be rewritten. */
  readonly plan?: ReportedPlan;
  readonly proof: Proof;
  /** The candidates in the order in which they were tried. */
  readonly attempts: readonly ReportedAttempt[];
  /** What the rewrite changes, as a unified diff. */
  readonly diff?: string;
  /** The rewritten file. */
  readonly text?: string;
  /** Where it was written to. */
  readonly written?: string;
}

/** Why a file is left as it is. */
export interface ReportedDecline {
  readonly code:
    | DeclineCode
    /** The original cannot be built, so nothing can be compared with it. */
    | 'original-fails'
    /** No candidate stood the comparison. */
    | 'not-equivalent';
  readonly reason: string;
  /** What in the file the reason is about. */
  readonly start: Position;
  readonly end: Position;
  /** Of a build that failed: `base-unavailable`, `engine-too-old` … */
  readonly cause?: string;
  /** What the failing step printed last. */
  readonly log?: readonly string[];
}

/** What is known of the rewrite beyond its text. */
export type Proof =
  | { readonly status: 'verified'; readonly verification: VerificationReport }
  /** `why`: a clause. */
  | { readonly status: 'none'; readonly why: string };

/** One runtime image that was tried. */
export interface ReportedAttempt {
  readonly image: string;
  /** What was added on the way, with the reasons. */
  readonly remedies: readonly string[];
  /** Why it was given up; absent for the one that was taken. */
  readonly failure?: string;
  /** Of the image that it gave, if it could be built. */
  readonly bytes?: number;
}

/** The plan of a rewrite in words. */
export interface ReportedPlan {
  readonly recipe: string;
  /** In the order of the file. */
  readonly stages: readonly { readonly name: string; readonly base: string; readonly what: string }[];
  readonly runtime: { readonly image: string; readonly why?: string; readonly asked: RuntimeChoice };
  /** The other images of the ladder that the plan has no use for, and why. */
  readonly unfit: readonly { readonly image: string; readonly lacks: readonly string[] }[];
  readonly copies: readonly { readonly path: string; readonly owner?: string; readonly why: string }[];
  readonly packages: readonly Reasoned[];
  readonly variables: readonly Reasoned[];
  /** Changes of the build stage; of a repair, all. */
  readonly changes: readonly Reasoned[];
  /** Instructions that the final stage has in addition, behind its copies. */
  readonly steps: readonly Reasoned[];
  /** Instructions that the final stage takes over, and those that say what the old base image said. */
  readonly configuration: readonly Reasoned[];
  readonly leftBehind: readonly { readonly class: Role; readonly why: string; readonly paths: readonly string[] }[];
  readonly assumptions: readonly { readonly sentence: string; readonly isUnproved: boolean }[];
}

interface Reasoned {
  readonly text: string;
  readonly why: string;
}

const HOW = { stays: 'stays', moves: 'moved to the final stage', repeats: 'in both stages' } as const;

/** Puts a plan in the terms of a report. */
export function reportPlan(document: Document, plan: Plan): ReportedPlan {
  const { runtime, carried, explicit } = plan;
  const { image, why } = runtime;
  const { supplies } = runtime;
  const copied = supplies.flatMap((supply) => (supply.kind === 'copy' ? [supply] : []));
  return {
    recipe: plan.recipe,
    stages: reportStages(document, plan),
    runtime: { image, ...(why === undefined ? {} : { why }), asked: plan.choice },
    unfit: plan.ladder.filter(({ lacks }) => lacks.length > 0).map(({ image, lacks }) => ({ image, lacks })),
    copies: [
      ...copied.map((copy) => ({ path: copy.path, why: copy.why })),
      ...plan.copies.map(({ path, owner, why }) => ({ path, ...(owner === undefined ? {} : { owner }), why })),
    ],
    packages: supplies.flatMap((supply) =>
      supply.kind === 'install' ? supply.packages.map((text) => ({ text, why: supply.why })) : [],
    ),
    variables: supplies.flatMap((supply) =>
      supply.kind === 'variable' ? [{ text: `${supply.name}=${supply.value}`, why: supply.why }] : [],
    ),
    changes: [
      ...plan.buildEdits.map(({ start, end, text, why }) => ({
        text: text.trim() === '' ? `without ${oneLine(document.source.text.slice(start, end))}` : text.trim(),
        why,
      })),
      ...plan.buildSteps.map(({ text, why }) => ({ text, why })),
    ],
    steps: plan.finalSteps.map(({ text, why }) => ({ text, why })),
    configuration: [
      ...explicit.map(({ text, why }) => ({ text, why })),
      ...carried.map(({ instruction, how, text }) => ({
        text: text ?? document.source.slice(instruction),
        why: HOW[how],
      })),
    ],
    leftBehind: groupLeft(plan),
    assumptions: plan.assumptions,
  };
}

function reportStages(
  document: Document,
  { stage, buildName, finalName, runtime, isRebase }: Plan,
): ReportedPlan['stages'] {
  const others = document.stages
    .filter((other) => other !== stage)
    .map(({ label, baseText }) => ({ name: label, base: baseText, what: 'as it was' }));
  const final = { base: runtime.image, what: 'what runs' };
  if (isRebase) return [...others, { name: stage.nameWord?.text ?? '', ...final }];
  const build = { name: buildName, base: stage.baseText, what: 'what builds' };
  return [...others, build, { name: finalName ?? '', ...final }];
}

/** A cut may begin with the end of the line in front of it. */
function oneLine(text: string): string {
  return text.replace(/^[ \t]*[\\`][ \t]*\r?\n/, '').trim();
}

function groupLeft({ leftBehind }: Plan): ReportedPlan['leftBehind'] {
  const groups = new Map<string, { class: Role; why: string; paths: string[] }>();
  for (const { path, role, why } of leftBehind) {
    const key = `${role}\n${why}`;
    const group = groups.get(key);
    if (group) group.paths.push(path);
    else groups.set(key, { class: role, why, paths: [path] });
  }
  return [...groups.values()];
}
