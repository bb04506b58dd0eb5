import { joinPath } from '../../../dockerfile/index.ts';
import { operands, optionOf } from '../../effects/files.ts';
import { quoteWords } from '../../shell.ts';
import type { Call, Effect, Subject } from '../../types.ts';
import type { World } from '../../world.ts';
import { made, packagesIn } from '../interpreted.ts';
import { type Manifest, manifestIn, readTsconfig } from './manifest.ts';

const NONE: readonly Effect[] = [];

/** Where programs of `npm install --global` lie. */
export const GLOBAL_PACKAGES = '/usr/local/lib/node_modules';

/** Programs that run others, with what comes before these. */
const WRAPPERS = /^(?:cross-env|cross-env-shell|env-cmd|dotenv|dotenvx|npx|pnpx|bunx|run-s|run-p|npm-run-all2?)$/;

/** Tools that leave nothing that an image needs. */
const HARMLESS =
  /^(?:husky|is-ci|only-allow|eslint|prettier|jest|mocha|vitest|ava|tap|nyc|c8|tslint|stylelint|xo|standard|commitlint|lint-staged|rimraf|del|del-cli|npm-check|depcheck|node-prune|modclean|clean-modules|patch-package|corepack|n|nvm|vue-tsc|simple-git-hooks|lefthook|size-limit|check-node-version|prisma|playwright-core|electron-rebuild|node-gyp|node-pre-gyp|prebuild-install|node-gyp-build|yarn-deduplicate|pm2-logrotate|ngcc)$/;

/** What the tools make, relative to the working directory, when neither options nor configuration say otherwise. */
const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  next: ['.next'],
  'react-scripts': ['build'],
  'react-app-rewired': ['build'],
  craco: ['build'],
  vite: ['dist'],
  'vue-cli-service': ['dist'],
  nest: ['dist'],
  astro: ['dist'],
  gatsby: ['public'],
  docusaurus: ['build'],
  tsup: ['dist'],
  unbuild: ['dist'],
  ncc: ['dist'],
};
/** The options by which they are told. */
const OUTPUT_OPTIONS = [
  '--outDir',
  '--out-dir',
  '-d',
  '--outdir',
  '--dest',
  '--dist-dir',
  '-o',
  '--output-path',
  '--out',
];

/** What the package managers and the tools of the ecosystem do; undefined for other commands. */
export function nodeEffects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  const { name, args } = call;
  if (name === 'npm' || name === 'pnpm' || name === 'yarn' || name === 'yarnpkg')
    return managerEffects(name === 'yarnpkg' ? 'yarn' : name, call, world, subject);
  if (name === 'node' || name === 'nodejs' || name === 'ts-node' || name === 'tsx') {
    if (args.every((arg) => /^(?:-v|--version|-p|--print|-h|--help)$/.test(arg)) || args.includes('-p')) return NONE;
    return [made(call.cwd, name)];
  }
  if (WRAPPERS.test(name)) return wrapped(call, args);
  if (HARMLESS.test(name)) return NONE;
  if (name === 'tsc') return compilerEffects(call, subject, world);
  if (name === 'esbuild') return namedOutput(call, ['--outfile'], ['--outdir']);
  if (name === 'babel' || name === 'swc') return namedOutput(call, ['-o', '--out-file'], ['-d', '--out-dir', '-D']);
  if (name === 'rollup') return namedOutput(call, ['-o', '--file'], ['-d', '--dir']);
  if (name === 'webpack' || name === 'webpack-cli') return webpackEffects(call, world, subject);
  if (Object.hasOwn(OUTPUTS, name)) return toolEffects(call, world, subject);
  if (
    /^(?:ng|nuxt|nuxi|remix|svelte-kit|quasar|ember|gulp|grunt|nx|turbo|lerna|parcel|bower|strapi|medusa)$/.test(name)
  )
    return [made(call.cwd, name)];
  // Any other program of a package.
  return fromPackages(call, world) ? [made(call.cwd, name)] : undefined;
}

const packageFolder = (cwd: string) => joinPath(cwd, 'node_modules')!;

/** Whether the command is one of `node_modules/.bin`, as far as nothing else says what it is. */
function fromPackages({ name, cwd }: Call, world: World): boolean {
  return (
    /^(?:copyfiles|cpx2?|cpy|ncp|mkdirp|shx|tsc-alias|tscpaths|postcss|sass|node-sass|tailwindcss|lessc|typedoc|rescript|elm|purs|pkg|zx|microbundle|parcel-bundler|tsoa|graphql-codegen|typeorm|sequelize|knex|concurrently|wait-on|cpr|replace|json|uglifyjs|terser|browserify|watchify|coffee|pug|marko|eleventy|hexo|ghost|hbs|webpack-bundle|orval|openapi-generator-cli|kysely-codegen|lingui|formatjs|workbox|web-ext|ts-patch|tspc)$/.test(
      name,
    ) && world.tree.get(packageFolder(cwd)) !== undefined
  );
}

