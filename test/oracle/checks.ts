import { rules } from '../../rules/index.ts';
import { activateRules } from '../../src/config/settings.ts';
import { type Document, decodeSource, encodeSource, parseDocument, type Range } from '../../src/dockerfile/index.ts';
import { type LintSettings, lintDocument } from '../../src/lint/engine.ts';
import type { Finding, Rule } from '../../src/lint/types.ts';
import type { Oracle, OracleLint, OracleLintQuestion } from './oracle.ts';

/** The checks of the pinned version of BuildKit. */
export const CHECKS: readonly string[] = [
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

/** The one that BuildKit runs only where it is asked to. */
export const EXPERIMENTAL = 'InvalidDefinitionDescription';

/** What some images of the fixtures say of themselves; others have the platform that is asked for. */
const IMAGES: OracleLintQuestion['images'] = {
  'docker.io/amd64/alpine:3.20': { platform: 'linux/amd64' },
  'docker.io/amd64/debian:12': { platform: 'linux/amd64' },
  'docker.io/arm32v6/alpine:3.20': { platform: 'linux/arm' },
  'docker.io/arm64v8/alpine:3.20': { platform: 'linux/arm64' },
  'docker.io/i386/debian:12': { platform: 'linux/386' },
  'mcr.microsoft.com/windows/nanoserver:ltsc2022': { platform: 'windows/amd64' },
};

/** A file to check, and the files around it. */
export interface Checked {
  readonly bytes: Buffer;
  /** The text of `.dockerignore`. */
  readonly ignore?: string | undefined;
}

/** That a check says something of the instruction in a line; how often does not count. */
export interface Pair {
  readonly check: string;
  readonly line: number;
}

/** What one side alone says, with all there is to explain it. */
export interface Disagreement extends Pair {
  readonly side: 'ours' | 'theirs';
  readonly document: Document;
  /** BuildKit's words, for what it says alone; else our message. */
  readonly detail: string;
  readonly answer: OracleLint;
}

/** The outcome for one file. */
export interface Agreement {
  readonly same: readonly Pair[];
  readonly different: readonly Disagreement[];
}

/** Which of BuildKit's checks a rule stands for. */
export function checkOf({ aliases = [] }: Rule): string | undefined {
  return aliases.find((alias) => CHECKS.includes(alias));
}

/** Runs BuildKit's checks and the preset of that name over the same files. */
export function compareChecks(oracle: Oracle, files: readonly Checked[]): Agreement[] {
  const documents = files.map(({ bytes }) => readDocument(bytes));
  const questions = documents.map((document, at) => questionOn(document, files[at]!));
  const answers = oracle.lint(questions);
  const experimental = oracle.lint(
    questions.map((question) => ({ ...question, checks: `experimental=${EXPERIMENTAL}` })),
  );
  return documents.map((document, at) => {
    for (const { panic } of [answers[at]!, experimental[at]!]) if (panic !== null) throw new Error(panic);
    const tried = experimental[at]!.warnings.filter(({ check }) => check === EXPERIMENTAL);
    const answer = { ...answers[at]!, warnings: [...answers[at]!.warnings, ...tried] };
    return compare(document, lintDocument(document, settingsFor(files[at]!)), answer);
  });
}

/** Only the builder's own comments switch its checks off, so the others' are made mere comments. */
function readDocument(bytes: Buffer): Document {
  const source = decodeSource('Dockerfile', bytes);
  return parseDocument(source.withText(source.text.replace(OTHER_IGNORE, '#$1_')));
}

const OTHER_IGNORE = /#([ \t]*(?:dockerfileopt|hadolint|tally))[ \t](?=[ \t]*(?:global|stage|ignore)\b)/gi;

function questionOn({ source }: Document, { ignore }: Checked): OracleLintQuestion {
  return { dockerfile: encodeSource(source), ignore, images: IMAGES };
}

const active = activateRules(rules, { extends: 'buildkit', rules: { [EXPERIMENTAL]: 'warn' } });

function settingsFor({ ignore }: Checked): LintSettings {
  const project = { readText: (path: string) => (path === '.dockerignore' ? ignore : undefined), list: () => [] };
  return { rules: active, book: rules, project };
}

/** BuildKit names the first line of an instruction; of one with empty lines in it, the last. */
function lineOf(document: Document, { start }: Range, check: string): number {
  const within = document.instructions.findLast(({ lineStart }) => lineStart <= start);
  const offset = check === 'NoEmptyContinuation' ? within?.lineEnd : within?.lineStart;
  return document.source.position(offset ?? start).line;
}

function keyOf({ check, line }: Pair): string {
  return `${check} ${line}`;
}

function compare(document: Document, findings: readonly Finding[], answer: OracleLint): Agreement {
  const ours = new Map<string, Pair & { detail: string }>();
  for (const finding of findings) {
    const check = checkOf(rules.find(({ id }) => id === finding.ruleId)!);
    if (check === undefined) continue;
    const pair = { check, line: lineOf(document, finding, check), detail: finding.message };
    ours.set(keyOf(pair), pair);
  }
  const theirs = new Map(answer.warnings.map((warning) => [keyOf(warning), warning]));
  const only = (side: 'ours' | 'theirs', from: typeof ours, others: ReadonlyMap<string, unknown>) =>
    [...from]
      .filter(([key]) => !others.has(key))
      .map(([, { check, line, detail }]) => ({ side, check, line, detail, document, answer }));
  return {
    same: [...ours].filter(([key]) => theirs.has(key)).map(([, { check, line }]) => ({ check, line })),
    different: [...only('ours', ours, theirs), ...only('theirs', theirs, ours)],
  };
}
