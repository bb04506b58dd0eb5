import { applyEdits, type Document, type Edit, type Instruction } from '../dockerfile/index.ts';
import { blockStart } from './blocks.ts';
import { tailOf } from './config.ts';
import type { CarriedInstruction, Keep, Plan, Supply } from './types.ts';

/** Written behind the copies, as people are used to; all other instructions come in front of them. */
const BEHIND_COPIES: ReadonlySet<string> = new Set([
  'EXPOSE',
  'VOLUME',
  'STOPSIGNAL',
  'HEALTHCHECK',
  'USER',
  'ENTRYPOINT',
  'CMD',
]);

/** The plan as edits of the document, and the text that they make. */
export function renderPlan(document: Document, plan: Plan): { readonly edits: readonly Edit[]; readonly text: string } {
  const edits = new Renderer(document, plan).edits();
  return { edits, text: applyEdits(document.source.text, edits) };
}

class Renderer {
  readonly #document: Document;
  readonly #plan: Plan;
  readonly #eol: string;
  readonly #isLower: boolean;

  constructor(document: Document, plan: Plan) {
    this.#document = document;
    this.#plan = plan;
    this.#eol = document.source.eol;
    this.#isLower = document.source.slice(plan.stage.from.keywordRange) === 'from';
  }

  edits(): Edit[] {
    const { stage, buildEdits, buildSteps, carried, isRebase } = this.#plan;
    if (isRebase) return this.#rebase();
    const tail = tailOf(stage.instructions);
    const edits: Edit[] = [...this.#nameStage(), ...buildEdits.map(({ start, end, text }) => ({ start, end, text }))];
    const runtime = this.#runtime(edits);
    for (const { instruction, how } of carried) if (how === 'moves') edits.push(this.#removal(instruction));
    const built = stage.instructions.at(-tail.length - 1) ?? stage.from;
    const steps = buildSteps.map(({ text }) => this.#eol + this.#keyword(text)).join('');
    const head = this.#head(runtime);
    const first = tail[0];
    if (!first) {
      edits.push({ start: built.end, end: built.end, text: `${steps}${this.#eol}${this.#eol}${head.join(this.#eol)}` });
      return edits;
    }
    if (steps !== '') edits.push({ start: built.end, end: built.end, text: steps });
    const start = blockStart(this.#document, first);
    const before = this.#document.source.text.slice(0, start);
    const gap = /\n[ \t]*\r?\n$/.test(before) ? '' : this.#eol;
    edits.push({ start, end: start, text: `${gap}${head.join(this.#eol)}${this.#eol}` });
    return edits;
  }

  /** The final stage gets another base and the copies; the rest of it stays as it is. */
  #rebase(): Edit[] {
    const { stage, runtime, buildEdits, recipe } = this.#plan;
    const { start, end } = stage.baseWord!;
    const lines = this.#head('')
      .slice(1)
      .map((line) => this.#eol + line)
      .join('');
    const at = stage.from.end;
    const edits: Edit[] = buildEdits.map(({ start, end, text }) => ({ start, end, text }));
    const isSame = recipe === 'repair' && runtime.image === stage.image?.text;
    if (stage.baseStage !== undefined && !isSame) edits.push({ start, end, text: runtime.image });
    else if (runtime.image !== stage.image?.text) edits.push(this.#otherBase());
    if (lines !== '') edits.push({ start: at, end: at, text: lines });
    return edits;
  }

  /** Where an ARG of its own chooses the base, its default is changed; whoever gives it a value still does. */
  #otherBase(): Edit {
    const { stage, runtime } = this.#plan;
    const { start, end, text } = stage.baseWord!;
    const name = /^\$(?:\{(\w+)\}|(\w+))$/
      .exec(text)
      ?.slice(1)
      .find((part) => part !== undefined);
    const uses =
      name === undefined ? 0 : this.#document.source.text.match(new RegExp(`\\$\\{?${name}\\b`, 'g'))!.length;
    const pair = this.#globalArgs()
      .flatMap(({ pairs }) => pairs)
      .findLast((item) => item.name === name);
    const isGiven = name !== undefined && Object.hasOwn(this.#document.globals.given, name);
    if (uses !== 1 || !pair?.value || isGiven) return { start, end, text: runtime.image };
    return { start: pair.valueRange.start, end: pair.valueRange.end, text: runtime.image };
  }

  #nameStage(): Edit[] {
    const { stage, buildName } = this.#plan;
    if (stage.nameWord) {
      const { start, end, text } = stage.nameWord;
      return text === buildName ? [] : [{ start, end, text: buildName }];
    }
    const { end } = stage.baseWord!;
    return [{ start: end, end, text: ` ${this.#isLower ? 'as' : 'AS'} ${buildName}` }];
  }

  /** What stands behind the new FROM; a file that chooses its base by an ARG chooses the runtime by one, too. */
  #runtime(edits: Edit[]): string {
    const { stage, runtime } = this.#plan;
    const variable = /^\$(?:\{(\w+)\}|(\w+))$/.exec(stage.baseWord!.text);
    const name = variable?.[1] ?? variable?.[2];
    if (!variable) return this.#sameVariables() ?? runtime.image;
    const declared =
      name === undefined
        ? undefined
        : this.#globalArgs().findLast(({ pairs }) => pairs.some((pair) => pair.name === name));
    if (name === undefined || !declared) return runtime.image;
    const own = this.#freeArg(name === name.toLowerCase() ? 'runtime_image' : 'RUNTIME_IMAGE');
    const last = this.#globalArgs().at(-1)!;
    edits.push({ start: last.end, end: last.end, text: `${this.#eol}${this.#keyword(`ARG ${own}=${runtime.image}`)}` });
    return stage.baseWord!.text.startsWith('${') ? `\${${own}}` : `$${own}`;
  }

  /** The runtime's name with the variables of the stage's own, where that is the same image in another variant. */
  #sameVariables(): string | undefined {
    const { stage, runtime } = this.#plan;
    const { text } = stage.baseWord!;
    const own = stage.image?.text;
    if (own === undefined || !text.includes('$')) return undefined;
    const repository = own.replace(/[:@][^/]*$/, '');
    if (!runtime.image.startsWith(`${repository}:`)) return undefined;
    const found = [...text.matchAll(/\$(?:\{\w+(?::?-[^{}]*)?\}|\w+)/g)].map(([word]) => word);
    const parts = text.split(found[0]!);
    const [before = '', after = ''] = parts;
    // What the variable stands for, if it is the only one.
    if (found.length !== 1 || parts.length !== 2 || !own.startsWith(before) || !own.endsWith(after)) return undefined;
    const value = own.slice(before.length, own.length - after.length);
    if (value === '' || runtime.image.split(value).length !== 2) return undefined;
    return runtime.image.replace(value, () => found[0]!);
  }

  #globalArgs(): readonly Instruction[] {
    return this.#document.instructions.filter(
      (instruction) => instruction.keyword === 'ARG' && !this.#document.stageOf(instruction),
    );
  }

