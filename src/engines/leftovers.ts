import { ask, type ContainerClient, removeContainers, words } from './containers.ts';
import { EngineError } from './engine.ts';
import { longId } from './images.ts';
import { execute } from './process.ts';

/**
 * The images that a session leaves to be removed: those with its label, and the unlabelled ones that some builders make of
 * every step. An image that was there before, or that someone has named since, is not ours.
 */
export class Leftovers {
  readonly #client: ContainerClient;
  readonly #steps = new Set<string>();
  readonly #containers = new Set<string>();
  #before: Promise<ReadonlySet<string>> | undefined;

  constructor(client: ContainerClient) {
    this.#client = client;
  }

  /** Takes down which images there are, before the session's first build that makes unlabelled ones. */
  async remember(): Promise<void> {
    this.#before ??= this.#list([]).then((ids) => new Set(ids));
    await this.#before;
  }

  /** ` ---> 0123456789ab` is an image, ` ---> Running in 0123456789ab` a container, in the classic builder's log. */
  readClassic(line: string): void {
    const [, container, image] = /^ ---> (?:Running in ([0-9a-f]{12})|([0-9a-f]{12}))$/.exec(line) ?? [];
    if (container) this.#containers.add(container);
    if (image) this.#steps.add(image);
  }

  /** `--> 0123456789a`, in the log of podman and buildah. */
  readBuildah(line: string): void {
    const image = /^(?:\[\d+\/\d+\] )?--> ([0-9a-f]{11,64})$/.exec(line)?.[1];
    if (image) this.#steps.add(image);
  }

  async isOurs(image: string): Promise<boolean> {
    return (await this.#labelled()).includes(longId(image));
  }

  async removeImages(ids: readonly string[]): Promise<void> {
    // Else docker removes an image's unnamed parents too, which may be someone else's.
    const noPrune = this.#client.name === 'docker' ? ['--no-prune'] : [];
    for (const id of ids) {
      const ran = await execute(this.#client.command, ['rmi', ...noPrune, id], {
        env: this.#client.env,
        timeout: 120_000,
      });
      if (
        ran.code !== 0 &&
        !/no such image|image not known|has dependent child|is in use|being used|must be forced/i.test(ran.stderr)
      ) {
        throw new EngineError(`image ${id} cannot be removed: ${ran.stderr.trim()}`);
      }
    }
  }

  async sweep(): Promise<void> {
    await removeContainers(this.#client, [...this.#containers]);
    await this.removeImages(await this.#labelled());
    let left = await this.#stepImages();
    for (let last = left.length + 1; left.length > 0 && left.length < last; left = await this.#stepImages()) {
      last = left.length;
      await this.removeImages(left); // those with children stay for the next round
    }
  }

  async #stepImages(): Promise<string[]> {
    if (this.#steps.size === 0) return [];
    const before = (await this.#before) ?? new Set();
    return (await this.#list([])).filter((id) => !before.has(id) && this.#isStep(id));
  }

  #isStep(id: string): boolean {
    const digits = id.replace('sha256:', '');
    return [...this.#steps].some((short) => digits.startsWith(short));
  }

  async #labelled(): Promise<string[]> {
    return await this.#list(['--filter', `label=${this.#client.session.label}`]);
  }

  /** Images without a name, the newest first. */
  async #list(filter: readonly string[]): Promise<string[]> {
    const format = this.#client.name === 'buildah' ? '{{.ID}} {{.Name}}' : '{{.ID}} {{.Repository}}';
    const lines = (await ask(this.#client, ['images', '--all', '--no-trunc', '--format', format, ...filter])).split(
      '\n',
    );
    const unnamed = lines.map(words).filter(([id, name]) => id && (name === undefined || name === '<none>'));
    return [...new Set(unnamed.map(([id]) => longId(id!)))];
  }
}
