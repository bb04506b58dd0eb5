import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BuildRequest } from './engine.ts';
import type { Session } from './session.ts';

/** The Dockerfile as a file outside the context. */
export interface StagedDockerfile {
  readonly path: string;
  /** The Dockerfile's own `.dockerignore`, if it has one; it stands beside `path` too. */
  readonly ignoreFile: string | undefined;
}

/**
 * Writes the text where the engine can read it, with the `.dockerignore` that belongs to the Dockerfile it came from.
 *
 * No two files have one name: BuildKit keeps what a client sent it for a context, and does not read a file of that name
 * again whose size and time of modification are the same. Two candidates that are written within one tick of the clock
 * would be one build.
 */
export async function stageDockerfile(session: Session, request: BuildRequest): Promise<StagedDockerfile> {
  const folder = await session.makeFolder();
  const path = join(folder, `Dockerfile.${basename(folder)}`);
  await writeFile(path, request.dockerfile.text);
  const own = request.dockerfile.path === undefined ? undefined : `${request.dockerfile.path}.dockerignore`;
  if (own === undefined || !existsSync(own)) return { path, ignoreFile: undefined };
  const ignoreFile = `${path}.dockerignore`;
  await copyFile(own, ignoreFile);
  return { path, ignoreFile };
}
