import type { Evidence } from '../../types.ts';

/** Packages that are built against libraries of the system or load them at run time, by the headers of these. */
export const LINKED: Readonly<Record<string, readonly string[]>> = {
  psycopg2: ['libpq-dev'],
  psycopg: ['libpq-dev'],
  'psycopg-c': ['libpq-dev'],
  mysqlclient: ['default-libmysqlclient-dev'],
  mariadb: ['libmariadb-dev'],
  pycurl: ['libcurl4-openssl-dev'],
  'python-ldap': ['libldap2-dev', 'libsasl2-dev'],
  uwsgi: ['libxml2-dev'],
  wand: ['libmagickwand-dev'],
  lightgbm: ['libgomp1'],
};

/** Programs of packages whose name is another one, or that have several. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  django: ['django-admin'],
  waitress: ['waitress-serve'],
  markdown: ['markdown_py'],
  fastapi: ['fastapi'],
  'fastapi-cli': ['fastapi'],
  'apache-airflow': ['airflow'],
  'prefect-core': ['prefect'],
  'dask-distributed': ['dask'],
  rq: ['rq', 'rqworker'],
  'opentelemetry-distro': ['opentelemetry-instrument'],
  'opentelemetry-instrumentation': ['opentelemetry-instrument'],
  ddtrace: ['ddtrace-run'],
  newrelic: ['newrelic-admin'],
  supervisor: ['supervisord', 'supervisorctl'],
  scrapy: ['scrapy'],
  'yt-dlp': ['yt-dlp'],
  'youtube-dl': ['youtube-dl'],
  datasette: ['datasette'],
};

/** The programs that a package may bring. */
export function programsOf(name: string): readonly string[] {
  return Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name]! : [name];
}

const normal = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

/** The packages that the project asks for, by their normal names: of every manifest, and of the commands themselves. */
export function readRequirements({ context, world, entryPoint }: Evidence): ReadonlySet<string> {
  const found = new Set(entryPoint.programs.flatMap(({ name }) => (Object.hasOwn(LINKED, name) ? name : [])));
  for (const { name, manager } of world.packages)
    if (/^pip/.test(manager)) found.add(normal(name.replace(/[[<>=!~;@ ].*$/, '')));
  for (const path of context.files) {
    const file = path.replace(/^.*\//, '');
    let text = /\.(?:txt|in|toml|py|cfg)$|^Pipfile$/.test(file) ? context.readText(path) : undefined;
    if (file === 'setup.py') text = /install_requires\s*=\s*\[([^\]]*)\]/.exec(text ?? '')?.[1];
    if (text === undefined) continue;
    if (/require|constraints/.test(path) && /\.(?:txt|in)$/.test(file)) {
      for (const [, name] of text.matchAll(/^\s*([A-Za-z0-9][\w.-]*)/gm)) found.add(normal(name!));
    } else if (/^(?:pyproject\.toml|setup\.py|setup\.cfg|Pipfile)$/.test(file)) {
      for (const [, name] of text.matchAll(/["']([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:[<>=!~;@][^"']*)?["']/g))
        found.add(normal(name!));
      for (const [, name] of text.matchAll(/^\s*["']?([A-Za-z0-9][\w.-]*)["']?\s*(?:=|>=|$)/gm))
        found.add(normal(name!));
    }
  }
  return found;
}

/** Programs that the project itself says it has. */
export function ownPrograms({ context }: Evidence): readonly string[] {
  const files = context.files.filter((path) => /(?:^|\/)(?:pyproject\.toml|setup\.py|setup\.cfg)$/.test(path));
  return files.flatMap((path) =>
    [...(context.readText(path) ?? '').matchAll(/["']?([\w-]+)["']?\s*=\s*["']?[\w.]+:[\w.]+/g)].map(
      ([, name]) => name!,
    ),
  );
}
