import { cleanImagePath } from './copy-step.ts';
import type { Argument } from './options.ts';
import { Refusal, type RunStep } from './types.ts';
import { type Environment, toHostPath } from './values.ts';

/** `run IMAGE tar -C /dir -c a b | tar -x -C out`: what the one packs the other unpacks. */
export function unpacked(step: RunStep, unpacker: readonly Argument[], env: Environment): RunStep {
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
  const folder = packed?.folder ?? request.workdir ?? '/';
  const to = toHostPath(target?.folder ?? '.', env.cwd);
  if (to === undefined) refuse('the files are unpacked outside the folder of the project');
  const outputs = (packed?.members ?? []).map((member) => {
    const from = member.startsWith('/') ? cleanImagePath(member) : cleanImagePath(`${folder}/${member}`);
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
