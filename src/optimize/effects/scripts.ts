import type { Call, Effect, Subject } from '../types.ts';
import type { World } from '../world.ts';
import { operands } from './files.ts';

const SHELL = /^(?:ba|da|a|k|z)?sh$/;

/** What a script of the build context does: its commands are carried out where it is called. */
export function scriptEffects(
  call: Call,
  program: string,
  world: World,
  subject: Subject,
): readonly Effect[] | undefined {
  if (SHELL.test(call.name)) {
    const at = call.args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
    if (at >= 0) return script(call.args[at + 1] ?? '', call, `${call.name} -c`);
    // With `-s` all words are arguments.
    const name = call.args.includes('-s') ? undefined : operands(call, ['-o'])[0];
    // What comes through a pipe, mostly an installer that was just fetched.
    if (name === undefined || name === '-')
      return [{ kind: 'unknown', below: '/usr/local', why: `what is piped into \`${call.name}\` is not known` }];
    return contextScript(name, call, world, subject);
  }
  if (call.name === '.' || call.name === 'source') return contextScript(call.args[0] ?? '', call, world, subject) ?? [];
  if (call.name === 'eval') return script(call.args.join(' '), call, 'eval');
  return program.includes('/') ? contextScript(program, call, world, subject) : undefined;
}

function contextScript(name: string, call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  const path = call.path(name);
  const entry = path === undefined ? undefined : world.tree.get(path);
  const text = entry?.contextPath === undefined ? undefined : subject.context.readText(entry.contextPath);
  if (text === undefined || !/^(?:#!\s*\S*(?:sh|sh\s.*|env (?:ba|da|z|k)?sh.*)\s*$|(?!#!))/m.test(text.split('\n')[0]!))
    return undefined;
  return script(text, call, name);
}

function script(text: string, call: Call, origin: string): readonly Effect[] {
  return [{ kind: 'script', text, cwd: call.cwd, origin }];
}
