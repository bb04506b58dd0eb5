import { fromTable } from './repositories.ts';

const NONE = /^PATH$/;
const JAVA = /^(?:PATH|JAVA_.*|JDK_.*|LANG|LANGUAGE|LC_ALL)$/;
const DOTNET = /^(?:PATH|(?:DOTNET|ASPNET|ASPNETCORE|NUGET|POWERSHELL)_.*|APP_UID|LD_LIBRARY_PATH)$/;

/** The variables that an image may set, by repository; for all versions together, so rather too many than too few. */
const VARIABLES: Readonly<Record<string, RegExp>> = {
  scratch: NONE,
  alpine: NONE,
  busybox: NONE,
  debian: NONE,
  ubuntu: NONE,
  'buildpack-deps': NONE,
  centos: NONE,
  rockylinux: NONE,
  almalinux: /^(?:PATH|LANG)$/,
  amazonlinux: /^(?:PATH|LANG)$/,
  archlinux: /^(?:PATH|LANG)$/,
  fedora: /^(?:PATH|DISTTAG|FGC|FBR)$/,
  node: /^(?:PATH|NODE_.*|YARN_.*|NPM_.*)$/,
  golang: /^(?:PATH|GO.*|CGO_.*)$/,
  python: /^(?:PATH|LANG|GPG_KEY|PYTHON.*|SETUPTOOLS_.*)$/,
  ruby: /^(?:PATH|LANG|RUBY.*|GEM_HOME|BUNDLE_.*|GEM_PATH)$/,
  rust: /^(?:PATH|RUST.*|CARGO_.*)$/,
  php: /^(?:PATH|PHP.*|GPG_KEYS|APACHE_.*)$/,
  openjdk: JAVA,
  'eclipse-temurin': JAVA,
  amazoncorretto: JAVA,
  maven: /^(?:PATH|JAVA_.*|LANG|LANGUAGE|LC_ALL|MAVEN_.*|USER_HOME_DIR|JDK_.*)$/,
  gradle: /^(?:PATH|JAVA_.*|LANG|LANGUAGE|LC_ALL|GRADLE_.*|GRAALVM_.*|JDK_.*)$/,
  nginx: /^(?:PATH|NGINX_.*|NJS_.*|PKG_.*|DYNPKG_.*|ACME_.*|NGX_.*)$/,
  'mcr.microsoft.com/dotnet/sdk': DOTNET,
  'mcr.microsoft.com/dotnet/aspnet': DOTNET,
  'mcr.microsoft.com/dotnet/runtime': DOTNET,
  'mcr.microsoft.com/dotnet/runtime-deps': DOTNET,
};

/** Whether an image may set a variable; undefined for an image that is not known. */
export function maySetVariable(repository: string, name: string): boolean | undefined {
  return fromTable(VARIABLES, repository)?.test(name);
}
