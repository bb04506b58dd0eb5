import type { Ecosystem } from '../../knowledge/images.ts';
import { staticLinking } from '../../knowledge/linking.ts';
import { compareVersions } from '../../knowledge/suites.ts';
import type { Project } from '../types.ts';
import type { BuildCall } from './outputs.ts';
import { flagValue } from './outputs.ts';
import type { System } from './systems.ts';

/** How the program that a build makes is linked; `unknown` wherever the file leaves room for doubt. */
export type Linkage = 'static' | 'dynamic' | 'unknown';

/** Where a build runs, as far as its linkage depends on it. */
export interface BuildPlace {
  readonly system: System;
  /** Packages that are installed at this point. */
  readonly packages: ReadonlySet<string>;
  /** Whether the file sets the variable, even to something it does not tell. */
  isSet(name: string): boolean;
}

/** How a build command links what it makes. */
export function linkageOf(call: BuildCall, place: BuildPlace): Linkage {
  switch (call.ecosystem) {
    case 'go':
      return goLinkage(call, place);
    case 'rust':
      return rustLinkage(call, place);
    case 'dart':
      return call.args[0] === 'compile' && call.args[1] === 'exe' ? 'dynamic' : 'unknown';
    case 'c':
    case 'haskell':
    case 'swift':
    case 'nim':
    case 'crystal':
    case 'graalvm':
      return compilerLinkage(call, place);
    default:
      return 'unknown';
  }
}

/** Packages that bring a C compiler. */
const C_COMPILERS = /^(?:gcc|g\+\+|clang|build-essential|build-base|alpine-sdk|base-devel|gcc-c\+\+)(?:-?\d+)?$/;

function goLinkage({ program, args, variable }: BuildCall, { system, packages, isSet }: BuildPlace): Linkage {
  if (program !== 'go') return 'unknown';
  const os = variable('GOOS');
  if (os !== undefined && !/^(?:linux|[$`].*)$/.test(os)) return 'unknown';
  const arch = variable('GOARCH');
  // Cgo is off where the target is another machine than the builder.
  if (arch !== undefined && !/^(?:amd64|[$`].*)$/.test(arch)) return 'unknown';
  if (!/^(?:exe|default|pie)$/.test(flagValue(args, '-buildmode', '--buildmode') ?? 'exe')) return 'unknown';
  const cgo = variable('CGO_ENABLED');
  if (cgo === '0') return 'static';
  if (cgo !== '1' && isSet('CGO_ENABLED')) return 'unknown';
  const flags = `${args.join(' ')} ${variable('GOFLAGS') ?? ''} ${variable('CGO_LDFLAGS') ?? ''}`;
  if (/static|netgo|osusergo|musl/.test(flags) || /[$`]/.test(flags) || isSet('CC')) return 'unknown';
  if (system.sdk?.ecosystem !== 'go' || system.repository !== 'golang') return 'unknown';
  const hasCompiler = [...packages].some((name) => C_COMPILERS.test(name));
  if (system.libc === 'glibc' || hasCompiler || cgo === '1') return 'dynamic';
  // Until 1.20 the standard library came compiled with cgo, and was linked as it was where no compiler is.
  const version = /^\d+(?:\.\d+)*/.exec(system.tag ?? '')?.[0];
  return version?.includes('.') && compareVersions(version, '1.20') < 0 ? 'dynamic' : 'static';
}

const GNU_RUST = /^(?:rust|rustlang\/rust|lukemathwalker\/cargo-chef)$/;

function rustLinkage({ program, args, variable }: BuildCall, { system, isSet }: BuildPlace): Linkage {
  if (program !== 'cargo' && program !== 'rustc') return 'unknown';
  const target = flagValue(args, '--target') ?? variable('CARGO_BUILD_TARGET');
  if (target === undefined && isSet('CARGO_BUILD_TARGET')) return 'unknown';
  const flags = `${args.join(' ')} ${variable('RUSTFLAGS') ?? ''}`;
  if (/[+]crt-static/.test(flags)) return 'static';
  if (target !== undefined && !/-linux-(?:gnu|musl)$/.test(target)) return 'unknown';
  const isMusl = target === undefined ? system.libc === 'musl' : target.endsWith('musl');
  if (isMusl) return /-crt-static/.test(flags) ? 'dynamic' : 'static';
  if (/[$`]/.test(flags) || (isSet('RUSTFLAGS') && variable('RUSTFLAGS') === undefined)) return 'unknown';
  return target !== undefined || GNU_RUST.test(system.repository ?? '') ? 'dynamic' : 'unknown';
}

