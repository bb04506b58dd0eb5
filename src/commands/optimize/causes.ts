import type { Engine } from '../../engines/engine.ts';
import { type FileEntry, type FileIndex, Packages, parentPath } from '../../image/index.ts';
import type { Cause } from '../../optimize/ladder.ts';
import type { Evidence, ReadImage, VerificationReport } from '../../verify/index.ts';

/**
 * Why a rewrite was not proved, in terms that remedies are known for. What no remedy helps against comes alone; what a
 * container did counts only where the images at rest do not explain it.
 */
export async function findCauses(
  { checks, after }: VerificationReport,
  original: ReadImage,
  engine: Engine,
): Promise<readonly Cause[]> {
  const { failure } = after.build;
  if (failure?.cause === 'base-unavailable') return [{ kind: 'image-unavailable' }];
  if (failure) {
    const step = failure.step === undefined ? '' : ` (${failure.step.split('\n')[0]})`;
    return [{ kind: 'unexplained', what: `it does not build: ${failure.message}${step}` }];
  }
  const { files } = original.snapshot;
  const atRest: Cause[] = [];
  const seenRunning: Cause[] = [];
  for (const { id, evidence } of checks) {
    for (const item of evidence) {
      if (item.outcome !== 'worse' && item.outcome !== 'unknown') continue;
      if (item.cause?.kind === 'behaviour' || item.cause === undefined) seenRunning.push(causeOfMessage(item, files));
      else atRest.push(...(await causesOf(item, id, files, (path) => findOwner(path, original, engine))));
    }
  }
  const found = atRest.length > 0 ? atRest : seenRunning;
  const hopeless = found.find(({ kind }) => HOPELESS.has(kind));
  if (hopeless) return [hopeless];
  return [...new Map(found.map((cause) => [JSON.stringify(cause), cause])).values()];
}

/** What only another runtime image helps against. */
const HOPELESS: ReadonlySet<Cause['kind']> = new Set<Cause['kind']>([
  'missing-tmp',
  'missing-shell',
  'symbol-too-new',
  'image-unavailable',
  'unexplained',
]);

interface Owner {
  readonly manager: string;
  readonly name: string;
}

async function causesOf(
  { cause, message }: Evidence,
  check: string,
  files: FileIndex,
  ownerOf: (path: string) => Promise<Owner | undefined>,
): Promise<Cause[]> {
  const unexplained: Cause[] = [{ kind: 'unexplained', what: asClause(message) }];
  switch (cause?.kind) {
    case 'shell':
      return [{ kind: 'missing-shell' }];
    case 'program': {
      // A package of the original whose programs may be started.
      if (check === 'lost-packages') return [{ kind: 'missing-package', manager: managerOf(files), name: cause.name }];
      const path = cause.path ?? findProgram(files, cause.name);
      const owner = path === undefined ? undefined : await ownerOf(path);
      return [{ kind: 'missing-program', name: cause.name, ...(owner === undefined ? {} : { owner }) }];
    }
    case 'library': {
      const path = findLibrary(files, cause.needs);
      const owner = path === undefined ? undefined : await ownerOf(path);
      return [
        {
          kind: 'missing-library',
          name: cause.needs,
          ...(path === undefined ? {} : { path }),
          ...(owner === undefined ? {} : { owner }),
        },
      ];
    }
    case 'version':
      return [{ kind: 'symbol-too-new', library: cause.needs, version: cause.version }];
    case 'file': {
      const path = (cause.others ?? []).length > 2 ? parentPath(cause.path) : cause.path;
      const entry = path === '/' ? undefined : files.get(path);
      return entry ? [{ kind: 'missing-file', path, isFolder: entry.type === 'directory' }] : unexplained;
    }
    case 'account':
      return files.get('/etc/passwd') ? [{ kind: 'missing-account', name: cause.name }] : unexplained;
    case 'ca-bundle':
      return files.resolve('/etc/ssl/certs/ca-certificates.crt') ? [{ kind: 'missing-ca' }] : unexplained;
    case 'zoneinfo': {
      const path = ['/usr/share/zoneinfo', '/etc/localtime'].find((one) =>
        one === '/etc/localtime' ? message.startsWith(one) : files.list(one).length > 0,
      );
      return [{ kind: 'missing-zoneinfo', ...(path === undefined ? {} : { path }) }];
    }
    case 'temporary-folder':
      return [{ kind: 'missing-tmp' }];
    default:
      return unexplained;
  }
}

/** What a container printed may name the file that it misses. */
function causeOfMessage({ message }: Evidence, files: FileIndex): Cause {
  const missing =
    /(?:open|stat|FileNotFoundError[^\n]*?) ?'?(?<path>\/[^\s':]+)'?: (?:no such file|ENOENT)|\(No such file or directory\)|ENOENT[^\n]*? '(?<node>\/[^']+)'/i.exec(
      message,
    )?.groups;
  const path = missing?.path ?? missing?.node;
  const entry = path === undefined ? undefined : files.resolve(path);
  if (path !== undefined && entry) return { kind: 'missing-file', path, isFolder: entry.type === 'directory' };
  return { kind: 'unexplained', what: asClause(message) };
}

/** A message in the middle of a sentence. */
function asClause(message: string): string {
  return /^[A-Z][a-z]/.test(message) ? message[0]!.toLowerCase() + message.slice(1) : message;
}

function findLibrary(files: FileIndex, name: string): string | undefined {
  if (name.startsWith('/')) return files.resolve(name) ? name : undefined;
  const found: FileEntry[] = [];
  for (const entry of files.entries()) {
    if (entry.type !== 'directory' && entry.path.endsWith(`/${name}`) && files.resolve(entry.path)) found.push(entry);
  }
  // The loader's own folders first; the shorter path is the more usual one.
  const rank = ({ path }: FileEntry) => (/^\/(?:usr\/)?(?:local\/)?lib/.test(path) ? 0 : 1000) + path.length;
  return found.sort((a, b) => rank(a) - rank(b))[0]?.path;
}

function findProgram(files: FileIndex, name: string): string | undefined {
  if (name.includes('/')) return files.resolve(name) ? name : undefined;
  return ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .map((folder) => `${folder}/${name}`)
    .find((path) => files.resolve(path));
}

function managerOf(files: FileIndex): string {
  return files.get('/lib/apk/db/installed') || files.get('/usr/lib/apk/db/installed') ? 'apk' : 'apt';
}

/** The package of the original image that a file is from, by the image's own database. */
async function findOwner(path: string, { id, snapshot }: ReadImage, engine: Engine): Promise<Owner | undefined> {
  const { files } = snapshot;
  const paths = [path, files.resolve(path)?.path ?? path];
  const packages = new Packages(files);
  const manager = managerOf(files);
  const name = paths.map((one) => packages.ownerOf(one)).find((owner) => owner !== undefined);
  if (name !== undefined) return { manager, name };
  // Not a text that could be read: the image's own program has to.
  if (!files.resolve('/usr/bin/rpm') || !engine.capabilities.canRun) return undefined;
  const container = await engine.start({
    image: id,
    entrypoint: ['/usr/bin/rpm'],
    command: ['-qf', '--qf', '%{NAME}\n', paths[1]!],
  });
  if (!container.ok) return undefined;
  try {
    const state = await container.wait(30_000);
    const [owner] = (await container.logs()).stdout.trim().split('\n');
    return state?.exitCode === 0 && owner ? { manager: 'dnf', name: owner } : undefined;
  } finally {
    await container.remove();
  }
}
