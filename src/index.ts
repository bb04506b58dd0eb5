/** The library: parse Dockerfiles, check them, repair them, and format what was found. */
import { rules } from '../rules/index.ts';
import { type Config, configSchema } from './config/keys.ts';
import { checkSchema } from './config/schema.ts';
import { activateRules } from './config/settings.ts';
import { parseDocument, Source } from './dockerfile/index.ts';
import { type LintSettings, lintDocument } from './lint/engine.ts';
import { type FixResult, fixDocument } from './lint/fixes.ts';
import { nearest } from './lint/nearest.ts';
import { emptyProject } from './lint/project.ts';
import type { Finding, Project } from './lint/types.ts';

export { rules } from '../rules/index.ts';
export type { Config, Override, RuleSetting } from './config/keys.ts';
export * from './dockerfile/index.ts';
export {
  type FormatName,
  type Formatter,
  formatNames,
  loadFormatter,
  type Palette,
  plain,
} from './formatters/index.ts';
export { type ActiveRule, type LintSettings, lintDocument, RuleError } from './lint/engine.ts';
export { type FixResult, fixDocument } from './lint/fixes.ts';
export { emptyProject, folderProject } from './lint/project.ts';
export {
  type FileError,
  type LintReport,
  type ReportedEdit,
  type ReportedFile,
  type ReportedFinding,
  reportFindings,
} from './lint/report.ts';
export type * from './lint/types.ts';
export { version } from './version.ts';

/** What text is checked with; everything has a default. */
export interface TextOptions {
  /** What messages and findings call the file: `Dockerfile` unless given. Nothing is read from there. */
  readonly path?: string;
  /** As in a configuration file, but for `overrides`, `ignores` and `context`, which need one. */
  readonly config?: Omit<Config, 'overrides' | 'ignores' | 'context'>;
  /** The files of the build context; none unless given. `folderProject` reads a folder. */
  readonly project?: Project;
}

/** Finds the problems in the text of a Dockerfile, in the order of the text. Throws for a configuration that is wrong. */
export function lintText(text: string, options: TextOptions = {}): Finding[] {
  return lintDocument(parseDocument(sourceOf(text, options)), settingsOf(options));
}

/** Repairs the text of a Dockerfile; with `unsafe`, also where the built image may change. */
export function fixText(text: string, options: TextOptions & { readonly unsafe?: boolean } = {}): FixResult {
  return fixDocument(parseDocument(sourceOf(text, options)), settingsOf(options), { unsafe: options.unsafe ?? false });
}

function sourceOf(text: string, { path = 'Dockerfile' }: TextOptions): Source {
  return new Source(path, text);
}

function settingsOf({ config = {}, project = emptyProject }: TextOptions): LintSettings {
  const [problem] = checkSchema(config, configSchema(rules), nearest);
  if (problem) throw new TypeError(`${problem.path}: ${problem.message}`);
  const { target, ignoreComments: honoursIgnores } = config;
  return { rules: activateRules(rules, config), book: rules, target, project, honoursIgnores };
}
