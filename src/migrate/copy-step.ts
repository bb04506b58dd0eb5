import { type Argument, COPY, splitOptions } from './options.ts';
import { hostPath, type Place, type Refuse } from './place.ts';
import { type CopyOutStep, Refusal, type Step } from './types.ts';
import { ROOT, TOKEN, type Value } from './values.ts';

export function readCopy(args: readonly Argument[], place: Place): Step {
  const { env } = place;
  const base = { start: place.start, end: place.end, text: place.text, unit: place.unit };
  const { operands, unknown, options } = splitOptions(args, COPY);
  const problems: Refusal[] = [];
  const refuse: Refuse = (code, reason, at) => problems.push(new Refusal(code, reason, at));
  for (const word of unknown) refuse('unknown-option', `the option \`${word.written}\` of \`cp\` is not known`, word);
  if (options.some(({ name }) => name === 'follow-link'))
    refuse('unknown-option', 'what a followed link of the image leads to is not known', place);
  const [from, to] = operands;
  const colon = from?.text.indexOf(':') ?? -1;
  if (from === undefined || to === undefined || operands.length > 2 || colon < 1) {
    const isInto = to !== undefined && /^[^./][^/]*:/.test(to.text);
    refuse(
      'unsupported',
      isInto ? 'files are copied into a container' : 'a copy has a path in a container and one on the host',
      place,
    );
    return {
      kind: 'use',
      images: [],
      containers: [(to?.text ?? '').split(':')[0]!],
      name: 'cp',
      isDark: true,
      ...base,
      problem: problems[0],
    };
  }
  const source = { ...from, text: from.text.slice(colon + 1) } satisfies Value;
  if (source.text.includes('$') || source.text.includes('`'))
    refuse('unknown-value', `which path \`${from.written}\` is, only a run of the script tells`, from);
  else if (isOdd(source.text)) refuse('unsupported', 'the path has signs that mean something to COPY', from);
  if (to.text === '-') refuse('unsupported', 'the copy comes out as an archive', place);
  const path = hostPath(to, env, refuse) ?? '';
  const step: CopyOutStep = {
    kind: 'copy-out',
    container: from.text.slice(0, colon),
    from: cleanImagePath(source.text),
    isContent: /\/\.\/?$/.test(source.text),
    to: path,
    toFolder: /(?:^|\/)\.{0,2}$/.test(to.text),
    ...base,
    problem: problems[0],
  };
  return step;
}

/** Signs that a Dockerfile would take for wildcards, variables, escapes or the end of a line. */
export function isOdd(path: string): boolean {
  return /[*?[\]\\"$\r\n]/.test(path) || path.includes(ROOT) || path.includes(TOKEN);
}

/** Absolute, without what says nothing. */
export function cleanImagePath(text: string): string {
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
