import type { Ecosystem } from './images.ts';
import { programName } from './shells.ts';

/** What a build tool is asked to do: `run` compiles or serves from the sources, `install-deps` fetches what they need. */
export type BuildKind = 'build' | 'install-deps' | 'run' | 'test';

/** A command line that is a step of building a program. */
export interface BuildCommand {
  ecosystem: Ecosystem;
  kind: BuildKind;
}

/** Ecosystem and what the subcommands do; `*` any other subcommand, `` (empty) none at all. */
interface Tool {
  ecosystem: Ecosystem;
  build?: string;
  deps?: string;
  run?: string;
  test?: string;
  /** Subcommands that are neither, such as `version`; anything else is `otherwise`. */
  otherwise?: BuildKind;
  /** What the tool does when it is given no subcommand. */
  bare?: BuildKind;
  /** Flags before the subcommand whose next word is a value. */
  valueFlags?: string;
  /** Calls that are about the tool itself. */
  none?: string;
}

const NONE = '--version -version --help -help -h -V version help';

const TOOLS: Readonly<Record<string, Tool>> = {
  go: {
    ecosystem: 'go',
    build: 'build install generate',
    deps: 'mod get work',
    run: 'run',
    test: 'test vet',
    valueFlags: '-C',
  },
  garble: { ecosystem: 'go', build: 'build install' },
  tinygo: { ecosystem: 'go', build: 'build', run: 'run', test: 'test' },
  xgo: { ecosystem: 'go', otherwise: 'build', none: NONE },
  ko: { ecosystem: 'go', build: 'build publish resolve' },
  goreleaser: { ecosystem: 'go', build: 'build release' },
  mage: { ecosystem: 'go', otherwise: 'build', bare: 'build', none: `${NONE} -l` },
  dep: { ecosystem: 'go', deps: 'ensure' },
  glide: { ecosystem: 'go', deps: 'install up update get' },
  govendor: { ecosystem: 'go', deps: 'sync fetch' },
  dlv: { ecosystem: 'go', run: 'debug', test: 'test' },
  cargo: {
    ecosystem: 'rust',
    build: 'build b install rustc zigbuild auditable component leptos xwin chef ndk bundle deb',
    deps: 'fetch vendor update generate-lockfile',
    run: 'run r watch',
    test: 'test t check c clippy bench nextest fmt',
  },
  cross: { ecosystem: 'rust', build: 'build', run: 'run', test: 'test' },
  rustc: { ecosystem: 'rust', otherwise: 'build', none: NONE },
  trunk: { ecosystem: 'rust', build: 'build', run: 'serve' },
  'wasm-pack': { ecosystem: 'rust', build: 'build pack' },
  javac: { ecosystem: 'java', otherwise: 'build', none: NONE },
  ant: { ecosystem: 'java', otherwise: 'build', bare: 'build', none: NONE },
  bazel: { ecosystem: 'c', build: 'build', run: 'run', test: 'test', deps: 'fetch sync' },
  bazelisk: { ecosystem: 'c', build: 'build', run: 'run', test: 'test', deps: 'fetch sync' },
  'native-image': { ecosystem: 'graalvm', otherwise: 'build', none: NONE },
  sbt: {
    ecosystem: 'scala',
    deps: 'update',
    run: 'run ~run',
    test: 'test testOnly',
    otherwise: 'build',
    none: `${NONE} about sbtVersion`,
  },
  mill: { ecosystem: 'scala', otherwise: 'build', none: NONE },
  scalac: { ecosystem: 'scala', otherwise: 'build', none: NONE },
  lein: {
    ecosystem: 'clojure',
    build: 'uberjar jar compile install uberwar',
    deps: 'deps',
    run: 'run trampoline repl ring figwheel',
    test: 'test',
    otherwise: 'build',
    none: NONE,
  },
  boot: { ecosystem: 'clojure', otherwise: 'build', none: NONE },
  kotlinc: { ecosystem: 'kotlin', otherwise: 'build', none: NONE },
  npm: {
    ecosystem: 'node',
    deps: 'ci install i isntall add clean-install install-clean update up rebuild prune dedupe link',
    run: 'start',
    test: 'test t tst it cit install-test',
    build: 'pack publish',
    valueFlags: '--prefix -C --loglevel --registry -w --workspace --cache --userconfig --location',
  },
  yarn: {
    ecosystem: 'node',
    deps: 'install add global upgrade up workspaces-focus',
    run: 'start dev serve watch develop preview storybook',
    test: 'test lint',
    build: 'build compile bundle generate pack dist prod production',
    bare: 'install-deps',
    valueFlags: '--cwd --registry --modules-folder --cache-folder --network-timeout',
    none: `${NONE} config set cache policies plugin node exec --cwd`,
  },
  pnpm: {
    ecosystem: 'node',
    deps: 'install i add fetch update up rebuild rb prune import',
    run: 'start dev serve watch develop preview',
    test: 'test t',
    build: 'build compile bundle generate pack deploy',
    valueFlags: '--filter -F --dir -C --loglevel --store-dir --reporter --registry',
  },
  bun: { ecosystem: 'bun', deps: 'install i add update', build: 'build', test: 'test', run: 'dev start' },
  deno: { ecosystem: 'deno', build: 'compile bundle', deps: 'cache install', test: 'test' },
  lerna: { ecosystem: 'node', deps: 'bootstrap', test: 'test' },
  bower: { ecosystem: 'node', deps: 'install update' },
  tsc: { ecosystem: 'node', otherwise: 'build', bare: 'build', none: `${NONE} -v --init` },
  webpack: { ecosystem: 'node', run: 'serve watch', otherwise: 'build', bare: 'build', none: NONE },
  rollup: { ecosystem: 'node', otherwise: 'build', none: NONE },
  esbuild: { ecosystem: 'node', otherwise: 'build', none: NONE },
  swc: { ecosystem: 'node', otherwise: 'build', none: NONE },
  babel: { ecosystem: 'node', otherwise: 'build', none: NONE },
  tsup: { ecosystem: 'node', otherwise: 'build', bare: 'build', none: NONE },
  ncc: { ecosystem: 'node', build: 'build' },
  pkg: { ecosystem: 'node', otherwise: 'build', none: NONE },
  parcel: { ecosystem: 'node', build: 'build', run: 'serve watch', bare: 'run' },
  vite: { ecosystem: 'node', build: 'build', run: 'dev serve preview', bare: 'run' },
  next: { ecosystem: 'node', build: 'build export', run: 'dev', bare: 'run' },
  nuxt: { ecosystem: 'node', build: 'build generate', run: 'dev', bare: 'run' },
  nuxi: { ecosystem: 'node', build: 'build generate', run: 'dev' },
  ng: { ecosystem: 'node', build: 'build b', run: 'serve s', test: 'test t lint e2e' },
  'vue-cli-service': { ecosystem: 'node', build: 'build', run: 'serve', test: 'lint' },
  'react-scripts': { ecosystem: 'node', build: 'build', run: 'start', test: 'test' },
  'react-app-rewired': { ecosystem: 'node', build: 'build', run: 'start', test: 'test' },
  craco: { ecosystem: 'node', build: 'build', run: 'start', test: 'test' },
  gatsby: { ecosystem: 'node', build: 'build', run: 'develop serve' },
  nest: { ecosystem: 'node', build: 'build', run: 'start' },
  astro: { ecosystem: 'node', build: 'build', run: 'dev preview' },
  remix: { ecosystem: 'node', build: 'build vite:build', run: 'dev' },
  quasar: { ecosystem: 'node', build: 'build', run: 'dev' },
  ember: { ecosystem: 'node', build: 'build b', run: 'serve s server', test: 'test t' },
  polymer: { ecosystem: 'node', build: 'build', run: 'serve' },
  nx: { ecosystem: 'node', build: 'build', run: 'serve', test: 'test lint' },
  turbo: { ecosystem: 'node', build: 'build prune', test: 'test lint', run: 'dev' },
  gulp: { ecosystem: 'node', run: 'serve watch', test: 'test', otherwise: 'build', bare: 'build', none: NONE },
  grunt: { ecosystem: 'node', run: 'serve watch server', test: 'test', otherwise: 'build', bare: 'build', none: NONE },
  medusa: { ecosystem: 'node', build: 'build', run: 'develop' },
  strapi: { ecosystem: 'node', build: 'build', run: 'develop' },
  docusaurus: { ecosystem: 'node', build: 'build', run: 'start serve' },
  vuepress: { ecosystem: 'node', build: 'build', run: 'dev' },
  vitepress: { ecosystem: 'node', build: 'build', run: 'dev preview' },
  'webpack-dev-server': { ecosystem: 'node', otherwise: 'run', bare: 'run', none: NONE },
  nodemon: { ecosystem: 'node', otherwise: 'run', bare: 'run', none: NONE },
  'ts-node': { ecosystem: 'node', otherwise: 'run', none: NONE },
  'ts-node-dev': { ecosystem: 'node', otherwise: 'run', none: NONE },
  tsnd: { ecosystem: 'node', otherwise: 'run', none: NONE },
  'babel-node': { ecosystem: 'node', otherwise: 'run', none: NONE },
  'node-gyp': { ecosystem: 'node', otherwise: 'build', none: NONE },
  pip: { ecosystem: 'python', deps: 'install download', build: 'wheel' },
  pip2: { ecosystem: 'python', deps: 'install download', build: 'wheel' },
  pip3: { ecosystem: 'python', deps: 'install download', build: 'wheel' },
  easy_install: { ecosystem: 'python', otherwise: 'install-deps' },
  poetry: {
    ecosystem: 'python',
    deps: 'install add update sync',
    build: 'build',
    valueFlags: '-C --directory -P --project',
  },
  pipenv: { ecosystem: 'python', deps: 'install sync update' },
  pdm: { ecosystem: 'python', deps: 'install sync add update', build: 'build' },
  uv: { ecosystem: 'python', deps: 'sync add tool', build: 'build', valueFlags: '--directory --project --cache-dir' },
  rye: { ecosystem: 'python', deps: 'sync add install', build: 'build' },
  hatch: { ecosystem: 'python', build: 'build', test: 'test' },
  conda: { ecosystem: 'python', deps: 'install update create env', build: 'build' },
  mamba: { ecosystem: 'python', deps: 'install update create env' },
  micromamba: { ecosystem: 'python', deps: 'install update create' },
  cythonize: { ecosystem: 'python', otherwise: 'build' },
  pyinstaller: { ecosystem: 'python', otherwise: 'build', none: NONE },
  maturin: { ecosystem: 'python', build: 'build develop publish' },
  pytest: { ecosystem: 'python', otherwise: 'test', bare: 'test', none: NONE },
  tox: { ecosystem: 'python', otherwise: 'test', bare: 'test', none: NONE },
  dotnet: {
    ecosystem: 'dotnet',
    build: 'build publish pack msbuild fsi',
    deps: 'restore tool workload',
    run: 'run watch',
    test: 'test vstest',
  },
  msbuild: { ecosystem: 'dotnet', otherwise: 'build', bare: 'build', none: NONE },
  xbuild: { ecosystem: 'dotnet', otherwise: 'build', bare: 'build', none: NONE },
  nuget: { ecosystem: 'dotnet', deps: 'restore install' },
  make: { ecosystem: 'c', bare: 'build', none: `${NONE} -v` },
  gmake: { ecosystem: 'c', bare: 'build', none: `${NONE} -v` },
  ninja: { ecosystem: 'c', otherwise: 'build', bare: 'build', none: NONE },
  samu: { ecosystem: 'c', otherwise: 'build', bare: 'build', none: NONE },
  cmake: { ecosystem: 'c', otherwise: 'build', none: NONE },
  meson: { ecosystem: 'c', otherwise: 'build', test: 'test', none: NONE },
  scons: { ecosystem: 'c', otherwise: 'build', bare: 'build', none: NONE },
  qmake: { ecosystem: 'c', otherwise: 'build', bare: 'build', none: `${NONE} -v -query` },
  xmake: { ecosystem: 'c', otherwise: 'build', bare: 'build', run: 'run', none: NONE },
  ctest: { ecosystem: 'c', otherwise: 'test', bare: 'test', none: NONE },
  conan: { ecosystem: 'c', deps: 'install', build: 'build create' },
  vcpkg: { ecosystem: 'c', deps: 'install' },
  emcc: { ecosystem: 'emscripten', otherwise: 'build', none: `${NONE} -v` },
  'em++': { ecosystem: 'emscripten', otherwise: 'build', none: `${NONE} -v` },
  emcmake: { ecosystem: 'emscripten', otherwise: 'build' },
  emmake: { ecosystem: 'emscripten', otherwise: 'build' },
  stack: {
    ecosystem: 'haskell',
    build: 'build install ghc',
    deps: 'setup update',
    run: 'run runghc exec script',
    test: 'test bench',
    valueFlags: '--stack-yaml --resolver --work-dir --stack-root',
  },
  cabal: {
    ecosystem: 'haskell',
    build: 'build install v2-build v2-install new-build new-install v1-build v1-install configure',
    deps: 'update v2-update new-update fetch',
    run: 'run v2-run new-run exec repl',
    test: 'test bench',
  },
  ghc: { ecosystem: 'haskell', otherwise: 'build', none: `${NONE} --numeric-version` },
  runghc: { ecosystem: 'haskell', otherwise: 'run', none: NONE },
  runhaskell: { ecosystem: 'haskell', otherwise: 'run', none: NONE },
  swift: { ecosystem: 'swift', build: 'build', run: 'run', test: 'test', deps: 'package' },
  swiftc: { ecosystem: 'swift', otherwise: 'build', none: NONE },
  mix: {
    ecosystem: 'elixir',
    build: 'release compile escript.build phx.digest assets.deploy assets.build distillery.release do archive.build',
    deps: 'deps.get deps.compile local.hex local.rebar archive.install deps.update deps.clean deps hex.repo hex.organization assets.setup',
    run: 'run phx.server phoenix.server',
    test: 'test credo dialyzer format',
  },
  iex: { ecosystem: 'elixir' },
  elixirc: { ecosystem: 'elixir', otherwise: 'build' },
  rebar3: {
    ecosystem: 'erlang',
    build: 'compile release tar escriptize as do',
    deps: 'get-deps upgrade deps',
    run: 'shell run',
    test: 'ct eunit dialyzer',
  },
  rebar: { ecosystem: 'erlang', build: 'compile generate', deps: 'get-deps update-deps', test: 'eunit ct' },
  erlc: { ecosystem: 'erlang', otherwise: 'build' },
  bundle: { ecosystem: 'ruby', deps: 'install update check package cache', bare: 'install-deps', none: NONE },
  bundler: { ecosystem: 'ruby', deps: 'install update check package cache', bare: 'install-deps', none: NONE },
  gem: { ecosystem: 'ruby', deps: 'install update', build: 'build' },
  jekyll: { ecosystem: 'ruby', build: 'build b', run: 'serve server s' },
  composer: {
    ecosystem: 'php',
    deps: 'install i update u require create-project dump-autoload dumpautoload global',
    valueFlags: '-d --working-dir',
  },
  'docker-php-ext-install': { ecosystem: 'php', otherwise: 'install-deps' },
  phpize: { ecosystem: 'php', otherwise: 'build', bare: 'build' },
  pecl: { ecosystem: 'php', deps: 'install' },
  cpan: { ecosystem: 'perl', otherwise: 'install-deps', none: NONE },
  cpanm: { ecosystem: 'perl', otherwise: 'install-deps', none: NONE },
  carton: { ecosystem: 'perl', deps: 'install bundle' },
  crystal: { ecosystem: 'crystal', build: 'build compile', run: 'run', test: 'spec', none: `${NONE} env eval` },
  shards: { ecosystem: 'crystal', build: 'build', deps: 'install update check' },
  nim: { ecosystem: 'nim', build: 'c compile cpp cc compileToC js', run: 'r e' },
  nimble: { ecosystem: 'nim', build: 'build c compile', deps: 'install refresh', run: 'run', test: 'test' },
  zig: { ecosystem: 'zig', build: 'build build-exe build-lib build-obj cc c++', run: 'run', test: 'test' },
  dart: { ecosystem: 'dart', build: 'compile compile-js build', deps: 'pub', run: 'run', test: 'test analyze' },
  dart2native: { ecosystem: 'dart', otherwise: 'build' },
  pub: { ecosystem: 'dart', deps: 'get upgrade global', run: 'run' },
  flutter: { ecosystem: 'dart', build: 'build', deps: 'pub precache', run: 'run', test: 'test analyze' },
  opam: { ecosystem: 'ocaml', deps: 'install update init switch pin' },
  dune: { ecosystem: 'ocaml', build: 'build install', run: 'exec', test: 'test runtest', bare: 'build' },
  ocamlfind: { ecosystem: 'ocaml', build: 'ocamlopt ocamlc' },
  ocamlopt: { ecosystem: 'ocaml', otherwise: 'build' },
  ocamlc: { ecosystem: 'ocaml', otherwise: 'build' },
  esy: { ecosystem: 'ocaml', bare: 'build', build: 'build', deps: 'install' },
  dub: { ecosystem: 'd', build: 'build', run: 'run', test: 'test', bare: 'run' },
  hugo: { ecosystem: 'go', run: 'server serve', bare: 'build' },
  protoc: { ecosystem: 'c', otherwise: 'build', none: NONE },
  air: { ecosystem: 'go', otherwise: 'run', bare: 'run', none: NONE },
  CompileDaemon: { ecosystem: 'go', otherwise: 'run', bare: 'run', none: NONE },
  reflex: { ecosystem: 'go', otherwise: 'run', none: NONE },
  realize: { ecosystem: 'go', run: 'start' },
  fresh: { ecosystem: 'go', otherwise: 'run', bare: 'run', none: NONE },
  'cargo-watch': { ecosystem: 'rust', otherwise: 'run', bare: 'run', none: NONE },
};