function wrapped(call: Call, args: readonly string[]): readonly Effect[] {
  if (/^(?:run-[sp]|npm-run-all)/.test(call.name)) {
    return args
      .filter((arg) => !arg.startsWith('-'))
      .map((arg) => script(arg.includes('*') ? 'npm-run-unknown' : `npm run ${arg}`, call.cwd, call.name));
  }
  let at = 0;
  while (at < args.length && /^(?:-|[A-Za-z_]\w*=)/.test(args[at]!) && args[at] !== '--') {
    at += /^(?:-p|--package|-f|-e)$/.test(args[at]!) ? 2 : 1;
  }
  if (args[at] === '--') at++;
  const rest = [...args.slice(at)];
  if (rest.length === 0) return NONE;
  // `npx name@version`
  rest[0] = rest[0]!
    .replace(/(?<=.)@[\w.^~-]+$/, '')
    .replace(/^(?:@nestjs\/cli)$/, 'nest')
    .replace(/^@angular\/cli$/, 'ng');
  return [script(quoteWords(rest), call.cwd, call.name)];
}

function script(text: string, cwd: string, origin: string): Effect {
  return { kind: 'script', text, cwd, origin };
}

function folderOf(call: Call): string {
  const word = optionOf(call, '--prefix', '--cwd', '--dir', '-C');
  return (word === undefined ? undefined : call.path(word)) ?? call.cwd;
}

type Manager = 'npm' | 'yarn' | 'pnpm';

function managerEffects(manager: Manager, call: Call, world: World, subject: Subject): readonly Effect[] {
  const words = operands(call, [
    '--prefix',
    '--cwd',
    '--dir',
    '-C',
    '--registry',
    '--cache',
    '--loglevel',
    '--network-timeout',
    '--cache-folder',
    '--fetch-timeout',
    '--fetch-retries',
    '--store-dir',
    '--reporter',
    '--mutex',
    '-w',
    '--workspace',
    '--filter',
    '-F',
  ]);
  const [verb = manager === 'yarn' ? 'install' : '', ...rest] = words;
  const cwd = folderOf(call);
  const isPart = call.args.some((arg) => /^(?:-w|-ws|--workspaces?|--filter|-F|-r|--recursive)(?:=|$)/.test(arg));
  const isGlobal =
    call.args.some((arg) => arg === '-g' || arg === '--global' || arg === '--location=global') ||
    (manager === 'yarn' && verb === 'global');
  if (isGlobal)
    return /^(?:install|i|add|global)$/.test(verb)
      ? [{ ...packagesIn(GLOBAL_PACKAGES, `${manager} install --global`), role: 'toolchain' } as Effect]
      : NONE;
  if (/^(?:ci|install|i|add|clean-install|install-clean|isntall|update|up|upgrade|link|dedupe)$/.test(verb))
    return install(manager, verb, call, cwd, world, subject);
  if (
    /^(?:cache|config|set|get|version|ping|audit|fund|login|logout|token|store|prune|autoclean|rebuild|rb|uninstall|remove|rm|un|outdated|ls|list|view|info|pkg|doctor|policies|plugin|import|setup|env|init|unlink|bin|root|fetch|why|approve-builds|help)$/.test(
      verb,
    )
  ) {
    if (verb !== 'prune') return NONE;
    return isProduction(call) || call.args.length === 1
      ? [packagesIn(packageFolder(cwd), `${manager} prune`, [manager, 'production'])]
      : NONE;
  }
  if (verb === 'deploy') {
    const path = call.path(rest.at(-1) ?? '');
    return path === undefined ? [made(cwd, `${manager} deploy`)] : [{ ...made(path, `${manager} deploy`) }];
  }
  if (verb === 'workspace' || verb === 'workspaces' || isPart) return [made(cwd, `${manager} ${verb}`)];
  if (/^(?:exec|x|dlx|node)$/.test(verb)) {
    if (verb === 'node') return [made(cwd, 'yarn node')];
    const at = call.args.indexOf(verb);
    return wrapped({ ...call, name: 'npx', cwd }, call.args.slice(at + 1));
  }
  return runScript(manager, verb, rest[0], cwd, world, subject);
}

