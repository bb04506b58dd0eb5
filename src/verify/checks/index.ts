import { accounts } from './accounts.ts';
import { answers } from './answers.ts';
import { architecture } from './architecture.ts';
import { certificates } from './certificates.ts';
import { changedFiles } from './changed-files.ts';
import type { StaticCheck } from './check.ts';
import { config } from './config.ts';
import { health } from './health.ts';
import { linking } from './linking.ts';
import { locale } from './locale.ts';
import { lostFilesCheck } from './lost-files.ts';
import { lostPackages } from './lost-packages.ts';
import { openedLibraries } from './opened-libraries.ts';
import { output } from './output.ts';
import { permissions } from './permissions.ts';
import { ports } from './ports.ts';
import { programs } from './programs.ts';
import type { RunCheck } from './run-check.ts';
import { scripts } from './scripts.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { subprocesses } from './subprocesses.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { timeZones } from './time-zones.ts';

/** The checks of images at rest, in the order of a report. */
export const staticChecks: readonly StaticCheck[] = [
  config,
  architecture,
  programs,
  scripts,
  linking,
  openedLibraries,
  accounts,
  permissions,
  certificates,
  timeZones,
  temporaryFolder,
  locale,
  subprocesses,
  lostFilesCheck,
  lostPackages,
  changedFiles,
];

/** The checks of an image that is started as it is. */
export const startChecks: readonly RunCheck[] = [start, output, ports, health, stop];

/** The checks of a server that can be reached. */
export const serverChecks: readonly RunCheck[] = [answers];

/** The checks of a command of the user's. */
export const commandChecks: readonly RunCheck[] = [start, output];
