import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { ConfigError, ConfigSearch, isHadolintConfig, loadConfig, loadHadolint } from '../config/load.ts';
import { patternMatcher } from '../config/patterns.ts';
import { type FileSettings, type LoadedConfig, Settings } from '../config/settings.ts';
import { type Document, decodeSource, encodeSource, type Instruction, parseDocument } from '../dockerfile/index.ts';
import { describeFailure } from '../failure.ts';
import { formatNames, loadFormatter } from '../formatters/index.ts';
import { type LintSettings, lintDocument, RuleError } from '../lint/engine.ts';
import { type FailOn, isFailure } from '../lint/fail-on.ts';
import { fixDocument } from '../lint/fixes.ts';
import { folderProject } from '../lint/project.ts';
import { type FileError, type LintReport, type ReportedFile, reportFindings } from '../lint/report.ts';
import type { Project, Rule } from '../lint/types.ts';
import { version } from '../version.ts';
import { type Command, type OptionValues, readText, UsageError, type World } from './command.ts';
import { unifiedDiff } from './diff.ts';
import { discoverFiles } from './discover.ts';
import { type LintOptions, readOptions } from './lint-options.ts';
import { ShellCheckers, ShellQuestions } from './shell-checks.ts';
import { writeAtomically } from './write.ts';

export const lintCommand: Command = {
  help: `Usage: dockerfileopt [lint] [options] [PATH…]

Finds problems in Dockerfiles. A PATH is a file, a folder to search, or - for stdin;
without one the current folder is searched.

Fixing
  --fix                  apply the fixes that keep the built image as it is
  --fix-unsafe           apply also those that may change it
  --diff                 show what the fixes would change, and change nothing

Checking
  --rule ID[:SEVERITY]   run a rule, or set its severity: error, warn, info, off; repeatable
  --target STAGE         the stage that is shipped, by name or number (default: the last)
  --context FOLDER       the build context (default: the folder of the Dockerfile)
  --fail-on SEVERITY     exit with 1 from this severity on: error, warn, info, or never (default: warn)

Output
  -f, --format FORMAT[:FILE]
                         ${formatNames.slice(0, 7).join(', ')},
                         ${formatNames.slice(7).join(', ')}
                         (default: stylish), to FILE if there is one; repeatable
  -o, --output-file FILE write the report that has no FILE of its own to this one
  -q, --quiet            leave out findings below --fail-on
  --color, --no-color    colour, or none, whatever the output is

Configuration
  -c, --config FILE      use this configuration; it may be .js, .mjs or .cjs
  --no-config            look for none
  --stdin-filename PATH  where the text on stdin belongs

Exit code: 0 nothing found, 1 findings at or above --fail-on, 2 a problem with usage, configuration or a file.
`,
  options: {
    fix: { type: 'boolean' },
    'fix-unsafe': { type: 'boolean' },
    diff: { type: 'boolean' },
    rule: { type: 'string', multiple: true },
    target: { type: 'string' },
    context: { type: 'string' },
    'fail-on': { type: 'string' },
    format: { type: 'string', short: 'f', multiple: true },
    'output-file': { type: 'string', short: 'o' },
    quiet: { type: 'boolean', short: 'q' },
    config: { type: 'string', short: 'c' },
    'no-config': { type: 'boolean' },
    'stdin-filename': { type: 'string' },
  },
  async run(values, words, world) {
    const full = await withPlugins(values, world);
    const run = new LintRun(readOptions(values, full.book), full);
    return run.lint(words.length === 0 ? ['.'] : words);
  },
};

/** The world with the rules that plug-ins add; only a configuration that the user names may have such. */
async function withPlugins(values: OptionValues, world: World): Promise<World> {
  const config = readText(values, 'config');
  if (config === undefined) return world;
  const { loadPlugins } = await import('../config/plugins.ts');
  try {
    const added = await loadPlugins(resolve(config), world.book);
    return added.length === 0 ? world : { ...world, book: [...world.book, ...added] };
  } catch (error) {
    // What is wrong with the file itself is told where its settings are read.
    if (error instanceof ConfigError && error.message.startsWith('plugins: '))
      throw new UsageError(`${config}: ${error.message}`);
    return world;
  }
}

/** One run of the command: what it has found so far, and what it remembers between files. */
class LintRun {
  readonly #options: LintOptions;
  readonly #world: World;
  readonly #files: ReportedFile[] = [];
  readonly #errors: FileError[] = [];
  readonly #rules = new Set<Rule>();
  readonly #search: ConfigSearch;
  readonly #settings = new Map<LoadedConfig, Settings>();
  readonly #checkers: ShellCheckers;
  readonly #warned = new Set<string>();
  #hasFailed = false;
  #project: { readonly folder: string; readonly project: Project } | undefined;

