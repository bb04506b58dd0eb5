import type { Role } from './types.ts';

const DOCUMENT =
  /^(?:readme|license|licence|copying|notice|authors|contributors|contributing|changelog|changes|history|code_of_conduct|security|todo|codeowners|maintainers|patents|install|roadmap|citation|governance|support)(?:[._-].*)?$/i;
const DOCUMENT_FILE =
  /^(?:(?:.*\.)?dockerfile(?:\..*)?|containerfile|(?:docker-)?compose.*\.ya?ml|\.dockerignore|\.gitignore|\.gitattributes|\.gitmodules|\.editorconfig|\.travis\.yml|\.gitlab-ci\.yml|appveyor\.yml|azure-pipelines\.yml|jenkinsfile|procfile|vagrantfile|\.golangci\.ya?ml|\.goreleaser\.ya?ml|\.pre-commit-config\.yaml|renovate\.json|codecov\.yml|\.codecov\.yml|\.ds_store|skaffold\.ya?ml|tiltfile|\.hadolint\.ya?ml|mkdocs\.yml|fly\.toml|app\.json|netlify\.toml|vercel\.json|cloudbuild\.ya?ml|buildspec\.yml)$/i;
const DOCUMENT_FOLDER =
  /^(?:docs?|documentation|\.github|\.circleci|\.gitlab|\.vscode|\.idea|\.git|\.devcontainer|\.husky|charts?|helm|k8s|kubernetes|terraform|examples?)$/i;
const TEST_FOLDER = /^(?:tests?|__tests__|testdata|e2e|spec|specs|benchmarks?|fixtures)$/i;
const SOURCE_FILE =
  /\.(?:go|rs|c|cc|cpp|cxx|h|hh|hpp|hxx|java|kt|kts|scala|clj|cljs|cs|fs|vb|csproj|fsproj|sln|props|targets|swift|hs|cabal|ml|mli|nim|nimble|zig|cr|d|pas|f90|asm|s|proto|gradle|sbt|ts|tsx|cmake|am|ac|in|m4|mk|ex|exs|erl|hrl|dart)$/i;
const SOURCE_NAME =
  /^(?:(?:gnu)?makefile(?:\..*)?|cmakelists\.txt|configure|go\.(?:mod|sum|work|work\.sum)|gopkg\.(?:toml|lock)|glide\.(?:yaml|lock)|cargo\.(?:toml|lock)|rust-toolchain(?:\.toml)?|pom\.xml|gradlew(?:\.bat)?|mvnw(?:\.cmd)?|gradle\.properties|build\.gradle.*|settings\.gradle.*|package\.swift|package\.resolved|mix\.(?:exs|lock)|rebar\.(?:config|lock)|stack\.yaml(?:\.lock)?|cabal\.project.*|shard\.(?:yml|lock)|meson\.build|build\.(?:zig|sbt|xml)|justfile|taskfile\.ya?ml|\.air\.toml|project\.clj|deps\.edn|global\.json|nuget\.config|packages\.lock\.json|tools\.go)$/i;
const SOURCE_FOLDER =
  /^(?:src|cmd|pkg|internal|lib|libs|include|vendor|third_party|source|app|\.mvn|gradle|project|build|scripts|hack|tools)$/i;
/** Where the scripts are that build and deploy; one that the entry point runs is kept for that. */
const SCRIPT_FOLDER = /^(?:scripts?|hack|build|ci|tools|deploy|dev|bin)$/i;
const DATA_FOLDER =
  /^(?:templates?|views?|static|public|assets?|www|wwwroot|web|html|conf|config|configs|configuration|etc|migrations?|db|data|i18n|locales?|lang|translations?|resources|images|img|css|fonts|certs|themes|content|ui|dist)$/i;

/**
 * What a file of the build context is there for, by its name alone. A recipe says otherwise where its ecosystem does:
 * `.ts` is no source to a program that runs it as it is. What has no name of its own is data: it may be read.
 */
export function roleOfFile(path: string): Role {
  if (path === '.' || path === '') return 'source';
  const parts = path.split('/');
  const name = parts.pop()!;
  if (parts.some((part) => DOCUMENT_FOLDER.test(part))) return 'document';
  if (parts.some((part) => TEST_FOLDER.test(part))) return 'test';
  if (/\.(?:sh|bash)$/.test(name) && parts.some((part) => SCRIPT_FOLDER.test(part))) return 'source';
  if (DOCUMENT.test(name) || DOCUMENT_FILE.test(name) || /\.(?:md|rst|adoc)$/i.test(name)) return 'document';
  if (SOURCE_NAME.test(name) || SOURCE_FILE.test(name)) return 'source';
  if (parts.length === 0 && DOCUMENT_FOLDER.test(name)) return 'document';
  if (parts.length === 0 && TEST_FOLDER.test(name)) return 'test';
  if (DATA_FOLDER.test(name)) return 'data';
  return SOURCE_FOLDER.test(name) ? 'source' : 'data';
}
