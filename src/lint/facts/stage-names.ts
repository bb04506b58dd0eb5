import type { Document, Edit, Range, ShellCommand, Stage } from '../../dockerfile/index.ts';
import { reservedStageNames, stageRoleNames } from '../../knowledge/names.ts';
import type { BuildCommand } from '../../knowledge/tools.ts';
import { buildStep } from './command-names.ts';
import { copiesFrom } from './copies.ts';
import { Memo } from './memo.ts';

/** What a stage is there for, as far as its commands tell. */
export type StageRole = keyof typeof stageRoleNames | 'certs' | 'fetch' | 'files';

/** How a stage can be called, and the edits that give it this name. */
export interface StageNaming {
  readonly name: string;
  /** Empty for a stage that has the name already. */
  readonly edits: readonly Edit[];
}

const ROLE_NAMES: Readonly<Record<StageRole, readonly string[]>> = {
  ...stageRoleNames,
  certs: ['certs', 'ca-certificates'],
  fetch: ['fetch', 'download'],
  files: ['files', 'source'],
};

const namings = new Memo<Document, ReadonlyMap<Stage, StageNaming>>();

/**
 * The stage's own name, or one that no stage, image, build context or reserved word of the file has; undefined where a
 * name would not be sure to mean the stage. Stages of one document get different names.
 */
export function stageNaming(document: Document, stage: Stage): StageNaming | undefined {
  let found = namings.get(document);
  if (!found) {
    found = nameStages(document);
    namings.set(document, found);
  }
  return found.get(stage);
}

function nameStages(document: Document): Map<Stage, StageNaming> {
  const found = new Map<Stage, StageNaming>();
  const { stages } = document;
  // What a computed name will be is not known, so any name might clash with it.
  if (stages.some(({ nameWord }) => nameWord?.text.includes('$'))) return found;
  const counts = new Map<string | undefined, number>();
  for (const { name } of stages) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = new FreeNames(takenNames(document));
  const roles = new Roles(document);
  for (const stage of stages) {
    if (stage.nameWord) {
      if (counts.get(stage.name) === 1) found.set(stage, { name: stage.nameWord.text, edits: [] });
    } else if (stage.baseWord && stage.from.words.length === 1) {
      const name = names.take(roles.of(stage));
      const { end } = stage.baseWord;
      const as = document.source.slice(stage.from.keywordRange) === 'from' ? 'as' : 'AS';
      found.set(stage, { name, edits: [{ start: end, end, text: ` ${as} ${name}` }] });
    }
  }
  return found;
}

/** Everything that a FROM or `--from` of the file may mean already, ONBUILD's included. */
function takenNames(document: Document): Set<string> {
  const taken = new Set(reservedStageNames);
  for (const stage of document.stages) {
    if (stage.name !== undefined) taken.add(stage.name);
    taken.add(stage.baseText.toLowerCase());
    for (const { value, target } of stage.references) {
      taken.add(value.toLowerCase());
      if (target.kind === 'image') taken.add(target.image.repository.toLowerCase());
    }
    for (const { child } of stage.instructions) {
      for (const { value = '' } of child?.flags ?? []) {
        taken.add(value.toLowerCase());
        for (const option of value.toLowerCase().split(',')) taken.add(option.slice(option.indexOf('=') + 1));
      }
    }
  }
  return taken;
}

/** What a stage is there for. */
export function stageRole(document: Document, stage: Stage): StageRole {
  return new Roles(document).of(stage);
}

const takenOf = new Memo<Document, ReadonlySet<string>>();