const COMPILER =
  /^(?:[a-z0-9_]+-(?:[a-z0-9_]+-)*)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|c99|gfortran|tcc)(?:-\d[\d.]*)?$/;

const words = new Map<string, ReadonlySet<string>>();

function includes(list: string | undefined, word: string): boolean {
  if (list === undefined) return false;
  let known = words.get(list);
  if (known === undefined) {
    known = new Set(list.split(' '));
    words.set(list, known);
  }
  return known.has(word);
}

/** The words that are no flags, the values of `valueFlags` left out too. */
function operands(args: readonly string[], valueFlags: string | undefined): string[] {
  const found: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (includes(valueFlags, word)) i++;
    else if (!word.startsWith('-') && !word.startsWith('+')) found.push(word);
  }
  return found;
}

const SCRIPT_BUILD =
  /(?:^|[:_-])(?:build|compile|bundle|dist|prod|production|generate|gen|export|webpack|tsc|transpile|package|release|assets|static)(?:$|[:_-])|^build/;
const SCRIPT_TEST = /(?:^|[:_-])(?:test|tests|lint|check|e2e|coverage|ci|typecheck|format)(?:$|[:_-])/;
const SCRIPT_DEV =
  /(?:^|[:_-])(?:dev|develop|development|watch|serve|hot|hmr|debug|local|preview|storybook)(?:$|[:_-])/;

