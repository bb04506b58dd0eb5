import { joinPath } from '../../../dockerfile/index.ts';
import { optionOf } from '../../effects/files.ts';
import { startedBelow, startedIn } from '../../started.ts';
import type { Call, Effect, Subject } from '../../types.ts';
import type { World } from '../../world.ts';
import { readCargoProject, readToml, tableOf } from './manifest.ts';

const NONE: readonly Effect[] = [];
/** Options of `cargo build` and `cargo install` whose next word is their value. */
const VALUE_OPTIONS: ReadonlySet<string> = new Set(
  '-p --package --bin --example --test --bench --features -F --target --target-dir --profile --manifest-path --config -j --jobs --color --message-format -Z --exclude --path --root --git --branch --tag --rev --version --vers --index --registry -C'.split(
    ' ',
  ),
);

/** What `cargo` and `rustc` write; undefined for other commands. */
export function cargoEffects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  if (call.name === 'rustc') return rustcEffects(call);
  if (call.name !== 'cargo' && call.name !== 'cross') return undefined;
  const args = call.args.filter((arg) => !arg.startsWith('+'));
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && !VALUE_OPTIONS.has(args[index - 1] ?? ''));
  const verb = args[at] ?? '';
  if (/^(?:build|b|rustc|run|r|zigbuild|auditable)$/.test(verb)) return buildEffects(call, world, subject);
  if (verb === 'install') return installEffects(call, args.slice(at + 1), world, subject);
  if (verb === 'new' || verb === 'init') {
    const name = args.slice(at + 1).findLast((arg) => !arg.startsWith('-'));
    const path = call.path(name ?? '.');
    return path === undefined ? NONE : [{ kind: 'write', path: `${path}/src/main.rs`, role: 'source' }];
  }
  if (verb === 'vendor')
    return [{ kind: 'write', path: `${call.cwd}/vendor`, role: 'source', entry: 'folder', isOpaque: true }];
  if (verb === 'clean') return NONE;
  return /^(?:fetch|test|t|check|c|clippy|fmt|doc|update|chef|generate-lockfile|add|remove|login|tree|metadata|audit|deny|nextest|bench|sqlx|binstall|--version|-V|search|verify-project|locate-project|)$/.test(
    verb,
  )
    ? NONE
    : undefined;
}

function rustcEffects(call: Call): readonly Effect[] {
  const input = call.args.find((arg) => arg.endsWith('.rs'));
  const output = optionOf(call, '-o') ?? input?.slice(input.lastIndexOf('/') + 1, -3);
  const path = output === undefined ? undefined : call.path(output);
  if (path === undefined || /--crate-type[= ](?:lib|rlib|proc-macro)/.test(call.args.join(' '))) return NONE;
  const marks = isStatic(call, optionOf(call, '--target'), '') ? ['static'] : [];
  return [{ kind: 'write', path, role: 'artifact', origin: 'built by `rustc`', marks }];
}

/** Whether libc is linked in: musl unless told otherwise, gnu when asked for. */
function isStatic(call: Call, target: string | undefined, config: string, isMusl = false): boolean {
  const flags = `${call.args.join(' ')} ${call.env('RUSTFLAGS') ?? ''} ${config}`;
  if (/-crt-static/.test(flags)) return false;
  return /\+crt-static/.test(flags) || (target === undefined ? isMusl : /-musl/.test(target));
}

function buildEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const { system, context } = subject;
  const manifest = optionOf(call, '--manifest-path');
  const folder = manifest === undefined ? call.cwd : call.path(manifest.replace(/\/?Cargo\.toml$/, '') || '.');
  if (folder === undefined)
    return [{ kind: 'unknown', below: call.cwd, why: 'which manifest `cargo` reads is not known' }];
  const project = readCargoProject(folder, world, subject);
  const root = project?.root ?? folder;
  const base = root === '/' ? '' : root;
  const configEntry = world.tree.get(`${base}/.cargo/config.toml`) ?? world.tree.get(`${base}/.cargo/config`);
  const config = configEntry?.contextPath === undefined ? undefined : context.readText(configEntry.contextPath);
  const settings = tableOf(readToml(config)?.build);
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const triple = optionOf(call, '--target') ?? call.env('CARGO_BUILD_TARGET') ?? text(settings?.target);
  const chosen = optionOf(call, '--target-dir') ?? call.env('CARGO_TARGET_DIR') ?? call.env('CARGO_BUILD_TARGET_DIR');
  const own = text(settings?.['target-dir']);
  const target = chosen === undefined ? joinPath(root, own ?? 'target') : call.path(chosen);
  const profile =
    optionOf(call, '--profile') ?? (call.args.some((arg) => /^(?:--release|-\w*r\w*)$/.test(arg)) ? 'release' : 'dev');
  if (target === undefined || (triple !== undefined && /\$/.test(triple)) || /\$/.test(profile)) {
    return [{ kind: 'unknown', below: root, why: 'where `cargo build` puts the program is not known' }];
  }
  const name = profile === 'dev' || profile === 'test' ? 'debug' : profile === 'bench' ? 'release' : profile;
  const output = [
    target === '/' ? '' : target,
    ...(triple === undefined ? [] : [triple.replace(/\.json$/, '')]),
    name,
  ].join('/');
  const isMusl = system.libc === 'musl' && system.sdk?.ecosystem === 'rust';
  const marks = isStatic(call, triple, config ?? '', isMusl) ? ['static'] : [];
  const origin = 'built by `cargo build`';
  const programs = programsOf(call, project);
  const made: Effect[] = [
    {
      kind: 'write',
      path: target,
      entry: 'folder',
      isOpaque: true,
      role: 'artifact',
      origin,
      marks: ['target', ...(programs ? ['known'] : []), ...marks],
    },
  ];
  const paths = programs?.map((program) => `${output}/${program}`) ?? startedBelow(target, subject, world);
  for (const path of paths) made.push({ kind: 'write', path, role: 'artifact', origin, marks });
  return made;
}

/** The programs that a build makes; undefined where the manifests do not tell. */
function programsOf(call: Call, project: ReturnType<typeof readCargoProject>): readonly string[] | undefined {
  const all = (...names: readonly string[]) =>
    call.args.flatMap((arg, at) => {
      const name = names.find((option) => arg === option || arg.startsWith(`${option}=`));
      return name === undefined ? [] : [arg === name ? (call.args[at + 1] ?? '') : arg.slice(name.length + 1)];
    });
  const bins = all('--bin');
  if (bins.length > 0) return bins;
  if (call.args.includes('--lib')) return [];
  const examples = all('--example');
  if (examples.length > 0) return examples.map((name) => `examples/${name}`);
  if (!project) return undefined;
  const named = all('-p', '--package').map((name) => name.replace(/[@:].*/, ''));
  const isAll = call.args.includes('--workspace') || call.args.includes('--all');
  const packages = isAll ? project.packages : project.packages.filter(({ name }) => named.includes(name));
  const chosen = isAll || named.length > 0 ? packages : project.chosen;
  return chosen.flatMap(({ programs }) => programs);
}

function installEffects(call: Call, rest: readonly string[], world: World, subject: Subject): readonly Effect[] {
  const home = call.env('CARGO_HOME') ?? '/root/.cargo';
  const chosen = optionOf(call, '--root') ?? call.env('CARGO_INSTALL_ROOT');
  const root = chosen === undefined ? home : call.path(chosen);
  if (root === undefined)
    return [{ kind: 'unknown', below: '/', why: 'where `cargo install` puts the program is not known' }];
  const bin = `${root}/bin`;
  const origin = 'built by `cargo install`';
  const isMusl = subject.system.libc === 'musl' && subject.system.sdk?.ecosystem === 'rust';
  const marks = isStatic(call, optionOf(call, '--target'), '', isMusl) ? ['static'] : [];
  const path = optionOf(call, '--path');
  const folder = path === undefined ? undefined : call.path(path);
  if (folder !== undefined) {
    const project = readCargoProject(folder, world, subject);
    const own = project?.packages.find((item) => item.folder === folder)?.programs;
    const names = (programsOf(call, project) ?? []).filter((name) => own?.includes(name) ?? true);
    const paths = names.length > 0 ? names.map((name) => `${bin}/${name}`) : guess(bin, subject, world);
    return paths.map((program) => ({ kind: 'write', path: program, role: 'artifact', origin, marks }));
  }
  const crates = rest.filter((arg, at) => !arg.startsWith('-') && !VALUE_OPTIONS.has(rest[at - 1] ?? ''));
  const names = [
    ...crates.map((crate) => crate.replace(/@.*/, '')),
    ...guess(bin, subject, world).map((item) => item.slice(bin.length + 1)),
  ];
  return [...new Set(names)].map((name) => ({
    kind: 'write',
    path: `${bin}/${name}`,
    role: 'toolchain',
    origin,
    marks: ['installed', ...marks],
  }));
}

function guess(bin: string, subject: Subject, world: World): readonly string[] {
  return [...startedBelow(bin, subject, world), ...startedIn(bin, subject, world)];
}
