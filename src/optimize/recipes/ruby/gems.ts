import type { Subject } from '../../types.ts';

/** Gems that are linked with a library of the system, and the package with its headers in Debian. */
export const LINKED: Readonly<Record<string, string>> = {
  pg: 'libpq-dev',
  mysql2: 'default-libmysqlclient-dev',
  sqlite3: 'libsqlite3-dev',
  rmagick: 'libmagickwand-dev',
  curb: 'libcurl4-openssl-dev',
  ethon: 'libcurl4-openssl-dev',

  rugged: 'libssh2-1-dev',
};
/** Gems that start a program of the system. */
export const STARTS: Readonly<Record<string, string>> = {
  mini_magick: 'convert',
  paperclip: 'convert',
  git: 'git',
};

/** Programs and the gems that bring them; most have the name of their gem. */
const PROGRAMS: Readonly<Record<string, string>> = {
  rails: 'railties',
  rackup: 'rack',
  'resque-web': 'resque',
  unicorn_rails: 'unicorn',
};

/** The gems that the lock files list, the Gemfiles where there is none, and those that `gem install` names. */
export function readGems({ context, commands }: Subject): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of context.files) {
    const text = /(?:^|\/)(?:Gemfile(?:\.lock)?|gems\.(?:rb|locked))$/.test(path) ? (context.readText(path) ?? '') : '';
    const names = /lock(?:ed)?$/.test(path)
      ? text.matchAll(/^ {4}([\w.-]+) \(/gm)
      : text.matchAll(/^\s*gem\s*\(?["']([\w.-]+)["']/gm);
    for (const [, name] of names) found.add(name!);
  }
  for (const { name, args } of commands) {
    const words = args.map(({ value }) => value);
    if (name === 'gem' && /^i(?:nstall)?$/.test(words[0] ?? ''))
      for (const word of words.slice(1)) if (/^[a-z][\w-]*(?::[\d.]+)?$/.test(word)) found.add(word.replace(/:.*/, ''));
  }
  return found;
}

export function bringsProgram(gems: ReadonlySet<string>, program: string): boolean {
  return gems.has(program) || gems.has((Object.hasOwn(PROGRAMS, program) && PROGRAMS[program]) || program);
}