function scriptKind(name: string): BuildKind {
  if (/^start(?:$|[:_-])/.test(name)) return 'run';
  if (SCRIPT_DEV.test(name)) return 'run';
  if (SCRIPT_TEST.test(name)) return 'test';
  return SCRIPT_BUILD.test(name) ? 'build' : 'run';
}

const MAVEN_BUILD =
  /^(?:package|install|verify|compile|deploy|process-classes|prepare-package|site|spring-boot:(?:repackage|build-image)|(?:jar|war|assembly|shade|compiler|native|quarkus|jib|versions|frontend|antrun|exec|spring-boot|[\w.-]+):(?!run\b|dev\b|java\b|exec\b|start\b)[\w-]+)$/;
const MAVEN_RUN = /(?:^|[:])(?:run|run-war|run-forked|dev|java|exec|start|hpi:run)$/;
const MAVEN_DEPS =
  /dependency(?:-plugin)?(?::[\d.]+)?:(?:go-offline|resolve|resolve-plugins|copy-dependencies|get|sources|tree)|de\.qaware\.maven:go-offline/;

function mavenKind(args: readonly string[]): BuildKind | undefined {
  const goals = operands(
    args,
    '-f --file -s --settings -gs --global-settings -P --activate-profiles -pl --projects -T --threads -l --log-file -rf -b -t --toolchains',
  );
  if (goals.some((goal) => MAVEN_RUN.test(goal))) return 'run';
  if (goals.some((goal) => MAVEN_DEPS.test(goal))) return 'install-deps';
  if (goals.some((goal) => MAVEN_BUILD.test(goal))) return 'build';
  if (goals.some((goal) => /^(?:test|integration-test|test-compile)$/.test(goal))) return 'test';
  return undefined;
}

