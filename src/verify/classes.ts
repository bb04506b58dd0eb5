import type { FileClass } from './model.ts';

/** What an image runs in the end, as far as it decides which files can be read at run time. */
export type EntryKind = 'native' | 'java' | 'node' | 'python' | 'dotnet' | 'interpreted' | 'none';

const has = (...names: string[]): RegExp => new RegExp(`(?:^|/)(?:${names.join('|')})(?:/|$)`);

/** Classes that the path alone tells, whatever the image runs. The first that matches counts. */
const BY_PATH: readonly (readonly [FileClass, RegExp])[] = [
  ['version control', has('\\.git', '\\.hg', '\\.svn', '\\.github', '\\.gitlab')],
  ['version control', /\/\.(?:gitignore|gitattributes|gitmodules|gitkeep|hgignore)$/],
  [
    'package database',
    /^\/(?:var\/lib\/(?:dpkg|apt|rpm|dnf|yum|pacman|zypp)|(?:usr\/)?lib\/(?:apk|sysimage)|etc\/(?:apk|apt|dpkg|yum\.repos\.d))(?:\/|$)/,
  ],
  // Made when packages are installed, from what they bring.
  [
    'package database',
    /^\/etc\/(?:alternatives|rc\d\.d|ssl\/certs|ca-certificates(?:\.conf|\/)|(?:passwd|group|shadow|gshadow|subuid|subgid)-?$|\.pwd\.lock|mailcap|machine-id|ld\.so\.cache$|init\.d\/)|^\/usr\/share\/(?:mime|glib-2\.0\/schemas\/gschemas\.compiled|info\/dir)|^\/usr\/lib\/.*\/(?:gconv-modules\.cache|loaders\.cache|immodules\.cache)$|^\/var\/lib\/(?:systemd|python|pam|ucf|shells\.state|misc|vim|xml-core|emacsen-common|ghc|texmf)(?:\/|$)/,
  ],
  [
    'documentation',
    /^\/usr\/(?:local\/)?share\/(?:doc|man|info|locale|i18n|lintian|bug|gtk-doc|help|bash-completion|zsh|fish|applications|pixmaps|icons|menu)(?:\/|$)/,
  ],
  ['documentation', /^\/usr\/(?:local\/)?man(?:\/|$)/],
  ['temporary', /^\/(?:dev|proc|sys|tmp|var\/tmp|var\/log|run|var\/run|var\/backups)(?:\/|$)/],
  [
    'dependency cache',
    /^\/(?:var\/cache|go\/pkg\/(?:mod|sumdb)|usr\/local\/cargo\/(?:registry|git)|(?:root|home\/[^/]+)\/(?:go\/pkg|\.cache|\.npm|\.m2|\.gradle|\.cargo\/(?:registry|git)|\.nuget|\.ivy2|\.sbt|\.pub-cache|\.stack|\.cabal|\.yarn|\.pnpm-store|\.local\/share\/(?:pnpm|NuGet)|\.composer|\.hex|\.mix|\.opam|\.node-gyp|\.config\/(?:go|configstore)))(?:\/|$)/,
  ],
  [
    'dependency cache',
    /(?:^|\/)(?:__pycache__|node_modules\/\.(?:cache|vite|package-lock\.json)|\.npm|\.yarn\/cache|\.eslintcache|\.pytest_cache|\.mypy_cache)(?:\/|$)|\.py[co]$/,
  ],
  [
    'toolchain',
    /^\/(?:usr\/local\/(?:go|cargo|rustup|sdkman)|opt\/(?:rust|go|gradle|maven|sdkman)|root\/\.(?:cargo\/bin|rustup)|usr\/(?:lib|libexec)\/(?:gcc|gcc-cross|llvm-?\d*|clang|go(?:-[\d.]+)?|rustlib|bfd-plugins|git-core|perl5|compat-ld|gold-ld|x86_64-linux-gnu\/(?:perl|perl-base|gcc))|usr\/share\/(?:maven[^/]*|gradle|go(?:-[\d.]+)?|gcc|gdb|git-core|cmake[^/]*|automake[^/]*|autoconf|libtool|aclocal[^/]*|bison|perl5?|gocode|java|maven-repo|mercurial|subversion))(?:\/|$)/,
  ],
  [
    'toolchain',
    /^\/usr\/(?:local\/)?bin\/(?:(?:[\w.]+-linux-(?:gnu|musl)[\w]*-)?(?:gcc|g\+\+|cc|c\+\+|cpp|ld|as|ar|nm|ranlib|strip|objdump|objcopy|readelf|gcov|gdb|size|strings|addr2line|c\+\+filt|elfedit|gprof|gold|dwp)(?:[-.]\w+)*|c[89]9(?:-gcc)?|make|gmake|cmake|ctest|cpack|ninja|meson|autoconf|automake|libtool|pkg-config|bison|flex|m4|patch|go|gofmt|cargo|rustc|rustup|rustdoc|mvn|gradle|javac|jar|git(?:-[\w-]+)?|hg|svn|npm|npx|yarn|yarnpkg|pnpm|corepack|pip[\d.]*|easy_install|wheel|python[\d.]*-config|dpkg-\w+|perl\w*|x86_64-linux-gnu-\S+)$/,
  ],
  [
    'toolchain',
    /\/(?:site|dist)-packages\/(?:pip|setuptools|wheel|pkg_resources|_distutils_hack|distutils-precedence\.pth|virtualenv|poetry|pipenv|uv)(?:[-_/]|$)/,
  ],
  ['toolchain', /^\/usr\/local\/lib\/node_modules\/(?:npm|corepack)(?:\/|$)|^\/opt\/yarn/],
  [
    'headers',
    /^\/usr\/(?:local\/)?include(?:\/|$)|^\/usr\/(?:local\/)?(?:lib|share)\/(?:.*\/)?(?:pkgconfig|cmake|aclocal)(?:\/|$)|^\/(?:usr\/)?(?:local\/)?lib(?:64)?\/.*\.(?:a|la|o|h|hpp)$/,
  ],
  [
    'build intermediate',
    has(
      'target/(?:[^/]+/)?(?:debug|release)/(?:deps|build|incremental|\\.fingerprint|examples)',
      'target/(?:classes|test-classes|generated-sources|generated-test-sources|maven-status|maven-archiver|surefire-reports|CACHEDIR\\.TAG)',
      'build/(?:classes|tmp|generated|reports|resources|test-results|kotlin|intermediates)',
      'CMakeFiles',
      '\\.next/cache',
      '\\.parcel-cache',
      '\\.gradle',
      '_build/[^/]+/lib/[^/]+/\\.mix',
      'dist-newstyle',
      '\\.stack-work',
      'zig-cache',
      '\\.zig-cache',
      'nimcache',
    ),
  ],
  [
    'build intermediate',
    /\.(?:o|obj|lo|la|d|rlib|rmeta|gcda|gcno|tsbuildinfo|hi|dyn_o|cmi|cmx|cmo)$|\/(?:CMakeCache\.txt|cmake_install\.cmake|\.rustc_info\.json|\.cargo-lock|\.fingerprint)$|\/target\/[^/]+\.[jw]ar\.original$/,
  ],
  [
    'test',
    /_test\.go$|\.(?:test|spec)\.[cm]?[jt]sx?$|\/src\/test\/|(?:^|\/)(?:__tests__|__mocks__|testdata)(?:\/|$)|\/test_[^/]+\.py$|\/conftest\.py$/,
  ],
];

