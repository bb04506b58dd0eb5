import { dependentOf, findsModule } from '../dependencies.ts';
import { doubtful, type LostFile, lostFiles, nameable, tracesOf } from '../lost.ts';
import { type Evidence, makeCheck, type Outcome } from '../model.ts';
import type { Pair } from '../snapshot.ts';
import { entryKind } from '../traits.ts';
import type { StaticCheck, StaticFacts } from './check.ts';

/** What the original had beyond its base and the rewrite has not: only what is not read at run time may go. */
export const lostFilesCheck: StaticCheck = {
  id: 'lost-files',
  check(pair, facts) {
    const lost = lostFiles(pair);
    const evidence: Evidence[] = [...harmless(lost)];
    evidence.push(...named(pair, lost));
    const groups = new Map<string, { judged: Judged; files: string[] }>();
    for (const file of doubtful(lost)) {
      const judged = judge(pair, file, facts);
      const key = [judged.outcome, judged.why, folderOf(file)].join('\0');
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { judged, files: [file.entry.path] });
      else group.files.push(file.entry.path);
    }
    for (const { judged, files } of groups.values()) {
      const [first = ''] = files;
      const more = files.length > 1 ? ` and ${files.length - 1} more next to it` : '';
      const hint =
        judged.outcome === 'changed' ? {} : { hint: `Copy ${first} from the build stage if it is read at run time` };
      const others = files.slice(1);
      const cause = { kind: 'file', path: first, ...(others.length > 0 ? { others } : {}) } as const;
      evidence.push({
        outcome: judged.outcome,
        message: `${first}${more} is not there any more: ${judged.why}`,
        cause,
        ...hint,
      });
    }
    return makeCheck('lost-files', 'closes', 'Nothing is lost that is read at run time', evidence);
  },
};

function folderOf({ entry, module }: LostFile): string {
  return module ?? entry.path.split('/').slice(0, -1).join('/');
}

/** What is harmless by its class is not where somebody names it. */
function named({ after }: Pair, lost: readonly LostFile[]): Evidence[] {
  return nameable(lost).flatMap(({ entry: { path } }) => {
    const [reader] = after.mentioning(Buffer.from(path).toString('latin1'));
    const message = `${path} is not there any more: ${reader} names it`;
    return reader === undefined ? [] : [{ outcome: 'worse', message, cause: { kind: 'file', path } }];
  });
}

function harmless(lost: readonly LostFile[]): Evidence[] {
  const counts = new Map<string, number>();
  const doubts = new Set(doubtful(lost));
  for (const file of lost) {
    if (file.isBase || doubts.has(file)) continue;
    counts.set(file.class, (counts.get(file.class) ?? 0) + 1);
  }
  return [...counts].map(([name, files]) => ({
    outcome: 'changed',
    message: `${files} ${files === 1 ? 'file' : 'files'} left behind: ${name}`,
  }));
}

/** They list what may be installed, and load nothing; the same goes for what Next.js writes around its bundles. */
const NODE_MANIFEST =
  /\/(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|\.package-lock\.json|yarn\.lock|pnpm-lock\.yaml)$|\/\.next\/(?:.*\.json|static\/.*|standalone\/(?:.*\/)?server\.js)$/;

interface Judged {
  readonly outcome: Outcome;
  readonly why: string;
}

function judge(pair: Pair, file: LostFile, { searched, isBuildOnly }: StaticFacts): Judged {
  const { after, before } = pair;
  const { entry, module } = file;
  const named = namedInConfig(pair, entry.path);
  if (named !== undefined) return { outcome: 'worse', why: `${named} names it` };
  const kind = entryKind(before);
  const { strong, weak, content } = tracesOf(pair, file);
  if (content !== undefined) {
    // A copy at another path is no carrier: nobody looks there.
    const carrier = [...after.mentioning(content)].find((path) => {
      const program = after.files.get(path);
      return program?.elf !== undefined && program.digest !== entry.digest;
    });
    if (carrier !== undefined) return { outcome: 'changed', why: `${carrier} holds its content` };
  }
  for (const text of strong) {
    const reader = [...after.mentioning(text)].find(
      (path) =>
        module === undefined ||
        !(
          NODE_MANIFEST.test(path) ||
          after.files.get(path)?.elf !== undefined || // no import is written in machine code
          findsModule(after.files, path, module) ||
          isOutOfReach(entry.path, path)
        ),
    );
    if (reader !== undefined) return { outcome: 'worse', why: `${reader} names ${text.trim()}` };
  }
  if (!searched) return { outcome: 'unknown', why: 'it may be read at run time' };
  const dependent = module === undefined ? undefined : dependentOf(pair, module);
  if (dependent !== undefined) return { outcome: 'unknown', why: `the package of ${dependent} depends on it` };
  if (module !== undefined) return { outcome: 'changed', why: `nothing outside of dependencies imports ${module}` };
  if (isBuildOnly?.(entry.path) === true) {
    const reader = readerOfFolder(pair, file);
    if (reader === undefined) return { outcome: 'changed', why: 'it is only needed to build' };
    return { outcome: 'unknown', why: `it lies among what is built, but ${reader} names its folder` };
  }
  for (const text of weak) {
    const [reader] = after.mentioning(text);
    if (reader !== undefined)
      return { outcome: 'unknown', why: `it may be read at run time, ${reader} holds the word ${text}` };
  }
  if (kind === 'native') return { outcome: 'changed', why: 'no program of the image names it' };
  return { outcome: 'unknown', why: 'it may be read at run time' };
}

const RESOURCE =
  /\.(?:json|ya?ml|html?|ejs|hbs|pug|njk|liquid|jinja2?|j2|tmpl|tpl|sql|csv|xml|properties|po|mo|ftl|graphql)$/;
const ANY_FOLDER =
  /^(?:.{1,4}|tests?|specs?|docs?|fixtures|mocks|examples?|scripts|types|config|public|assets|build|dist|__\w+__)$/;

/**
 * Translations, templates and the like often lie among the sources, and are read by names that are put together at run time:
 * who names the folder may read them. One that the build has put somewhere else is read there.
 */
function readerOfFolder({ after }: Pair, { entry: { path, digest } }: LostFile): string | undefined {
  const folder = path.split('/').at(-2) ?? '';
  if (!RESOURCE.test(path) || ANY_FOLDER.test(folder)) return undefined;
  if (digest !== undefined && after.files.copiesOf(digest).length > 0) return undefined;
  return [...after.mentioning(folder)][0];
}

/** A package that lies within another one is found by what is in there alone; pnpm links to where it keeps them all. */
function isOutOfReach(path: string, reader: string): boolean {
  const nested = /^(.*\/node_modules\/.+)\/node_modules\//.exec(path);
  return nested !== null && !path.includes('/.pnpm/') && !reader.startsWith(`${nested[1]}/`);
}

/** The part of the rewrite's config that names a path or a folder above it. */
function namedInConfig({ after }: Pair, path: string): string | undefined {
  const isNamed = (text: string) =>
    text.length > 4 && text.startsWith('/') && (path === text || path.startsWith(`${text.replace(/\/$/, '')}/`));
  for (const [name, value] of after.config.env) {
    if (name !== 'PATH' && name !== 'HOME' && value.split(':').some(isNamed) && value !== after.config.workingDir)
      return `the variable ${name}`;
  }
  const word = after.command.slice(1).find((argument) => isNamed(argument.slice(argument.indexOf('=') + 1)));
  if (word !== undefined) return 'the command';
  return after.config.volumes.some((volume) => isNamed(volume)) ? 'a volume' : undefined;
}
