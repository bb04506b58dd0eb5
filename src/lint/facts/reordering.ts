import { type Document, type Instruction, joinPath, type ShellCommand, type Stage } from '../../dockerfile/index.ts';
import type { Fix, Project } from '../types.ts';
import { defaultFolder } from './builds.ts';
import type { Copy } from './copies.ts';
import type { DependencyInstall } from './dependencies.ts';
import { packageCall } from './installs.ts';
import { manifestsToCopy } from './manifests.ts';
import { systemOf } from './systems.ts';

/** Instructions that the sources may as well come behind. */
const INDIFFERENT: ReadonlySet<string> = new Set(['LABEL', 'EXPOSE', 'ENV', 'ARG', 'USER', 'STOPSIGNAL']);

/**
 * Copies the manifests where everything was copied, and everything behind the install; undefined where the install or
 * what stands between may need more than the manifests.
 */
export function copyManifestsFirst(
  document: Document,
  stage: Stage,
  whole: Copy,
  run: Instruction,
  install: DependencyInstall,
  project: Project,
): Fix | undefined {
  const { instruction, sources, destinationWord } = whole;
  const between = document.instructions.slice(instruction.index + 1, run.index);
  if (!between.every(({ keyword }) => INDIFFERENT.has(keyword)) || document.stageOf(run) !== stage) return undefined;
  if (instruction.json || instruction.comments.length > 0 || instruction.flag('parents')) return undefined;
  if (!document.shell(run)!.commands.every((command) => command === install.command || isIndependent(command)))
    return undefined;
  const written = destinationWord.text;
  if (written.includes('$') && between.length > 0) return undefined;
  const workdir = document.scope(run)?.workdir ?? defaultFolder(systemOf(stage));
  const destination = whole.destination ?? joinPath(workdir, written);
  const isAbsolute = install.command.args.some(({ value }) => value.startsWith(`${destination}/`));
  if (destination !== workdir && !isAbsolute && !(destination === undefined && /^\.\/?$/.test(written)))
    return undefined;
  const manifests = manifestsToCopy(install, project);
  const folders = new Set(manifests?.map((file) => file.replace(/^\.\//, '').replace(/[^/]*$/, '')));
  const [folder] = folders;
  if (!manifests || manifests.length === 0 || folders.size !== 1 || /^\/|\.\./.test(folder!)) return undefined;
  const into = `${written === '.' ? './' : written.endsWith('/') ? written : `${written}/`}${folder}`;
  return {
    title: `Copy ${manifests.map((file) => `\`${file}\``).join(', ')} first and the rest after the install`,
    safety: 'unsafe',
    edits: [
      { start: sources[0]!.word.start, end: destinationWord.end, text: `${manifests.join(' ')} ${into}` },
      {
        start: run.end,
        end: run.end,
        text: document.source.eol + document.source.slice({ start: instruction.start, end: instruction.lineEnd }),
      },
    ],
  };
}

/** Commands that do not read the sources. */
function isIndependent(command: ShellCommand): boolean {
  const words = command.args.map(({ value }) => value);
  if (packageCall(command)) return !words.some((word) => /^(?:-r|-e|--requirement|--editable|\.|\/)/.test(word));
  if (/^(?:npm|yarn|pnpm)$/.test(command.name))
    return /^(?:config|cache)$/.test(words[0] ?? '') || words.includes('-g');
  if (command.name === 'rm')
    return words.every((word) => word.startsWith('-') || /^(?:\/var|\/tmp|\/root)\//.test(word));
  return command.name === 'corepack' || command.name === 'set' || (command.name === 'bundle' && words[0] === 'config');
}
