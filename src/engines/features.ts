import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Instruction, parseDocument, Source } from '../dockerfile/index.ts';
import type { BuildOutcome, BuildRequest, Feature } from './engine.ts';
import type { Session } from './session.ts';

/** A way of writing Dockerfiles that not every engine understands, and the smallest Dockerfile that uses it. */
interface FeatureTest {
  readonly feature: Feature;
  readonly title: string;
  uses(instruction: Instruction): boolean;
  /** Builds where the feature is known; undefined where no small build tells. */
  readonly probe: string | undefined;
}

const flag = (keywords: readonly string[], name: string) => (instruction: Instruction) =>
  keywords.includes(instruction.keyword) && instruction.flag(name) !== undefined;
const FILES = ['COPY', 'ADD'];

const TESTS: readonly FeatureTest[] = [
  {
    feature: 'heredocs',
    title: 'heredocs',
    uses: (instruction) => instruction.heredocs.length > 0,
    probe: 'FROM scratch\nCOPY <<EOF /probe\nprobe\nEOF\n',
  },
  {
    feature: 'copy-link',
    title: '`--link`',
    uses: flag(FILES, 'link'),
    probe: `FROM scratch\nCOPY --link Dockerfile /\n`,
  },
  {
    feature: 'copy-chmod',
    title: '`--chmod`',
    uses: flag(FILES, 'chmod'),
    probe: `FROM scratch\nCOPY --chmod=644 Dockerfile /\n`,
  },
  {
    feature: 'copy-exclude',
    title: '`--exclude`',
    uses: flag(FILES, 'exclude'),
    probe: 'FROM scratch\nCOPY --exclude=none Dockerfile /\n',
  },
  {
    feature: 'copy-parents',
    title: '`--parents`',
    uses: flag(FILES, 'parents'),
    probe: `FROM scratch\nCOPY --parents Dockerfile /\n`,
  },
  { feature: 'add-checksum', title: '`ADD --checksum`', uses: flag(['ADD'], 'checksum'), probe: undefined },
  { feature: 'add-git', title: '`ADD --keep-git-dir`', uses: flag(['ADD'], 'keep-git-dir'), probe: undefined },
  { feature: 'mounts', title: '`RUN --mount`', uses: flag(['RUN'], 'mount'), probe: undefined },
  { feature: 'run-network', title: '`RUN --network`', uses: flag(['RUN'], 'network'), probe: undefined },
  { feature: 'run-security', title: '`RUN --security`', uses: flag(['RUN'], 'security'), probe: undefined },
];

/** What a Dockerfile asks of the engine, beyond what the oldest know. */
export function usedFeatures(text: string): { feature: Feature; title: string }[] {
  const { instructions } = parseDocument(new Source('Dockerfile', text));
  const all = instructions.flatMap((own) => (own.child ? [own, own.child] : [own]));
  return TESTS.filter((test) => all.some((own) => test.uses(own))).map(({ feature, title }) => ({ feature, title }));
}

/** Finds out by building; each feature once. */
export class FeatureProbes {
  readonly #session: Session;
  readonly #build: (request: BuildRequest) => Promise<BuildOutcome>;
  readonly #known = new Map<Feature, Promise<boolean>>();

  constructor(session: Session, build: (request: BuildRequest) => Promise<BuildOutcome>) {
    this.#session = session;
    this.#build = build;
  }

  /** @param otherwise for features that no small build shows */
  supports(feature: Feature, otherwise = true): Promise<boolean> {
    let known = this.#known.get(feature);
    if (!known) {
      known = this.#session.track(this.#probe(feature, otherwise));
      this.#known.set(feature, known);
    }
    return known;
  }

  async #probe(feature: Feature, otherwise: boolean): Promise<boolean> {
    const text = TESTS.find((test) => test.feature === feature)?.probe;
    if (text === undefined) return otherwise;
    const context = await this.#session.makeFolder();
    await writeFile(join(context, 'Dockerfile'), text);
    return (await this.#build({ dockerfile: { text }, context, timeout: 60_000 })).ok;
  }
}
