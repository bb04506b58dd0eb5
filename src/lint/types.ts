import type { Document, Edit, Range, Stage } from '../dockerfile/index.ts';

/** How much a finding matters; `off` leaves the rule out. */
export type Severity = 'error' | 'warn' | 'info' | 'off';

/**
 * What a fix may do to the built image. `safe`: the image has the same content and config, every comment stays, the
 * file still parses. `unsafe`: the image may change.
 */
export type FixSafety = 'safe' | 'unsafe';

/** A repair of one finding: independent edits against the document that was checked. */
export interface Fix {
  /** In the imperative: "Name the stage `build`". */
  readonly title: string;
  readonly safety: FixSafety;
  readonly edits: readonly Edit[];
}

/** What a rule says about one place. */
export interface Report {
  /** Where; anything with a start and an end will do. */
  readonly at: Range;
  /** States a fact, with no full stop. */
  readonly message: string;
  readonly fix?: Fix | undefined;
  /** The code that another program gives what it found, if the rule passes on what such a program says: `SC2086`. */
  readonly code?: string | undefined;
  /** Which of the rule's `parts` this is. */
  readonly part?: string | undefined;
  /** How much that program makes of it; holds unless the configuration names the code or sets the rule. */
  readonly severity?: Exclude<Severity, 'off'> | undefined;
}

/** A shell script by itself, for a program that checks such. */
export interface ShellSnippet {
  /** `sh`, `bash`, `dash` or `ksh`. */
  readonly shell: string;
  readonly text: string;
  /** Names of variables that are set when it starts. */
  readonly variables: readonly string[];
}

/** A place in a snippet's text, as UTF-16 offsets. */
export interface SnippetEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What the program says of one place of a snippet; the end is exclusive. */
export interface ShellComment {
  /** `SC2086` */
  readonly code: string;
  readonly severity: Exclude<Severity, 'off'>;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** What it proposes; empty when it proposes nothing. */
  readonly edits: readonly SnippetEdit[];
}

/** Checks snippets, all at once, and returns the comments on each. */
export type ShellChecker = (snippets: readonly ShellSnippet[]) => readonly (readonly ShellComment[])[];

/** What a rule may ask for beside the document. */
export interface RuleContext {
  /** The stage that is shipped; undefined for a file with no stage. */
  readonly target: Stage | undefined;
  /** A value for each of the rule's options; undefined for a rule that is run without a configuration. */
  readonly options: unknown;
  readonly project: Project;
  /** Ignore comments of ours that silenced nothing; only for rules of the phase `ignores`. */
  readonly uselessIgnores: readonly UselessIgnore[];
  /** Undefined where ShellCheck is not installed. */
  readonly checkShell: ShellChecker | undefined;
}

/** An ignore comment, or one id of it, that silenced no finding. */
export interface UselessIgnore extends Range {
  readonly id: string;
  /** `unused`: the rule found nothing there. `unknown`: no rule has that id; `suggestion` is the nearest one. */
  readonly reason: 'unused' | 'unknown';
  readonly suggestion?: string | undefined;
}

/** The files around a Dockerfile, as far as they may be read; every path is relative to the build context. */
export interface Project {
  /** The text of a file in the build context, or undefined when it is not there or is not text. */
  readText(path: string): string | undefined;
  /** Names in a folder of the build context; empty when it is not there. */
  list(path: string): readonly string[];
}

/** An example of a rule at work; all of them are executed by the tests. */
export interface Example {
  /** Is flagged. */
  readonly bad: string;
  /** What stands beside it, where the rule looks at that: path in the build context → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the rule is set to, where it needs to be told something. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Is clean. Where the rule has a fix that applies to `bad`, this is its result. */
  readonly good: string;
}

/** An option that a rule takes. */
export interface RuleOption {
  readonly description: string;
  /** The values it may have, as a JSON schema. */
  readonly schema:
    | { readonly enum: readonly string[] }
    | { readonly type: 'boolean' | 'string' | 'number' }
    | { readonly type: 'array'; readonly items: { readonly type: 'string'; readonly pattern?: string } };
  readonly default: unknown;
}

/** One rule of the book. */
export interface Rule {
  /** The file's name: `no-numeric-from`. */
  readonly id: string;
  /** Codes and names of other linters: `DL3006`, `StageNameCasing`. */
  readonly aliases?: readonly string[];
  /**
   * Those of the aliases that stand for only some of what the rule finds; a report names the one that it falls under.
   * Setting or ignoring such an alias leaves the rest of the rule as it is.
   */
  readonly parts?: readonly string[];
  /** Codes of another program whose findings the rule passes on: each is accepted wherever an id is. */
  readonly codes?: RegExp;
  readonly severity: Severity;
  /**
   * Pieces of text in lower case, at least one of which stands in every file that the rule has something to say of, in
   * whatever case: on other files it is not run. A rule without them is run on every file.
   */
  readonly needs?: readonly string[];
  /** The strongest repair the rule offers. `rewrite` and `migrate`: by the command of that name, not by a fix. */
  readonly fixable?: FixSafety | 'rewrite' | 'migrate';
  readonly options?: Readonly<Record<string, RuleOption>>;
  /** The options a preset sets, so that the rule says what the tool of that name says. */
  readonly presetOptions?: Readonly<Partial<Record<'hadolint' | 'buildkit', Readonly<Record<string, unknown>>>>>;
  /** What the rule looks for, in one sentence. */
  readonly summary: string;
  /** Why it is bad, and what to do instead. */
  readonly why: string;
  readonly examples: readonly [Example, ...Example[]];
  /**
   * When the rule runs: `broken` rules also on files that do not parse, `ignores` rules when it is known which ignore
   * comments were of use. Others run on every file that parses.
   */
  readonly phase?: 'broken' | 'ignores';
  /** Checks one parsed document; reports come in any order. */
  check(document: Document, context: RuleContext): Iterable<Report>;
}

/** What was found in one place of one file. */
export interface Finding extends Range {
  /** The rule's id, or the code of another program that the rule passes on. */
  readonly ruleId: string;
  /** The alias that the finding falls under, where the rule has one for some of its findings only. */
  readonly part?: string | undefined;
  readonly severity: Exclude<Severity, 'off'>;
  readonly message: string;
  readonly fix?: Fix | undefined;
}
