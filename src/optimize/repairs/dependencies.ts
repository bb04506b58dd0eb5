import { type Instruction, joinPath, type ShellCommand, type Stage } from '../../dockerfile/index.ts';
import { traceStage } from '../../lint/facts/builds.ts';
import { type Copy, copiesFrom, isWithin, sourceStage, stageCopies } from '../../lint/facts/copies.ts';
import { dependencyInstall, developmentInstall } from '../../lint/facts/dependencies.ts';
import { startCommand } from '../../lint/facts/shipping.ts';
import { parseJson } from '../recipes/node/manifest.ts';
import type { BuildEdit, Subject } from '../types.ts';
import { ownChain, type Repair } from './repair.ts';

const WHY = 'what only developers need is not run';
const SOURCE = /\.(?:[cm]?[jt]sx?)$/;
const NOT_RUN =
  /(?:^|\/)(?:node_modules|tests?|__tests__|e2e|spec|scripts|stories)\/|\.(?:test|spec|config|stories)\.[cm]?[jt]sx?$|rc\.[cm]?js$/;

/** `npm ci` with what only developers need: in the final stage, or in the stage whose folder the final one copies. */
export function repairDependencies(subject: Subject): Repair | undefined {
  const { document, stage } = subject;
  if (!startsNode(subject)) return undefined;
  const edits: BuildEdit[] = [];
  for (const { command } of installs(subject, ownChain(subject))) {
    const { end } = command.words.at(-1)!;
    edits.push({ start: end, end, text: ' --omit=dev', why: WHY });
  }
  if (edits.length > 0) return { edits };
  for (const copy of stage.chain.flatMap((part) => stageCopies(document, part))) {
    const from = sourceStage(copy.from);
    const last = from && prunable(subject, from, copy);
    if (!last) continue;
    const { eol, slice } = { eol: document.source.eol, slice: document.source.slice(last.keywordRange) };
    const keyword = slice === slice.toLowerCase() ? 'run' : 'RUN';
    edits.push({ start: last.end, end: last.end, text: `${eol}${keyword} npm prune --omit=dev`, why: WHY });
  }
  return edits.length === 0 ? undefined : { edits };
}

/** The instruction behind which the folder that is copied can be pruned. */
function prunable(subject: Subject, from: Stage, { sources }: Copy): Instruction | undefined {
  const { document } = subject;
  // Whoever stands on the stage may want what is pruned; so may a stage that copies from it.
  if (document.stages.some((other) => other.baseStage === from)) return undefined;
  if (copiesFrom(document, from).some(({ stage }) => stage !== subject.stage)) return undefined;
  const found = installs(subject, [from]);
  const { workdir } = from.scope.end;
  const [install] = found;
  if (found.length !== 1 || workdir === undefined || install!.folder !== workdir) return undefined;
  const modules = joinPath(workdir, 'node_modules')!;
  const isCopied = sources.some(({ path }) => path !== undefined && isWithin(modules, path));
  const isPruned = from.instructions.some((run) =>
    document
      .shell(run)
      ?.commands.some(({ args, name }) => name !== '' && args.some(({ value }) => /^prune$/.test(value))),
  );
  const runs = from.instructions.filter(({ keyword }) => keyword === 'RUN' || keyword === 'COPY');
  return isCopied && !isPruned && from.scope.end.user === undefined ? runs.at(-1) : undefined;
}

/** Calls of `npm ci` in stages that install for developers, whose manifest says that there is something to leave out. */
function installs(
  { document, context }: Subject,
  stages: readonly Stage[],
): { readonly command: ShellCommand; readonly folder: string | undefined }[] {
  const manifest = parseJson(context.readText('package.json'));
  const development = Object.keys((manifest?.devDependencies as object | undefined) ?? {});
  if (!manifest || development.length === 0 || manifest.workspaces !== undefined) return [];
  if (needsDevelopment(context, development)) return [];
  return stages.flatMap((stage) =>
    stage.instructions.flatMap((run) => {
      if (run.keyword !== 'RUN') return [];
      const commands = document.shell(run)?.commands ?? [];
      return commands.flatMap((command) => {
        const install = dependencyInstall(command);
        if (install?.tool !== 'npm' || !command.script.isMapped || command.isConditional) return [];
        const advice = developmentInstall(install, document.scope(run), (name) => context.readText(name));
        const { folder } = traceStage(document, stage).builds.find((build) => build.command === command) ?? {};
        return advice === '--omit=dev' ? [{ command, folder }] : [];
      });
    }),
  );
}

/** Only what node itself starts, and not a tool that may be one of the developers'. */
function startsNode({ document, stage, context }: Subject): boolean {
  const scripts = (parseJson(context.readText('package.json'))?.scripts ?? {}) as Record<string, unknown>;
  const lines = startCommand(document, stage)?.lines ?? [];
  const isNode = (words: readonly string[]): boolean => {
    if (/^(?:\/usr\/local\/bin\/)?node$/.test(words[0] ?? ''))
      return !words.some((word) => /^(?:-r|--require|--import|--loader)/.test(word));
    const name = words[0] === 'npm' ? (words[1] === 'run' ? words[2] : words[1]) : undefined;
    const script = name === undefined ? undefined : scripts[name];
    return typeof script === 'string' && /^node \S+$/.test(script) && scripts[`pre${name}`] === undefined;
  };
  return lines.length > 0 && lines.every(isNode);
}

/** Whether a source file that is run may load a package of the developers. */
function needsDevelopment(context: Subject['context'], names: readonly string[]): boolean {
  const words = names.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
  const loads = new RegExp(
    `(?:require\\(|import\\(|(?:^|\\n)(?!import type)[^\\n]*from |import )\\s*["'\`](?:${words})(?:["'\`/])`,
  );
  return context.files.some(
    (file) => SOURCE.test(file) && !NOT_RUN.test(file) && loads.test(context.readText(file) ?? ''),
  );
}
