import { posix } from 'node:path';
import { type Document, decodeSource, parseDocument, type Range } from '../dockerfile/index.ts';
import { traceStage } from '../lint/facts/builds.ts';
import type { Project } from '../lint/types.ts';
import { completeMigration, type Migrated, refusedBy } from './migrate.ts';
import { planMigration } from './plan.ts';
import {
  type BuildStep,
  type CopyOutStep,
  type CreateStep,
  type HostPath,
  Refusal,
  type Refused,
  type Step,
} from './types.ts';
import { leaf } from './units.ts';

/** Two Dockerfiles between which files were carried by hand. */
export interface PairRequest {
  /** Paths in the project. */
  readonly build: HostPath;
  readonly runtime: HostPath;
  readonly buildContext: HostPath;
  readonly context: HostPath;
  /** What was carried: a path of the builder's image, and one of the runtime's context. */
  readonly artifacts: readonly { readonly from: string; readonly to: HostPath }[];
  readonly project: Project;
}

const NOWHERE: Range = { start: 0, end: 0 };

/** Makes one Dockerfile of two; what nobody wrote down is found out where the builder says it. */
export function migratePair(request: PairRequest): Migrated | Refused {
  try {
    const steps = pairSteps(request);
    return completeMigration(
      undefined,
      { steps, assumed: new Map() },
      planMigration(steps, request.project),
      request.project,
    );
  } catch (error) {
    return refusedBy(error);
  }
}

/** What a script of the usual kind would have said. */
function pairSteps(request: PairRequest): Step[] {
  const { build, runtime, buildContext, context } = request;
  const tags = { build: 'build:latest', runtime: 'runtime:latest' };
  const artifacts = request.artifacts.length > 0 ? request.artifacts : findArtifacts(request);
  let place = 0;
  const base = (text: string) => {
    place += 1;
    return { text, unit: leaf(NOWHERE), start: place, end: place };
  };
  const step = (path: HostPath, tag: string, folder: HostPath): BuildStep => ({
    kind: 'build',
    tags: [tag],
    dockerfile: { path },
    context: folder,
    cwd: '',
    target: undefined,
    platform: undefined,
    buildArgs: [],
    options: [],
    words: { optionsAt: 0, context: NOWHERE },
    ...base(`docker build -f ${path} ${folder || '.'}`),
  });
  const create: CreateStep = {
    kind: 'create',
    container: 'build',
    image: tags.build,
    runs: false,
    request: {
      command: undefined,
      entrypoint: undefined,
      env: [],
      workdir: undefined,
      user: undefined,
      isUserKnown: true,
      mounts: [],
      caches: [],
      isDetached: false,
      platform: undefined,
    },
    ...base('docker create'),
  };
  const copies = artifacts.map(
    ({ from, to }): CopyOutStep => ({
      kind: 'copy-out',
      container: 'build',
      from,
      isContent: false,
      to,
      toFolder: false,
      ...base(`docker cp ${from} ${to}`),
    }),
  );
  return [step(build, tags.build, buildContext), create, ...copies, step(runtime, tags.runtime, context)];
}

/** What the runtime copies and nobody has, found among what the builder makes. */
function findArtifacts(request: PairRequest): { from: string; to: HostPath }[] {
  const { build, runtime, context, project } = request;
  const [builder, last] = [read(project, build), read(project, runtime)];
  const made = traceStage(builder, builder.stages.at(-1)!).artifacts.map(({ path }) => path);
  const found: { from: string; to: HostPath }[] = [];
  for (const stage of last.stages) {
    for (const instruction of stage.instructions) {
      if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || instruction.flag('from')) continue;
      for (const { text } of instruction.operands.slice(0, -1)) {
        if (/\$|^(?:https?|ftp|git|ssh):/.test(text)) continue;
        // Of a pattern the folder in front of it.
        const isPattern = /[*?[]/.test(text);
        const path = posix.normalize(`./${text.replace(/[^/]*[*?[].*$/, '')}`).replace(/\/+$/, '');
        const to = context === '' ? path : posix.join(context, path);
        if (path === '.' || project.list(posix.dirname(to)).includes(posix.basename(to))) continue;
        const fitting = new Set(isPattern ? [] : made.flatMap((one) => artifactCalled(one, posix.basename(to)) ?? []));
        const [from] = fitting;
        if (from === undefined || fitting.size > 1) {
          const why = from === undefined ? 'where the builder makes' : 'which of several files of the builder is';
          throw new Refusal(
            'unknown-value',
            `${why} \`${text}\` is not known; --artifact FROM:${to} tells`,
            instruction,
            runtime,
          );
        }
        found.push({ from, to });
      }
    }
  }
  if (found.length === 0)
    throw new Refusal(
      'no-builder-pattern',
      `\`${runtime}\` copies nothing that its context lacks; --artifact FROM:TO tells what is carried`,
      last.stages[0]!.from,
      runtime,
    );
  return found;
}

/** A path whose last part is the name; `*` stands for a name that nobody knows. */
function artifactCalled(path: string, name: string): string | undefined {
  const last = posix.basename(path);
  if (last === name) return path;
  return last === '*' ? posix.join(posix.dirname(path), name) : undefined;
}

function read(project: Project, path: HostPath): Document {
  const text = project.readText(path);
  if (text === undefined) throw new Refusal('no-dockerfile', `there is no \`${path}\``, NOWHERE, path);
  const document = parseDocument(decodeSource(path, Buffer.from(text)));
  const [broken] = document.problems;
  if (broken) throw new Refusal('broken', `the builder cannot read it: ${broken.message}`, broken, path);
  if (document.stages.length === 0) throw new Refusal('broken', 'it has no stages', NOWHERE, path);
  return document;
}
