import type { Range, ScriptRedirect } from '../dockerfile/index.ts';
import type { Argument } from './options.ts';
import type { Refusal } from './types.ts';
import type { Unit } from './units.ts';
import { type Environment, toHostPath } from './values.ts';

/** What is known where a command stands. */
export interface Place extends Range {
  readonly text: string;
  readonly unit: Unit;
  readonly env: Environment;
  readonly redirects: readonly ScriptRedirect[];
  /** The variable that takes the command's output, and the token it holds from now on. */
  readonly assigned?: { readonly variable: string; readonly token: string } | undefined;
}

export type Refuse = (code: Refusal['code'], reason: string, at: Range) => void;

/** A word as a path of the host; refuses what cannot be known. */
export function hostPath(word: Argument, env: Environment, refuse: Refuse): string | undefined {
  if (!word.isKnown || word.isGlob === true) {
    refuse('unknown-value', `which path \`${word.written}\` is, only a run of the script tells`, word);
    return undefined;
  }
  const path = toHostPath(word.text, env.cwd);
  if (path === undefined) refuse('context', `\`${word.written}\` lies outside the folder of the project`, word);
  return path;
}

/** What the shell makes of a heredoc. */
export function heredocText({ body, operator }: ScriptRedirect, env: Environment, refuse: Refuse): string {
  if (!body) return '';
  const { text, isKnown } = env.join(body.parts);
  if (!isKnown) refuse('unknown-value', 'what the shell makes of this text, only a run of the script tells', body);
  return operator === '<<-' ? text.replace(/^\t+/gm, '') : text;
}
/** An image's name as tags are compared: `app` is `app:latest`. */
export function imageName(text: string): string {
  if (text.includes('@') || /:[^/]*$/.test(text)) return text;
  return `${text}:latest`;
}
