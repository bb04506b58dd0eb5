import { JoinedText, parseScript, type ScriptNode, type ScriptWord } from '../../dockerfile/index.ts';
import type { Project } from '../types.ts';
import { Memo } from './memo.ts';

/** A file that a script takes out of an image and puts beside a Dockerfile. */
export interface CarriedFile {
  /** The script's name in the build context. */
  readonly script: string;
  /** What it is called where it is put. */
  readonly name: string;
  /** `docker cp`, as the script says it. */
  readonly how: string;
}

/** Scripts are looked for where people put those that build: beside the Dockerfile. */
const SCRIPT = /\.(?:sh|bash|mk)$|^(?:GNU)?[Mm]akefile$|^(?:build|make|release|package)$/;
/** Most scripts have no such line, and are not taken apart. */
const COPIES_OUT = /\b(?:docker|podman|DOCKER|PODMAN)\b.*\bcp\s/;

const known = new Memo<Project, readonly CarriedFile[]>();

/** The files that scripts of the build context carry from an image to the host. */
export function carriedFiles(project: Project): readonly CarriedFile[] {
  let files = known.get(project);
  if (!files) {
    files = project
      .list('.')
      .filter((name) => SCRIPT.test(name))
      .flatMap((script) => readScript(script, project.readText(script) ?? ''));
    known.set(project, files);
  }
  return files;
}

function readScript(script: string, text: string): CarriedFile[] {
  if (!COPIES_OUT.test(text)) return [];
  const isRecipe = !/\.(?:sh|bash)$/.test(script) && !text.startsWith('#!');
  // A Makefile's lines are a shell's behind the tab; the others only ask to be left out.
  const shell = isRecipe
    ? (text.match(/^\t.*(?:\\\n.*)*/gm) ?? [])
        .join('\n')
        .replace(/^\t[@+-]*/gm, '')
        .replace(/\$\(|\)/g, ' ')
    : text;
  const { body } = parseScript(JoinedText.piece(shell, 0));
  const found: CarriedFile[] = [];
  for (const { node } of body) collect(node, script, found);
  return found;
}

function collect(node: ScriptNode, script: string, found: CarriedFile[]): void {
  switch (node.kind) {
    case 'command':
      found.push(...readCommand(node.words, script));
      return;
    case 'chain':
    case 'pipeline':
      for (const member of node.members) collect(member, script, found);
      return;
    case 'group':
    case 'function':
      for (const { node: inner } of node.body) collect(inner, script, found);
      return;
    case 'branch':
      for (const { node: inner } of node.bodies.flat()) collect(inner, script, found);
      return;
    case 'test':
      return;
  }
}

/** `docker cp CONTAINER:PATH TO`, behind `sudo` or not. */
function readCommand(words: readonly ScriptWord[], script: string): CarriedFile[] {
  const at = words.findIndex(({ text }) => text === 'cp');
  const program = words[words[at - 1]?.text === 'container' ? at - 2 : at - 1]?.text ?? '';
  if (at < 1 || !/docker|podman/i.test(program)) return [];
  const operands = words.slice(at + 1).filter(({ text }) => !text.startsWith('-'));
  const [from, to] = operands;
  const path = from?.parts.at(-1);
  if (operands.length !== 2 || path?.kind !== 'text' || !path.value.includes(':')) return [];
  const target = to!.parts.at(-1);
  if (target?.kind !== 'text') return [];
  const source = path.value.slice(path.value.indexOf(':') + 1);
  const name = baseName(target.value === '.' || target.value.endsWith('/') ? source : target.value);
  const how = words.map(({ text }) => text).join(' ');
  return name === '' ? [] : [{ script, name, how }];
}

function baseName(path: string): string {
  const trimmed = path.replace(/\/+\.?$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}
