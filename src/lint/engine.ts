import type { Document, IgnoreComment, IgnoredId } from '../dockerfile/index.ts';
import { readCheckOptions } from './check-options.ts';
import { Experiments } from './experiments.ts';
import { nearest } from './nearest.ts';
import type {
  Finding,
  Fix,
  Project,
  Report,
  Rule,
  RuleContext,
  Severity,
  ShellChecker,
  UselessIgnore,
} from './types.ts';
import { Vocabulary } from './vocabulary.ts';

/** A rule as the configuration wants it to run. */
export interface ActiveRule {
  readonly rule: Rule;
  /** `off`: only those of its parts run that are set by themselves. */
  readonly severity: Severity;
  /** It runs only where a file asks for it, as an experiment of BuildKit's. */
  readonly isExperiment?: boolean | undefined;
  readonly options?: unknown;
  /** The severity was set for this rule by itself, not by a preset. */
  readonly isNamed?: boolean | undefined;
  /** Severities of the rule's parts, or of single codes that it passes on, by their name in upper case. */
  readonly codes?: ReadonlyMap<string, Severity> | undefined;
}

/** Everything a lint run needs to know beside the document. */
export interface LintSettings {
  readonly rules: readonly ActiveRule[];
  /** The whole book, for ids in ignore comments. */
  readonly book: readonly Rule[];
  /** The stage that is shipped, by name or number; the last one unless given. */
  readonly target?: string | undefined;
  readonly project: Project;
  readonly checkShell?: ShellChecker | undefined;
  /** Whether ignore comments silence findings; they do unless told otherwise. */
  readonly honoursIgnores?: boolean | undefined;
}

/** A rule broke down, or reported something impossible: ours to fix. */
export class RuleError extends Error {
  readonly ruleId: string;
  readonly path: string;

