/** Names that no stage may have. */
export const reservedStageNames: ReadonlySet<string> = new Set(['scratch', 'context']);

/** Build arguments that a build may be given without any ARG. */
export const predefinedArgs: ReadonlySet<string> = new Set([
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'FTP_PROXY',
  'ftp_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
]);

/** Global arguments that the builder fills; inside a stage they must be declared by an ARG without a value. */
export const platformArgs: ReadonlySet<string> = new Set([
  'TARGETPLATFORM',
  'TARGETOS',
  'TARGETARCH',
  'TARGETVARIANT',
  'TARGETOSVERSION',
  'BUILDPLATFORM',
  'BUILDOS',
  'BUILDARCH',
  'BUILDVARIANT',
  'BUILDOSVERSION',
  'TARGETSTAGE',
]);

/** Arguments that the builder itself reads; some count only where the Dockerfile declares them. */
export const builderArgs: ReadonlySet<string> = new Set([
  'BUILDKIT_BUILD_NAME',
  'BUILDKIT_CACHE_MOUNT_NS',
  'BUILDKIT_CONTEXT_KEEP_GIT_DIR',
  'BUILDKIT_INLINE_CACHE',
  'BUILDKIT_MULTI_PLATFORM',
  'BUILDKIT_SANDBOX_HOSTNAME',
  'BUILDKIT_SYNTAX',
  'BUILDKIT_DOCKERFILE_CHECK',
  'BUILDKIT_HISTORY_PROVENANCE_V1',
  'BUILDKIT_SBOM_SCAN_CONTEXT',
  'BUILDKIT_SBOM_SCAN_STAGE',
  'SOURCE_DATE_EPOCH',
]);

/** The value of PATH where neither the image nor the Dockerfile sets one. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The working directory where neither the image nor the Dockerfile sets one. */
export const defaultWorkdir = '/';

/** Names that stages are given for what they do, with the commonest first. */
export const stageRoleNames = {
  build: ['build', 'builder', 'compile'],
  deps: ['deps', 'dependencies', 'vendor'],
  test: ['test', 'tests'],
  assets: ['assets', 'frontend', 'web'],
  base: ['base', 'common'],
  run: ['run', 'runtime', 'app'],
} as const;

/** A stage whose name says that it is for developing or testing, and not what is shipped. */
export function isDevelopmentStageName(name: string): boolean {
  return /^(?:.*[-_.])?(?:dev|devel|develop|development|debug|debugger|test|tests|testing|unit-?tests?|e2e|lint|linter|check|checks|ci|devcontainer|local|bench|benchmark)(?:[-_.].*)?$/i.test(
    name,
  );
}

/** A stage whose name says that it builds. */
export function isBuildStageName(name: string): boolean {
  return /^(?:.*[-_.])?(?:build|builder|building|builds|compile|compiler|sdk|toolchain)(?:[-_.].*)?$/i.test(name);
}
