import { JoinedText, parseScript, type Script, type Source } from '../dockerfile/index.ts';
import type { Project } from '../lint/types.ts';
import { type HostPath, Refusal } from './types.ts';
import { type Walk, walkScript } from './walk.ts';

/** Reads what a script does. Throws a Refusal for one that cannot be read. */
export function readHost(source: Source, path: HostPath, cwd: HostPath, _project: Project): Walk {
  return walkScript([{ body: readShell(source).body }], path, cwd);
}

function readShell(source: Source): Script {
  const { text } = source;
  const shebang = /^\uFEFF?#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(text);
  const program = shebang && (/\/env$/.test(shebang[1]!) ? shebang[2] : shebang[1])?.replace(/^.*\//, '');
  if (program && !/^(?:sh|bash|dash|ash|ksh|zsh)$/.test(program))
    throw new Refusal('unsupported', `\`${program}\` is no shell that is understood`, {
      start: 0,
      end: shebang[0].length,
    });
  const start = source.textStart;
  const script = parseScript(JoinedText.piece(text.slice(start), start));
  const [error] = script.errors;
  if (error) throw new Refusal('broken', `the shell cannot read it: ${error.message}`, error);
  return script;
}