/** The wanted name, or one like it that nothing in the file has. */
export function freeStageName(document: Document, wanted: string): string {
  let taken = takenOf.get(document);
  if (!taken) {
    taken = takenNames(document);
    takenOf.set(document, taken);
  }
  let name = wanted;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}-${number}`;
  return name;
}

/**
 * The edits that give a stage another name, in its FROM and wherever the file means it by the one it has; undefined
 * where something may mean it that cannot be edited: the child of an ONBUILD, a name that is put together.
 */
export function renamedStage(document: Document, stage: Stage, name: string): readonly Edit[] | undefined {
  const { nameWord } = stage;
  let found = mentions.get(document);
  if (!found) {
    found = findMentions(document);
    mentions.set(document, found);
  }
  const { byStage, triggers, isSure } = found;
  if (!nameWord || !isSure || triggers.includes(stage.name!)) return undefined;
  const places = [nameWord, ...(byStage.get(stage) ?? [])];
  if (places.some((place) => document.source.slice(place).toLowerCase() !== stage.name)) return undefined;
  return places.map(({ start, end }) => ({ start, end, text: name }));
}

/** Where stages are meant by their names. */
interface Mentions {
  readonly byStage: ReadonlyMap<Stage, readonly Range[]>;
  /** What stands behind ONBUILD, in lower case. */
  readonly triggers: string;
  /** No name is put together. */
  readonly isSure: boolean;
}

const mentions = new Memo<Document, Mentions>();

function findMentions({ stages, instructions }: Document): Mentions {
  const byStage = new Map<Stage, Range[]>();
  for (const { target, isNumeric, range } of stages.flatMap(({ references }) => references)) {
    if (target.kind !== 'stage' || isNumeric) continue;
    const ranges = byStage.get(target.stage);
    if (ranges) ranges.push(range);
    else byStage.set(target.stage, [range]);
  }
  return {
    byStage,
    triggers: instructions.flatMap(({ child }) => child?.line.text.toLowerCase() ?? []).join('\n'),
    isSure: !stages.some(({ nameWord }) => nameWord?.text.includes('$')),
  };
}

/** Hands out names, each once. */
class FreeNames {
  readonly #taken: Set<string>;
  readonly #numbers = new Map<StageRole, number>();

  constructor(taken: Set<string>) {
    this.#taken = taken;
  }

  take(role: StageRole): string {
    const names = ROLE_NAMES[role];
    let name = names.find((candidate) => !this.#taken.has(candidate));
    for (let number = this.#numbers.get(role) ?? 2; name === undefined; number++) {
      this.#numbers.set(role, number + 1);
      const numbered = `${names[0]}-${number}`;
      if (!this.#taken.has(numbered)) name = numbered;
    }
    this.#taken.add(name);
    return name;
  }
}

class Roles {
  readonly #document: Document;
  readonly #steps: ReadonlyMap<Stage, readonly BuildCommand[]>;
  /** Something other than a web front end is built. */
  readonly #hasProgram: boolean;

  constructor(document: Document) {
    this.#document = document;
    this.#steps = new Map(document.stages.map((stage) => [stage, buildSteps(document, stage)]));
    this.#hasProgram = [...this.#steps.values()].some((steps) =>
      steps.some((step) => step.kind === 'build' && !isWeb(step)),
    );
  }

  of(stage: Stage): StageRole {
    const steps = this.#steps.get(stage)!;
    const builds = steps.filter(({ kind }) => kind === 'build');
    if (builds.length > 0) return this.#hasProgram && builds.every(isWeb) ? 'assets' : 'build';
    const copies = copiesFrom(this.#document, stage);
    if (steps.some(({ kind }) => kind === 'test')) return copies.length === 0 ? 'test' : 'build';
    if (steps.length > 0) return 'deps';
    const sources = copies.flatMap((copy) => copy.sources.map(({ path }) => path ?? ''));
    if (sources.length > 0 && sources.every(isCertificate)) return 'certs';
    const programs = runCommands(this.#document, stage).map(({ name }) => name);
    if (programs.some((name) => DOWNLOADS.has(name)) && programs.every((name) => HANDLES.has(name))) return 'fetch';
    if (stage.instructions.some(({ keyword }) => keyword === 'RUN')) return 'build';
    return copies.length > 0 ? 'files' : 'base';
  }
}

function isWeb({ ecosystem }: BuildCommand): boolean {
  return ecosystem === 'node' || ecosystem === 'bun';
}

function isCertificate(path: string): boolean {
  return /^\/(?:etc|usr\/share)\/(?:ssl|pki|ca-certificates)(?:\/|$)/.test(path);
}

const DOWNLOADS: ReadonlySet<string> = new Set(['curl', 'wget', 'git', 'aria2c', 'svn']);
/** Programs that get files and put them into their places. */
const HANDLES: ReadonlySet<string> = new Set([
  ...DOWNLOADS,
  ...'apk apt-get apt yum dnf microdnf set cd mkdir rm mv cp ln ls tar unzip gunzip bunzip2 gzip xz chmod chown echo cat test [ true export sha256sum sha512sum md5sum gpg sed grep cut tr jq uname install'.split(
    ' ',
  ),
]);

function runCommands(document: Document, stage: Stage): readonly ShellCommand[] {
  return stage.instructions
    .filter(({ keyword }) => keyword === 'RUN')
    .flatMap((instruction) => document.shell(instruction)?.commands ?? []);
}

function buildSteps(document: Document, stage: Stage): BuildCommand[] {
  return runCommands(document, stage).flatMap((command) => buildStep(command) ?? []);
}
