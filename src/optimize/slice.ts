import { isWithin } from '../lint/facts/copies.ts';
import { mentions } from './mentions.ts';
import { installHelpers } from './programs.ts';
import { globExpression } from './tree.ts';
import {
  type Assumption,
  type Declined,
  declined,
  type Entry,
  type Evidence,
  type Keep,
  type LeftBehind,
  type Need,
  type Proposal,
  type Role,
} from './types.ts';

/** What of the image is kept, what is left behind, and what the rest has to offer. */
export interface Slice {
  readonly kind: 'slice';
  readonly copies: readonly Keep[];
  readonly leftBehind: readonly LeftBehind[];
  readonly needs: readonly Need[];
  readonly assumptions: readonly Assumption[];
}

/** Folders that belong to the base image: never copied whole, because more lies in them than the stage put there. */
const SYSTEM =
  /^\/(?:s?bin|boot|dev|etc|home|lib(?:32|64)?|media|mnt|opt|proc|root|run|srv|sys|tmp|var|var\/(?:lib|log|run|cache|www)|usr|usr\/(?:local|s?bin|lib(?:64)?|share|src|include)|usr\/local\/(?:s?bin|lib|share|etc|include|src)|etc\/ssl|etc\/ssl\/certs|go|go\/(?:bin|src|pkg)|app)?$/;

const LEFT: Readonly<Partial<Record<Role, string>>> = {
  source: 'it is only needed to build',
  document: 'nothing reads it at run time',
  test: 'only tests read it',
  toolchain: 'it is only needed to build',
  cache: 'it is a cache of the build',
  dependency: 'the artifact has it inside, or the build alone needs it',
};

/** Sorts every path of the image into what the final stage gets and what it does not. */
export function sliceWorld(evidence: Evidence, proposal: Proposal): Slice | Declined {
  return new Slicer(evidence, proposal).run();
}

class Slicer {
  readonly #evidence: Evidence;
  readonly #proposal: Proposal;
  readonly #keeps = new Map<string, Keep>();
  readonly #left: LeftBehind[] = [];
  readonly #needs: Need[];
  readonly #assumptions: Assumption[];

  constructor(evidence: Evidence, proposal: Proposal) {
    this.#evidence = evidence;
    this.#proposal = proposal;
    this.#needs = [...evidence.entryPoint.needs, ...proposal.needs];
    this.#assumptions = [...(proposal.assumptions ?? [])];
  }

