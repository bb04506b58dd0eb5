import type { Document, Instruction, ShellCommand } from '../src/dockerfile/index.ts';
import { isBuildPackage } from '../src/knowledge/packages.ts';
import { isOrdinaryCommand } from '../src/knowledge/tools.ts';
import { buildStep } from '../src/lint/facts/command-names.ts';
import { type InstalledPackage, installsOf } from '../src/lint/facts/installs.ts';
import { mayRun, readableScripts, shippedCommand } from '../src/lint/facts/shipping.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-build-tools-in-final-stage',
  severity: 'warn',
  fixable: 'rewrite',
  needs: ['apt', 'apk', 'yum', 'dnf', 'zypper', 'pacman', 'pip', 'install_packages'],
  summary: 'Packages that are only needed to build stay in the image that is shipped',
  why: 'Compilers, headers, build systems, and programs that only fetched something make the image larger and give an intruder tools. Remove them in the RUN that installed them (a later one does not shrink the image), or build in a stage of its own, which `dockerfileopt optimize` does. Git, curl and wget are flagged when a RUN uses them and the container does not seem to.',
  examples: [
    {
      bad: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc libpq-dev\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCMD ["python", "app.py"]\n',
      good: 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN apt-get update && apt-get install -y gcc libpq-dev libpq5 \\\n && pip install -r requirements.txt \\\n && apt-get purge -y --auto-remove gcc libpq-dev\nCMD ["python", "app.py"]\n',
    },
  ],
  *check(document, context) {
    const { target } = context;
    const start = shippedCommand(document, target);
    if (!target || !start) return;
    // An SDK image is full of them: that is for no-sdk-final-stage to say.
    const { sdk } = systemOf(target);
    if (sdk && !sdk.interpreter) return;
    const runs = target.chain.flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'RUN'));
    // With nothing to build here, or a start script that builds, they are there for the container.
    let building: boolean | undefined;
    const isBuilding = () => {
      building ??=
        runs.some((run) => document.shell(run)?.commands.some(mayBuild)) &&
        !readableScripts(document, target, start, context.project).some((text) => BUILDS.test(text));
      return building;
    };
    const isKept = (manager: string, { text, name, isRemoved }: InstalledPackage): boolean => {
      const kind = isRemoved ? undefined : isBuildPackage(manager, text);
      if (kind === undefined || kind === 'debugger') return false;
      if (kind !== 'vcs' && kind !== 'download')
        return isBuilding() && !(/jdk|java/.test(name) && mayRun(document, target, start, context.project, /^java$/));
      const program = PROGRAMS[name] ?? new RegExp(`^${name.replace(/-minimal$/, '')}$`);
      return isUsed(document, runs, program) && !mayRun(document, target, start, context.project, program);
    };
    for (const run of runs) {
      for (const { manager, packages } of installsOf(document, run)) {
        const kept = packages.filter(
          (item) => isKept(manager, item) && !/\$\{?\w*RUN/i.test(document.source.slice(item)),
        );
        if (kept.length === 0) continue;
        const names = [...new Set(kept.map(({ text }) => `\`${text}\``))];
        yield {
          at: { start: Math.min(...kept.map((item) => item.start)), end: Math.max(...kept.map(({ end }) => end)) },
          message: `${joinNames(names)} ${names.length === 1 ? 'is' : 'are'} only needed to build the image, and ${names.length === 1 ? 'stays' : 'stay'} in it; \`dockerfileopt optimize\` moves the build to a stage of its own`,
        };
      }
    }
  },
};

const BUILDS =
  /(?:^|[\s;&|(])(?:make|cmake|gcc|g\+\+|cc|clang|cargo|go (?:build|run)|gem|bundle install|pip3? install|npm (?:ci|install|rebuild)|dkms)\s/m;

/** Whether a command of a RUN builds something, or may do so out of sight. */
function mayBuild(command: ShellCommand): boolean {
  const { name } = command;
  if (isOrdinaryCommand(name)) return false;
  const { words } = command;
  if (words.length === 0) return false;
  const path = words[0]!.value;
  if (name === '' || path.startsWith('.') || path.endsWith('.sh')) return true;
  if (/^(?:(?:ba|da|a)?sh|source|R|Rscript|install2\.r|luarocks|pear|perl|raco|julia|sbcl|ruby|php)$/.test(name))
    return true;
  return buildStep(command) !== undefined;
}

const PROGRAMS: Readonly<Record<string, RegExp>> = {
  mercurial: /^hg$/,
  subversion: /^svn$/,
  'git-core': /^git$/,
  'git-lfs': /^git$/,
  wget2: /^wget2?$/,
  aria2: /^aria2c$/,
};

/** Whether a RUN calls the program, or lets a package manager fetch with it. */
function isUsed(document: Document, runs: readonly Instruction[], program: RegExp): boolean {
  return runs.some((run) =>
    document
      .shell(run)
      ?.commands.some(
        ({ name, args }) =>
          program.test(name) || (program.test('git') && args.some(({ value }) => /\bgit\+\w+:\/\//.test(value))),
      ),
  );
}

function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