function gradleKind(args: readonly string[]): BuildKind | undefined {
  const skip =
    '-p --project-dir -b --build-file -c --settings-file -g --gradle-user-home -I --init-script -x --exclude-task --max-workers --tests';
  const tasks = operands(args, skip).map((task) => task.split(':').pop() as string);
  if (tasks.length === 0) return undefined;
  if (tasks.some((task) => /^(?:run|bootRun|quarkusDev|appRun|jettyRun|tomcatRun|runShadow|jsRun|\w*Run)$/.test(task)))
    return 'run';
  const rest = tasks.filter((task) => !/^(?:clean|wrapper|help|tasks|properties|projects)$/.test(task));
  if (rest.length === 0) return undefined;
  if (rest.every((task) => /^(?:test|check|integrationTest|\w+Test)$/.test(task))) return 'test';
  if (
    rest.every((task) =>
      /^(?:dependencies|androidDependencies|resolveDependencies|downloadDependencies|getDeps|buildEnvironment|\w*Dependencies)$/.test(
        task,
      ),
    )
  )
    return 'install-deps';
  return 'build';
}

function makeKind(args: readonly string[]): BuildKind | undefined {
  const targets = operands(args, '-C --directory -f --file --makefile -I -o -W').filter((word) => !word.includes('='));
  if (targets.length === 0)
    return args.some((word) => /^(?:-v|--version|-h|--help|-n)$/.test(word)) ? undefined : 'build';
  if (targets.every((target) => /^(?:clean|distclean|mrproper|help)$/.test(target))) return undefined;
  if (targets.some((target) => /^(?:run|serve|start|dev|up|watch|server)(?:[-_].*)?$/.test(target))) return 'run';
  if (
    targets.every((target) =>
      /^(?:deps|dep|vendor|dependencies|setup|tools|init|bootstrap|requirements|install-deps)$/.test(target),
    )
  )
    return 'install-deps';
  return targets.every((target) => /^(?:test|tests|check|lint|vet|fmt)(?:[-_].*)?$/.test(target)) ? 'test' : 'build';
}