  #freeArg(wanted: string): string {
    const taken = new Set(this.#globalArgs().flatMap(({ pairs }) => pairs.map(({ name }) => name)));
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
    return name;
  }

  /** The lines of the final stage in front of the instructions that stay. */
  #head(image: string): string[] {
    const { stage, finalName, carried, explicit, runtime, copies, buildName, finalSteps } = this.#plan;
    const platform = stage.from.flags
      .filter(({ value }) => !/BUILDPLATFORM/.test(value ?? ''))
      .map(({ text }) => `${text} `);
    const name = finalName === undefined ? '' : ` ${this.#isLower ? 'as' : 'AS'} ${finalName}`;
    const lines = [`${this.#keyword('FROM')} ${platform.join('')}${image}${name}`];
    const written = carried.filter(({ how }) => how !== 'stays');
    const isBehind = ({ instruction }: CarriedInstruction) => BEHIND_COPIES.has(instruction.keyword);
    // The packages may bring the shell that SHELL names.
    const isShell = ({ instruction }: CarriedInstruction) => instruction.keyword === 'SHELL';
    for (const item of written) if (!isBehind(item) && !isShell(item)) lines.push(...this.#carried(item));
    const supplies = runtime.supplies;
    for (const supply of supplies)
      if (supply.kind === 'variable') lines.push(this.#keyword(`ENV ${supply.name}=${supply.value}`));
    lines.push(...this.#installs(supplies));
    for (const item of written) if (isShell(item)) lines.push(...this.#carried(item));
    const owned = copies.some(({ owner }) => owner !== undefined);
    const workdirs = explicit.filter(({ text }) => text.startsWith('WORKDIR')).map(({ text }) => this.#keyword(text));
    lines.push(...explicit.filter(({ text }) => !text.startsWith('WORKDIR')).map(({ text }) => this.#keyword(text)));
    // The folder takes the owner of what is first copied into it; WORKDIR would make it root's.
    if (!owned) lines.push(...workdirs);
    const given = supplies.flatMap((supply): Keep[] => (supply.kind === 'copy' ? [supply] : []));
    for (const group of groupCopies([...given, ...copies])) lines.push(this.#copy(group, buildName));
    if (owned) lines.push(...workdirs);
    lines.push(...finalSteps.map(({ text }) => this.#keyword(text)));
    for (const item of written) if (isBehind(item)) lines.push(...this.#carried(item));
    return lines;
  }

  #carried({ instruction, how, text }: CarriedInstruction): string[] {
    if (text !== undefined) return [this.#keyword(text)];
    const start = how === 'moves' ? blockStart(this.#document, instruction) : instruction.lineStart;
    return [this.#document.source.text.slice(start, instruction.end)];
  }

  #installs(supplies: readonly Supply[]): string[] {
    const packages = supplies.flatMap((supply) => (supply.kind === 'install' ? supply.packages : []));
    const names = [...new Set(packages)].sort();
    if (names.length === 0) return [];
    if (/alpine/.test(this.#plan.runtime.image)) return [this.#keyword(`RUN apk add --no-cache ${names.join(' ')}`)];
    const lines = [
      'RUN apt-get update',
      `    && apt-get install -y --no-install-recommends ${names.join(' ')}`,
      '    && rm -rf /var/lib/apt/lists/*',
    ];
    return [this.#keyword(lines.join(` ${this.#document.escape}${this.#eol}`))];
  }

  #copy(group: readonly Keep[], buildName: string): string {
    const [first] = group;
    const owner = first!.owner === undefined ? '' : ` --chown=${first!.owner}`;
    const paths = group.map(({ path }) => path);
    const isOne = group.length === 1 && !/[*?]/.test(first!.path);
    const destination = isOne ? first!.path : `${first!.path.slice(0, first!.path.lastIndexOf('/'))}/`;
    const words = [...paths.map(literalBrackets), destination].map((path) =>
      path.replaceAll('$', () => `${this.#document.escape}$`),
    );
    const text = words.some((word) => /[\s"'\\$]/.test(word))
      ? JSON.stringify(words).replaceAll('","', '", "')
      : words.join(' ');
    return this.#keyword(`COPY --from=${buildName}${owner} ${text}`);
  }

  /** The instruction in the case that the file's own have. */
  #keyword(text: string): string {
    return this.#isLower ? text.replace(/^[A-Z]+/, (keyword) => keyword.toLowerCase()) : text;
  }

  /** Takes an instruction away with its comments and line, and one of two blank lines around it. */
  #removal(instruction: Instruction): Edit {
    const { text } = this.#document.source;
    const start = blockStart(this.#document, instruction);
    const newline = text.indexOf('\n', instruction.end);
    let end = newline < 0 ? text.length : newline + 1;
    if (/\n[ \t]*\r?\n$/.test(text.slice(0, start))) end += /^[ \t]*\r?\n/.exec(text.slice(end))?.[0].length ?? 0;
    return { start, end, text: '' };
  }
}

/** Brackets are a pattern to COPY; here they are part of a name, as in `[slug].html`. */
function literalBrackets(path: string): string {
  const last = path.lastIndexOf('/');
  const isPattern = /[*?]/.test(path.slice(last));
  const escaped = (text: string) => text.replaceAll('[', '[[]');
  return escaped(path.slice(0, last)) + (isPattern ? path.slice(last) : escaped(path.slice(last)));
}

/** Files of one folder and one owner, which one COPY can bring. */
function groupCopies(copies: readonly Keep[]): readonly (readonly Keep[])[] {
  const groups = new Map<string, Keep[]>();
  for (const copy of copies) {
    const isFile = !copy.isFolder;
    const key = isFile ? `${copy.path.slice(0, copy.path.lastIndexOf('/'))}\n${copy.owner ?? ''}` : copy.path;
    const group = groups.get(key);
    if (group) group.push(copy);
    else groups.set(key, [copy]);
  }
  return [...groups.values()];
}
