import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { isIdentifier, isPropertyAccessExpression } from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';
import { assert, suite } from './runner/suite.ts';

/** One import statement: `to` is a path from the root for our own files, else a package. Types count too. */
interface Import {
  from: string;
  to: string;
}

/** What a part of the house may import of the others; a part not named here may import any, but not in a circle. */
const inward: Record<string, string[]> = {
  'src/dockerfile': [],
  'src/knowledge': [],
  'src/image': [],
  'src/shellcheck': ['src/lint/types.ts'],
  // Verifying takes any engine, and starts none itself.
  'src/verify': ['src/dockerfile', 'src/image', 'src/knowledge', 'src/engines/engine.ts'],
  rules: ['src/dockerfile', 'src/knowledge', 'src/lint/types.ts', 'src/lint/nearest.ts', 'src/lint/facts'],
  'src/formatters': [
    'src/lint/types.ts',
    'src/lint/report.ts',
    'src/verify/model.ts',
    'src/optimize/report.ts',
    'src/migrate/report.ts',
  ],
};

/** Rewriting is planned without an engine; the commands bring both together. */
const never: Record<string, string[]> = {
  'src/optimize': ['src/engines'],
  'src/migrate': ['src/engines'],
};

/** Packages that one place keeps to itself. */
const owners: Record<string, string[]> = {
  'dockerfile-ast': ['src/dockerfile'],
  unbash: ['src/dockerfile'],
  child_process: ['src/engines', 'src/shellcheck'],
  picocolors: ['src/cli.ts'],
};

const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
const isHouse = (path: string) => isWithin(path, 'src') || isWithin(path, 'rules');

/** `src/lint` for `src/lint/engine.ts`, `rules` for all rules, and the file itself for those directly in `src`. */
const part = (path: string) =>
  path
    .split('/')
    .slice(0, isWithin(path, 'rules') ? 1 : 2)
    .join('/');

function forbidden({ from, to }: Import): boolean {
  if (!isHouse(from)) return to === 'uvu' && !isWithin(from, 'test/runner');
  const owner = owners[to.replace(/^node:/, '').split('/')[0]!];
  if (owner) return !owner.some((folder) => isWithin(from, folder));
  if (!isHouse(to) || part(from) === part(to)) return false;
  const goes = (folders: string[]) => folders.some((folder) => isWithin(to, folder));
  return !goes(inward[part(from)] ?? ['src', 'rules']) || goes(never[part(from)] ?? []);
}

/** The first circle among the parts of the house. */
function findCycle(imports: Import[]): string[] | undefined {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    if (!isHouse(from) || !isHouse(to) || part(from) === part(to)) continue;
    edges.set(part(from), (edges.get(part(from)) ?? new Set()).add(part(to)));
  }
  const done = new Set<string>();
  const visit = (node: string, path: string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const cycle = visit(node, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Reads the imports of every file of the project, and what only `src/cli.ts` may touch, from the compiler's own trees. */
function readProject() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const api = new API({ cwd: root });
  const imports: Import[] = [];
  const processUses: string[] = [];
  const anys: string[] = [];
  try {
    const project = api.updateSnapshot({ openProject: join(root, 'tsconfig.json') }).getProjects()[0]!;
    for (const name of project.program.getSourceFileNames()) {
      const from = relative(root, name);
      if (from.startsWith('..') || from.includes('node_modules')) continue;
      const file = project.program.getSourceFile(name)!;
      for (const specifier of file.imports) {
        const to = (specifier as Node & { text: string }).text;
        imports.push({ from, to: to.startsWith('.') ? normalize(join(dirname(from), to)) : to });
      }
      if (!isHouse(from)) continue;
      const visit = (node: Node): void => {
        if (node.kind === SyntaxKind.AnyKeyword) anys.push(`${from}: ${node.parent.getText()}`);
        if (
          isPropertyAccessExpression(node) &&
          isIdentifier(node.expression) &&
          node.expression.text === 'process' &&
          /^(argv|exit|exitCode)$/.test(node.name.text)
        ) {
          processUses.push(`${from}: process.${node.name.text}`);
        }
        node.forEachChild(visit);
      };
      visit(file);
    }
  } finally {
    api.close();
  }
  return { imports, processUses, anys };
}

const test = suite('house');
const project = readProject();

test('reads the whole project', () => {
  assert.ok(project.imports.some(({ from, to }) => from === 'test/house.test.ts' && to === 'test/runner/suite.ts'));
  assert.ok(project.imports.some(({ from }) => isWithin(from, 'src/dockerfile')));
});

test('imports point inward', () => {
  const found = project.imports.filter(forbidden).map(({ from, to }) => `${from} imports ${to}`);
  assert.equal(found, []);
});

test('no circle among folders', () => {
  assert.is(findCycle(project.imports)?.join(' → '), undefined);
});

test('only src/cli.ts reads arguments and exits', () => {
  assert.equal(
    project.processUses.filter((use) => !use.startsWith('src/cli.ts:')),
    [],
  );
});

test('nothing is any', () => {
  assert.equal(project.anys, []);
});

test('the checks see what they look for', () => {
  const refused: [string, string][] = [
    ['src/dockerfile/stages.ts', 'src/knowledge/images.ts'],
    ['src/knowledge/images.ts', 'src/dockerfile/stages.ts'],
    ['src/dockerfile/stages.ts', 'rules/index.ts'],
    ['rules/no-x.ts', 'src/lint/engine.ts'],
    ['rules/no-x.ts', 'unbash'],
    ['src/formatters/json.ts', 'src/dockerfile/document.ts'],
    ['src/image/elf.ts', 'src/engines/engine.ts'],
    ['src/verify/verify.ts', 'src/engines/docker.ts'],
    ['src/optimize/plan.ts', 'src/engines/docker.ts'],
    ['src/lint/engine.ts', 'node:child_process'],
    ['src/commands/lint.ts', 'picocolors'],
    ['src/lint/engine.ts', 'dockerfile-ast/lib/main.js'],
    ['test/lint/engine.test.ts', 'uvu'],
  ];
  const allowed: [string, string][] = [
    ['rules/no-x.ts', 'src/lint/types.ts'],
    ['rules/index.ts', 'rules/no-x.ts'],
    ['src/lint/engine.ts', 'src/dockerfile/document.ts'],
    ['src/dockerfile/shell.ts', 'unbash'],
    ['src/engines/docker.ts', 'node:child_process'],
    ['src/verify/verify.ts', 'src/engines/engine.ts'],
    ['test/runner/suite.ts', 'uvu'],
  ];
  const judge = (pairs: [string, string][]) => pairs.filter(([from, to]) => forbidden({ from, to }));
  assert.equal(judge(refused), refused);
  assert.equal(judge(allowed), []);
  const circle = ['src/a/x.ts', 'src/b/y.ts', 'src/c/z.ts', 'src/a/w.ts'];
  const imports = circle.slice(1).map((to, index) => ({ from: circle[index]!, to }));
  assert.equal(findCycle(imports), ['src/a', 'src/b', 'src/c', 'src/a']);
  assert.is(findCycle(imports.slice(1)), undefined);
});