/** Files that describe a project to its developers and its build. */
const PROJECT =
  /\/(?:README|LICEN[CS]E|COPYING|CHANGE(?:S|LOG)|CONTRIBUTING|AUTHORS|NOTICE|CODE_OF_CONDUCT|SECURITY|MAINTAINERS|CODEOWNERS)(?:[.-][^/]*)?$|\/(?:[^/]*\.)?[Dd]ockerfile(?:[.-][^/]*)?$|\/Containerfile[^/]*$|\/(?:docker-)?compose[^/]*\.ya?ml$|\/\.(?:dockerignore|editorconfig|travis\.yml|gitlab-ci\.yml|circleci|golangci\.ya?ml|goreleaser\.ya?ml|eslintrc[^/]*|prettierrc[^/]*|babelrc|npmignore|nvmrc|node-version|python-version|tool-versions|rustfmt\.toml|clang-format|pre-commit-config\.yaml|flake8|pylintrc|stylelintrc[^/]*|eslintignore|prettierignore|browserslistrc|mocharc[^/]*|nycrc[^/]*)$|\/(?:Makefile|GNUmakefile|makefile|CMakeLists\.txt|configure(?:\.ac|\.in)?|Makefile\.(?:am|in)|meson\.build|Jenkinsfile|Vagrantfile|Rakefile|Taskfile\.ya?ml|justfile|go\.(?:mod|sum|work)|Gopkg\.(?:toml|lock)|glide\.(?:yaml|lock)|Cargo\.(?:toml|lock)|rust-toolchain(?:\.toml)?|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|npm-shrinkwrap\.json|lerna\.json|nx\.json|turbo\.json|tsconfig[^/]*\.json|jest\.config\.[^/]+|vite(?:st)?\.config\.[^/]+|webpack[^/]*\.js|rollup\.config\.[^/]+|babel\.config\.[^/]+|eslint\.config\.[^/]+|postcss\.config\.[^/]+|tailwind\.config\.[^/]+|cypress\.[^/]+|playwright\.config\.[^/]+|pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|gradle\.properties|gradlew(?:\.bat)?|mvnw(?:\.cmd)?|build\.sbt|build\.xml|requirements[^/]*\.txt|constraints[^/]*\.txt|setup\.(?:py|cfg)|pyproject\.toml|Pipfile(?:\.lock)?|poetry\.lock|uv\.lock|tox\.ini|pytest\.ini|noxfile\.py|MANIFEST\.in|Gemfile(?:\.lock)?|composer\.(?:json|lock)|mix\.(?:exs|lock)|rebar\.(?:config|lock)|stack\.yaml(?:\.lock)?|cabal\.project[^/]*|[^/]+\.cabal|[^/]+\.(?:csproj|fsproj|vbproj|sln|slnx)|global\.json|nuget\.config|Directory\.[^/]+\.props|shard\.(?:yml|lock)|build\.zig(?:\.zon)?|dune(?:-project)?|[^/]+\.opam|Package\.(?:swift|resolved)|\.mvn\/.*|gradle\/wrapper\/.*)$/;

