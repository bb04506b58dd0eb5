import { ask, type ContainerClient } from './containers.ts';
import { EngineError, type ImageConfig, type ImageInspection } from './engine.ts';
import { execute } from './process.ts';
import { OWN_LABELS } from './session.ts';

/** What docker and podman print of an image, without what is ours. */
export async function inspectImage(client: ContainerClient, image: string): Promise<ImageInspection> {
  const [raw] = JSON.parse(await ask(client, ['image', 'inspect', image])) as readonly ImageInspection[];
  if (!raw) throw new EngineError(`${client.command} says nothing about ${image}`);
  return { ...raw, Id: longId(raw.Id), Config: withoutOwnLabels(raw.Config ?? {}) };
}

/** Gives an image a name of the session's, which goes with it. */
export async function tagImage(client: ContainerClient, image: string): Promise<string> {
  const { session, command, env } = client;
  const name = `localhost/dockerfileopt-${session.id.slice(0, 8)}:${image.replace('sha256:', '').slice(0, 12)}`;
  await session.make(() => ask(client, ['tag', image.replace('sha256:', ''), name]));
  session.onDispose(async () => {
    // The image itself may stay as long as others stand on it.
    await execute(command, client.name === 'docker' ? ['rmi', '--no-prune', name] : ['rmi', name], { env });
  });
  return name;
}

export const longId = (id: string) => (id.includes(':') ? id : `sha256:${id}`);

/** Labels that building through us has added are no part of the image that the user would get. */
export function withoutOwnLabels(config: ImageConfig): ImageConfig {
  if (!config.Labels) return config;
  const labels = Object.entries(config.Labels).filter(
    ([name]) => !name.startsWith(OWN_LABELS) && name !== 'io.buildah.version',
  );
  return { ...config, Labels: labels.length > 0 ? Object.fromEntries(labels) : null };
}