  constructor(options: LintOptions, world: World) {
    this.#options = options;
    this.#world = world;
    this.#search = new ConfigSearch(world.book);
    this.#checkers = new ShellCheckers(world);
  }

  async lint(paths: readonly string[]): Promise<number> {
    if (paths.includes('-')) {
      if (paths.length > 1) throw new UsageError('- stands alone: stdin is linted by itself');
      return this.#lintInput();
    }
    if (this.#options.stdinFilename !== undefined) throw new UsageError('--stdin-filename goes with -');
    const { files, errors } = await discoverFiles(paths, (path) => this.#isIgnored(resolve(path)));
    for (const { path, message } of errors) this.#fail(path, message);
    if (files.length > MANY) (await import('./many-files.ts')).optimiseLater();
    for (const [at, path] of files.entries()) {
      if (at % AT_ONCE === 0) await this.#lookAhead(files.slice(at, at + AT_ONCE));
      await this.#guard(path, async () => {
        const { document, result } = await this.#check(path, readFileSync(path));
        if (result.changed && !this.#options.diff) writeAtomically(path, encodeSource(result.changed.source));
        await this.#report(path, document, result);
      });
    }
    return this.#finish(this.#world);
  }

  /** With a fix the repaired text goes to stdout, and the report makes way to stderr. */
  async #lintInput(): Promise<number> {
    const path = this.#options.stdinFilename ?? '<stdin>';
    const writes = this.#options.fix !== undefined && !this.#options.diff;
    const bytes = await this.#world.readInput();
    await this.#guard(path, async () => {
      const { document, result } = await this.#check(path, bytes);
      if (writes) this.#world.print(encodeSource((result.changed ?? document).source));
      await this.#report(path, document, result);
    });
    if (writes && this.#files.length === 0) this.#world.print(bytes);
    const { palette, printAside } = this.#world;
    return this.#finish(
      writes
        ? { ...this.#world, print: (text) => printAside(String(text)), palette: () => palette('stderr') }
        : this.#world,
    );
  }

  /** Runs what may fail on one file, so that the others are still linted. */
  async #guard(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ConfigError) this.#fail(showPath(error.path), error.message);
      else if (error instanceof RuleError)
        this.#fail(path, `rule ${error.ruleId} crashed: ${describeFailure(error.cause)}`);
      else this.#fail(path, describeFailure(error));
    }
  }

  #fail(path: string, message: string): void {
    const shown = showPath(path);
    // A broken configuration is met once for every file that it is for.
    if (this.#errors.some((error) => error.path === shown && error.message === message)) return;
    this.#errors.push({ path: shown, message });
  }

  async #isIgnored(path: string): Promise<boolean> {
    try {
      return (await this.#settingsFor(path)).ignores(path);
    } catch (error) {
      // Met again, and told, when the file is linted.
      if (error instanceof ConfigError) return false;
      throw error;
    }
  }

  async #settingsFor(path: string): Promise<Settings> {
    const loaded = await this.#loadConfig(dirname(path));
    let settings = this.#settings.get(loaded);
    if (!settings) {
      const { overrides, ignores } = loaded.config;
      const matches = overrides || ignores ? await patternMatcher() : undefined;
      settings = new Settings(this.#world.book, loaded, this.#options, matches);
      this.#settings.set(loaded, settings);
      if (!this.#options.quiet) for (const note of loaded.notes ?? []) this.#warn(`${showPath(loaded.path!)}: ${note}`);
    }
    return settings;
  }

  #named: Promise<LoadedConfig> | undefined;

  #loadConfig(folder: string): Promise<LoadedConfig> {
    const { config } = this.#options;
    if (config === undefined) return this.#search.find(folder);
    this.#named ??=
      config === null ? Promise.resolve({ path: undefined, config: {} }) : loadNamed(resolve(config), this.#world.book);
    return this.#named;
  }

  async #fileSettings(path: string): Promise<FileSettings> {
    const absolute = resolve(path);
    return (await this.#settingsFor(absolute)).forFile(absolute);
  }

  async #lintSettings(file: FileSettings, document: Document): Promise<LintSettings> {
    return {
      rules: file.rules,
      book: this.#world.book,
      target: file.target,
      project: this.#projectOf(file.context),
      honoursIgnores: file.honoursIgnores,
      checkShell: document.instructions.some(hasCommands) ? await this.#checkers.find(file) : undefined,
    };
  }

  /** Asks ShellCheck about the commands of several files at once, where it will be asked. */
  async #lookAhead(paths: readonly string[]): Promise<void> {
    if (paths.length < 2) return;
    const questions = new ShellQuestions();
    for (const path of paths) {
      try {
        const file = await this.#fileSettings(path);
        if (!(await this.#checkers.find(file))) continue;
        const document = parseDocument(decodeSource(path, readFileSync(path)));
        questions.add(document, await this.#lintSettings(file, document));
      } catch {
        // Met again, and told, when the file is linted.
      }
    }
    questions.ask();
  }

  async #check(path: string, bytes: Buffer): Promise<{ document: Document; result: Checked }> {
    const document = parseDocument(decodeSource(path, bytes));
    const file = await this.#fileSettings(path);
    for (const { rule } of file.rules) this.#rules.add(rule);
    const settings = await this.#lintSettings(file, document);
    const { fix, diff } = this.#options;
    const { failOn } = file;
    if (fix === undefined)
      return { document, result: { findings: lintDocument(document, settings), fixed: 0, failOn } };
    const fixed = fixDocument(document, settings, { unsafe: fix === 'unsafe' });
    for (const { ruleId } of fixed.rolledBack) {
      this.#world.warn(
        `${showPath(path)}: a fix of ${ruleId} would break the file and is left out; please report this`,
      );
    }
    const changed = fixed.document.source.text === document.source.text ? undefined : fixed.document;
    // What is only shown does not change the file, and the findings are the file's.
    const result = diff
      ? { findings: lintDocument(document, settings), fixed: 0, changed, failOn }
      : { findings: fixed.findings, fixed: fixed.applied.length, changed, failOn };
    return { document, result };
  }

  /** Says something once. */
  #warn(message: string): void {
    if (!this.#warned.has(message)) this.#world.warn(message);
    this.#warned.add(message);
  }

  /** Files of one folder come one after another; older contexts are forgotten. */
  #projectOf(folder: string): Project {
    if (this.#project?.folder !== folder) this.#project = { folder, project: folderProject(folder) };
    return this.#project.project;
  }

  async #report(path: string, document: Document, { findings, fixed, changed, failOn }: Checked): Promise<void> {
    const { diff, quiet } = this.#options;
    const shown = showPath(path);
    const source = (diff ? document : (changed ?? document)).source;
    const failing = findings.filter(({ severity }) => isFailure(severity, failOn));
    if (failing.length > 0) this.#hasFailed = true;
    const kept = quiet ? failing : findings;
    this.#files.push({
      path: shown,
      ...reportFindings(source, kept),
      fixed,
      ...(diff && changed && { diff: await unifiedDiff(shown, document.source.text, changed.source.text) }),
    });
  }

  async #finish({ print, palette, warn }: World): Promise<number> {
    const { outputs } = this.#options;
    const report: LintReport = {
      version,
      files: this.#files,
      errors: this.#errors,
      rules: [...this.#rules],
    };
    const hasFindings = this.#files.some(({ findings, fixed, diff }) => findings.length + fixed > 0 || diff);
    for (const { format, file } of outputs) {
      if (format === 'stylish' && file === undefined && !hasFindings) continue;
      const formatReport = await loadFormatter(format);
      const text = formatReport(report, await palette(file === undefined ? 'stdout' : 'file'));
      if (file === undefined) print(text);
      else this.#writeOutput(file, text);
    }
    for (const { path, message } of this.#errors) warn(`${path}: ${message}`);
    if (this.#errors.length > 0) return 2;
    return this.#hasFailed ? 1 : 0;
  }

  #writeOutput(path: string, text: string): void {
    try {
      writeFileSync(path, text);
    } catch (error) {
      this.#fail(path, describeFailure(error));
    }
  }
}