function pythonCommand(args: readonly string[]): BuildCommand | undefined {
  const at = args.findIndex((word) => !word.startsWith('-') || word === '-m');
  if (at < 0) return undefined;
  if (args[at] === '-m') {
    const module = args[at + 1];
    const rest = args.slice(at + 2);
    if (module === 'build') return { ecosystem: 'python', kind: 'build' };
    if (module === 'pytest' || module === 'unittest' || module === 'tox') return { ecosystem: 'python', kind: 'test' };
    if (module !== undefined && /^(?:pip|pipenv|poetry|uv|PyInstaller|nuitka)$/.test(module)) {
      return module === 'PyInstaller' || module === 'nuitka'
        ? { ecosystem: 'python', kind: 'build' }
        : buildCommand(module, rest);
    }
    return undefined;
  }
  if (/(?:^|\/)setup\.py$/.test(args[at] as string)) {
    const asked = args[at + 1];
    if (asked === undefined || asked.startsWith('-')) return undefined;
    return { ecosystem: 'python', kind: asked === 'test' ? 'test' : 'build' };
  }
  return undefined;
}

const JS_RUNNERS = 'npx bunx pnpx';

/** Packages whose command has another name. */
const JS_PACKAGES: Readonly<Record<string, string>> = {
  '@angular/cli': 'ng',
  '@nestjs/cli': 'nest',
  '@vue/cli-service': 'vue-cli-service',
  '@vercel/ncc': 'ncc',
  typescript: 'tsc',
};

const ORDINARY = new Set(
  'adduser addgroup apk apt apt-cache apt-get apt-key apt-mark base64 basename cat cd chgrp chmod chown chsh cp curl cut date debconf-set-selections dirname dpkg echo env exit export false find getent git gpg grep groupadd gunzip gzip head hostname id install ldconfig ln locale-gen ls md5sum mkdir mktemp mv printf pwd read return rm rmdir sed set sha256sum sha512sum sleep sort source stat strip su sync tail tar tee test touch tr true truncate tzdata umask uname unset unzip update-ca-certificates update-locale useradd usermod wc wget which xargs xz yum zip'.split(
    ' ',
  ),
);

