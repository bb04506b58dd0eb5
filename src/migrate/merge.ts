import { posix } from 'node:path';
import { applyEdits, type Edit, type Instruction, type Stage } from '../dockerfile/index.ts';
import type { Project } from '../lint/types.ts';
import { checkArguments } from './arguments.ts';
import type { Rewrite } from './imports.ts';
import { distinctFinals, firstOfKind, nameStages, type StageNames, sharedStage } from './names.ts';
import type { Origin } from './origins.ts';
import type { MigrationPlan, PlannedBuild } from './plan.ts';
import { type HostPath, Refusal } from './types.ts';
import { shellWord, workOf } from './work.ts';

/** The one Dockerfile that takes the place of several. */
export interface Merged {
  readonly text: string;
  readonly names: StageNames;
  /** The stage of each final build. */
  readonly targets: readonly (string | undefined)[];
}

/** Puts the stages of all builds into one file whose context is `root`. Throws a Refusal. */
export function mergeDockerfiles(
  plan: MigrationPlan,
  root: HostPath,
  project: Project,
  assumptions: Set<string>,
): Merged {
  const merger = new Merger(plan, root, project, assumptions);
  return merger.merge();
}

class Merger {
  readonly #plan: MigrationPlan;
  readonly #root: HostPath;
  readonly #names: StageNames;
  readonly #work = new Map<Origin, readonly string[]>();
  readonly #eol: string;

  constructor(plan: MigrationPlan, root: HostPath, project: Project, assumptions: Set<string>) {
    this.#plan = plan;
    this.#root = root;
    this.#eol = plan.finals[0]!.document.source.eol;
    for (const origin of plan.origins) {
      const stage = plan.builders.find(({ step }) => step === origin.build)?.stage;
      this.#work.set(origin, [...workOf(origin, stage, root, project, assumptions), ...modeLines(origin, plan)]);
    }
    checkArguments(plan, (origin) => this.#work.get(origin) ?? [], assumptions);
    this.#names = nameStages(plan, (origin) => this.#needsStage(origin));
  }

  /** A plain image in which something is done, or a build that is also wanted without what is done in it. */
  #needsStage(origin: Origin): boolean {
    const work = this.#work.get(origin) ?? [];
    if (work.length === 0) return false;
    return (
      origin.build === undefined || this.#plan.origins.some((other) => other !== origin && other.build === origin.build)
    );
  }

