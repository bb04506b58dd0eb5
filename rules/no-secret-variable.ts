import type { Document, Instruction, KeyValue } from '../src/dockerfile/index.ts';
import { exceptionsOption, optionOf } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-secret-variable',
  aliases: ['SecretsUsedInArgOrEnv', 'DL3064'],
  severity: 'warn',
  needs: ['arg', 'env'],
  options: {
    exceptions: exceptionsOption,
    match: {
      description:
        'What makes a name that of a secret: a word of it, as in `DB_PASSWORD` (`word`), or a part of a word, as in `DBPASSWORD`, behind ONBUILD and in front of FROM, too (`part`)',
      schema: { enum: ['word', 'part'] },
      default: 'word',
    },
  },
  presetOptions: { hadolint: { exceptions: false, match: 'part' }, buildkit: { exceptions: false } },
  summary: 'An ARG or ENV has the name of a secret',
  why: 'What ENV sets, everyone who has the image can read; what ARG is given stands in its history. Hand a secret to the one RUN that needs it, with `RUN --mount=type=secret`, and to the container when it is started. An ENV that sets an empty value, a switch or the path of a file is left alone.',
  examples: [
    {
      bad: 'FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n',
      good: 'FROM node:22\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci\n',
    },
  ],
  *check(document, context) {
    const isPart = optionOf(context, 'match') === 'part';
    const isStrict = optionOf(context, 'exceptions') === false;
    for (const instruction of isPart ? everywhere(document) : inStages(document)) {
      const { keyword } = instruction;
      if (keyword !== 'ARG' && keyword !== 'ENV') continue;
      for (const pair of instruction.pairs) {
        if (!(isPart ? PART.test(pair.name) : isSecret(pair.name)) || (!isStrict && isHarmless(keyword, pair)))
          continue;
        yield {
          at: pair.nameRange,
          message: `${keyword} keeps \`${pair.name}\` in the image's configuration or history`,
        };
      }
    }
  },
};

const WORD = /(?:^|_)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const HARMLESS = /(?:^|_)(?:public|file|version)(?:_|$)/i;
const ABOUT =
  /_(?:algorithm|dir|enabled|host|length|method|mode|name|path|port|regex|server|size|timeout|ttl|type|url|user|username)$/i;
const PART = /api_key|aws_access_key_id|client_key|password|private|secret|token|username/i;

function isSecret(name: string): boolean {
  return WORD.test(name) && !HARMLESS.test(name);
}

/** No secret: an empty value, a switch, the path of a file, or what is said about one. */
function isHarmless(keyword: string, { name, value = '' }: KeyValue): boolean {
  if (ABOUT.test(name)) return true;
  return keyword === 'ENV' && /^["']?(?:|true|false|yes|no|on|off|none|[./~][^"']*)["']?$/i.test(value);
}

function inStages(document: Document): readonly Instruction[] {
  return document.stages.flatMap(({ instructions }) => instructions);
}

function everywhere(document: Document): readonly Instruction[] {
  return document.instructions.map((instruction) => instruction.child ?? instruction);
}
