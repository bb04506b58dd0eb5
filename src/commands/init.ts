import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/keys.ts';
import { ConfigError, configIn, hadolintConfigIn, loadHadolint } from '../config/load.ts';
import { describeFailure, errorCode } from '../failure.ts';
import { findRules } from '../lint/engine.ts';
import type { Rule } from '../lint/types.ts';
import { type Command, UsageError, type World } from './command.ts';
import { writeAtomically, writeNew } from './write.ts';

const NAME = '.dockerfileoptrc';

export const initCommand: Command = {
  help: `Usage: dockerfileopt init [options] [FILE]

Writes ${NAME}, a configuration to start from, in the current folder.

  --from-hadolint        translate the hadolint configuration FILE, which is
                         ./.hadolint.yaml or ./.hadolint.yml unless given
  --force                replace a ${NAME} that is there
`,
  options: { 'from-hadolint': { type: 'boolean' }, force: { type: 'boolean' } },
  async run(values, words, world) {
    const isTranslated = values['from-hadolint'] === true;
    if (words.length > (isTranslated ? 1 : 0))
      throw new UsageError(isTranslated ? 'init --from-hadolint takes one file' : 'init takes no arguments');
    const present = await configIn(resolve());
    if (present !== undefined && present !== NAME)
      throw new UsageError(`${present} configures this folder already, and ${NAME} beside it would be of no use`);
    const text = isTranslated ? await translate(words[0] ?? hadolintConfigIn(resolve()), world) : START;
    write(text, values.force === true);
    world.print(`${NAME} is written\n`);
    return 0;
  },
};

const START = `# What finds the problems of the image that is shipped; \`strict\` is every rule there is, \`hadolint\` and \`buildkit\`
# do what these tools do. Several may stand in a list, and a later one wins.
extends: recommended

# The stage that is shipped; the last one unless set.
# target: release

# The severity from which on findings make the exit code 1.
failOn: warn

# By id or alias: error, warn, info, off, or a list of severity and options. \`dockerfileopt rules\` lists them all.
rules: {}
#  require-stage-name: off
#  no-root-user: [error, { stages: all }]

# Settings for some files, by pattern.
# overrides:
#   - files: ['*.dev.Dockerfile']
#     rules: { no-sdk-final-stage: off }
`;

async function translate(file: string | undefined, { book, warn }: World): Promise<string> {
  if (file === undefined) throw new UsageError('there is no .hadolint.yaml here; name the file: --from-hadolint FILE');
  try {
    const { config, notes = [] } = await loadHadolint(resolve(file), book);
    for (const note of notes) warn(`${file}: not taken over: ${note}`);
    return await render(config, file, book);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

/** The configuration as a text, in which rules have their ids beside their codes. */
async function render(config: Config, file: string, book: readonly Rule[]): Promise<string> {
  const { stringify } = await import('yaml');
  const { extends: preset, failOn, rules = {}, ...rest } = config;
  const lines = Object.entries(rules).map(([code, setting]) => {
    const ids = findRules(book, code) ?? [];
    return `  ${code}: ${String(setting)} # ${ids.join(', ')}\n`;
  });
  return [
    `# Says what ${file} said. With \`extends: [recommended, hadolint]\` there is also what hadolint does not look for.\n`,
    stringify({ extends: preset, failOn }),
    ...(lines.length > 0 ? ['rules:\n', ...lines] : []),
    ...(Object.keys(rest).length > 0 ? [stringify(rest)] : []),
  ].join('');
}

function write(text: string, replaces: boolean): void {
  const bytes = Buffer.from(text);
  try {
    if (replaces && existsSync(NAME)) writeAtomically(NAME, bytes);
    else writeNew(NAME, bytes);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new UsageError(`${NAME} is there already; --force replaces it`);
    throw new UsageError(`${NAME}: ${describeFailure(error)}`);
  }
}
