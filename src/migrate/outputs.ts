import { JoinedText, parseScript, type Range, type ScriptNode, type ScriptRedirect } from '../dockerfile/index.ts';
import { cleanImagePath } from './copy-step.ts';
import { readEngineCommand, readSubcommand } from './engine-commands.ts';
import type { Argument } from './options.ts';
import { heredocText, hostPath } from './place.ts';
import { describeCommands, isHarmlessSubcommand } from './scan.ts';
import { Refusal, type RunStep, type Step } from './types.ts';
import type { Unit } from './units.ts';
import { type Environment, ROOT, toHostPath } from './values.ts';

/** `docker run IMAGE cat FILE > file`. */
export function withOutput(step: RunStep, redirects: readonly ScriptRedirect[], env: Environment): RunStep {
  const target = redirects.find(({ operator, descriptor }) => operator === '>' && (descriptor ?? 1) === 1)?.target;
  if (target === undefined || target.text.startsWith('/dev/')) return step;
  const problems: Refusal[] = [];
  const word = { ...env.evaluate(target), written: target.text, start: target.start, end: target.end };
  const path = hostPath(word, env, (...refusal) => problems.push(new Refusal(...refusal))) ?? '';
  const argv = [
    ...(step.request.entrypoint === undefined ? [] : [step.request.entrypoint]),
    ...(step.request.command ?? []),
  ];
  if (argv[0]?.replace(/^.*\//, '') !== 'cat' || argv.length !== 2)
    problems.push(new Refusal('unsupported', `what \`${argv.join(' ')}\` prints becomes a file of the host`, step));
  const outputs = [{ from: inFolder(step.request.workdir, argv[1] ?? ''), to: path, isFile: true }];
  return { ...step, outputs, problem: step.problem ?? problems[0] };
}

/** A redirection into a file: a Dockerfile, perhaps. */
export function writeStep(
  name: string,
  args: readonly Argument[],
  redirect: ScriptRedirect,
  redirects: readonly ScriptRedirect[],
  env: Environment,
  base: Range & { text: string; unit: Unit },
): Step {
  const problems: Refusal[] = [];
  const target = redirect.target!;
  const word = { ...env.evaluate(target), written: target.text, start: target.start, end: target.end };
  const to = hostPath(word, env, (...refusal) => problems.push(new Refusal(...refusal)));
  const heredoc = redirects.find(({ body }) => body !== undefined);
  const isText = name === 'cat' && args.length === 0 && heredoc !== undefined && redirect.operator !== '>>';
  const content = isText
    ? heredocText(heredoc, env, (...refusal) => problems.push(new Refusal(...refusal)))
    : undefined;
  return { kind: 'file', what: 'write', from: [], to, toFolder: false, content, problem: problems[0], ...base };
}

/** `docker run … tar … | tar -x`, `cat Dockerfile | docker build -`, `docker build … | tee log`. */
export function pipelineStep(
  members: readonly ScriptNode[],
  words: readonly (readonly Argument[])[],
  env: Environment,
  { start, end, unit }: Range & { readonly unit: Unit },
): Step | undefined {
  const commands = members.flatMap((member) => (member.kind === 'command' ? [member] : []));
  const [one, two] = commands;
  const [first = [], second = []] = words;
  if (one === undefined || two === undefined || commands.length < members.length) return undefined;
  const found = readSubcommand(first);
  const text = commands.map((command) => command.words.map((word) => word.text).join(' ')).join(' | ');
  const place = { start, end, text, unit, env, redirects: one.redirects };
  if (found?.name === 'build') {
    const isWatched = words.slice(1).every((argv) => /^(?:tee|cat|grep|tail|head)$/.test(argv[0]?.text ?? ''));
    return isWatched ? readEngineCommand('build', found.args, place) : undefined;
  }
  if (members.length > 2) return undefined;
  const last = readSubcommand(second);
  if (first[0]?.text === 'cat' && first.length === 2 && last?.name === 'build') {
    const input = { operator: '<', descriptor: undefined, target: one.words.at(-1), start: one.start, end: two.start };
    return readEngineCommand('build', last.args, { ...place, redirects: [input] });
  }
  if (found?.name !== 'run' || second[0]?.text !== 'tar') return undefined;
  const step = readEngineCommand('run', found.args, { ...place, redirects: [] });
  return step.kind === 'run' ? unpacked(step, second, env) : undefined;
}

/** A path in a container; relative ones are the builder's to tell. */
function inFolder(folder: string | undefined, path: string): string {
  if (path.startsWith('/')) return cleanImagePath(path);
  return folder === undefined ? path : cleanImagePath(`${folder}/${path}`);
}

/** What runs at the end may remove what is no longer made. */
export function trapSteps(command: string, env: Environment, base: Range & { text: string; unit: Unit }): Step[] {
  const { body } = parseScript(JoinedText.piece(command.replaceAll(ROOT, '.'), 0));
  const { subcommands, names, words } = describeCommands(body.map((statement) => statement.node));
  if (subcommands.length === 0) return [];
  const mentions = words.map((word) => env.evaluate(word).text);
  if (subcommands.every((name) => name === 'rm') && names.length === 0) {
    const containers = mentions.filter((word) => !/^-|^(?:docker|podman|rm|sudo|container)$/.test(word));
    return [{ kind: 'remove', containers, images: [], ...base }];
  }
  const isHarmless = subcommands.every(isHarmlessSubcommand);
  return [{ kind: 'branch', what: 'trap', subcommands, mentions, isHarmless, ...base }];
}

/** `run IMAGE tar -C /dir -c a b | tar -x -C out`: what the one packs the other unpacks. */
function unpacked(step: RunStep, unpacker: readonly Argument[], env: Environment): RunStep {
  const problems: Refusal[] = [];
  const refuse = (reason: string) => problems.push(new Refusal('unsupported', reason, step));
  const { request } = step;
  const argv = [...(request.entrypoint === undefined ? [] : [request.entrypoint]), ...(request.command ?? [])];
  const packed = readTar(argv.slice(1));
  const target = readTar(unpacker.slice(1).map(({ text }) => text));
  const isTar = argv[0]?.replace(/^.*\//, '') === 'tar';
  if (!isTar || packed === undefined || packed.mode !== 'c' || target?.mode !== 'x' || target.members.length > 0)
    refuse('what goes through the pipe is not what `tar` packs and unpacks');
  if (unpacker.some(({ isKnown }) => !isKnown)) refuse('where the files are unpacked, only a run of the script tells');
  const folder = packed?.folder ?? request.workdir;
  const to = toHostPath(target?.folder ?? '.', env.cwd);
  if (to === undefined) refuse('the files are unpacked outside the folder of the project');
  const outputs = (packed?.members ?? []).map((member) => {
    const from = inFolder(folder, member);
    // Without a folder named, `tar` drops the slash in front and makes all folders on the way.
    const name = member === '.' || member === './' ? '' : cleanImagePath(member).slice(1);
    return { from, to: toHostPath(name === '' ? '.' : name, to ?? '') ?? '', isFile: false };
  });
  return { ...step, outputs, problem: step.problem ?? problems[0] };
}

function readTar(args: readonly string[]): { mode: string; folder: string | undefined; members: string[] } | undefined {
  let mode = '';
  let folder: string | undefined;
  const members: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (/^-[cxzjJvp]*[cxzjJvpf]$/.test(arg) || (at === 0 && /^[cxzjJvp]*[cxzjJvpf]$/.test(arg))) {
      if (/[cx]/.test(arg)) mode = arg.includes('c') ? 'c' : 'x';
      if (arg.endsWith('f') && args[++at] !== '-') return undefined;
    } else if (arg === '-C' || arg === '--directory') folder = args[++at];
    else if (arg.startsWith('--directory=')) folder = arg.slice(12);
    else if (arg.startsWith('-')) return undefined;
    else members.push(arg);
  }
  return { mode, folder, members };
}
