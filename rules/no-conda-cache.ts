import type { ShellCommand, ShellWord } from '../src/dockerfile/index.ts';
import { type CacheUses, isCacheUsed, variablesAt } from '../src/lint/facts/cache-uses.ts';
import { cleanUpAfter, lastCall } from '../src/lint/facts/cleanups.ts';
import { removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import { commandRange, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-conda-cache',
  severity: 'info',
  fixable: 'safe',
  needs: ['conda', 'mamba'],
  options: { stages: stagesOption },
  summary: 'conda, mamba or micromamba leaves its cache of packages in the image',
  why: 'Archives and the index of every channel stay in the folder `pkgs` of the installation. `conda clean --all --yes` in the same RUN removes them, and unpacked packages that no environment is linked to; a cache mount keeps them out. With `--force-pkgs-dirs` it removes all unpacked packages: those that an environment shares by hard links take no room, and it breaks environments of symbolic links, so the fix does without.',
  examples: [
    {
      bad: 'FROM continuumio/miniconda3:24.1.2-0\nCOPY environment.yml ./\nRUN conda env create -f environment.yml\n',
      good: 'FROM continuumio/miniconda3:24.1.2-0\nCOPY environment.yml ./\nRUN conda env create -f environment.yml && conda clean --all --yes\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      const last = lastCall(run, installVerb);
      if (!last) continue;
      const { command, call: verb, later } = last;
      const variable = variablesAt(document, run, command);
      const set = variable('CONDA_PKGS_DIRS');
      const folder = set?.startsWith('/') ? set : 'pkgs';
      const isCleaned = later.some((each) => cleans(each) || removesFolder(each, folder));
      if (isCleaned || isMountedAway(document, run.run, folder)) continue;
      if (isCacheUsed(document, context.target, run, USES)) continue;
      // Environments of links to the cache; calls that may break conda itself; a prefix that cleaning would have to be told.
      const isUnsure =
        variable('CONDA_ALWAYS_SOFTLINK', 'CONDA_ALLOW_SOFTLINKS') !== undefined ||
        run.script.commands.some(({ args }) => args.some(({ value }) => /softlink/.test(value))) ||
        command.hasOption('--no-deps', '--force', '-r', '--root-prefix') ||
        OLD.test(systemOf(run.stage).tag ?? '');
      const cleanUp = { program: command.name, words: [command.words[0]!], args: 'clean --all --yes' };
      const edits = isUnsure ? undefined : cleanUpAfter(document, run, command, cleanUp);
      yield {
        at: commandRange(command, verb),
        message: `\`${command.name}\` leaves its cache of packages in the image: no \`${command.name} clean --all --yes\` follows in the same RUN`,
        fix: edits && { title: 'Clean the cache', safety: 'safe', edits },
      };
    }
  },
};

const PROGRAM = /^(?:conda|mamba|micromamba)$/;
const USES: CacheUses = {
  folder: /\/pkgs\//,
  program: PROGRAM,
  offline: /^--offline$/,
  variables: ['CONDA_OFFLINE', 'MAMBA_OFFLINE'],
  starts: /^(?:\S*\/)?(?:conda|mamba|micromamba) (?:env )?(?:install|create|update)\b/,
};
const VERBS = /^(?:install|create|update|upgrade)$/;
/** conda before 4.4 may ask in spite of `--yes`. */
const OLD = /^(?:[1-3]|4\.[0-4])\./;

/** The word that has conda or one of its kind fill the cache. */
function installVerb(command: ShellCommand): ShellWord | undefined {
  if (!PROGRAM.test(command.name) || command.hasOption('--offline', '--dry-run')) return undefined;
  const operands = command.operands();
  const verb = operands[operands[0]?.value === 'env' ? 1 : 0];
  return verb && VERBS.test(verb.value) ? verb : undefined;
}

function cleans({ name, subcommand }: ShellCommand): boolean {
  return PROGRAM.test(name) && subcommand === 'clean';
}