function runScript(
  manager: Manager,
  verb: string,
  second: string | undefined,
  cwd: string,
  world: World,
  subject: Subject,
): readonly Effect[] {
  const isRun = /^(?:run|run-script|rum|urn)$/.test(verb);
  const name = isRun ? second : verb === 't' || verb === 'tst' ? 'test' : verb;
  if (name === undefined || name === 'test') return NONE;
  const manifest = manifestIn(cwd, world, subject);
  const lines = manifest ? scriptLines(manifest, name) : undefined;
  if (!lines) return [made(cwd, `${manager} ${isRun ? `run ${name}` : name}`)];
  return lines.map((text) => script(text, cwd, 'package.json'));
}

/** The lines of a script with those that run before and after it; undefined when there is none of that name. */
export function scriptLines({ scripts }: Manifest, name: string): readonly string[] | undefined {
  if (!Object.hasOwn(scripts, name)) return undefined;
  return [`pre${name}`, name, `post${name}`].flatMap((key) => (Object.hasOwn(scripts, key) ? scripts[key]! : []));
}

function isProduction(call: Call): boolean {
  const { args } = call;
  if (args.some((arg) => /^--(?:production=false|prod=false|include=dev|also=dev)$/.test(arg))) return false;
  if (args.some((arg) => /^(?:--omit=dev|--production(?:=true)?|--prod|-P|--only=prod(?:uction)?|--no-dev)$/.test(arg)))
    return true;
  if (args.some((arg, index) => /^--(?:omit|only)$/.test(arg) && /^(?:dev|prod)/.test(args[index + 1] ?? '')))
    return true;
  return (
    /^prod/.test(call.env('NODE_ENV') ?? '') ||
    /^true$/.test(call.env('NPM_CONFIG_PRODUCTION') ?? call.env('npm_config_production') ?? '')
  );
}

function install(
  manager: Manager,
  verb: string,
  call: Call,
  cwd: string,
  world: World,
  subject: Subject,
): readonly Effect[] {
  if (call.args.some((arg) => /^-?-?v(?:ersion)?$/.test(arg))) return NONE;
  const marks: string[] = [manager];
  if (isProduction(call)) marks.push('production');
  const hasNames = operands(call).length > (manager === 'yarn' && call.args[0] === undefined ? 0 : 1);
  // What package.json does not list would not survive a prune.
  if (call.args.some((arg) => /^--no-(?:save|package-lock|lockfile)$/.test(arg)) || (hasNames && verb !== 'ci'))
    marks.push('unlisted');
  for (const flag of ['--legacy-peer-deps', '--force', '--shamefully-hoist'])
    if (call.args.includes(flag)) marks.push(flag);
  const effects: Effect[] = [packagesIn(packageFolder(cwd), `${manager} ${verb}`, marks)];
  const manifest = manifestIn(cwd, world, subject);
  if (!manifest || call.args.includes('--ignore-scripts')) return effects;
  const isLinked = /"(?:file|link|portal|workspace):/.test(subject.context.readText(manifest.contextPath) ?? '');
  const isNative = world.tree.get(joinPath(cwd, 'binding.gyp')!) !== undefined;
  if (manifest.hasWorkspaces || isLinked || isNative) effects.push(made(cwd, `${manager} ${verb}`));
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
    if (Object.hasOwn(manifest.scripts, name)) effects.push(script(manifest.scripts[name]!, cwd, 'package.json'));
  }
  return effects;
}

function artifact(call: Call, word: string, isFolder: boolean, marks: readonly string[] = []): readonly Effect[] {
  const path = joinPath(call.cwd, word);
  if (path === undefined || path === call.cwd || /[$`]/.test(word)) return [made(call.cwd, call.name)];
  return [
    {
      kind: 'write',
      path,
      role: 'artifact',
      entry: isFolder ? 'folder' : 'file',
      isOpaque: isFolder,
      origin: `built by \`${call.name}\``,
      marks,
    },
  ];
}

function namedOutput(call: Call, file: readonly string[], folder: readonly string[]): readonly Effect[] {
  // What is not minified names the modules that it was made of, and nobody can tell that from loading them.
  const isBundle =
    call.args.includes('--bundle') &&
    call.args.includes('--minify') &&
    !call.args.some((arg) => /^--(?:external|packages)/.test(arg));
  const marks = isBundle ? ['bundle'] : [];
  const name = optionOf(call, ...file);
  if (name !== undefined) return artifact(call, name, false, marks);
  const into = optionOf(call, ...folder);
  return into === undefined ? [made(call.cwd, call.name)] : artifact(call, into, true, marks);
}

