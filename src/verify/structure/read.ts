import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import {
  type CommandTest,
  type Expectation,
  type FileContentTest,
  type FileExistenceTest,
  type MetadataTest,
  type Pair,
  type Pattern,
  type StructureTest,
  StructureTestError,
} from './tests.ts';

/**
 * Reads a file of tests for container-structure-test, version 2 of its schema, in YAML or JSON. Throws
 * `StructureTestError` for what is wrong, and for what would be passed over otherwise: `setup`, `teardown`, licences.
 */
export function readStructureTests(text: string, path: string): StructureTest[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [problem] = document.errors;
  const file = new TestFile(path, lines);
  if (problem) throw new StructureTestError(`${path}:${lines.linePos(problem.pos[0]).line}: ${firstLine(problem)}`);
  const root = file.table(document.contents, undefined);
  root.allow(
    'schemaVersion',
    'commandTests',
    'fileExistenceTests',
    'fileContentTests',
    'metadataTest',
    'globalEnvVars',
  );
  const version = root.text('schemaVersion');
  if (version !== undefined && !version.startsWith('2.')) root.fail('schemaVersion', `is 2.0.0, not ${version}`);
  const env = Object.fromEntries(root.pairs('globalEnvVars').map(({ key, value }) => [key, String(value)]));
  const metadata = root.child('metadataTest');
  return [
    ...root.tables('commandTests').map((table) => readCommand(table, env)),
    ...root.tables('fileExistenceTests').map(readExistence),
    ...root.tables('fileContentTests').map(readContent),
    ...(metadata === undefined ? [] : [readMetadata(metadata)]),
  ];
}

const firstLine = ({ message }: Error): string => message.split('\n')[0]?.replace(/ at line \d.*$/, '') ?? '';

function readCommand(table: Table, global: Readonly<Record<string, string>>): CommandTest {
  table.allow(
    ...['name', 'command', 'args', 'envVars', 'exitCode', 'expectedOutput', 'excludedOutput'],
    ...['expectedError', 'excludedError'],
  );
  const own = Object.fromEntries(table.pairs('envVars').map(({ key, value }) => [key, String(value)]));
  return {
    kind: 'command',
    ...table.named(),
    argv: [table.needed('command'), ...(table.list('args') ?? [])],
    env: { ...global, ...own },
    stdout: table.expectation('expectedOutput', 'excludedOutput'),
    stderr: table.expectation('expectedError', 'excludedError'),
    exitCode: table.number('exitCode') ?? 0,
  };
}

function readExistence(table: Table): FileExistenceTest {
  table.allow('name', 'path', 'shouldExist', 'permissions', 'uid', 'gid', 'isExecutableBy');
  const by = table.text('isExecutableBy');
  if (by !== undefined && !/^(?:owner|group|other|any)$/.test(by))
    table.fail('isExecutableBy', `is owner, group, other or any, not ${by}`);
  return {
    kind: 'file existence',
    ...table.named(),
    path: table.needed('path'),
    shouldExist: table.text('shouldExist') !== 'false',
    permissions: table.text('permissions'),
    uid: table.number('uid'),
    gid: table.number('gid'),
    executableBy: by as FileExistenceTest['executableBy'],
  };
}

function readContent(table: Table): FileContentTest {
  table.allow('name', 'path', 'expectedContents', 'excludedContents');
  const content = table.expectation('expectedContents', 'excludedContents');
  return { kind: 'file content', ...table.named(), path: table.needed('path'), content };
}

function readMetadata(table: Table): MetadataTest {
  table.allow(
    ...['envVars', 'labels', 'exposedPorts', 'unexposedPorts', 'volumes', 'unmountedVolumes'],
    ...['entrypoint', 'cmd', 'workdir', 'user'],
  );
  return {
    kind: 'metadata',
    name: 'metadata',
    where: table.where(),
    env: table.pairs('envVars'),
    labels: table.pairs('labels'),
    exposedPorts: table.list('exposedPorts') ?? [],
    unexposedPorts: table.list('unexposedPorts') ?? [],
    volumes: table.list('volumes') ?? [],
    unmountedVolumes: table.list('unmountedVolumes') ?? [],
    entrypoint: table.list('entrypoint'),
    cmd: table.list('cmd'),
    workdir: table.text('workdir'),
    user: table.text('user'),
  };
}