/** Source code that a program of a kind does not read when it runs. */
const SOURCES: Partial<Record<EntryKind, RegExp>> = {
  native:
    /\.(?:go|s|S|asm|c|cc|cpp|cxx|h|hh|hpp|hxx|inl|ipp|m|mm|rs|zig|nim|cr|hs|lhs|ml|mli|swift|d|proto|java|kt|kts|scala|clj|cljs|f90|pas|adb|ads|v|vala|l|y|in|ac|am|cmake|bzl|bazel)$|\/(?:BUILD|WORKSPACE)$/,
  java: /\.(?:java|kt|kts|scala|groovy|clj|cljc|proto)$|\/src\/(?:main|test|integrationTest)\//,
  node: /\.(?:tsx?|mts|cts|coffee|map|flow)$/,
  python: /\.(?:pyx|pxd|pyi|c|cc|cpp|h|rs)$/,
  dotnet: /\.(?:cs|fs|vb|cshtml|razor|resx|targets|props)$|\/(?:obj|bin)\/(?:Debug|Release)\//,
};

/** Of packages of the operating system, by the folders that they alone write. */
const PACKAGE =
  /^\/(?:(?:usr\/)?(?:bin|sbin|lib|lib32|lib64|libx32|libexec)|usr\/(?:share|games|src\/(?:linux|python)[^/]*))(?:\/|$)/;

/** The class of a file that the original has and the rewrite has not. */
export function classOf(path: string, kind: EntryKind): FileClass {
  for (const [name, pattern] of BY_PATH) if (pattern.test(path)) return name;
  if (SOURCES[kind]?.test(path) === true) return 'source';
  if (kind !== 'none' && kind !== 'interpreted' && PROJECT.test(path)) return 'project file';
  // A package.json says how a Node program is started, and which kind of modules its files are.
  if (kind !== 'node' && kind !== 'none' && path.endsWith('/package.json')) return 'project file';
  if (PACKAGE.test(path)) return 'package';
  return 'unknown';
}

/** Classes that a program which is built already does not read; files of the others have to be looked at. */
export const HARMLESS: ReadonlySet<FileClass> = new Set<FileClass>([
  'toolchain',
  'headers',
  'source',
  'test',
  'dependency cache',
  'build intermediate',
  'development dependency',
  'package database',
  'documentation',
  'version control',
  'project file',
  'temporary',
]);