/** The path in the build context of the configuration of a tool in a folder of the image. */
function configuration(folder: string, names: readonly string[], world: World): string | undefined {
  for (const name of names) {
    const entry = world.tree.get(`${folder === '/' ? '' : folder}/${name}`);
    if (entry?.contextPath !== undefined) return entry.contextPath;
  }
  return undefined;
}

function compilerEffects(call: Call, subject: Subject, world: World): readonly Effect[] {
  if (call.args.some((arg) => /^(?:--noEmit|--version|-v|--init)$/.test(arg))) return NONE;
  const told = optionOf(call, '--outDir');
  if (told !== undefined) return artifact(call, told, true);
  if (call.args.some((arg) => /^(?:-b|--build)$/.test(arg))) {
    // A build mode without emitting, as the templates of vite have it, or several projects.
    const path = configuration(call.cwd, ['tsconfig.json'], world);
    const config = path === undefined ? undefined : readTsconfig(path, subject);
    return config?.noEmit || (config?.isComposite && config.outDir === undefined) ? NONE : [made(call.cwd, call.name)];
  }
  const project = optionOf(call, '-p', '--project') ?? 'tsconfig.json';
  const folder = joinPath(call.cwd, /\.json$/.test(project) ? project.replace(/[^/]*$/, '') || '.' : project)!;
  const name = /\.json$/.test(project) ? project.replace(/^.*\//, '') : 'tsconfig.json';
  const path = configuration(folder, [name], world);
  const config = path === undefined ? undefined : readTsconfig(path, subject);
  if (config?.noEmit) return NONE;
  if (config?.outDir === undefined) return [made(call.cwd, call.name)];
  return artifact({ ...call, cwd: folder }, config.outDir, true);
}

function webpackEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const told = optionOf(call, '--output-path');
  if (told !== undefined) return artifact(call, told, true);
  const file = optionOf(call, '--config', '-c');
  const path = configuration(
    call.cwd,
    file === undefined
      ? ['webpack.config.js', 'webpack.config.cjs', 'webpack.config.mjs']
      : [file.replace(/^\.\//, '')],
    world,
  );
  if (path === undefined) return file === undefined ? artifact(call, 'dist', true) : [made(call.cwd, call.name)];
  const text = subject.context.readText(path) ?? '';
  const found = /path:\s*(?:path\.)?(?:resolve|join)\(\s*__dirname\s*,\s*["']([\w./-]+)["']\s*\)/.exec(text)?.[1];
  if (found !== undefined) return artifact(call, found, true);
  return /output\s*:/.test(text) || /merge|extends/.test(text)
    ? [made(call.cwd, call.name)]
    : artifact(call, 'dist', true);
}

function toolEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const { name } = call;
  const verb = operands(call)[0] ?? '';
  if (!/^(?:build|export|generate)$/.test(verb) && !/^(?:vite|tsup|unbuild)$/.test(name)) {
    return /^(?:telemetry|info|lint|typegen|check|sync|prepare|postinstall|--version)$/.test(verb)
      ? NONE
      : [made(call.cwd, name)];
  }
  const told = optionOf(call, ...OUTPUT_OPTIONS);
  if (told !== undefined) return artifact(call, told, true);
  if (name === 'next') return nextEffects(call, world, subject);
  if (name === 'nest') {
    const path = configuration(call.cwd, ['tsconfig.build.json', 'tsconfig.json'], world);
    return artifact(call, (path && readTsconfig(path, subject)?.outDir) || 'dist', true);
  }
  const config = configuration(
    call.cwd,
    ['js', 'ts', 'mjs', 'cjs', 'mts'].map((end) => `${name === 'vue-cli-service' ? 'vue' : name}.config.${end}`),
    world,
  );
  const text = config === undefined ? '' : (subject.context.readText(config) ?? '');
  const set = /(?:outDir|outputDir|outdir)["']?\s*:\s*(?:["']([^"'$]+)["'])?/.exec(text);
  if (set) return set[1] === undefined ? [made(call.cwd, name)] : artifact(call, set[1], true);
  if (name === 'react-scripts' && call.env('BUILD_PATH') !== undefined)
    return artifact(call, call.env('BUILD_PATH')!, true);
  return OUTPUTS[name]!.flatMap((folder) => artifact(call, folder, true));
}

function nextEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const config = configuration(
    call.cwd,
    ['js', 'mjs', 'ts', 'cjs'].map((end) => `next.config.${end}`),
    world,
  );
  const text = config === undefined ? '' : (subject.context.readText(config) ?? '');
  if (/distDir\s*:/.test(text) || /output\s*:\s*["']export["']/.test(text)) return [made(call.cwd, 'next')];
  return artifact(call, '.next', true, /output\s*:\s*["']standalone["']/.test(text) ? ['standalone'] : []);
}
