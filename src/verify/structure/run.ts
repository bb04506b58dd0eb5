import type { Engine } from '../../engines/engine.ts';
import { type FileEntry, readTar } from '../../image/index.ts';
import { observe } from '../observe.ts';
import type { Snapshot } from '../snapshot.ts';
import type {
  CommandTest,
  Expectation,
  FileContentTest,
  FileExistenceTest,
  MetadataTest,
  Pair,
  StructureTest,
} from './tests.ts';

/** An image that tests are run on. */
export interface Subject {
  readonly engine: Engine;
  readonly id: string;
  readonly snapshot: Snapshot;
  /** Milliseconds that a command may take. */
  readonly patience: number;
}

/** Why each test fails, in their order; undefined for one that holds. */
export async function runStructureTests(
  tests: readonly StructureTest[],
  subject: Subject,
): Promise<(string | undefined)[]> {
  const texts = await readTexts(tests, subject);
  const failures: (string | undefined)[] = [];
  for (const test of tests) {
    if (test.kind === 'command') failures.push(await runCommand(test, subject));
    else if (test.kind === 'file existence') failures.push(findFile(test, subject.snapshot));
    else if (test.kind === 'file content') failures.push(compareContent(test, texts));
    else failures.push(compareMetadata(test, subject.snapshot));
  }
  return failures;
}

async function runCommand(test: CommandTest, subject: Subject): Promise<string | undefined> {
  const { engine, id, snapshot, patience } = subject;
  if (!engine.capabilities.canRun) return `${engine.name} cannot run containers here`;
  // As container-structure-test has it, the image's variables may be named in the words.
  const argv = test.argv.map((word) =>
    word.replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, one, two) => snapshot.config.env.get(one ?? two) ?? all),
  );
  const watch = { image: id, entrypoint: argv, env: test.env, patience: () => patience, settle: patience };
  const { refusal, alive, exitCode, stdout, stderr } = await observe(engine, watch);
  if (alive) return `\`${argv.join(' ')}\` does not end within ${Math.round(patience / 1000)} s`;
  if (refusal !== undefined) return `\`${argv.join(' ')}\` cannot be started: ${refusal.trim().split('\n')[0]}`;
  if (exitCode !== test.exitCode) return `the exit code is ${exitCode}, not ${test.exitCode}`;
  return missing('standard output', stdout, test.stdout) ?? missing('standard error', stderr, test.stderr);
}

function missing(what: string, text: string, { expected, excluded }: Expectation): string | undefined {
  const lost = expected.find(({ regex }) => !regex.test(text));
  if (lost) return `${what} does not match \`${lost.source}\``;
  const found = excluded.find(({ regex }) => regex.test(text));
  return found && `${what} matches \`${found.source}\``;
}

function findFile(test: FileExistenceTest, { files }: Snapshot): string | undefined {
  const entry = files.get(files.resolve(parentOf(test.path))?.path.replace(/\/?$/, `/${nameOf(test.path)}`) ?? '');
  const found = test.path === '/' ? files.get('/') : entry;
  if (!test.shouldExist) return found && `${test.path} is there`;
  if (found === undefined) return `${test.path} is not there`;
  const permissions = listMode(found);
  if (test.permissions !== undefined && test.permissions !== permissions)
    return `${test.path} is ${permissions}, not ${test.permissions}`;
  if (test.uid !== undefined && test.uid !== found.uid) return `${test.path} is of user ${found.uid}, not ${test.uid}`;
  if (test.gid !== undefined && test.gid !== found.gid) return `${test.path} is of group ${found.gid}, not ${test.gid}`;
  const bits = { owner: 0o100, group: 0o010, other: 0o001, any: 0o111 };
  const isExecutable = test.executableBy === undefined || (found.mode & bits[test.executableBy]) !== 0;
  return isExecutable ? undefined : `${test.path} cannot be executed by ${test.executableBy}`;
}

const nameOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';
const parentOf = (path: string): string => path.replace(/\/+$/, '').split('/').slice(0, -1).join('/') || '/';

/** As Go writes it, and container-structure-test after it: much like `ls -l`. */
function listMode({ type, mode }: FileEntry): string {
  const kind = { file: '', directory: 'd', symlink: 'L', device: 'D', fifo: 'p' }[type];
  const special = [...'ugt'].filter((_, at) => (mode & (0o4000 >> at)) !== 0).join('');
  const bits = [...'rwxrwxrwx'].map((letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-')).join('');
  return (kind + special || '-') + bits;
}

/** Larger files are not searched. */
const LARGEST = 16 * 1024 * 1024;

async function readTexts(tests: readonly StructureTest[], subject: Subject): Promise<Map<string, string | undefined>> {
  const texts = new Map<string, string | undefined>();
  const wanted = new Map<string, string[]>();
  for (const test of tests) {
    const entry = test.kind === 'file content' ? subject.snapshot.files.resolve(test.path) : undefined;
    if (entry === undefined || entry.type !== 'file' || entry.size > LARGEST || test.kind !== 'file content') continue;
    const path = entry.linkOf ?? entry.path;
    wanted.set(path, [...(wanted.get(path) ?? []), test.path]);
  }
  if (wanted.size === 0) return texts;
  for await (const entry of readTar(subject.engine.exportFilesystem(subject.id))) {
    const names = entry.type === 'file' ? wanted.get(entry.path) : undefined;
    if (names === undefined) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry.body) chunks.push(chunk);
    for (const name of names) texts.set(name, Buffer.concat(chunks).toString('utf8'));
  }
  return texts;
}

function compareContent(test: FileContentTest, texts: ReadonlyMap<string, string | undefined>): string | undefined {
  const text = texts.get(test.path);
  return text === undefined ? `${test.path} is no file that can be read` : missing(test.path, text, test.content);
}

function compareMetadata(test: MetadataTest, { config }: Snapshot): string | undefined {
  const ports = config.exposedPorts.flatMap((port) => [port, port.replace(/\/tcp$/, '')]);
  const same = (one: readonly string[], two: readonly string[] | undefined) =>
    two === undefined || JSON.stringify(one) === JSON.stringify(two);
  const lists = [
    [test.exposedPorts.find((port) => !ports.includes(port)), 'port', 'is not exposed'],
    [test.unexposedPorts.find((port) => ports.includes(port)), 'port', 'is exposed'],
    [test.volumes.find((volume) => !config.volumes.includes(volume)), 'volume', 'is not there'],
    [test.unmountedVolumes.find((volume) => config.volumes.includes(volume)), 'volume', 'is there'],
  ] as const;
  for (const [item, what, why] of lists) if (item !== undefined) return `the ${what} ${item} ${why}`;
  if (!same(config.entrypoint, test.entrypoint)) return `the entry point is ${JSON.stringify(config.entrypoint)}`;
  if (!same(config.cmd, test.cmd)) return `the command is ${JSON.stringify(config.cmd)}`;
  if (test.workdir !== undefined && test.workdir !== config.workingDir)
    return `the working directory is ${config.workingDir}`;
  if (test.user !== undefined && test.user !== config.user) return `the user is ${config.user || 'root'}`;
  return differs(test.env, config.env, 'variable') ?? differs(test.labels, config.labels, 'label');
}

function differs(pairs: readonly Pair[], values: ReadonlyMap<string, string>, what: string): string | undefined {
  for (const { key, value } of pairs) {
    const found = values.get(key);
    if (found === undefined) return `the ${what} ${key} is not set`;
    if (typeof value === 'string' ? found !== value : !value.regex.test(found)) return `the ${what} ${key} is ${found}`;
  }
  return undefined;
}