/** Commands of the system that never build: most of what Dockerfiles run, told apart at little cost. */
export function isOrdinaryCommand(name: string): boolean {
  return ORDINARY.has(name);
}

/** Which step of building `name` with `args` is, or nothing when it is none; `name` may be a path. */
export function buildCommand(name: string, args: readonly string[]): BuildCommand | undefined {
  const program = programName(name);
  if (/^mvnw?(?:\.cmd|d)?$/.test(program)) {
    const kind = mavenKind(args);
    return kind && { ecosystem: 'java', kind };
  }
  if (/^gradlew?(?:\.bat)?$/.test(program)) {
    const kind = gradleKind(args);
    return kind && { ecosystem: 'java', kind };
  }
  if (program === 'make' || program === 'gmake' || program === 'just' || program === 'task') {
    const kind = makeKind(args);
    return kind && { ecosystem: 'c', kind };
  }
  if (/^python(?:\d(?:\.\d+)?)?$/.test(program)) return pythonCommand(args);
  if (/^pip\d(?:\.\d+)?$/.test(program)) return buildCommand('pip', args);
  if (program === 'sbtw' || program === 'sbtx') return buildCommand('sbt', args);
  if (COMPILER.test(program)) {
    const compiles = args.some((word) => !word.startsWith('-') || word === '-');
    return compiles ? { ecosystem: 'c', kind: 'build' } : undefined;
  }
  if (program === 'clojure' || program === 'clj') return clojureCommand(args);
  if (includes(JS_RUNNERS, program)) {
    const at = args.findIndex((word) => !word.startsWith('-'));
    if (at < 0) return undefined;
    const named = (args[at] as string).replace(/(?<=.)@[^/]*$/, '');
    const command = Object.hasOwn(JS_PACKAGES, named) ? (JS_PACKAGES[named] as string) : named;
    return buildCommand(command, args.slice(at + 1));
  }
  if (program === 'tsx') return args.includes('watch') ? { ecosystem: 'node', kind: 'run' } : undefined;
  if (program === 'configure' || program === 'autogen.sh' || program === 'bootstrap.sh' || program === 'autoreconf') {
    return { ecosystem: 'c', kind: 'build' };
  }
  const tool = Object.hasOwn(TOOLS, program) ? TOOLS[program] : undefined;
  if (tool === undefined) return undefined;
  const kind = toolKind(program, tool, args);
  return kind && { ecosystem: tool.ecosystem, kind };
}

