/**
 * Reads from the history of the official images which release each tag stood for, and prints it as a table
 * (image → tag → suite) that `scripts/suites.ts` packs.
 *
 * Usage: node --import tsx scripts/suites-history.ts OFFICIAL-IMAGES.git ERLANG.git ELIXIR.git > TABLE.json
 *
 * The arguments are clones of docker-library/official-images, erlang/docker-erlang-otp and erlef/docker-elixir. A tag
 * means what a tag beside it says: in `Tags: 1.25, 1.25-trixie` the first stands for trixie. What was said last counts.
 * Erlang and Elixir have no such tags: there the FROM of the Dockerfile tells, for Elixir by way of Erlang's tag on the
 * last day that the tag was maintained.
 */
import { execFileSync } from 'node:child_process';

const SUITE =
  /(?:^|-)(wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|sid|trusty|xenial|bionic|focal|jammy|noble|resolute|alpine3\.\d+|al2|al2023|ubi\d+|oraclelinux\d+)(?=-|$)/;

const IMAGES =
  'golang rust node python ruby php gcc haskell swift perl openjdk maven gradle eclipse-temurin buildpack-deps pypy julia clojure nginx httpd postgres redis memcached haproxy mariadb mongo mysql cassandra neo4j amazoncorretto ibm-semeru-runtimes tomcat ghost bash'.split(
    ' ',
  );

type Suites = Record<string, string>;

/** One block of a file in `library/`: tags that are the same image. */
interface Entry {
  tags: string[];
  commit: string | undefined;
  directory: string;
}

const [official, erlang, elixir] = process.argv.slice(2);
if (official === undefined || erlang === undefined || elixir === undefined) {
  throw new Error('usage: node --import tsx scripts/suites-history.ts OFFICIAL-IMAGES.git ERLANG.git ELIXIR.git');
}

function git(folder: string, args: string[], input?: string): string {
  return execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 31,
    ...(input && { input }),
  });
}

/** The texts of many objects, in order; an empty one for what is missing. */
function texts(folder: string, names: string[]): string[] {
  const raw = Buffer.from(
    execFileSync('git', ['-C', folder, 'cat-file', '--batch'], { input: `${names.join('\n')}\n`, maxBuffer: 2 ** 31 }),
  );
  let at = 0;
  return names.map(() => {
    const line = raw.indexOf(10, at);
    const size = Number(/ blob (\d+)$/.exec(raw.toString('utf8', at, line))?.[1] ?? Number.NaN);
    at = line + 1;
    if (Number.isNaN(size)) return '';
    const text = raw.toString('utf8', at, at + size);
    at += size + 1;
    return text;
  });
}

/** Every version of `library/<image>`, oldest first, as its day and its blocks. */
function versions(image: string): { day: string; entries: Entry[] }[] {
  const commits = git(official as string, ['log', '--reverse', '--format=%H %cs', '--', `library/${image}`])
    .trim()
    .split('\n');
  const names = commits.map((line) => `${line.split(' ')[0]}:library/${image}`);
  return texts(official as string, names).map((text, index) => ({
    day: commits[index]?.split(' ')[1] as string,
    entries: readEntries(text),
  }));
}

function readEntries(text: string): Entry[] {
  let commit: string | undefined;
  const entries: Entry[] = [];
  for (const block of text.split(/\n\s*\n/)) {
    const fields = new Map(
      [...block.matchAll(/^([A-Za-z-]+):[ \t]*(.*)$/gm)].map((match) => [match[1], match[2] as string]),
    );
    const tags = [fields.get('Tags'), fields.get('SharedTags')]
      .flatMap((list) => (list ?? '').split(','))
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
    if (tags.length === 0) commit = fields.get('GitCommit') ?? commit;
    else entries.push({ tags, commit: fields.get('GitCommit') ?? commit, directory: fields.get('Directory') ?? '.' });
  }
  return entries;
}

/** What the tags beside a tag say. */
function fromSiblings(image: string): Suites {
  const suites: Suites = {};
  for (const { entries } of versions(image)) {
    for (const { tags } of entries) {
      if (tags.some((tag) => /windows|nanoserver/.test(tag))) continue;
      const said = new Set(tags.map((tag) => SUITE.exec(tag)?.[1]).filter((suite) => suite !== undefined));
      if (said.size !== 1) continue;
      for (const tag of tags) if (!SUITE.test(tag)) suites[tag] = [...said][0] as string;
    }
  }
  return suites;
}

/** `from[tag]` is every base of a tag with the day from which on it was the base. */
function fromBases(
  image: string,
  folder: string,
): { bases: Map<string, [day: string, base: string][]>; last: Map<string, string> } {
  const seen = new Map<string, [day: string, object: string][]>();
  const last = new Map<string, string>();
  const history = versions(image);
  for (const [index, { day, entries }] of history.entries()) {
    for (const { tags, commit, directory } of entries) {
      const object = `${commit}:${`${directory}/Dockerfile`.replace(/^\.\//, '')}`;
      for (const tag of tags) {
        const days = seen.get(tag) ?? [];
        if (days.at(-1)?.[1] !== object) days.push([day, object]);
        seen.set(tag, days);
        last.set(tag, history[index + 1]?.day ?? '9999-12-31');
      }
    }
  }
  const objects = [...new Set([...seen.values()].flatMap((days) => days.map(([, object]) => object)))];
  const found = texts(folder, objects).map((text) => [...text.matchAll(/^FROM\s+(\S+)/gim)].at(-1)?.[1] ?? '');
  const base = new Map(objects.map((object, index) => [object, found[index] as string]));
  const bases = new Map(
    [...seen].map(([tag, days]) => [
      tag,
      days.map(([day, object]): [string, string] => [day, base.get(object) as string]),
    ]),
  );
  return { bases, last };
}

function suiteOfBase(base: string): string | undefined {
  const release = /^(?:buildpack-deps|debian):([a-z]+)(?:-slim)?$/.exec(base)?.[1];
  if (release !== undefined) return release;
  const minor = /^alpine:(3\.\d+)$/.exec(base)?.[1];
  return minor === undefined ? undefined : `alpine${minor}`;
}

const table: Record<string, Suites> = {};
for (const image of IMAGES) table[image] = fromSiblings(image);

const beam = fromBases('erlang', erlang);
table.erlang = {};
for (const [tag, days] of beam.bases) {
  const suite = suiteOfBase(days.at(-1)?.[1] ?? '');
  if (suite !== undefined) table.erlang[tag] = suite;
}
const mix = fromBases('elixir', elixir);
table.elixir = {};
for (const [tag, days] of mix.bases) {
  const erlangTag = /^erlang:(\S+)$/.exec(days.at(-1)?.[1] ?? '')?.[1];
  const until = mix.last.get(tag) as string;
  const base = beam.bases.get(erlangTag ?? '')?.findLast(([day]) => day <= until)?.[1];
  const suite = suiteOfBase(base ?? '');
  if (suite !== undefined) table.elixir[tag] = suite;
}
process.stdout.write(JSON.stringify(table));
