import type { Program } from '../../types.ts';

/** A call of `java` taken apart. */
export interface JavaLaunch {
  readonly program: Program;
  /** Behind `-jar`. */
  readonly jar: string | undefined;
  /** The elements of the class path and the module path, as written; `.` when nothing is said. */
  readonly classPath: readonly string[];
  readonly main: string | undefined;
  /** Files behind `-javaagent:` and `-agentpath:`. */
  readonly agents: readonly string[];
  /** Arguments come from a file, or a variable that may hide the class path. */
  readonly isHidden: boolean;
}

const VALUE_OPTIONS =
  /^(?:--add-modules|--add-opens|--add-exports|--add-reads|--limit-modules|--patch-module|--upgrade-module-path|--source)$/;

/** The calls of `java` among the programs of the entry point. */
export function javaLaunches(programs: readonly Program[]): readonly JavaLaunch[] {
  return programs.filter(({ name, entry }) => /(?:^|\/)java$/.test(name) && !entry).map(readLaunch);
}

function readLaunch(program: Program): JavaLaunch {
  const { args } = program;
  let jar: string | undefined;
  let main: string | undefined;
  let isHidden = false;
  const classPath: string[] = [];
  const agents: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    const path = /^(?:-cp|-classpath|--class-path|-p|--module-path)$/.test(arg);
    if (path) classPath.push(...(args[++at] ?? '').split(':').filter((part) => part !== ''));
    else if (/^--(?:class|module)-path=/.test(arg)) classPath.push(...arg.slice(arg.indexOf('=') + 1).split(':'));
    else if (VALUE_OPTIONS.test(arg)) at++;
    else if (/^-(?:javaagent|agentpath):/.test(arg)) agents.push(arg.slice(arg.indexOf(':') + 1).replace(/=.*/, ''));
    else if (arg === '-jar') {
      jar = args[at + 1];
      break;
    } else if (arg === '-m' || arg === '--module') {
      main = args[at + 1];
      break;
    } else if (arg.startsWith('@')) isHidden = true;
    else if (/^\$/.test(arg)) {
      // Options of the user's, mostly empty.
    } else if (!arg.startsWith('-')) {
      main = arg;
      break;
    }
  }
  if (jar === undefined && classPath.length === 0) classPath.push('.');
  if (classPath.some((part) => /[$`]/.test(part)) || (jar !== undefined && /[$`]/.test(jar))) isHidden = true;
  return { program, jar, classPath: jar === undefined ? classPath : [], main, agents, isHidden };
}
