import type { Document, Instruction, Stage } from '../../dockerfile/index.ts';
import { isBuildStageName, isDevelopmentStageName } from '../../knowledge/names.ts';
import { runsBuildTool } from '../../knowledge/tools.ts';
import type { Project } from '../types.ts';
import { stageCopies } from './copies.ts';
import { Memo } from './memo.ts';

/** What a container of a stage starts. */
export interface StartCommand {
  readonly entrypoint: Instruction | undefined;
  readonly cmd: Instruction | undefined;
  /** Every command line that is run, as far as the file tells: the exec forms put together, or those of the shell form. */
  readonly lines: readonly (readonly string[])[];
}

const starts = new Memo<Stage, StartCommand | undefined>();

/** ENTRYPOINT and CMD in force at the end of a stage; undefined when the file sets neither. */
export function startCommand(document: Document, stage: Stage): StartCommand | undefined {
  if (!starts.has(stage)) starts.set(stage, readStart(document, stage));
  return starts.get(stage);
}

function readStart(document: Document, stage: Stage): StartCommand | undefined {
  let entrypoint: Instruction | undefined;
  let cmd: Instruction | undefined;
  for (const part of [...stage.chain].reverse()) {
    let isOwn = false;
    for (const instruction of part.instructions) {
      if (instruction.keyword === 'CMD') {
        cmd = instruction;
        isOwn = true;
      } else if (instruction.keyword === 'ENTRYPOINT') {
        entrypoint = instruction;
        // An entry point clears the command that came with the base.
        if (!isOwn) cmd = undefined;
      }
    }
  }
  if (isEmpty(entrypoint)) entrypoint = undefined;
  if (isEmpty(cmd)) cmd = undefined;
  if (!entrypoint && !cmd) return undefined;
  const first = entrypoint ? commandLines(document, entrypoint) : [];
  const isShellForm = entrypoint !== undefined && !entrypoint.json;
  const second = cmd && !isShellForm ? commandLines(document, cmd) : [];
  const joined = entrypoint?.json && second.length > 0 ? [[...(first.at(-1) ?? []), ...second[0]!]] : [];
  return { entrypoint, cmd, lines: [...joined, ...second, ...first].filter((line) => line.length > 0) };
}

function isEmpty(instruction: Instruction | undefined): boolean {
  return instruction !== undefined && (instruction.json ? instruction.json.length === 0 : instruction.argsText === '');
}

/** The command lines of CMD, ENTRYPOINT or HEALTHCHECK, each program first. */
export function commandLines(document: Document, instruction: Instruction): readonly (readonly string[])[] {
  const script = document.shell(instruction);
  if (script) return script.commands.map(({ words }) => words.map(({ value }) => value));
  const argv = instruction.json?.map(({ value }) => value);
  return argv ? [argv] : [];
}

/** The HEALTHCHECK in force at the end of a stage. */
export function healthcheck(stage: Stage): Instruction | undefined {
  for (const part of stage.chain) {
    const found = part.instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
    if (found) return found;
  }
  return undefined;
}

const DEVELOPMENT_FILE =
  /^(?:dev|devel|develop|development|debug|test|tests|testing|ci|lint|e2e|build|builder|sdk|base|local|devcontainer|toolchain|bench)$/;
const DEVELOPMENT_FOLDER = /^(?:\.?devcontainer|\.?ci|dev|tests?|\.github|\.circleci|\.gitlab|\.buildkite)$/;

/** Whether the file's own name, or the folder it lies in, says that its image is not for production. */
export function isDevelopmentFile(path: string): boolean {
  const parts = path.split(/[/\\]/);
  const name = parts.pop()!.toLowerCase();
  if (name.split(/[._-]/).some((word) => DEVELOPMENT_FILE.test(word))) return true;
  return DEVELOPMENT_FOLDER.test(parts.pop() ?? '');
}

/**
 * What the target starts, if the image is one that is shipped: not for developing or testing, and started with a
 * command of its own that is neither a shell, nor idling, nor a build tool.
 */
export function shippedCommand(document: Document, target: Stage | undefined): StartCommand | undefined {
  if (!target) return undefined;
  if (!shipped.has(target)) shipped.set(target, readShipped(document, target));
  return shipped.get(target);
}

const shipped = new Memo<Stage, StartCommand | undefined>();

function readShipped(document: Document, target: Stage): StartCommand | undefined {
  if (isDevelopmentFile(document.source.path)) return undefined;
  const { name } = target;
  if (name !== undefined && (isDevelopmentStageName(name) || isBuildStageName(name))) return undefined;
  const start = startCommand(document, target);
  if (!start || start.lines.length === 0) return undefined;
  return start.lines.some((line) => isIdle(line) || runsBuildTool(line)) ? undefined : start;
}

const SHELL = /^(?:(?:ba|da|a|z|k|fi)?sh|pwsh|screen|tmux)$/;

/** A shell to type into, or something that only keeps the container alive. */
function isIdle(line: readonly string[]): boolean {
  const program = programOf(line);
  if (SHELL.test(program)) return line.slice(1).every((word) => word.startsWith('-') && !/^-\w*c$/.test(word));
  if (program === 'sleep') return line[1] === 'infinity' || Number(line[1]) > 3600;
  return program === 'tail' && line.includes('/dev/null');
}

/** The program of a command line, without its folders. */
export function programOf(line: readonly string[]): string {
  const path = line[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Whether the container may run a program: its command, its health check or a script that they start names it, or
 * such a script cannot be read.
 */
export function mayRun(
  document: Document,
  target: Stage,
  start: StartCommand,
  project: Project,
  program: RegExp,
): boolean {
  const words = startWords(document, target, start);
  return words.some((word) => {
    if (program.test(word.slice(word.lastIndexOf('/') + 1))) return true;
    return SCRIPT.test(word) && programIn(readScript(document, target, project, word), program);
  });
}

/** The texts of the scripts that the container starts, those that can be read. */
export function readableScripts(document: Document, target: Stage, start: StartCommand, project: Project): string[] {
  return startWords(document, target, start).flatMap((word) =>
    SCRIPT.test(word) ? (readScript(document, target, project, word) ?? []) : [],
  );
}

/** Words that are, or may be, the path of a shell script. */
const SCRIPT = /\.(?:sh|bash)$|entrypoint|^\S*\/(?:start|run|init|boot)[\w-]*$/;

function startWords(document: Document, target: Stage, start: StartCommand): readonly string[] {
  const check = healthcheck(target);
  return [...start.lines, ...(check ? commandLines(document, check) : [])].flat();
}

function programIn(text: string | undefined, program: RegExp): boolean {
  return text === undefined || text.split(/[^\w.+-]+/).some((word) => program.test(word));
}

/** The text of a script that a stage copies from the build context. */
function readScript(document: Document, target: Stage, project: Project, path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (const stage of target.chain) {
    for (const copy of stageCopies(document, stage)) {
      if (copy.from) continue;
      for (const source of copy.sources) {
        if (source.kind !== 'path' || source.path === undefined) continue;
        const isIt = source.path.endsWith(`/${name}`) || copy.destination?.endsWith(`/${name}`);
        const text = project.readText((isIt ? source.path : `${source.path}/${name}`).replace(/^\/+/, ''));
        if (text !== undefined) return text;
      }
    }
  }
  return undefined;
}
