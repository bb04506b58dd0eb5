import { publishSchema, type Schema } from '../src/config/schema.ts';
import { count, object, string } from './report-schema.ts';
import { verificationProperties } from './verification-schema.ts';

const list = (items: object) => ({ type: 'array', items });
const yes = { type: 'boolean' } as const;
const place = object('Counted from 1, columns in UTF-16 units', {
  line: { type: 'integer', minimum: 1 },
  column: { type: 'integer', minimum: 1 },
});
const reasoned = object('Something, and why', { text: string, why: string });
const role = {
  enum: ['source', 'artifact', 'dependency', 'toolchain', 'cache', 'data', 'document', 'test', 'unknown'],
};

const declined = object(
  'Why the file is left as it is',
  {
    code: {
      description:
        '`original-fails`: it cannot be built; `not-equivalent`: no candidate stood the comparison; the others need no engine to be told',
      enum: [
        ...['broken', 'not-last', 'unresolved', 'windows', 'onbuild', 'no-command', 'runs-build-tool', 'no-recipe'],
        ...['no-artifact', 'artifact-lost', 'unknown', 'needs-sdk', 'no-runtime', 'original-fails', 'not-equivalent'],
      ],
    },
    reason: string,
    start: place,
    end: place,
    cause: { description: 'Of a build that failed', ...string },
    log: { description: 'The last lines of a build that failed', ...list(string) },
  },
  ['cause', 'log'],
);

const plan = object('The plan of the rewrite', {
  recipe: string,
  stages: {
    description: 'In the order of the file; the last one may have no name',
    ...list(object('A stage', { name: string, base: string, what: string })),
  },
  runtime: object('What the final stage stands on', { image: string, why: string, asked: string }, ['why']),
  unfit: {
    description: 'Images that the plan has no use for',
    ...list(object('An image', { image: string, lacks: list(string) })),
  },
  copies: list(object('A path that goes to the final stage', { path: string, owner: string, why: string }, ['owner'])),
  packages: { description: 'Installed in the final stage', ...list(reasoned) },
  variables: { description: 'Set in the final stage', ...list(reasoned) },
  changes: { description: 'Of the build stage, or of whatever is repaired', ...list(reasoned) },
  steps: { description: 'Carried out in the final stage, behind its copies', ...list(reasoned) },
  configuration: { description: 'Instructions of the final stage that come from the original', ...list(reasoned) },
  leftBehind: list(object('Paths that stay in the build stage', { class: role, why: string, paths: list(string) })),
  assumptions: {
    description: '`isUnproved`: only a build and a run can tell',
    ...list(object('What is taken for true', { sentence: string, isUnproved: yes })),
  },
});

const attempt = object(
  'A runtime image that was tried',
  {
    image: string,
    remedies: { description: 'What was added on the way, with the reasons', ...list(string) },
    failure: { description: 'Why it was given up; missing for the one that was taken', ...string },
    bytes: { description: 'Of the image that it gave', ...count },
  },
  ['failure', 'bytes'],
);

const report = object(
  'What `dockerfileopt optimize --format json` prints',
  {
    version: { description: 'Of dockerfileopt', ...string },
    path: { description: 'As given; `-` for stdin', ...string },
    outcome: { enum: ['rewritten', 'declined', 'already-good'] },
    summary: { description: 'The outcome in one sentence', ...string },
    size: object('Bytes, as `docker images` counts them', {
      before: count,
      after: count,
      ratio: { description: 'After to before', type: 'number', minimum: 0 },
    }),
    declined,
    plan,
    attempts: { description: 'In the order in which they were tried', ...list(attempt) },
    diff: { description: 'What the rewrite changes, as a unified diff', ...string },
    text: { description: 'The rewritten file', ...string },
    written: { description: 'The file that it was written to', ...string },
    proof: {
      anyOf: [
        object('Both were built, compared and started', {
          status: { enum: ['verified'] },
          verification: object('The comparison', verificationProperties),
        }),
        object('Nothing was built', { status: { enum: ['none'] }, why: string }),
      ],
    },
  },
  ['size', 'declined', 'plan', 'diff', 'text', 'written'],
);

/** The schema of the JSON report of `optimize`. */
export const optimizeSchema: object = publishSchema(report as unknown as Schema);
