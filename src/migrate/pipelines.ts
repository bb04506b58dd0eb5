import { isMap, isScalar, isSeq, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { parseScript, type Range, type Source } from '../dockerfile/index.ts';
import { MappedText } from './mapped-text.ts';
import type { Part, Walk } from './parts.ts';
import { type HostPath, Refusal } from './types.ts';
import { walkScript } from './walk.ts';

/** Follows each job of a GitHub or GitLab configuration. */
export function readPipelines(source: Source, path: HostPath, _cwd: HostPath): Walk[] {
  const { text } = source;
  const document = parseDocument(text, { keepSourceTokens: false });
  const [error] = document.errors;
  if (error)
    throw new Refusal('broken', `it is not valid YAML: ${error.message.split('\n')[0]!.replace(/[.:]$/, '')}`, {
      start: error.pos[0],
      end: error.pos[1],
    });
  const root = document.contents;
  if (!isMap(root))
    throw new Refusal('unsupported', 'it is no configuration of GitHub or GitLab', { start: 0, end: 0 });
  const jobs = root.get('jobs');
  const all = isMap(jobs) ? jobs.items.map(({ value }) => value) : root.items.map(({ value }) => value);
  return all.flatMap((job) => {
    if (!isMap(job)) return [];
    const parts = isMap(jobs) ? githubParts(source, job) : gitlabParts(source, job);
    // Jobs start in the folder of the repository, which all paths are relative to.
    return parts.length === 0 ? [] : [walkScript(parts, path, '')];
  });
}

function githubParts(source: Source, job: YAMLMap): Part[] {
  const steps = job.get('steps');
  if (!isSeq(steps)) return [];
  return steps.items.flatMap((step) => {
    if (!isMap(step)) return [];
    const folder = step.get('working-directory');
    const run = step.get('run', true);
    const range = itemRange(source, step.range!);
    const uses = step.get('uses');
    if (typeof uses === 'string') return [{ body: [], cwd: '', unit: range, action: uses }];
    if (!isScalar(run)) return [];
    const part = readScalar(source, run, typeof folder === 'string' ? folder.replace(/^\.\/?/, '') : '', range);
    // A condition decides whether the step runs at all.
    return [step.has('if') ? { ...part, condition: 'if' } : part];
  });
}

function gitlabParts(source: Source, job: YAMLMap): Part[] {
  return ['before_script', 'script', 'after_script'].flatMap((key) => {
    const list = job.get(key);
    if (!isSeq(list)) return [];
    return list.items.flatMap((item, index) =>
      isScalar(item)
        ? [readScalar(source, item, index === 0 && key !== 'script' ? '' : undefined, itemRange(source, item.range!))]
        : [],
    );
  });
}

/** A list's item with its dash. */
function itemRange({ text }: Source, [start, end]: readonly [number, number, number]): Range {
  const dash = text.lastIndexOf('-', start);
  const isOwn = dash >= 0 && /^-\s*$/.test(text.slice(dash, start));
  return { start: isOwn ? dash : start, end: start + text.slice(start, end).trimEnd().length };
}

/** The text of a scalar as the shell gets it. */
function readScalar({ text }: Source, scalar: Scalar, cwd: HostPath | undefined, unit: Range): Part {
  const [start, end] = scalar.range!;
  const mapped = new MappedText();
  const raw = text.slice(start, end);
  if (scalar.type === 'BLOCK_LITERAL') {
    const header = raw.indexOf('\n') + 1;
    const indent = /^[ \t]*/.exec(raw.slice(header).replace(/^(?:[ \t]*\r?\n)+/, ''))![0].length;
    for (let at = start + header; at < end; ) {
      const newline = text.indexOf('\n', at);
      const next = newline < 0 || newline >= end ? end : newline + 1;
      const from = Math.min(at + indent, next);
      addLine(mapped, /^[ \t]*\r?\n?$/.test(text.slice(at, next)) ? '\n' : text.slice(from, next), from);
      at = next;
    }
  } else if (scalar.type === 'PLAIN' && raw === scalar.value) addLine(mapped, raw, start);
  else if (/^QUOTE/.test(scalar.type ?? '') && raw.slice(1, -1) === scalar.value)
    addLine(mapped, raw.slice(1, -1), start + 1);
  else if (/docker|podman|buildah/.test(raw))
    throw new Refusal('unsupported', 'the lines of this text become one before a shell gets them', { start, end });
  const script = parseScript(mapped.joined);
  const [error] = script.errors;
  if (error) throw new Refusal('broken', `the shell cannot read it: ${error.message}`, error);
  return { body: script.body, unit, ...(cwd === undefined ? {} : { cwd }) };
}

/** `${{ … }}` is filled in before the shell sees it: something that nobody knows here. */
function addLine(mapped: MappedText, line: string, start: number): void {
  let at = 0;
  for (const { 0: whole, index } of line.matchAll(/\$\{\{.*?\}\}/g)) {
    mapped.add(line.slice(at, index), start + at);
    mapped.replace(`\${EXPRESSION_${whole.replace(/\W+/g, '_')}}`, start + index, start + index + whole.length);
    at = index + whole.length;
  }
  mapped.add(line.slice(at), start + at);
}
