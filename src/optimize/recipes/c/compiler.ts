import type { Call, Effect } from '../../types.ts';

const COMPILER = /^(?:[\w.]+-)*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran|tcc|gdc)(?:-\d+(?:\.\d+)*)?$/;
const CXX = /(?:g\+\+|c\+\+|clang\+\+)(?:-\d+(?:\.\d+)*)?$/;
const CXX_SOURCE = /\.(?:cc|cpp|cxx|C|c\+\+|mm)$/;
/** Flags whose next word is their value. */
const VALUE_FLAGS: ReadonlySet<string> = new Set(
  '-o -I -L -l -D -U -include -isystem -x -MF -MT -MQ -T -u -z -Xlinker -Xpreprocessor -Xassembler -arch -target -framework --sysroot -isysroot -idirafter -iquote'.split(
    ' ',
  ),
);

/** A call of a compiler taken apart. */
export interface Compilation {
  /** `-o`, or what the compiler makes without it. */
  readonly output: string;
  readonly makes: 'object' | 'shared' | 'program';
  readonly inputs: readonly string[];
  readonly isStatic: boolean;
  readonly isCxx: boolean;
  /** The names behind `-l`. */
  readonly libraries: readonly string[];
}

export function isCompiler(name: string): boolean {
  return COMPILER.test(name);
}

/** Reads a compiler's arguments; undefined when it makes nothing. */
export function readCompilation(name: string, args: readonly string[]): Compilation | undefined {
  if (!COMPILER.test(name)) return undefined;
  let output: string | undefined;
  const inputs: string[] = [];
  const libraries: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === '-o') output = args[++at];
    else if (arg.startsWith('-o') && arg.length > 2) output = arg.slice(2);
    else if (arg === '-l') libraries.push(args[++at] ?? '');
    else if (arg.startsWith('-l')) libraries.push(arg.slice(2));
    else if (VALUE_FLAGS.has(arg)) at++;
    else if (!arg.startsWith('-') && !arg.startsWith('@')) inputs.push(arg);
  }
  const words = new Set(args);
  if (inputs.length === 0 || words.has('-E') || words.has('-fsyntax-only') || words.has('-M') || words.has('-MM'))
    return undefined;
  const makes = words.has('-c') || words.has('-S') ? 'object' : words.has('-shared') ? 'shared' : 'program';
  const [first = ''] = inputs;
  const stem = first.slice(first.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  return {
    output: output ?? (makes === 'object' ? `${stem}.o` : 'a.out'),
    makes,
    inputs,
    isStatic: words.has('-static') || words.has('-static-pie') || words.has('--static'),
    isCxx: CXX.test(name) || inputs.some((input) => CXX_SOURCE.test(input)),
    libraries,
  };
}

/** What a compiler writes. */
export function compilerEffects(call: Call): readonly Effect[] | undefined {
  if (!COMPILER.test(call.name)) return undefined;
  const made = readCompilation(call.name, call.args);
  if (!made || made.output === '/dev/null' || made.output === '-') return [];
  const path = call.path(made.output);
  if (path === undefined) {
    return [{ kind: 'unknown', below: call.cwd, why: `where \`${call.name}\` puts ${made.output} is not known` }];
  }
  const origin = `built by \`${call.name}\``;
  if (made.makes === 'object') return [{ kind: 'write', path, role: 'source', origin }];
  const flags = `${call.env('LDFLAGS') ?? ''} ${call.env('CFLAGS') ?? ''}`;
  const marks = [
    made.makes,
    ...(made.isStatic || /(?:^|\s)-static(?:-pie)?(?:\s|$)/.test(flags) ? ['static'] : []),
    ...(made.isCxx ? ['cxx'] : []),
    ...made.libraries.map((library) => `lib:${library}`),
  ];
  return [{ kind: 'write', path, role: 'artifact', origin, marks }];
}
