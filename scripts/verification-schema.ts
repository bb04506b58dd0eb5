import { publishSchema, type Schema } from '../src/config/schema.ts';
import { count, object, string } from './report-schema.ts';

const seconds = { type: 'number', minimum: 0 } as const;
const list = (items: object) => ({ type: 'array', items });

const failure = object(
  'Why there is no image',
  {
    cause: {
      description:
        'Only `dockerfile` means that the Dockerfile, or what it runs, is broken; `interrupted`: it was not built',
      enum: [
        'dockerfile',
        'engine-too-old',
        'base-unavailable',
        'network',
        'timeout',
        'interrupted',
        'disk-full',
        'engine-gone',
      ],
    },
    message: string,
    step: { description: 'The instruction that failed', ...string },
    exitCode: { description: 'Of the command that failed', type: 'integer' },
    log: { description: 'The last lines', ...list(string) },
    logFile: { description: 'All of the log', ...string },
  },
  ['step', 'exitCode', 'logFile'],
);

const side = object(
  'What one of the two builds came to',
  {
    dockerfile: { description: 'As given; `-` for stdin', ...string },
    target: { description: 'The stage that was built, if one was named', ...string },
    imageId: { description: 'There when it was built', ...string },
    bytes: { description: 'As `docker images` counts them', ...count },
    files: count,
    layers: {
      description: 'As `docker history` shows them, but the oldest first',
      ...list(
        object(
          'A layer, or a step that made none',
          {
            createdBy: string,
            bytes: { description: 'Missing where the engine does not tell', ...count },
            wasted: { description: 'Bytes that later layers overwrite or delete', ...count },
            base: { description: 'Brought by the base image', type: 'boolean' },
          },
          ['bytes', 'wasted'],
        ),
      ),
    },
    wasted: object('What later layers overwrite or delete', {
      bytes: count,
      largest: list(object('A file', { path: string, bytes: count, how: string })),
    }),
    build: object(
      'How the build went',
      {
        seconds,
        cachedSeconds: { description: 'Of a second build, with --time-cached', ...seconds },
        failure,
      },
      ['cachedSeconds', 'failure'],
    ),
  },
  ['target', 'imageId', 'bytes', 'files'],
);

const outcome = {
  description:
    '`changed`: it differs without harm; `worse`: something that worked does not; `unknown`: it could not be told',
  enum: ['same', 'changed', 'worse', 'unknown'],
};

const cause = {
  description: 'What is missing or wrong; which other keys there are depends on the kind',
  type: 'object',
  properties: {
    kind: {
      enum: [
        'build',
        'config',
        'program',
        'shell',
        'interpreter',
        'library',
        'version',
        'libc',
        'architecture',
        'file',
        'content',
        'mode',
        'owner',
        'account',
        'ca-bundle',
        'zoneinfo',
        'temporary-folder',
        'locale',
        'nsswitch',
        'home',
        'behaviour',
      ],
    },
  },
  required: ['kind'],
  additionalProperties: { anyOf: [string, list(string)] },
};

const check = object(
  'The result of one check',
  {
    id: string,
    tier: { enum: ['builds', 'closes', 'starts', 'behaves'] },
    outcome: { description: 'The worst of its evidence', enum: outcome.enum },
    summary: string,
    evidence: {
      description: 'Worst first',
      ...list(object('One thing that was found', { outcome, message: string, cause, hint: string }, ['cause', 'hint'])),
    },
    caveat: { description: 'What was not proved although nothing is wrong', ...string },
  },
  ['caveat'],
);

/** What a verification has to say; without the version of who says it. */
export const verificationProperties: Record<string, object> = {
  verdict: { enum: ['equivalent', 'equivalent with differences', 'not equivalent', 'unproven'] },
  reason: { description: 'Why, in one sentence', ...string },
  engine: object('What built and started the images', { name: string, version: string }),
  before: side,
  after: side,
  checks: list(check),
  leftBehind: {
    description: 'What the original has and the rewrite has not, the largest class first',
    ...list(
      object('Files of one class', {
        class: string,
        files: count,
        bytes: count,
        largest: list(object('A file, or a folder and what is in it', { path: string, bytes: count, files: count })),
      }),
    ),
  },
  caveats: { description: 'What was not proved, or not looked at, and why', ...list(string) },
};

const verification = object('What `dockerfileopt verify --format json` prints', {
  version: { description: 'Of dockerfileopt', ...string },
  ...verificationProperties,
});

/** The schema of the JSON report of a verification. */
export const verificationSchema: object = publishSchema(verification as unknown as Schema);
