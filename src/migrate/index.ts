/** From a script that carries files between images to one Dockerfile and one build. */
export { missingArgs } from './build-command.ts';
export { type FinalBuild, type Migrated, type MigrationRequest, migrateScript } from './migrate.ts';
export { migratePair, type PairRequest } from './pair.ts';
export type { BuildArg, HandOver, HostPath, Refused, Step } from './types.ts';