  constructor(ruleId: string, path: string, cause: unknown) {
    super(`rule ${ruleId} failed on ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.ruleId = ruleId;
    this.path = path;
  }
}

/** Checks a document with the rules given; findings come in the order of the file. Throws RuleError. */
export function lintDocument(document: Document, settings: LintSettings): Finding[] {
  const target = document.target(settings.target);
  const { project, checkShell } = settings;
  const context: RuleContext = { target, options: undefined, project, uselessIgnores: [], checkShell };
  const found: Finding[] = [];
  const late: ActiveRule[] = [];
  const experiments = new Experiments(document);
  const rules = settings.rules.filter(({ rule, isExperiment }) => !isExperiment || experiments.include(rule));
  const vocabulary = new Vocabulary(document);
  for (const active of rules) {
    const { rule, isExperiment } = active;
    if (rule.phase === 'ignores') late.push(active);
    else if ((document.isParsed || rule.phase === 'broken') && vocabulary.meets(rule)) {
      const before = found.length;
      runRule(active, document, context, found);
      if (isExperiment) for (const each of experiments.covered(rule, found.splice(before))) found.push(each);
    }
  }
  const { kept, useless } = applyIgnores(found, document, { ...settings, rules });
  if (document.isParsed && useless.length > 0) {
    const fromIgnores: Finding[] = [];
    for (const active of late) runRule(active, document, { ...context, uselessIgnores: useless }, fromIgnores);
    kept.push(...applyIgnores(fromIgnores, document, settings).kept);
  }
  const told = failsOnChecks(document)
    ? kept.map((each) => (isCheck(each.ruleId, settings.book) ? { ...each, severity: 'error' as const } : each))
    : kept;
  return told.sort((a, b) => a.start - b.start || a.end - b.end || (a.ruleId < b.ruleId ? -1 : 1));
}

function runRule(active: ActiveRule, document: Document, context: RuleContext, found: Finding[]): void {
  const { rule, options } = active;
  try {
    const { target, project, uselessIgnores, checkShell } = context;
    for (const report of rule.check(document, { target, options, project, uselessIgnores, checkShell })) {
      checkReport(report, rule, document);
      const { at, message, fix, code, part } = report;
      const meant = severityOf(report, active);
      if (meant === 'off') continue;
      const { start, end } = at;
      found.push({ ruleId: code ?? rule.id, severity: meant, message, start, end, fix, ...(part && { part }) });
    }
  } catch (error) {
    throw new RuleError(rule.id, document.source.path, error);
  }
}

/** What the configuration says of the code or part, else of the rule, else what the other program says itself. */
function severityOf({ code, part, severity: own }: Report, { codes, isNamed, severity }: ActiveRule): Severity {
  const set = codes?.get((code ?? part)?.toUpperCase() ?? '');
  return set ?? (code === undefined || isNamed ? severity : (own ?? severity));
}

/** A rule's mistakes are loud: what it reports must lie in the file and be what it announces. */
function checkReport({ at, message, fix, code, part }: Report, rule: Rule, document: Document): void {
  const { length } = document.source.text;
  if (code !== undefined && !rule.codes?.test(code)) throw new Error(`${code} is not among the rule's codes`);
  if (part !== undefined && !rule.parts?.includes(part)) throw new Error(`${part} is not among the rule's parts`);
  if (!(at.start >= 0 && at.end >= at.start && at.end <= length)) {
    throw new RangeError(`the finding at ${at.start}-${at.end} lies outside the file`);
  }
  if (message === '' || /\.$/.test(message)) throw new Error(`"${message}" is no message`);
  if (fix) checkFix(fix, rule, length);
}

function checkFix(fix: Fix, rule: Rule, length: number): void {
  if (rule.fixable !== fix.safety && !(rule.fixable === 'unsafe' && fix.safety === 'safe')) {
    throw new Error(`a ${fix.safety} fix from a rule that is ${rule.fixable ?? 'not'} fixable`);
  }
  if (fix.edits.length === 0) throw new Error('a fix without edits');
  const sorted = [...fix.edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const edit of sorted) {
    if (edit.start < at || edit.end < edit.start || edit.end > length) {
      throw new RangeError(`the edit at ${edit.start}-${edit.end} overlaps another or lies outside the file`);
    }
    at = edit.end;
  }
}

interface Filtered {
  readonly kept: Finding[];
  readonly useless: readonly UselessIgnore[];
}

/** Leaves out what the file's ignore comments name, by id or alias. */
function applyIgnores(found: readonly Finding[], document: Document, settings: LintSettings): Filtered {
  const ignores = settings.honoursIgnores === false ? [] : document.ignores;
  if (ignores.length === 0) return { kept: [...found], useless: [] };
  const used = new Set<IgnoreComment | IgnoredId>();
  const kept: Finding[] = [];
  const waiting = ignores.filter(({ covers }) => covers).sort((a, b) => b.covers!.start - a.covers!.start);
  let inForce: IgnoreComment[] = [];
  for (const finding of [...found].sort((a, b) => a.start - b.start)) {
    while (waiting.length > 0 && waiting.at(-1)!.covers!.start <= finding.start) inForce.push(waiting.pop()!);
    inForce = inForce.filter(({ covers }) => finding.start < Math.max(covers!.end, covers!.start + 1));
    if (!isIgnored(finding, inForce, settings.book, used)) kept.push(finding);
  }
  return { kept, useless: uselessIgnores(ignores, used, settings) };
}

function isIgnored(
  finding: Finding,
  inForce: readonly IgnoreComment[],
  book: readonly Rule[],
  used: Set<IgnoreComment | IgnoredId>,
): boolean {
  let isNamed = false;
  for (const ignore of inForce) {
    for (const by of [
      ...ignore.ids.filter(({ id }) => isMeant(id, finding, book)),
      ...(isAllMeant(ignore, finding, book) ? [ignore] : []),
    ]) {
      used.add(by);
      isNamed = true;
    }
  }
  return isNamed;
}

/** BuildKit's `skip=all` means its own checks. */
function isAllMeant({ isAll, dialect }: IgnoreComment, { ruleId }: Finding, book: readonly Rule[]): boolean {
  return isAll && (dialect !== 'buildkit' || isCheck(ruleId, book));
}

/** Whether BuildKit has the rule, too: only its names are words without dashes. */
function isCheck(ruleId: string, book: readonly Rule[]): boolean {
  return book.some(({ id, aliases = [] }) => id === ruleId && aliases.some(isCheckName));
}

export const isCheckName = (alias: string) => /^[A-Z][A-Za-z]+$/.test(alias);

/** `# check=error=true`: what BuildKit checks fails the build. */
function failsOnChecks({ directives }: Document): boolean {
  return directives.some(({ name, value }) => name === 'check' && readCheckOptions(value)?.isError === true);
}

/** A code of another program is meant by itself, and by the name of the rule that passes it on; a part by itself only. */
function isMeant(name: string, { ruleId, part }: Finding, book: readonly Rule[]): boolean {
  const lower = name.toLowerCase();
  if (lower === ruleId.toLowerCase() || lower === part?.toLowerCase()) return true;
  const rules = ruleNames(book).get(lower);
  if (!rules) return false;
  const isOtherPart = book.some(
    ({ id, parts }) => id === ruleId && parts?.some((each) => each.toLowerCase() === lower),
  );
  if (isOtherPart) return false;
  return rules.includes(ruleId) || (findRules(book, ruleId) ?? []).some((rule) => rules.includes(rule));
}

/** How the rules are called in the comments of a dialect: a name like that may be a slip of another one. */
const NAMES: Readonly<Record<IgnoreComment['dialect'], RegExp>> = {
  dockerfileopt: /./,
  hadolint: /^DL\d+$/,
  tally: /^[a-z]+(?:-[a-z]+)+$/,
  buildkit: /^[A-Z][A-Za-z]+$/,
};

/** Codes that are written as codes are; those that are not in the book may have been given up, or be new. */
const IS_CODE = /^(?:DL|SC)\d{4}$/;

/** Other tools' comments are theirs: only ours are held to be of use. A slip is a slip in all of them. */
function uselessIgnores(
  ignores: readonly IgnoreComment[],
  used: ReadonlySet<unknown>,
  { rules: activeRules, book, checkShell }: LintSettings,
): UselessIgnore[] {
  const active = new Set(activeRules.map(({ rule }) => rule.id));
  const useless: UselessIgnore[] = [];
  // A file may hold the same slip thousands of times.
  const meant = new Map<string, string | undefined>();
  for (const ignore of ignores) {
    const isOurs = ignore.dialect === 'dockerfileopt';
    for (const id of ignore.ids) {
      if (used.has(id) || (id.id.toLowerCase() === 'all' && used.has(ignore))) continue;
      const rules = findRules(book, id.id);
      // Where the program is not installed, nobody knows what it would have found.
      if (!checkShell && rules?.some((rule) => book.find(({ id }) => id === rule)?.codes)) continue;
      if (id.id.toLowerCase() === 'all' || rules) {
        const isActive = !rules || rules.some((rule) => active.has(rule));
        if (isOurs && isActive) useless.push({ ...id, reason: 'unused' });
        continue;
      }
      const slip = `${ignore.dialect} ${id.id}`;
      if (!meant.has(slip)) meant.set(slip, nearest(id.id, namesLike(book, NAMES[ignore.dialect])));
      const suggestion = meant.get(slip);
      if (isOurs || (suggestion && !IS_CODE.test(id.id))) useless.push({ ...id, reason: 'unknown', suggestion });
    }
  }
  return useless;
}

function namesLike(book: readonly Rule[], pattern: RegExp): string[] {
  return book.flatMap(({ id, aliases = [] }) => [id, ...aliases]).filter((name) => pattern.test(name));
}

/** The rules that a name means: by id, by alias, or by a code they pass on; undefined for a name that nobody has. */
export function findRules(book: readonly Rule[], name: string): readonly string[] | undefined {
  const rules = ruleNames(book).get(name.toLowerCase());
  if (rules) return rules;
  const passing = book.filter(({ codes }) => codes?.test(name.toUpperCase())).map(({ id }) => id);
  return passing.length > 0 ? passing : undefined;
}

const namesOf = new WeakMap<readonly Rule[], ReadonlyMap<string, readonly string[]>>();

/** Rule ids by id and alias, lower-cased; an alias may stand for several rules. */
export function ruleNames(book: readonly Rule[]): ReadonlyMap<string, readonly string[]> {
  let names = namesOf.get(book);
  if (!names) {
    const map = new Map<string, string[]>();
    for (const { id, aliases = [] } of book) {
      for (const name of [id, ...aliases]) {
        const key = name.toLowerCase();
        map.set(key, [...(map.get(key) ?? []), id]);
      }
    }
    names = map;
    namesOf.set(book, names);
  }
  return names;
}
