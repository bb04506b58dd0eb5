import { JoinedText, parseScript, type ScriptStatement, type Source } from '../dockerfile/index.ts';
import { readMakefile } from './makefile.ts';
import type { Walk } from './parts.ts';
import { readPipelines } from './pipelines.ts';
import { type HostPath, Refusal } from './types.ts';
import { walkScript } from './walk.ts';

/**
 * Reads what a script does: one way for a shell script, one for each target of a Makefile and each job of a CI
 * configuration. Throws a Refusal for one that cannot be read.
 */
export function readHost(source: Source, path: HostPath, cwd: HostPath): readonly Walk[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^(?:GNU)?[Mm]akefile(?:\..+)?$|\.mk$/.test(name)) return readMakefile(source, path, cwd);
  if (/\.ya?ml$/.test(name)) return readPipelines(source, path, cwd);
  if (/\.(?:ps1|psm1|bat|cmd|py|rb|js|ts|pl)$/.test(name))
    throw new Refusal('unsupported', `\`${name}\` is no shell script, Makefile or CI configuration`, {
      start: 0,
      end: 0,
    });
  return [walkScript([{ body: readShell(source) }], path, cwd)];
}

function readShell(source: Source): readonly ScriptStatement[] {
  const { text } = source;
  const shebang = /^\uFEFF?#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(text);
  const program = shebang && (/\/env$/.test(shebang[1]!) ? shebang[2] : shebang[1])?.replace(/^.*\//, '');
  if (program && !/^(?:sh|bash|dash|ash|ksh|zsh)$/.test(program)) {
    const range = { start: 0, end: shebang[0].length };
    throw new Refusal('unsupported', `\`${program}\` is no shell that is understood`, range);
  }
  const start = source.textStart;
  const script = parseScript(JoinedText.piece(text.slice(start), start));
  const [error] = script.errors;
  if (error) throw new Refusal('broken', `the shell cannot read it: ${error.message}`, error);
  return script.body;
}