function toolKind(program: string, tool: Tool, args: readonly string[]): BuildKind | undefined {
  const given = operands(args, tool.valueFlags);
  const [first, second] = given;
  if (args.length > 0 && includes(tool.none, args[0] as string)) return undefined;
  if (first === undefined)
    return args.length === 0 || tool.otherwise === undefined ? tool.bare : (tool.otherwise ?? tool.bare);
  switch (program) {
    case 'npm':
    case 'pnpm':
    case 'yarn':
    case 'bun':
      if (/^(?:run|run-script|rum|urn)$/.test(first)) return second === undefined ? undefined : scriptKind(second);
      if (/^(?:exec|x|dlx|create)$/.test(first)) {
        return second === undefined ? undefined : buildCommand(second, args.slice(args.indexOf(second) + 1))?.kind;
      }
      if (program === 'yarn' && (first === 'workspace' || first === 'workspaces')) {
        const script = first === 'workspace' ? given[2] : given.at(-1);
        if (script === 'focus' || script === 'add' || script === 'install') return 'install-deps';
        return script === undefined ? undefined : scriptKind(given.at(-1) as string);
      }
      break;
    case 'turbo':
    case 'nx':
    case 'lerna':
      if (first === 'run' || first === 'run-many' || first === 'affected') {
        return scriptKind(
          /(?:--target=|-t\s*)(\S+)/.exec(args.join(' '))?.[1] ?? second?.split(':')[1] ?? second ?? '',
        );
      }
      break;
    case 'bundle':
      if (first === 'exec')
        return second === undefined ? undefined : buildCommand(second, args.slice(args.indexOf(second) + 1))?.kind;
      break;
    case 'uv':
      if (first === 'pip') return second === 'install' || second === 'sync' ? 'install-deps' : undefined;
      break;
    case 'poetry':
    case 'pipenv':
    case 'pdm':
      if (first === 'run')
        return second === undefined ? undefined : buildCommand(second, args.slice(args.indexOf(second) + 1))?.kind;
      break;
    case 'go':
      // Before modules, `go get` of a package built and installed it too.
      if (first === 'get' && !args.includes('-d') && given.slice(1).some((path) => /^[^.].*\//.test(path)))
        return 'build';
      if (first === 'mod') return /^(?:download|tidy|vendor|verify)$/.test(second ?? '') ? 'install-deps' : undefined;
      break;
    case 'cargo':
      if (first === 'chef') return second === 'cook' ? 'build' : undefined;
      if (/^\+/.test(args[0] ?? '')) return toolKind(program, tool, args.slice(1));
      break;
    case 'stack':
    case 'cabal':
      if (args.some((word) => /^--(?:only-)?(?:dependencies|deps|snapshot)(?:-only)?$|^--only-/.test(word)))
        return 'install-deps';
      break;
    case 'lein':
      if (given.some((word) => /^uber(?:jar|war)$/.test(word))) return 'build';
      break;
    case 'nim':
      if (args.includes('-r') || args.includes('--run')) return 'run';
      break;
    case 'zig':
      if (first === 'build' && second === 'run') return 'run';
      break;
    case 'crystal':
      if (/\.cr$/.test(first)) return 'run';
      break;
    case 'dotnet':
      if (first === 'watch') return 'run';
      if (first === 'tool' || first === 'workload')
        return second === 'restore' || second === 'install' ? 'install-deps' : undefined;
      break;
    case 'swift':
      if (first === 'package') return second === 'resolve' || second === 'update' ? 'install-deps' : undefined;
      break;
    case 'dart':
      if (first === 'pub') return second === 'run' ? 'run' : 'install-deps';
      break;
    case 'mix':
      if (given.includes('release')) return 'build';
      break;
  }
  if (includes(tool.build, first)) return 'build';
  if (includes(tool.deps, first)) return 'install-deps';
  if (includes(tool.run, first)) return 'run';
  if (includes(tool.test, first)) return 'test';
  return tool.otherwise;
}

function clojureCommand(args: readonly string[]): BuildCommand | undefined {
  const first = args.find((word) => word.startsWith('-'));
  if (first === undefined) return args.length > 0 ? { ecosystem: 'clojure', kind: 'run' } : undefined;
  if (/^-P|^-Stree|^-Spath/.test(first)) return { ecosystem: 'clojure', kind: 'install-deps' };
  if (/^-T/.test(first) || /build|uber|depstar|jar/.test(args.join(' ')))
    return { ecosystem: 'clojure', kind: 'build' };
  if (/test/.test(args.join(' '))) return { ecosystem: 'clojure', kind: 'test' };
  return { ecosystem: 'clojure', kind: 'run' };
}

/** Why a container's command needs the build tool. */
export interface BuildToolCommand {
  ecosystem: Ecosystem;
  /** The words that say so: `go run`, `mvn spring-boot:run`. */
  command: string;
  /** `compiles` from source at every start, `develops` (watches or reloads), `tests`, `builds`, or is the `tool` itself, waiting for arguments. */
  why: 'compiles' | 'develops' | 'tests' | 'builds' | 'tool';
}

const WRAPPERS =
  'env exec sudo gosu su-exec tini dumb-init nice time nohup timeout xvfb-run catchsegv with-contenv dotenv cross-env';

/** The argv without what only passes it on (`env A=b`, `tini --`, `gosu user`). */
function unwrap(argv: readonly string[]): readonly string[] {
  let rest = argv;
  for (let depth = 0; depth < 5 && rest.length > 1; depth++) {
    const name = programName(rest[0] as string);
    if (/^\w+=/.test(rest[0] as string)) rest = rest.slice(1);
    else if (includes(WRAPPERS, name)) {
      let at = 1;
      while (at < rest.length && /^(?:-|\w+=)/.test(rest[at] as string)) at++;
      if (name === 'gosu' || name === 'su-exec' || (name === 'timeout' && at < rest.length - 1)) at++;
      rest = rest.slice(at);
    } else break;
  }
  return rest;
}

/** Scripts of package.json whose names say that they are for development. */
function runsDevelopmentScript(program: string, args: readonly string[]): boolean {
  const given = args.filter((word) => !word.startsWith('-'));
  const script = /^run(?:-script)?$/.test(given[0] ?? '') ? given[1] : program === 'npm' ? undefined : given[0];
  return script !== undefined && SCRIPT_DEV.test(script);
}

/** Programs, and the word among their arguments that makes them watch or reload. */
const RELOADING: readonly [string, RegExp, Ecosystem][] = [
  ['flask', /^--(?:debug|debugger|reload)$/, 'python'],
  ['uvicorn gunicorn hypercorn granian sanic daphne', /^--(?:reload|dev|debug|auto-reload)$/, 'python'],
  ['fastapi', /^dev$/, 'python'],
  ['watchmedo watchfiles watchexec entr inotifywait', /./, 'python'],
  ['node', /^--watch/, 'node'],
  ['nest strapi medusa', /^(?:--watch|develop|start:dev)$/, 'node'],
  ['hugo', /^serve(?:r)?$/, 'go'],
  ['jekyll', /^(?:serve|server|s)$/, 'ruby'],
  ['mkdocs', /^serve$/, 'python'],
  ['bun', /^--(?:watch|hot)$/, 'bun'],
  ['deno', /^--watch/, 'deno'],
];

/** JavaScript servers that bundle in memory: their `run` is development, whatever their flags. */
const JS_DEVELOPS =
  'vite next nuxt nuxi ng vue-cli-service react-scripts react-app-rewired craco gatsby astro remix quasar ember webpack webpack-dev-server parcel nodemon ts-node ts-node-dev tsnd babel-node gulp grunt docusaurus vuepress vitepress polymer nx turbo tsx strapi medusa';

/** Tools that are the purpose of an image when its command names nothing more. */
const TOOL_ALONE =
  'go cargo rustc mvn mvnw gradle gradlew javac npm yarn pnpm npx composer dotnet make cmake ninja gcc g++ cc clang stack cabal ghc ghci swift swiftc mix rebar3 sbt lein clojure clj crystal shards nim nimble zig dart pub flutter opam dune pip pip2 pip3 poetry pipenv uv bundle gem bazel ant jshell iex erl tsc webpack gulp grunt hugo kotlinc scalac scala emcc protoc native-image terraform golangci-lint eslint prettier pre-commit';

/** Whether the command of a container (ENTRYPOINT with CMD) is the build tool, so that the SDK has to stay. */
export function runsBuildTool(argv: readonly string[]): BuildToolCommand | undefined {
  const [name, ...args] = unwrap(argv);
  if (name === undefined) return undefined;
  const program = programName(name);
  const shown = (last: string | undefined): string => (last === undefined ? program : `${program} ${last}`);
  const reloading = RELOADING.find(([programs]) => includes(programs, program));
  const reloads = reloading && args.find((word) => reloading[1].test(word));
  if (reloads !== undefined) return { ecosystem: reloading![2], command: shown(reloads), why: 'develops' };
  if (
    /^(?:npx|bunx|pnpx)$/.test(program) ||
    (/^(?:poetry|pipenv|uv|pdm|bundle|yarn|pnpm|npm|bun)$/.test(program) && /^(?:run|exec|dlx|x)$/.test(args[0] ?? ''))
  ) {
    const at = args.findIndex(
      (word, index) => !word.startsWith('-') && (index > 0 || /^(?:npx|bunx|pnpx)$/.test(program)),
    );
    const inner = at < 0 ? undefined : runsBuildTool(args.slice(at));
    if (inner !== undefined && inner.why !== 'tool')
      return { ...inner, command: `${program} ${at > 0 ? `${args[0]} ` : ''}${inner.command}` };
  }
  if (/^python[\d.]*$/.test(program) && args[0] === '-m' && args[1] !== undefined) {
    const inner = runsBuildTool(args.slice(1));
    if (inner !== undefined && inner.why !== 'tool') return { ...inner, command: `${program} -m ${inner.command}` };
  }
  if (program === 'iex' && args.includes('mix')) return { ecosystem: 'elixir', command: 'iex -S mix', why: 'compiles' };
  const step = buildCommand(program, args);
  if (step === undefined) {
    const alone = args.every((word) => /^(?:-[hvV]|--?help|--?version|help|version)$/.test(word));
    return alone && includes(TOOL_ALONE, program)
      ? {
          ecosystem: (Object.hasOwn(TOOLS, program) ? TOOLS[program]?.ecosystem : undefined) ?? toolEcosystem(program),
          command: program,
          why: 'tool',
        }
      : undefined;
  }
  const { ecosystem, kind } = step;
  const subcommand = args.find((word) => !word.startsWith('-'));
  if (kind === 'test') return { ecosystem, command: shown(subcommand), why: 'tests' };
  if (kind === 'build' || kind === 'install-deps') {
    return args.length === 0 && includes(TOOL_ALONE, program)
      ? { ecosystem, command: program, why: 'tool' }
      : { ecosystem, command: shown(subcommand), why: 'builds' };
  }
  if (/^(?:npm|yarn|pnpm|bun)$/.test(program)) {
    return runsDevelopmentScript(program, args)
      ? {
          ecosystem,
          command: [program, ...args.filter((word) => !word.startsWith('-')).slice(0, 2)].join(' '),
          why: 'develops',
        }
      : undefined;
  }
  if (includes(JS_DEVELOPS, program)) {
    return { ecosystem, command: shown(subcommand), why: 'develops' };
  }
  if (ecosystem === 'node') return undefined;
  const watches =
    program === 'air' || program === 'reflex' || args.includes('watch') || /watch|Daemon|realize|fresh/i.test(program);
  const goal = /^(?:mvnw?|gradlew?)/.test(program)
    ? args.find((word) => /run|dev|exec|java|start/i.test(word) && !word.startsWith('-'))
    : subcommand;
  return { ecosystem, command: shown(goal), why: watches ? 'develops' : 'compiles' };
}

function toolEcosystem(program: string): Ecosystem {
  if (/^(?:mvn|gradle|jshell|scala)/.test(program)) return 'java';
  if (/^(?:clj|clojure)/.test(program)) return 'clojure';
  if (/^(?:npx|eslint|prettier)$/.test(program)) return 'node';
  if (/^(?:erl)$/.test(program)) return 'erlang';
  if (/^(?:ghci?)$/.test(program)) return 'haskell';
  return /^pip|pre-commit/.test(program) ? 'python' : /golangci|terraform/.test(program) ? 'go' : 'c';
}
