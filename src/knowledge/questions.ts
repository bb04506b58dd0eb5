/** Commands of package managers that ask whether to go on, and how they are told not to. */
export interface AskingCommand {
  readonly subcommands: readonly string[];
  /** The flag that goes in, and whether it belongs to the program or to its subcommand. */
  readonly flag: string;
  readonly behind: 'program' | 'subcommand';
}

const rpm: AskingCommand = {
  subcommands: ['install', 'groupinstall', 'localinstall'],
  flag: '-y',
  behind: 'subcommand',
};

const ASKING: Readonly<Record<string, AskingCommand>> = {
  'apt-get': { subcommands: ['install'], flag: '-y', behind: 'subcommand' },
  yum: rpm,
  dnf: rpm,
  microdnf: rpm,
  zypper: {
    subcommands: ['install', 'in', 'remove', 'rm', 'source-install', 'si', 'patch'],
    flag: '--non-interactive',
    // Not every subcommand has a flag of its own for it.
    behind: 'program',
  },
};

/** How the subcommands of a package manager that ask are told not to. */
export function askingCommand(manager: string): AskingCommand | undefined {
  return Object.hasOwn(ASKING, manager) ? ASKING[manager] : undefined;
}
