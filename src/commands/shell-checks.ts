import type { FileSettings } from '../config/settings.ts';
import type { Document } from '../dockerfile/index.ts';
import { type LintSettings, lintDocument } from '../lint/engine.ts';
import type { ShellChecker, ShellSnippet } from '../lint/types.ts';
import type { World } from './command.ts';
import { findProgram } from './programs.ts';

/** Finds the ShellCheck that a file's commands are checked with: a rule passes on what it says. */
export class ShellCheckers {
  readonly #world: World;
  readonly #programs = new Map<string, string | undefined>();
  readonly #checkers = new Map<string, Promise<ShellChecker>>();
  readonly #missed = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Undefined where no rule asks for it, or it is not installed; that is told to those who asked for it, once. */
  find({ rules, shellcheck }: FileSettings): Promise<ShellChecker | undefined> | undefined {
    const passing = rules.filter(({ rule }) => rule.codes);
    if (passing.length === 0) return undefined;
    const name = shellcheck ?? 'shellcheck';
    const program = this.#findProgram(name);
    if (program === undefined) {
      const isAskedFor =
        shellcheck !== undefined ||
        passing.some(
          ({ isNamed, codes }) => isNamed || [...(codes?.values() ?? [])].some((severity) => severity !== 'off'),
        );
      if (isAskedFor && !this.#missed.has(name))
        this.#world.warn(`${name} is not there, and what ShellCheck would say is left out`);
      if (isAskedFor) this.#missed.add(name);
      return undefined;
    }
    let checker = this.#checkers.get(program);
    if (!checker) {
      checker = import('../shellcheck/shellcheck.ts').then(({ shellChecker }) => shellChecker(program));
      this.#checkers.set(program, checker);
    }
    return checker;
  }

  /** Looks through the path once, not for every file. */
  #findProgram(name: string): string | undefined {
    if (!this.#programs.has(name)) this.#programs.set(name, findProgram(name, this.#world.env.PATH));
    return this.#programs.get(name);
  }
}

/** What ShellCheck will be asked of several files, to ask it once: a checker knows what it was asked before. */
export class ShellQuestions {
  readonly #snippets = new Map<ShellChecker, ShellSnippet[]>();

  /** Takes in what a lint with these settings would ask. */
  add(document: Document, settings: LintSettings): void {
    const { checkShell } = settings;
    if (!checkShell) return;
    const snippets = this.#snippets.get(checkShell) ?? [];
    this.#snippets.set(checkShell, snippets);
    const note: ShellChecker = (asked) => {
      snippets.push(...asked);
      return asked.map(() => []);
    };
    const rules = settings.rules.filter(({ rule }) => rule.codes);
    lintDocument(document, { ...settings, rules, checkShell: note });
  }

  /** Whatever goes wrong goes wrong again, and is told, when the file that it is about is linted. */
  ask(): void {
    for (const [checkShell, snippets] of this.#snippets) {
      try {
        checkShell(snippets);
      } catch {}
    }
  }
}
