import type { Ecosystem } from '../../../knowledge/ecosystems.ts';
import { operands } from '../../effects/files.ts';
import type { Call, Declined, Effect, Entry, Evidence, Need, Proposal, RuntimeOption, Subject } from '../../types.ts';
import type { World } from '../../world.ts';

/** Marks a program that the compiler of the language wrote. */
export const COMPILED = 'compiled';
/** Marks the folder that a build works in. */
export const WORKSHOP = 'workshop';

/** What tells one language from another whose compiler writes a program that stands alone. */
export interface Language {
  readonly id: Ecosystem;
  /** Programs of the toolchain, which no runtime image has. */
  readonly toolchain: RegExp;
  readonly effects: (call: Call, world: World, subject: Subject) => readonly Effect[] | undefined;
  /** Files of the context that are compiled, beyond what the common table knows. */
  readonly sources: RegExp;
  readonly sdkVariables: RegExp;
  /** Names of programs that the sources start, in the first group. */
  readonly spawns: RegExp;
  /** Why a program cannot be taken from where it was built. */
  readonly problem?: (evidence: Evidence, programs: readonly Entry[]) => Declined | undefined;
  readonly runtimes: (evidence: Evidence, programs: readonly Entry[]) => readonly RuntimeOption[];
  /** Packages of the system that every program of the language needs. */
  readonly needs: (evidence: Evidence) => readonly Need[];
  readonly variables?: Proposal['variables'];
}

/** A program of the language. */
export function program(path: string, by: string, marks: readonly string[] = []): Effect {
  return { kind: 'write', path, role: 'artifact', origin: `built by \`${by}\``, marks: [COMPILED, ...marks] };
}

/** The folder that a build works in, with programs somewhere in it. */
export function workshop(path: string, by: string): Effect {
  const origin = `built by \`${by}\``;
  return { kind: 'write', path, entry: 'folder', isOpaque: true, role: 'artifact', origin, marks: [WORKSHOP] };
}

/** A folder of downloads and intermediate results. */
export function cache(path: string, by: string): Effect {
  const origin = `written by \`${by}\``;
  return { kind: 'write', path, entry: 'folder', isOpaque: true, role: 'cache', origin };
}

/**
 * `cp "$(cabal list-bin exe:hello)" /usr/local/bin`: what is copied from where the tool says that its programs are.
 * `name` finds the program's name in the word; undefined where there is no such word.
 */
export function copiedFromTool(
  call: Call,
  name: (word: string) => string | undefined,
  by: string,
  marks: readonly string[] = [],
): readonly Effect[] | undefined {
  if (!/^(?:cp|mv|install)$/.test(call.name)) return undefined;
  const words = operands(call, ['-m', '-o', '-g']);
  const to = words.at(-1) ?? '';
  const names = words.slice(0, -1).map((word) => name(word.replace(/^"(.*)"$/, '$1')));
  const path = call.path(to);
  if (path === undefined || names.length === 0 || names.some((found) => found === undefined)) return undefined;
  const isFolder =
    names.length > 1 || /(?:^|\/)\.{0,2}$/.test(to) || /^(?:\/usr(?:\/local)?|\/opt)?\/s?bin$/.test(path);
  return names.map((found) => program(isFolder ? `${path === '/' ? '' : path}/${found}` : path, by, marks));
}
