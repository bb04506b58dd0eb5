/**
 * What follows `Dockerfile.` in names of files that are not Dockerfiles: notes, data, scripts beside them, copies that
 * editors and merges leave, and templates that become Dockerfiles elsewhere.
 */
export const otherFormats: readonly string[] = [
  'dockerignore containerignore md markdown rst adoc txt html pdf sh bash bat cmd ps1 json yaml yml toml xml lock log',
  'bak orig rej swp swo tmp patch diff j2 jinja jinja2 tmpl tpl template erb mustache hbs ejs m4 in gotmpl',
]
  .join(' ')
  .split(' ');

/** Folders of other people's files, and of tools. */
const VENDORED = new Set(
  'node_modules bower_components vendor third_party site-packages .git .hg .svn .venv .tox'.split(' '),
);

const DOCKERFILE =
  /^(?:dockerfile|(?:Dockerfile|Containerfile)(?:\.(?<suffix>.+))?|.+\.(?:[Dd]ockerfile|[Cc]ontainerfile))$/;

/** Whether a file found in a folder is taken for a Dockerfile, by its name. */
export function isDockerfileName(name: string): boolean {
  const match = DOCKERFILE.exec(name);
  if (!match || name.endsWith('~')) return false;
  const extension = match.groups!.suffix?.split('.').at(-1)?.toLowerCase();
  return extension === undefined || !otherFormats.includes(extension);
}

/** Whether a folder is left out of a search. */
export function isVendoredName(name: string): boolean {
  return VENDORED.has(name);
}
