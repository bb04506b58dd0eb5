import type { Document } from '../../dockerfile/index.ts';
import type { Engine } from '../../engines/engine.ts';
import { formatBytes, formatRatio } from '../../formatters/plan/numbers.ts';
import { folderProject } from '../../lint/project.ts';
import { type Declined, type OptimizeOptions, planRewrite, type Rewritten } from '../../optimize/index.ts';
import { type OptimizeReport, type ReportedDecline, reportPlan } from '../../optimize/report.ts';
import type { VerificationReport } from '../../verify/index.ts';
import { Verifier, type VerifyOptions } from '../../verify/verify.ts';
import { version } from '../../version.ts';
import { unifiedDiff } from '../diff.ts';
import { type Listener, prove } from './prove.ts';
import { ReviveJudge } from './revive.ts';

/** A file to optimize, and how. */
export interface Request extends OptimizeOptions {
  readonly document: Document;
  /** As reports show it. */
  readonly path: string;
  /** The build context, a folder. */
  readonly context: string;
}

/** Where and how rewrites are proved. */
export interface Proving extends Listener {
  readonly engine: Engine;
  readonly options: VerifyOptions;
}

/**
 * Plans the rewrite of a file and, with an engine, proves it.
 * @param openEngine asked only when there is something to prove; a text says why nothing is proved
 */
export async function optimizeFile(
  request: Request,
  openEngine: () => Promise<Proving | string>,
): Promise<OptimizeReport> {
  const { document, context, path } = request;
  const common = { version, path, attempts: [], proof: { status: 'none', why: 'there is nothing to prove' } } as const;
  const outcome = planRewrite(document, folderProject(context), request);
  if (outcome.kind === 'already-good')
    return { ...common, outcome: 'already-good', summary: `Already good: ${outcome.reason}` };
  if (outcome.kind === 'declined') return { ...common, ...reportDeclined(document, outcome) };
  const proving = await openEngine();
  if (typeof proving === 'string') {
    const { image } = outcome.plan.runtime;
    return {
      ...common,
      ...(await reportRewrite(request, outcome)),
      summary: `${outcome.plan.recipe === 'repair' ? 'Repaired' : `Rewritten for ${image}`}, and not proved: ${proving}`,
      proof: { status: 'none', why: proving },
    };
  }
  return { ...common, ...(await proveOutcome(request, outcome, proving)) };
}

type Conclusion = Pick<OptimizeReport, 'outcome' | 'summary'> & Partial<OptimizeReport>;

async function proveOutcome(request: Request, planned: Rewritten, proving: Proving): Promise<Conclusion> {
  const { document, path, context, target } = request;
  const side = { text: document.source.text, path, context, target };
  const judgeOf = (text: string) =>
    new Verifier(proving.engine, { ...side, text }, { stopAtWorse: true, ...proving.options });
  const { reference } = planned.plan;
  const own = judgeOf(side.text);
  const judge = reference ? new ReviveJudge(own, judgeOf(reference.text), reference) : own;
  const proved = await prove(document, planned, judge, proving.engine, { path, context }, proving);
  switch (proved.kind) {
    case 'proved': {
      const { rewrite, verification, attempts } = proved;
      return {
        ...(await reportRewrite(request, rewrite)),
        summary: summarize(rewrite, verification),
        proof: { status: 'verified', verification },
        attempts,
      };
    }
    case 'refuted': {
      const reasons = proved.attempts.map(({ image, failure }) => `${image}: ${failure ?? 'too many attempts'}`);
      const reason = `no rewrite was found to be equivalent (${reasons.join('; ')})`;
      const { from } = planned.plan.stage;
      return {
        ...reportDeclined(document, { reason, code: 'not-equivalent', range: from }),
        attempts: proved.attempts,
      };
    }
    case 'original-fails': {
      const { failure } = proved;
      const step = failure.step === undefined ? '' : ` at \`${failure.step.split('\n')[0]}\``;
      const reason = `the original does not build${step}: ${failure.message}`;
      const found = document.instructions.find(
        ({ start, end }) =>
          failure.step !== undefined && sameWords(document.source.text.slice(start, end), failure.step),
      );
      const range = found ?? planned.plan.stage.from;
      const log = failure.stepLog?.split('\n') ?? failure.log.tail;
      return reportDeclined(document, { code: 'original-fails', reason, range }, { cause: failure.cause, log });
    }
  }
}

const sameWords = (a: string, b: string) => words(a) === words(b);
const words = (text: string) =>
  text
    .replace(/\\\r?\n/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

function summarize({ plan }: Rewritten, { before, after, caveats, checks }: VerificationReport): string {
  const sizes =
    before.bytes === undefined || after.bytes === undefined
      ? ''
      : `, ${formatBytes(before.bytes)} → ${formatBytes(after.bytes)}${
          // What did not start may have lacked more than it had.
          after.bytes > before.bytes ? '' : ` (${formatRatio(before.bytes, after.bytes)})`
        }`;
  const little = caveats.some((caveat) => caveat.includes('proved little')) ? '; starting it proved little' : '';
  const revived = checks.find(({ id }) => id === 'revived')?.evidence[0]?.message;
  if (revived !== undefined) return `Repaired and verified${sizes}; ${revived[0]!.toLowerCase()}${revived.slice(1)}`;
  const what = plan.recipe === 'repair' ? 'Repaired' : `Rewritten for ${plan.runtime.image}`;
  return `${what} and verified${sizes}${little}`;
}

async function reportRewrite({ document, path }: Request, { plan, text }: Rewritten) {
  return {
    outcome: 'rewritten',
    plan: reportPlan(document, plan),
    diff: await unifiedDiff(path, document.source.text, text),
    text,
  } as const;
}

function reportDeclined(
  document: Document,
  { code, reason, range }: Omit<Declined, 'kind' | 'code'> & Pick<ReportedDecline, 'code'>,
  more: Pick<ReportedDecline, 'cause' | 'log'> = {},
): Pick<OptimizeReport, 'outcome' | 'summary' | 'declined'> {
  const [start, end] = [document.source.position(range.start), document.source.position(range.end)];
  return {
    outcome: 'declined',
    summary: `Declined: ${reason}`,
    declined: { code, reason, start, end, ...more },
  };
}
