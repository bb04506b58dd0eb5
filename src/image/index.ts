/** Images from the inside: config, layers, merged file system, programs and what loading them takes. */
export { type Account, type Group, type ResolvedUser, readAccounts, readGroups, resolveUser } from './accounts.ts';
export {
  type Healthcheck,
  type HistoryStep,
  type ImageConfig,
  readDiffIds,
  readHistory,
  readImageConfig,
  startCommand,
} from './config.ts';
export { type Content, type ContentOptions, readContent } from './content.ts';
export { bufferSource, type ElfFacts, isStaticProgram, parseElf, type VersionNeed } from './elf.ts';
export { type FileEntry, FileIndex, joinPaths, parentPath, type Unresolved } from './files.ts';
export { readFilesystem } from './filesystem.ts';
export { type Layer, mergeLayers, readSavedImage, type SavedImage, type WastedFile } from './layers.ts';
export { type CachedLibrary, parseLdCache } from './ldcache.ts';
export { type Closure, type Libc, type LinkProblem, Loader, libcOf } from './loader.ts';
export { Packages } from './packages.ts';
export {
  DEFAULT_PATH,
  findProgram,
  followProgram,
  type ProgramChain,
  type ProgramProblem,
  type ResolvedProgram,
  type StartContext,
} from './programs.ts';
export { archivePath, type ByteStream, readTar, type TarEntry } from './tar.ts';
