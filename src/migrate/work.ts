import { posix } from 'node:path';
import type { Stage } from '../dockerfile/index.ts';
import type { Project } from '../lint/types.ts';
import { commandOf, inheritsIdle, isIdle, type Origin, runInstruction } from './origins.ts';
import { type HostPath, Refusal } from './types.ts';
import { ROOT, TOKEN } from './values.ts';

/** The instructions that do in a stage what a container has done; none where it has done nothing. */
export function workOf(
  origin: Origin,
  stage: Stage | undefined,
  root: HostPath,
  project: Project,
  assumptions: Set<string>,
): string[] {
  const { run } = origin;
  if (run === undefined) return [];
  const { request } = run;
  const command = commandOf(request, stage);
  const isRunning = run.kind === 'create' && request.isDetached;
  if (command.argv === undefined && command.text === undefined) {
    const repository = stage === undefined ? repositoryOf(origin.image) : stage.image?.repository;
    if (inheritsIdle(repository)) return [];
    throw new Refusal(
      'unknown-command',
      `what the container of \`${origin.image.replace(/:latest$/, '')}\` carries out is not known`,
      run,
    );
  }
  if (isIdle(command)) return [];
  if (isRunning) throw new Refusal('running-service', 'the files come out of a container that is still running', run);
  // What it copies has become hand-overs.
  if (run.kind === 'run' && run.outputs.length > 0) return [];
  const lines: string[] = [];
  for (const { name, value } of request.env) lines.push(`ENV ${name}=${quote(value)}`);
  const user = stage?.scope.end.user;
  for (const { source, target, readOnly } of request.mounts) {
    const path = source.startsWith('/')
      ? undefined
      : posix.relative(root === '' ? '.' : root, source === '' ? '.' : source);
    if (path === undefined) throw new Refusal('mount', `\`${source}\` is no folder of the project`, run);
    if (/[\s$\\*?[\]"]/.test(path + target))
      throw new Refusal('unsupported', 'the mounted path has signs that mean something to COPY', run);
    const isEmpty = source !== '' && project.list(source).length === 0;
    if (isEmpty && !readOnly) lines.push(`RUN mkdir -p ${shellWord(target)}`);
    else if (!isEmpty || project.readText(source) !== undefined) {
      const chown = user === undefined || /^(?:root|0)(?::|$)/.test(user) ? '' : `--chown=${user} `;
      lines.push(`COPY ${chown}${path === '' ? '.' : path} ${target}`);
    }
  }
  if (request.workdir !== undefined) {
    const mount = request.mounts.findIndex(
      ({ target }) => target.replace(/\/$/, '') === request.workdir!.replace(/\/$/, ''),
    );
    const copy =
      mount < 0
        ? -1
        : lines.findIndex((line) => line.startsWith('COPY') && line.endsWith(` ${request.mounts[mount]!.target}`));
    if (copy >= 0) {
      lines[copy] = `${lines[copy]!.slice(0, lines[copy]!.lastIndexOf(' '))} .`;
      lines.splice(copy, 0, `WORKDIR ${request.workdir}`);
    } else lines.push(`WORKDIR ${request.workdir}`);
  }
  for (const written of request.caches) assumptions.add(`that \`${written}\` only saves downloads`);
  if (request.user !== undefined) {
    const who = request.isUserKnown ? `\`${request.user}\`` : 'a user of the host';
    assumptions.add(`that ${who}, as whom the container runs, only decides who owns the files`);
  }
  lines.push(runInstruction(command));
  const odd = [origin.image, ...lines].find(
    (line) => /[\r\n]/.test(line) || line.includes(ROOT) || line.includes(TOKEN),
  );
  if (odd !== undefined)
    throw new Refusal('unsupported', 'what the container is given does not fit into lines of a Dockerfile', run);
  return lines;
}

/** A word for a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+:,./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A value between double quotes, if it needs them. */
function quote(value: string): string {
  if (/^[\w@%+:,./=-]+$/.test(value)) return value;
  return `"${value.replace(/[\\"$]/g, '\\$&')}"`;
}

export function repositoryOf(image: string): string {
  return image
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/^(?:docker\.io\/)?(?:library\/)?/, '');
}