  merge(): Merged {
    const { builders, finals, origins } = this.#plan;
    const pieces: { at: number; text: string }[] = [];
    for (const build of builders) {
      if (!sharedStage(this.#plan, build))
        pieces.push({ at: build.step.start, text: this.#piece(build, reachable(build)) });
    }
    for (const origin of origins) {
      const name = this.#names.made.get(origin);
      if (name === undefined) continue;
      const base = origin.build
        ? this.#names.of(builders.find(({ step }) => step === origin.build)!.stage)!
        : origin.image.replace(/:latest$/, '');
      const text = [`FROM ${base} AS ${name}`, ...this.#work.get(origin)!].join(this.#eol);
      pieces.push({ at: origin.run?.start ?? 0, text });
    }
    pieces.sort((a, b) => a.at - b.at);
    for (const build of distinctFinals(this.#plan))
      pieces.push({ at: Number.POSITIVE_INFINITY, text: this.#piece(build, new Set(build.document.stages)) });
    const head = this.#head();
    const { eol } = finals[0]!.document.source;
    const body = [
      ...(head === '' ? [] : [head]),
      ...pieces.map(({ text }) => text.replace(/^(?:[ \t]*\r?\n)+|\s+$/g, '')),
    ];
    const mark = finals[0]!.document.source.textStart === 1 ? '\uFEFF' : '';
    const text = `${mark}${body.join(`${eol}${eol}`)}${eol}`;
    const distinct = distinctFinals(this.#plan).length;
    const targets = finals
      .map((build) => ({ step: build.step, stage: firstOfKind(finals, build).stage }))
      .map(({ stage, step }) => (distinct > 1 || step.target !== undefined ? this.#names.of(stage) : undefined));
    return { text, names: this.#names, targets };
  }

  /** Directives and the ARGs in front of the first FROM, those of all files. */
  #head(): string {
    const { builders, finals } = this.#plan;
    const all = [...builders, ...finals];
    const escapes = new Set(all.map(({ document }) => document.escape));
    if (escapes.size > 1) {
      const odd = all.find(({ document }) => document.escape !== '\\')!;
      throw new Refusal(
        'unsupported',
        'the files have different escape characters',
        odd.document.directives[0]!,
        odd.path,
      );
    }
    const lines: string[] = [];
    const isNamed = (name: string) => (directive: { readonly name: string }) => directive.name === name;
    for (const name of ['syntax', 'escape', 'check']) {
      const found = [...finals, ...builders].flatMap(({ document }) =>
        document.directives.filter(isNamed(name)).map((one) => document.source.slice(one)),
      );
      if (found[0] !== undefined) lines.push(found[0].trim());
    }
    const args = this.#globals();
    return [...lines, ...(lines.length > 0 && args.length > 0 ? [''] : []), ...args].join(this.#eol);
  }

  #globals(): string[] {
    const { builders, finals } = this.#plan;
    const known = new Map<string, { value: string | undefined; build: PlannedBuild }>();
    const lines: string[] = [];
    for (const build of [...builders, ...finals]) {
      const { document, path } = build;
      for (const instruction of document.instructions) {
        if (instruction.keyword === 'FROM') break;
        const fresh = instruction.pairs.filter(({ name, value }) => {
          const other = known.get(name);
          if (other && other.value !== value)
            throw new Refusal(
              'argument-conflict',
              `\`${name}\` has another default in \`${other.build.path}\``,
              instruction,
              path,
            );
          known.set(name, { value, build });
          return other === undefined;
        });
        if (fresh.length > 0)
          lines.push(
            `ARG ${fresh.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join(' ')}`,
          );
      }
    }
    // An ARG without a default takes the global one, which may be another file's.
    for (const { document, path } of [...builders, ...finals]) {
      for (const stage of document.stages) {
        for (const instruction of stage.instructions.filter(({ keyword }) => keyword === 'ARG')) {
          for (const { name, value } of instruction.pairs) {
            const global = known.get(name);
            if (value === undefined && global?.value !== undefined && document.globals.declared(name) === undefined)
              throw new Refusal(
                'argument-conflict',
                `\`${name}\` would take the default that it has in \`${global.build.path}\``,
                instruction,
                path,
              );
          }
        }
      }
    }
    return lines;
  }

  #piece(build: PlannedBuild, wanted: ReadonlySet<Stage>): string {
    const { document, step, rewrites } = build;
    const edits: Edit[] = [];
    const first = document.stages[0]!;
    for (const instruction of document.instructions) {
      if (instruction.keyword === 'FROM') break;
      edits.push(wholeLines(document.source.text, instruction));
    }
    for (const directive of document.directives) edits.push(wholeLines(document.source.text, directive));
    if (document.source.textStart === 1) edits.push({ start: 0, end: 1, text: '' });
    for (const stage of document.stages) {
      if (!wanted.has(stage)) {
        const next = document.stages[stage.index + 1]?.from.start ?? document.source.text.length;
        edits.push({ start: stage === first ? first.from.start : stage.from.start, end: next, text: '' });
        continue;
      }
      edits.push(...this.#name(stage), ...this.#references(build, stage));
      for (const instruction of stage.instructions) edits.push(...this.#copy(build, instruction, rewrites));
      edits.push(...this.#done(build, stage));
    }
    const unique = new Map(edits.map((edit) => [`${edit.start}:${edit.end}:${edit.text}`, edit]));
    const text = applyEdits(document.source.text, merge([...unique.values()]));
    if (step.context === undefined && rewrites.length > 0)
      throw new Refusal('context', 'a build without a context copies files', step);
    return text.replace(/\r?\n/g, this.#eol);
  }

  #name(stage: Stage): Edit[] {
    const name = this.#names.of(stage);
    if (name === undefined || name === stage.nameWord?.text) return [];
    if (stage.nameWord) return [{ start: stage.nameWord.start, end: stage.nameWord.end, text: name }];
    const { end } = stage.baseWord!;
    return [{ start: end, end, text: ` AS ${name}` }];
  }

  #references({ uses }: PlannedBuild, stage: Stage): Edit[] {
    return stage.references.flatMap(({ target, value, range }) => {
      const use = uses.find(({ reference }) => reference === value);
      if (use && target.kind === 'image')
        return [{ start: range.start, end: range.end, text: this.#names.from(use.origin) }];
      if (target.kind !== 'stage') return [];
      const name = this.#names.of(target.stage);
      return name === undefined || name === value ? [] : [{ start: range.start, end: range.end, text: name }];
    });
  }

  /** What containers have done in the image that the stage is. */
  #done({ step, document, stage: last }: PlannedBuild, stage: Stage): Edit[] {
    if (stage !== last) return [];
    const origins = this.#plan.origins.filter((origin) => origin.build === step && !this.#names.made.has(origin));
    const lines = origins.flatMap((origin) => this.#work.get(origin) ?? []);
    if (lines.length === 0) return [];
    const { end } = stage.range;
    return [{ start: end, end, text: document.source.eol + lines.join(document.source.eol) }];
  }

  /** Files of the host become root's when they are copied, those of a stage keep their owner. */
  #hasOtherOwners({ build }: Origin): boolean {
    const stage = this.#plan.builders.find(({ step }) => step === build)?.stage;
    const user = stage?.scope.end.user;
    if (user !== undefined && !/^(?:root|0)(?::(?:root|0))?$/.test(user)) return true;
    return (stage?.chain ?? []).some(({ instructions }) =>
      instructions.some(
        (instruction) =>
          instruction.flag('chown') !== undefined ||
          (instruction.keyword === 'RUN' && /\bchown\b/.test(instruction.argsText)),
      ),
    );
  }

  #copy({ step, document, path }: PlannedBuild, instruction: Instruction, rewrites: readonly Rewrite[]): Edit[] {
    const { keyword } = instruction;
    const prefix =
      step.context === undefined
        ? ''
        : posix.relative(this.#root === '' ? '.' : this.#root, step.context === '' ? '.' : step.context);
    if (
      keyword === 'RUN' &&
      prefix !== '' &&
      instruction.flags.some(
        ({ name, value }) =>
          name === 'mount' && /type=bind|^(?!.*type=)/.test(value ?? '') && !/from=/.test(value ?? ''),
      )
    )
      throw new Refusal('context', 'the context of this mount becomes another', instruction, path);
    if (keyword !== 'COPY' && keyword !== 'ADD') return [];
    if (instruction.flag('from') || instruction.heredocs.length > 0) return [];
    const rewrite = rewrites.find((one) => one.instruction === instruction);
    const sources = instruction.operands.slice(0, -1);
    if (rewrite === undefined) {
      if (prefix === '') return [];
      return sources.flatMap(({ text, start, end }) => {
        if (/^(?:https?|ftp|git|ssh):|^git@/.test(text)) return [];
        const moved = inFolder(prefix, text);
        return [{ start, end, text: instruction.json ? JSON.stringify(moved) : moved }];
      });
    }
    const { source } = document;
    const written = source.text.slice(instruction.start, instruction.start + keyword.length);
    const copy = written === written.toLowerCase() ? 'copy' : 'COPY';
    const flags = instruction.flags.map(({ text }) => `${text} `).join('');
    const lines: string[] = [];
    if (rewrite.kept.length > 0) {
      const kept = rewrite.kept.map((text) => inFolder(prefix, text));
      lines.push(operandLine(`${written} ${flags}`, [...kept, rewrite.dest], instruction));
    }
    for (const { handOver, from, to } of rewrite.imports) {
      const owner = instruction.flag('chown') || !this.#hasOtherOwners(handOver.origin) ? '' : '--chown=0:0 ';
      lines.push(
        operandLine(`${copy} ${flags}${owner}--from=${this.#names.from(handOver.origin)} `, [from, to], instruction),
      );
    }
    const comments = instruction.comments.map((range) => source.slice(range).trim());
    const isWhole = rewrite.kept.length === sources.length && prefix === '';
    if (isWhole)
      return [{ start: instruction.end, end: instruction.end, text: source.eol + lines.slice(1).join(source.eol) }];
    return [{ start: instruction.start, end: instruction.end, text: [...comments, ...lines].join(source.eol) }];
  }
}

/** `chmod` on the host becomes one in the stage. */
function modeLines(origin: Origin, { handOvers }: MigrationPlan): string[] {
  const lines = handOvers
    .filter((handOver) => handOver.origin === origin)
    .flatMap(({ modes, from }) => modes.map((mode) => `RUN chmod ${mode} ${shellWord(from)}`));
  return [...new Set(lines)];
}

function operandLine(head: string, operands: readonly string[], { json }: Instruction): string {
  const needsJson = json !== undefined || operands.some((text) => /\s/.test(text));
  return head + (needsJson ? `[${operands.map((text) => JSON.stringify(text)).join(', ')}]` : operands.join(' '));
}

/** A source of the old context as one of the new. */
function inFolder(folder: string, path: string): string {
  if (folder === '') return path;
  const rest = path.replace(/^(?:\.?\/)+/, '').replace(/^\.$/, '');
  return rest === '' ? `${folder}/` : `${folder}/${rest}`;
}

/** The stages that a build needs. */
function reachable({ stage }: PlannedBuild): ReadonlySet<Stage> {
  const found = new Set<Stage>();
  const open = [stage];
  for (let next = open.pop(); next; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    for (const { target } of next.references) if (target.kind === 'stage') open.push(target.stage);
  }
  return found;
}

function wholeLines(text: string, { start, end }: { readonly start: number; readonly end: number }): Edit {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', end);
  return { start: from, end: newline < 0 ? text.length : newline + 1, text: '' };
}

/** Edits that lie in another are part of it. */
function merge(edits: readonly Edit[]): Edit[] {
  const sorted = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  const result: Edit[] = [];
  for (const edit of sorted) {
    const last = result.at(-1);
    if (last && edit.start < last.end && last.text === '') continue;
    result.push(edit);
  }
  return result;
}
