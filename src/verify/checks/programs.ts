import { isStaticProgram, joinPaths, type ProgramProblem } from '../../image/index.ts';
import { type Evidence, makeCheck } from '../model.ts';
import type { Pair, Snapshot } from '../snapshot.ts';
import { programsOf } from '../words.ts';
import type { StaticCheck } from './check.ts';

/** What the command and the health check start is there, is executable, and so is every program on the way to it. */
export const programs: StaticCheck = {
  id: 'programs',
  check(pair) {
    const evidence: Evidence[] = [];
    const { command, config } = pair.after;
    if (command.length > 0) evidence.push(...checkCommand(pair, pair.before.command, command, 'The command'));
    const test = config.healthcheck?.test ?? [];
    if (test[0] === 'CMD') {
      evidence.push(
        ...checkCommand(pair, pair.before.config.healthcheck?.test.slice(1) ?? [], test.slice(1), 'The health check'),
      );
    } else if (test[0] === 'CMD-SHELL') {
      const shell = config.shell.length > 0 ? config.shell : ['/bin/sh', '-c'];
      evidence.push(...checkCommand(pair, [], [...shell, ...test.slice(1)], 'The health check'));
    }
    return makeCheck('programs', 'closes', 'Everything that is started is there and can be executed', evidence);
  },
};

function checkCommand(pair: Pair, old: readonly string[], argv: readonly string[], who: string): Evidence[] {
  const { before, after } = pair;
  const name = argv[0] ?? '';
  const chain = after.follow(name);
  const found: Evidence[] = [];
  if (chain.problem) {
    const wasBroken = old[0] === name && before.follow(name).problem !== undefined;
    const { message, hint } = explain(chain.problem, who, after);
    const cause = causeOf(chain.problem);
    found.push(
      wasBroken
        ? { outcome: 'unknown', message: `${message}, as in the original`, cause }
        : { outcome: 'worse', message, cause, ...(hint === undefined ? {} : { hint }) },
    );
  }
  found.push(...lostArguments(pair, argv, who));
  const isShell = SHELL.test(name);
  const flag = isShell ? argv.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word)) : -1;
  const texts = flag > 0 ? [[argv[flag + 1] ?? '', who]] : [];
  for (const { path, entry } of chain.programs) {
    const text = entry.bytes?.toString('utf8');
    if (text !== undefined && /(?:^|\/)(?:sh|bash|dash|ash)(?:\s|$)/.test(entry.shebang ?? ''))
      texts.push([text, path]);
  }
  for (const [text = '', where = ''] of texts) found.push(...lostPrograms(pair, programsOf(text), where));
  return found;
}

const SHELL = /(?:^|\/)(?:sh|bash|dash|ash|zsh|ksh|busybox)$/;
/** Programs that start the program that follows. */
const WRAPPER =
  /(?:^|\/)(?:tini|dumb-init|catatonit|gosu|su-exec|setpriv|env|nice|timeout|exec|docker-entrypoint\.sh|entrypoint\.sh)$/;

/** Words behind the program that stood for a file or a program of the original, and do not any more. */
function lostArguments(pair: Pair, argv: readonly string[], who: string): Evidence[] {
  const { before, after } = pair;
  const found: Evidence[] = [];
  for (const word of argv.slice(1)) {
    const value = word.startsWith('-') && word.includes('=') ? word.slice(word.indexOf('=') + 1) : word;
    if (value === '' || value.startsWith('-') || /[\s$*]/.test(value)) continue;
    for (const path of value.split(':')) {
      if (!/[/.]/.test(path) || path === '.' || /^\w+$/.test(path)) continue;
      const old = before.files.resolve(joinPaths(before.config.workingDir, path));
      const now = joinPaths(after.config.workingDir, path);
      if (old === undefined || after.files.resolve(now) !== undefined) continue;
      const cause = { kind: 'file', path: now } as const;
      found.push({
        outcome: 'worse',
        message: `${who} names ${path}, which is not there: ${now}`,
        cause,
        hint: `Copy ${now}`,
      });
    }
  }
  if (argv[0] !== undefined && WRAPPER.test(argv[0])) {
    const inner = argv.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
    if (inner !== undefined) found.push(...lostPrograms(pair, [inner], who));
  }
  return found;
}

/** Programs that the original finds and the rewrite does not. */
function lostPrograms({ before, after }: Pair, names: readonly string[], where: string): Evidence[] {
  const found: Evidence[] = [];
  for (const name of names) {
    const { problem } = after.follow(name);
    if (problem === undefined || before.follow(name).problem !== undefined) continue;
    const cause = { kind: 'program', name } as const;
    const hint = `Install the package of ${name}, or start it differently`;
    found.push({ outcome: 'worse', message: `${where} starts ${name}, which is not there any more`, cause, hint });
  }
  return found;
}

function causeOf(problem: ProgramProblem): Evidence['cause'] & object {
  if (SHELL.test(problem.name)) return { kind: 'shell', name: problem.name };
  return { kind: 'program', name: problem.name, ...(problem.path === undefined ? {} : { path: problem.path }) };
}

/** What starting the program comes to, in words that say why. */
function explain(problem: ProgramProblem, who: string, after: Snapshot): { message: string; hint?: string } {
  const { name, script, path } = problem;
  const from = script === undefined ? `${who} starts ${name}` : `The first line of ${script} names ${name}`;
  switch (problem.kind) {
    case 'missing': {
      if (SHELL.test(name) && script === undefined) {
        const hint = 'Write the command as a JSON array, or choose a base image with a shell';
        return { message: `${from}, and there is no shell in the image`, hint };
      }
      const where = name.includes('/') ? 'which is not there' : 'which is not found in PATH';
      const copy = [...after.files.entries()].find(
        (entry) => entry.elf && isStaticProgram(entry.elf) && entry.path.endsWith(`/${name.split('/').pop()}`),
      );
      return { message: copy ? `${from}, ${where}; ${copy.path} is` : `${from}, ${where}` };
    }
    case 'denied':
      return {
        message: `${from}, and ${path} is not executable for the user`,
        hint: `Add \`--chmod=755\` to the COPY of ${path}`,
      };
    case 'folder':
      return { message: `${from}, which is a folder` };
    case 'line end':
      return {
        message: `The first line of ${path} ends in a carriage return, so its interpreter is not found: no such file or directory`,
        hint: 'Write the script with line feeds only',
      };
    case 'format':
      return { message: `${from}, and ${path} is neither a program nor a script with a first line: exec format error` };
    case 'loop':
      return { message: `${from}, and scripts name each other in a circle` };
  }
}