  run(): Slice | Declined {
    const { entryPoint, world, stage } = this.#evidence;
    for (const keep of this.#proposal.keep) this.#keep(keep);
    for (const { entry, why } of entryPoint.paths) this.#keep({ path: entry.path, why });
    for (const { entry, name, instruction } of entryPoint.programs) {
      if (entry) {
        this.#keep({ path: entry.path, why: `${instruction.keyword} starts it` });
        const { libc } = this.#evidence.system;
        if (entry.role === 'unknown' && libc !== undefined && libc !== 'none')
          this.#need({
            kind: 'libc',
            libc,
            why: `${entry.path} is ${entry.origin}, and may be linked with it`,
            isPossible: true,
          });
      }
      if (!entry) this.#need({ kind: 'program', name: baseName(name), why: `${instruction.keyword} calls it` });
    }
    this.#variables();
    for (const entry of world.tree.entries) this.#sort(entry);
    for (const keep of this.#keeps.values()) {
      const problem = this.#lost(keep);
      if (problem) return problem;
    }
    this.#packages();
    this.#mountPoints();
    this.#accounts();
    this.#arguments();
    for (const { why, instruction } of world.unknowns) {
      this.#assume(
        `${why}; files that it may leave for the run time are not looked for (line ${this.#line(instruction.start)})`,
        true,
      );
    }
    if (this.#keeps.size === 0) {
      return declined('no-artifact', 'nothing that the stage makes is needed to run', stage.from);
    }
    return {
      kind: 'slice',
      copies: this.#fold(),
      leftBehind: this.#left,
      needs: this.#needs,
      assumptions: this.#assumptions,
    };
  }

  /** Of a cache mount nothing stays but the empty folder that it was mounted on. */
  #mountPoints(): void {
    const { tree, lost } = this.#evidence.world;
    for (const { kind, path, instruction } of lost) {
      if (kind !== 'cache' || this.#hasKeepIn(path)) continue;
      const isEmpty = tree.under(path).every((entry) => entry.instruction === instruction);
      if (isEmpty) this.#leave(path, 'source', 'it is where a cache is mounted for the build');
    }
  }

  /** Files that ENV names; the folders of the sources and the like are named for the build. */
  #variables(): void {
    const { stage, world, commands } = this.#evidence;
    for (const instruction of stage.chain.flatMap((part) => part.instructions)) {
      for (const { name } of instruction.keyword === 'ENV' ? instruction.pairs : []) {
        if (this.#proposal.sdkVariables?.test(name) || /PATH$/.test(name)) continue;
        const value = stage.scope.exported(name)?.value ?? '';
        if (!/^\/[\w./@+-]+$/.test(value)) continue;
        const path = value.replace(/\/+$/, '');
        const entry = world.tree.get(path);
        if (entry && entry.kind !== 'folder' && /^(?:data|unknown|artifact|document)$/.test(entry.role))
          this.#keep({ path, why: `the variable ${name} names it` });
        else if (!entry && world.unknowns.length > 0 && /\.\w+$/.test(path))
          this.#assume(`${path}, which the variable ${name} names, is not made by what is not known`, true);
      }
    }
    if (commands.some((command) => command.name === 'setcap'))
      this.#assume('COPY keeps the capabilities that `setcap` gives to a file', true);
  }

  #line(offset: number): number {
    return this.#evidence.document.source.position(offset).line;
  }

  #keep(keep: Keep): void {
    const isInside = this.#isKept(keep.path) && keep.owner === undefined;
    if (!isInside && !this.#keeps.has(keep.path)) this.#keeps.set(keep.path, keep);
  }

  #need(need: Need): void {
    if (!this.#needs.some(({ kind, name }) => kind === need.kind && name === need.name)) this.#needs.push(need);
  }

  #assume(sentence: string, isUnproved: boolean): void {
    if (!this.#assumptions.some((assumption) => assumption.sentence === sentence))
      this.#assumptions.push({ sentence, isUnproved });
  }

  #isKept(path: string): boolean {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const keep = this.#keeps.get(at);
      if (keep && (at === path || keep.isFolder || this.#evidence.world.tree.get(at)?.kind === 'folder')) return true;
    }
    return [...this.#keeps.keys()].some((kept) => /[*?]/.test(kept) && globExpression(kept).test(path));
  }

  #sort(entry: Entry): void {
    const { path, role, isOpaque, kind } = entry;
    if (this.#isKept(path)) return;
    // Which folder a wildcard stands for is not known: what lies in it is a part of the folder around it.
    if (entry.contextPath === undefined && /[*?[].*\//.test(path)) return;
    if (this.#isInCache(entry)) {
      this.#leave(path, 'cache', 'it lies in a cache mount, and is not in the image');
      return;
    }
    const told = this.#proposal.leave?.find((leave) => isWithin(path, leave.path));
    if (told) this.#leave(path, told.role, told.why);
    // What is built inside a folder that is not known in detail: its sources.
    else if (isOpaque && kind !== 'file' && this.#hasKeepIn(path)) this.#leaveByRole({ ...entry, role: 'source' });
    else if (this.#isNamed(entry)) this.#keep({ path, why: 'a source file names it' });
    else if (LEFT[role] !== undefined) this.#leaveByRole(entry);
    else if (entry.kind === 'folder' && !entry.isOpaque) this.#folder(entry);
    else if (role === 'unknown') this.#unknown(entry);
    else if (path.startsWith('/etc/apt/')) this.#leave(path, 'toolchain', 'it says where packages come from');
    else if (/^\/(?:tmp|var\/tmp|var\/cache|root\/\.cache)\//.test(path))
      this.#leave(path, 'cache', 'it lies in a folder for temporary files');
    else if (/^\/root\/\.(?:ssh|netrc|npmrc|gitconfig|git-credentials|docker)/.test(path)) {
      this.#leave(path, 'source', 'it gives access to what the build fetches');
    } else this.#keep({ path, why: role === 'data' ? 'it may be read at run time' : `it is ${entry.origin}` });
  }

  #isInCache({ path, instruction }: Entry): boolean {
    return this.#evidence.world.lost.some(
      (lost) => lost.kind === 'cache' && lost.instruction === instruction && isWithin(path, lost.path),
    );
  }

  /** A file that would be left, but whose name stands in the program's text. */
  #isNamed({ role, contextPath, kind }: Entry): boolean {
    if (contextPath === undefined || contextPath === '.' || kind === 'folder') return false;
    const mayBeRead =
      role === 'document' || role === 'test' || (role === 'source' && /\.(?:sh|bash)$/.test(contextPath));
    if (!mayBeRead) return false;
    const { context } = this.#evidence;
    const folder = contextPath.slice(0, Math.max(contextPath.indexOf('/'), 0));
    return mentions(context, contextPath) || (role === 'document' && folder !== '' && mentions(context, folder));
  }

  #leaveByRole({ path, role, isOpaque, contextPath, instruction, origin }: Entry): void {
    this.#leave(path, role, LEFT[role]!);
    if (role !== 'source' || !isOpaque) return;
    const line = this.#line(instruction.start);
    this.#assume(
      contextPath === undefined
        ? `the program reads nothing at run time of what is ${origin} into ${path} (line ${line})`
        : `the program reads nothing at run time of what line ${line} copies into ${path}; the files are not at hand`,
      true,
    );
  }

  #folder({ path, owner, origin, instruction }: Entry): void {
    const { tree } = this.#evidence.world;
    const isEmpty =
      tree.under(path).length === 1 && tree.find(path.slice(0, path.lastIndexOf('/')) || '/')?.isOpaque !== true;
    if (path === this.#evidence.workdir && !(isEmpty && owner !== undefined)) {
      if (owner !== undefined)
        this.#assume(`${path} has to belong to ${owner} only as far as what is copied into it`, true);
      return;
    }
    if (
      !isEmpty ||
      SYSTEM.test(path) ||
      /^\/(?:go|root|tmp|usr\/src|usr\/local|var\/lib\/apt|var\/cache)(?:\/|$)/.test(path)
    )
      return;
    // What the build alone works in: WORKDIRs that are left again.
    if (origin === 'made by WORKDIR' && owner === undefined) return;
    void instruction;
    this.#keep({ path, owner, isFolder: true, why: 'it is made for the run time' });
  }

  #unknown(entry: Entry): void {
    const { path, origin, instruction } = entry;
    const line = this.#line(instruction.start);
    const inSystem = SYSTEM.test(path) || SYSTEM.test(path.slice(0, path.lastIndexOf('/')) || '/');
    if (inSystem || /^\/(?:tmp|usr|opt|root|go|var)\//.test(path)) {
      this.#leave(path, 'toolchain', `it is ${origin}, and nothing that is started names it`);
      this.#assume(`${path} (line ${line}) is only needed to build`, true);
    } else this.#keep({ path, why: `it is ${origin}, and may be needed` });
  }

  #leave(path: string, role: Role, why: string): void {
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    const same = this.#left.findIndex((left) => left.role === role && left.why === why && isWithin(path, left.path));
    if (same >= 0) return;
    const sibling = this.#left.findIndex(
      (left) =>
        left.role === role &&
        left.why === why &&
        left.path.slice(0, left.path.lastIndexOf('/') + 1) === `${folder === '/' ? '' : folder}/`,
    );
    if (sibling >= 0 && !this.#hasKeepIn(folder)) this.#left[sibling] = { path: folder, role, why };
    else this.#left.push({ path, role, why });
  }

  #hasKeepIn(folder: string): boolean {
    return [...this.#keeps.keys()].some((path) => isWithin(path, folder));
  }

  #lost({ path }: Keep): Declined | undefined {
    const { world } = this.#evidence;
    const entry = world.tree.get(path);
    for (const lost of world.lost) {
      if (!entry || !isWithin(path, lost.path)) continue;
      if (lost.kind === 'cache' && lost.instruction === entry.instruction) {
        return declined(
          'artifact-lost',
          `${path} is made in a cache mount, which is not part of the image`,
          lost.instruction,
        );
      }
      if (lost.kind === 'volume' && lost.instruction.index < entry.instruction.index) {
        return declined(
          'artifact-lost',
          `${path} lies in the volume ${lost.path}, which not every builder keeps`,
          lost.instruction,
        );
      }
    }
    return undefined;
  }

  /** A path that a build argument is part of is written into the final stage with the argument's default. */
  #arguments(): void {
    const { document, stage } = this.#evidence;
    for (const instruction of stage.chain.flatMap((part) => part.instructions)) {
      if (instruction.keyword !== 'ARG') continue;
      for (const { name } of instruction.pairs) {
        const value = stage.scope.end.variable(name)?.value ?? '';
        if (value.length < 2 || /^\d*$/.test(value)) continue;
        const isPart = [...this.#keeps.keys()].some((path) => path.split('/').some((part) => part.includes(value)));
        const isUsed = new RegExp(`\\$\\{?${name}\\b`).test(document.source.text);
        const isGiven = Object.hasOwn(document.globals.given, name);
        const what = isGiven ? `is ${value} in every build, as it was given here` : `keeps its default ${value}`;
        if (isPart && isUsed) this.#assume(`the build argument ${name} ${what}`, false);
      }
    }
  }

  #packages(): void {
    for (const { name, isBuildOnly, manager, instruction } of this.#evidence.world.packages) {
      if (!/^(?:apt|apt-get|aptitude|apk|yum|dnf|microdnf|tdnf|zypper|pacman)$/.test(manager)) continue;
      const line = this.#line(instruction.start);
      if (isBuildOnly || installHelpers.has(name)) {
        this.#left.push({ path: `the package ${name}`, role: 'toolchain', why: LEFT.toolchain! });
      } else if (name === 'ca-certificates') this.#need({ kind: 'ca', why: `line ${line} installs ca-certificates` });
      else if (name === 'tzdata') this.#need({ kind: 'zoneinfo', why: `line ${line} installs tzdata` });
      else if (!/\$/.test(name)) this.#need({ kind: 'package', name, why: `line ${line} installs ${name}` });
    }
  }

  #accounts(): void {
    const { world, stage, entryPoint } = this.#evidence;
    const user = stage.scope.end.user;
    const owners = [...this.#keeps.values()].flatMap(({ path, owner }) => owner ?? world.tree.get(path)?.owner ?? []);
    const names = [user ?? '', ...owners].flatMap((text) => text.split(':'));
    const isUsed = names.some((name) => name !== '' && name !== 'root' && !/^\d+$/.test(name));
    const switches = entryPoint.programs.some(({ name }) => /(?:^|\/)(?:gosu|su-exec|su|sudo)$/.test(name));
    if (isUsed || switches)
      this.#need({
        kind: 'accounts',
        why: user === undefined ? 'files belong to an account of the stage' : `USER is ${user}`,
      });
    else if (world.accounts.length > 0) {
      this.#left.push({ path: '/etc/passwd', role: 'toolchain', why: 'no account that the stage makes is used' });
    }
  }

  /** A link to a folder, of which something is kept by its own path: COPY would make a second folder of the link. */
  #isLinkToKept({ path }: Keep): boolean {
    const { tree } = this.#evidence.world;
    if (tree.get(path)?.kind !== 'link') return false;
    const target = tree.resolve(path);
    if (tree.get(target)?.kind === 'file' || !this.#hasKeepIn(target)) return false;
    this.#assume(`nothing goes to ${target} by way of the link ${path}`, true);
    return true;
  }

  /** The paths to copy: a folder of which everything is kept stands for its content. */
  #fold(): readonly Keep[] {
    const { tree } = this.#evidence.world;
    let keeps = [...this.#keeps.values()]
      .filter((keep) => !this.#isLinkToKept(keep))
      .map((keep): Keep => {
        const entry = tree.get(keep.path);
        // One COPY of several folders would bring what is in them, not the folders.
        const target = entry?.kind === 'link' ? tree.resolve(entry.path) : undefined;
        const isLinked = target !== undefined && tree.get(target)?.kind !== 'file';
        const isFolder =
          keep.isFolder ?? (entry !== undefined && (entry.kind === 'folder' || entry.isOpaque || isLinked));
        return { ...keep, isFolder, owner: keep.owner ?? entry?.owner };
      });
    const folders = new Set<string>();
    for (const { path } of keeps) {
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at));
    }
    // Deepest first, so that a folder folds what its folders folded.
    for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
      const entry = tree.get(folder);
      if (!entry || entry.isOpaque || SYSTEM.test(folder) || folder === this.#evidence.workdir) continue;
      const below = keeps.filter(({ path }) => path !== folder && isWithin(path, folder));
      const files = tree.under(folder).filter(({ kind }) => kind !== 'folder');
      const covers = (path: string) => below.some((keep) => isWithin(path, keep.path));
      if (below.length === 0 || new Set(below.map(({ owner }) => owner)).size > 1) continue;
      if (
        !files.every(({ path }) => covers(path)) ||
        below.some(
          ({ path }) =>
            tree.get(path)?.contextPath === undefined && !tree.get(path)?.isOpaque && tree.get(path)?.kind !== 'folder',
        )
      )
        continue;
      const owner = below[0]!.owner;
      keeps = [
        ...keeps.filter((keep) => !below.includes(keep)),
        { path: folder, owner, isFolder: true, why: below[0]!.why },
      ];
    }
    return keeps;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