class TestFile {
  readonly #path: string;
  readonly #lines: LineCounter;

  constructor(path: string, lines: LineCounter) {
    this.#path = path;
    this.#lines = lines;
  }

  at(node: Node | null | undefined): string {
    const offset = node?.range?.[0];
    return offset === undefined ? this.#path : `${this.#path}:${this.#lines.linePos(offset).line}`;
  }

  table(node: unknown, outer: Node | undefined): Table {
    if (isMap(node)) return new Table(this, node);
    throw new StructureTestError(`${this.at((node as Node | null) ?? outer)}: names and values are expected here`);
  }
}

type Map = Extract<Node, { items: unknown[] }>;

/** A mapping of the file, with the lines of what it holds. */
class Table {
  readonly #file: TestFile;
  readonly #node: Map;
  readonly #entries = new Map<string, { key: Node; value: Node | null }>();

  constructor(file: TestFile, node: Map) {
    this.#file = file;
    this.#node = node;
    if (!isMap(node)) return;
    for (const { key, value } of node.items)
      this.#entries.set(String(isScalar(key) ? key.value : key), { key: key as Node, value: value as Node | null });
  }

  where = (): string => this.#file.at(this.#node);

  named = () => ({ name: this.text('name') ?? 'unnamed', where: this.where() });

  fail(name: string, what: string): never {
    throw new StructureTestError(`${this.#file.at(this.#entries.get(name)?.key ?? this.#node)}: \`${name}\` ${what}`);
  }

  allow(...names: readonly string[]): void {
    for (const name of this.#entries.keys()) if (!names.includes(name)) this.fail(name, 'is not understood here');
  }

  text(name: string): string | undefined {
    const value = this.#entries.get(name)?.value;
    if (value === undefined || value === null) return undefined;
    if (!isScalar(value)) this.fail(name, 'is one value');
    return value.value === null ? undefined : (value.source ?? String(value.value));
  }

  needed(name: string): string {
    return this.text(name) ?? this.fail(name, 'is missing');
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return /^-?\d+$/.test(text) ? Number(text) : this.fail(name, `is a number, not \`${text}\``);
  }

  list(name: string): string[] | undefined {
    return this.#items(name)?.map((item) =>
      isScalar(item) ? (item.source ?? String(item.value)) : this.fail(name, 'is a list of texts'),
    );
  }

  #items(name: string): readonly Node[] | undefined {
    const value = this.#entries.get(name)?.value;
    if (value === undefined || value === null || (isScalar(value) && value.value === null)) return undefined;
    return isSeq(value) ? (value.items as Node[]) : this.fail(name, 'is a list');
  }

  tables = (name: string): Table[] =>
    (this.#items(name) ?? []).map((item) => this.#file.table(item, this.#entries.get(name)?.key));

  child(name: string): Table | undefined {
    const entry = this.#entries.get(name);
    return entry === undefined ? undefined : this.#file.table(entry.value, entry.key);
  }

  pairs = (name: string): Pair[] =>
    this.tables(name).map((table) => {
      table.allow('key', 'value', 'isRegex');
      const value = table.text('value') ?? '';
      const isRegex = table.text('isRegex') === 'true';
      return { key: table.needed('key'), value: isRegex ? table.#pattern('value', value) : value };
    });

  expectation = (expected: string, excluded: string): Expectation => ({
    expected: (this.list(expected) ?? []).map((text) => this.#pattern(expected, text)),
    excluded: (this.list(excluded) ?? []).map((text) => this.#pattern(excluded, text)),
  });

  /** Flags at its start are Go's; the rest of what people write is the same there and here. */
  #pattern(name: string, source: string): Pattern {
    const flags = /^\(\?([ims]+)\)/.exec(source)?.[1] ?? '';
    try {
      return { source, regex: new RegExp(source.slice(flags === '' ? 0 : flags.length + 3), flags) };
    } catch {
      return this.fail(name, `holds \`${source}\`, which is no regular expression here`);
    }
  }
}
