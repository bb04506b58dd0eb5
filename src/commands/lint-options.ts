import { resolve } from 'node:path';
import type { CommandLineSettings } from '../config/settings.ts';
import { type FormatName, formatNames } from '../formatters/index.ts';
import { findRules, ruleNames } from '../lint/engine.ts';
import { failures } from '../lint/fail-on.ts';
import { nearest } from '../lint/nearest.ts';
import type { FixSafety, Rule, Severity } from '../lint/types.ts';
import { type OptionValues, readChoice, readText, UsageError } from './command.ts';
import { type Output, readOutputs } from './outputs.ts';

/** The command line, read and checked. */
export interface LintOptions extends CommandLineSettings {
  /** What `--fix`, `--fix-unsafe` and `--diff` work with; undefined when nothing is to be fixed. */
  readonly fix: FixSafety | undefined;
  /** Show instead of write. */
  readonly diff: boolean;
  /** What is reported, and where to; one of them at most goes to stdout. */
  readonly outputs: readonly Output<FormatName>[];
  readonly quiet: boolean;
  /** A file's name; null to look for none. */
  readonly config: string | null | undefined;
  readonly stdinFilename: string | undefined;
}

/** Throws UsageError. */
export function readOptions(values: OptionValues, book: readonly Rule[]): LintOptions {
  const diff = values.diff === true;
  const context = readText(values, 'context');
  if (values['no-config'] && values.config !== undefined)
    throw new UsageError('--config and --no-config exclude each other');
  return {
    fix: values['fix-unsafe'] ? 'unsafe' : values.fix || diff ? 'safe' : undefined,
    diff,
    failOn: values['fail-on'] === undefined ? undefined : readChoice(values, 'fail-on', failures, 'warn'),
    outputs: readOutputs(values, formatNames, 'stylish'),
    quiet: values.quiet === true,
    config: values['no-config'] ? null : readText(values, 'config'),
    stdinFilename: readText(values, 'stdin-filename'),
    rules: ((values.rule ?? []) as string[]).map((text) => readRule(text, book)),
    target: readText(values, 'target'),
    context: context === undefined ? undefined : resolve(context),
  };
}

function readRule(text: string, book: readonly Rule[]): CommandLineSettings['rules'][number] {
  const [name, severity, ...rest] = text.split(':');
  if (!findRules(book, name!)) {
    const near = nearest(name!, [...ruleNames(book).keys()]);
    throw new UsageError(`--rule ${text}: unknown rule${near ? `, did you mean ${near}?` : ''}`);
  }
  if (severity === undefined) return { name: name!, severity: undefined };
  if (!/^(error|warn|info|off)$/.test(severity) || rest.length > 0) {
    throw new UsageError(`--rule ${text}: the severity is one of error, warn, info, off`);
  }
  return { name: name!, severity: severity as Severity };
}
