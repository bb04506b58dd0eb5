import { operands, optionOf } from '../../effects/files.ts';
import type { Call, Effect } from '../../types.ts';
import type { World } from '../../world.ts';
import { made, packagesIn } from '../interpreted.ts';

const NONE: readonly Effect[] = [];
/** Where the official images have the gems that are installed, their programs, and bundler its settings. */
export const GEMS = '/usr/local/bundle';
/** In front of the folder that bundler was told to install into. */
const PATH_MARK = 'bundle-path:';
const SETTINGS = `${GEMS}/config`;

const HARMLESS = /^(?:rspec|rubocop|brakeman|standardrb|erb_lint|reek|bundle-audit|bundler-audit|irb|ri|rdoc)$/;
/** Programs of applications that may write anything beside the sources. */
const WORKS = /^(?:ruby|rake|rails|bootsnap|hanami|middleman|nanoc|sass|webpacker|vite|spring|srb|thor)$/;

/** What the commands of Ruby and its package managers do; undefined for other commands. */
export function rubyEffects(call: Call, world: World): readonly Effect[] | undefined {
  const { name, args } = call;
  if (name === 'bundle' || name === 'bundler') return bundleEffects(call, world);
  if (name === 'gem') return gemEffects(call);
  if (name === 'jekyll') {
    const folder = call.path(optionOf(call, '-d', '--destination') ?? '_site');
    return folder === undefined || !/^(?:b|build)$/.test(args[0] ?? '') ? NONE : [made(folder, 'jekyll build')];
  }
  if (HARMLESS.test(name)) return NONE;
  if (!WORKS.test(name) || args.some((arg) => /^(?:-v|--version)$/.test(arg)))
    return WORKS.test(name) ? NONE : undefined;
  return [made(call.cwd, name)];
}

function bundleEffects(call: Call, world: World): readonly Effect[] {
  const words = operands(call, ['--jobs', '-j', '--retry', '--path', '--without', '--with', '--gemfile', '--binstubs']);
  const [verb = 'install', ...rest] = words;
  switch (verb) {
    case 'install':
    case 'update':
    case 'i':
      return installEffects(call, world);
    case 'config':
      return configEffects(call, rest);
    case 'binstubs':
      return [made(`${call.cwd === '/' ? '' : call.cwd}/bin`, 'bundle binstubs')];
    case 'exec':
      return HARMLESS.test(rest[0] ?? '') ? NONE : [made(call.cwd, `bundle exec ${rest[0] ?? ''}`.trim())];
    case 'package':
    case 'cache':
    case 'pack':
      return [packagesIn(`${call.cwd === '/' ? '' : call.cwd}/vendor/cache`, 'bundle cache')];
    default:
      return NONE;
  }
}

function installEffects(call: Call, world: World): readonly Effect[] {
  const own = packagesIn(GEMS, 'bundle install');
  const isSet = (value: string | undefined) => value !== undefined && /^(?:1|true)$/.test(value);
  const told = world.tree
    .get(SETTINGS)
    ?.marks.find((mark) => mark.startsWith(PATH_MARK))
    ?.slice(PATH_MARK.length);
  const isDeployment = call.args.includes('--deployment') || isSet(call.env('BUNDLE_DEPLOYMENT'));
  const chosen =
    optionOf(call, '--path') ?? call.env('BUNDLE_PATH') ?? told ?? (isDeployment ? 'vendor/bundle' : undefined);
  if (chosen === undefined) return [own];
  const path = call.path(chosen);
  if (path === undefined)
    return [own, { kind: 'unknown', below: '/', why: 'where `bundle install` puts the gems is not known' }];
  return path === GEMS ? [own] : [own, packagesIn(path, 'bundle install'), remembered(path)];
}

/** `bundle config set --local path vendor/bundle`, `bundle config --global deployment true` */
function configEffects(call: Call, rest: readonly string[]): readonly Effect[] {
  const [name, ...values] = rest[0] === 'set' ? rest.slice(1) : rest;
  const isGlobal = call.args.includes('--global') || (rest[0] !== 'set' && !call.args.includes('--local'));
  const value = values[0];
  const path =
    name === 'path' && value !== undefined
      ? call.path(value)
      : name === 'deployment' && value === 'true'
        ? call.path('vendor/bundle')
        : undefined;
  const settings: Effect = isGlobal
    ? {
        kind: 'write',
        path: '/root/.bundle',
        entry: 'folder',
        isOpaque: true,
        role: 'data',
        origin: 'written by `bundle config`',
      }
    : packagesIn(GEMS, 'bundle config');
  return path === undefined ? [settings] : [settings, remembered(path)];
}

function remembered(path: string): Effect {
  return {
    kind: 'write',
    path: SETTINGS,
    role: 'dependency',
    origin: 'written by `bundle config`',
    marks: [PATH_MARK + path],
  };
}

function gemEffects(call: Call): readonly Effect[] {
  const [verb] = call.args;
  if (verb === 'update' && call.args.includes('--system'))
    return [
      {
        kind: 'unknown',
        below: '/usr/local/lib/ruby',
        why: 'which files of the image `gem update --system` replaces is not known',
      },
    ];
  if (verb !== 'install' && verb !== 'i' && verb !== 'update') return NONE;
  const folder = optionOf(call, '-i', '--install-dir');
  const path = folder === undefined ? GEMS : call.path(folder);
  return path === undefined
    ? [{ kind: 'unknown', below: '/', why: 'where `gem install` puts the gems is not known' }]
    : [packagesIn(path, 'gem install')];
}