/** Files that ShellCheck is asked about at once. */
const AT_ONCE = 100;
/** Files; so many take a good part of a second. */
const MANY = 200;

/** What checking one file came to; `changed` is the document after the fixes, if they did anything. */
interface Checked {
  readonly findings: Parameters<typeof reportFindings>[1];
  readonly fixed: number;
  readonly changed?: Document | undefined;
  readonly failOn: FailOn;
}

const hasCommands = ({ keyword, child }: Instruction) => (child?.keyword ?? keyword) === 'RUN';

async function loadNamed(path: string, book: readonly Rule[]): Promise<LoadedConfig> {
  if (isHadolintConfig(path)) return loadHadolint(path, book);
  const loaded = await loadConfig(path, book, { code: true });
  if (!loaded) throw new ConfigError(path, 'has no "dockerfileopt" in it');
  return loaded;
}

/** A path as reports show it: relative to the working folder where it lies below it, with forward slashes. */
function showPath(path: string): string {
  if (path === '<stdin>') return path;
  const inner = relative('', path);
  const isBelow = inner !== '' && inner !== '..' && !inner.startsWith(`..${sep}`) && resolve(inner) === resolve(path);
  const shown = isBelow ? inner : path;
  return sep === '/' ? shown : shown.replaceAll(sep, '/');
}