function compilerLinkage({ ecosystem, program, args, variable }: BuildCall, { system, isSet }: BuildPlace): Linkage {
  // Their flags are in the project's own files.
  if (/^(?:stack|cabal|nimble|shards)$/.test(program)) return 'unknown';
  const flags = args.join(' ');
  if (/musl/.test(`${program} ${flags}`)) return 'unknown';
  if (staticLinking(ecosystem)?.already.test(flags)) return 'static';
  // Any mention of it in a form that the table does not know.
  if (/static|[$`]/i.test(flags) || /-shared|-nostdlib|-ffreestanding/.test(flags)) return 'unknown';
  if (['LDFLAGS', 'CFLAGS', 'LDLIBS'].some((name) => isSet(name) && /static|[$`]/.test(variable(name) ?? '$'))) {
    return 'unknown';
  }
  return system.libc === 'glibc' || system.libc === 'musl' ? 'dynamic' : 'unknown';
}

/** Modules that do not work without cgo. */
const CGO_MODULES =
  /\b(?:mattn\/go-sqlite3|confluentinc\/confluent-kafka-go|h2non\/bimg|davidbyttow\/govips|gographics\/imagick|google\/gopacket|libgit2\/git2go|wasmerio\/wasmer-go|DataDog\/go-libddwaf|godror\/godror|go-gl\/)/;

/** Whether the sources need cgo: `import "C"` in the context's root, or a module that is known for it. */
export function usesCgo(project: Project): boolean {
  if (CGO_MODULES.test(project.readText('go.mod') ?? '')) return true;
  return project.list('.').some((name) => name.endsWith('.go') && /^import "C"/m.test(project.readText(name) ?? ''));
}

const SETTINGS: Partial<Record<Ecosystem, readonly string[]>> = {
  rust: ['.cargo/config.toml', '.cargo/config', 'rust-toolchain.toml'],
  nim: ['nim.cfg', 'config.nims'],
  swift: ['Package.swift'],
};

/** Whether settings in the project ask for static linking or another target. */
export function isConfiguredStatic(ecosystem: Ecosystem, project: Project): boolean {
  return (SETTINGS[ecosystem] ?? []).some((file) => /static|musl/.test(project.readText(file) ?? ''));
}

/** Packages of npm and PyPI that hold machine code, the common ones. */
const NATIVE_MODULES: Partial<Record<Ecosystem, readonly [files: readonly string[], names: RegExp]>> = {
  node: [
    ['package.json'],
    /"(?:bcrypt|sharp|canvas|argon2|sqlite3|better-sqlite3|node-sass|node-rdkafka|grpc|libxmljs2?|re2|bufferutil|utf-8-validate|node-pty|serialport|usb|zeromq|leveldown|classic-level|cpu-features|snappy|node-expat|@swc\/core|@parcel\/watcher|lightningcss|prisma|@prisma\/client|oracledb|ibm_db|isolated-vm)"\s*:/,
  ],
  python: [
    ['requirements.txt', 'pyproject.toml', 'Pipfile'],
    /^\s*["']?(?:numpy|pandas|scipy|scikit-learn|psycopg2(?:-binary)?|psycopg\[(?:c|binary)\]|cryptography|lxml|pillow|pydantic(?:[_-]core)?|aiohttp|uvloop|orjson|mysqlclient|grpcio|torch|tensorflow|matplotlib|bcrypt|greenlet|gevent|pyyaml|cffi|asyncpg|fastapi|sqlalchemy)\b/im,
  ],
};

/** Whether the project's manifests name a dependency that comes as machine code. */
export function hasNativeModules(ecosystem: Ecosystem, project: Project): boolean {
  const [files, names] = NATIVE_MODULES[ecosystem] ?? [[], /$^/];
  return files.some((file) => names.test(project.readText(file) ?? ''));
}
