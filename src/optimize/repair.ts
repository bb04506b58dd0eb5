import { applyEdits, type Edit, type Instruction } from '../dockerfile/index.ts';
import { packageManager } from '../knowledge/packages.ts';
import { sourceStage, stageCopies } from '../lint/facts/copies.ts';
import { startCommand } from '../lint/facts/shipping.ts';
import { systemOf } from '../lint/facts/systems.ts';
import { baseConfig } from './bases.ts';
import { repairCopies } from './repairs/copies.ts';
import { repairDependencies } from './repairs/dependencies.ts';
import { repairLinking } from './repairs/linking.ts';
import { repairPackages } from './repairs/packages.ts';
import { nameStage, type Repair } from './repairs/repair.ts';
import { weighRuntimes } from './runtimes.ts';
import {
  type Assumption,
  type BuildEdit,
  type Candidate,
  type Declined,
  declined,
  type OptimizeOptions,
  type Plan,
  type Reference,
  type Subject,
} from './types.ts';

const REPAIRS: readonly ((subject: Subject) => Repair | Declined | undefined)[] = [
  repairLinking,
  repairCopies,
  repairPackages,
  repairDependencies,
];

/**
 * Puts right where it stands what is wrong with the final stage of a file that builds in others: a program that does not
 * start on its image, sources, build tools, what only developers need. Undefined where there is nothing to put right.
 */
export function planRepair(subject: Subject, options: OptimizeOptions): Plan | Declined | undefined {
  const { document, stage } = subject;
  const copied = stage.chain.flatMap((part) =>
    stageCopies(document, part).flatMap(({ from }) => sourceStage(from) ?? []),
  );
  if (copied.length === 0 || !startCommand(document, stage)?.lines.length) return undefined;
  const found: Repair[] = [];
  for (const repair of REPAIRS) {
    const result = repair(subject);
    if (!result) continue;
    if ('kind' in result) return result;
    found.push(result);
  }
  if (found.length === 0) return undefined;
  const revived = found.find(({ revives }) => revives !== undefined)?.revives;
  const builtOn = revived ?? copied[0]!;
  const names = [...new Set(copied)].map((from) => nameStage(document, from));
  const edits = found.flatMap((repair) => repair.edits);
  const base = found.find((repair) => repair.base)?.base;
  const ladder: readonly Candidate[] = base
    ? weighRuntimes(systemOf(builtOn), base.runtimes, base.needs, options.runtime)
    : [{ image: stage.image!.text, why: 'it is the one that the file has', lacks: [], supplies: [] }];
  const runtime = ladder.find(({ lacks }) => lacks.length === 0);
  if (!runtime) {
    const reasons = ladder.map(({ image, lacks }) => `${image}: ${lacks[0]}`).join('; ');
    return declined('no-runtime', `no runtime image offers what the program needs (${reasons})`, stage.from);
  }
  return {
    recipe: 'repair',
    ecosystem: systemOf(builtOn).sdk?.ecosystem ?? 'c',
    stage,
    builtOn,
    isRebase: true,
    buildName: nameStage(document, builtOn).name,
    finalName: undefined,
    buildEdits: [
      ...edits,
      ...namingEdits(
        names.flatMap((naming) => naming.edits),
        edits,
      ),
    ],
    buildSteps: [],
    finalSteps: [],
    options: base ? base.runtimes : ladder.map(({ image }) => ({ image })),
    choice: base ? (options.runtime ?? 'auto') : 'auto',
    ladder,
    runtime,
    copies: [],
    needs: base?.needs ?? [],
    carried: [],
    explicit: [],
    leftBehind: found.flatMap(({ leftBehind = [] }) => leftBehind),
    assumptions: [...found.flatMap(({ assumptions = [] }) => assumptions), ...keptBase(subject, options, base)],
    ...(revived ? { reference: referenceFor(subject, revived) } : {}),
  };
}

/** A runtime that was asked for is not put below commands that may be for another. */
function keptBase(
  { stage }: Subject,
  { runtime = 'auto' }: OptimizeOptions,
  base: Repair['base'],
): readonly Assumption[] {
  if (base || runtime === 'auto' || runtime === stage.image?.text) return [];
  return [
    { sentence: `the final stage keeps ${stage.image!.text}, although ${runtime} was asked for`, isUnproved: false },
  ];
}

/** Those that do not lie in what another edit writes anew. */
function namingEdits(names: readonly BuildEdit[], edits: readonly BuildEdit[]): readonly BuildEdit[] {
  return names.filter(({ start, end }) => !edits.some((edit) => edit.start < start && end <= edit.end));
}

/** The final stage on the image that the program was built on. What it installs for itself is not asked for there. */
function referenceFor({ document, stage, system }: Subject, builder: Subject['stage']): Reference {
  const [root] = builder.chain.slice(-1);
  const { start, end } = stage.baseWord!;
  const workdir = baseConfig(system.repository).workdir ?? '/';
  const edits: Edit[] = [
    { start, end, text: root!.baseWord!.text },
    { start: stage.from.end, end: stage.from.end, text: `${document.source.eol}WORKDIR ${workdir}` },
  ];
  const installs = (run: Instruction) =>
    run.keyword === 'RUN' &&
    document.shell(run)?.commands.every(({ name }) => INSTALLS.test(name) || packageManager(name));
  for (const run of stage.instructions.filter(installs)) edits.push({ start: run.start, end: run.end, text: '' });
  return { text: applyEdits(document.source.text, edits), image: root!.image?.text ?? root!.baseText };
}

const INSTALLS = /^(?:rm|set|true|update-ca-certificates)$/;
