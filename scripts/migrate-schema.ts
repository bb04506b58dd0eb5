import { publishSchema, type Schema } from '../src/config/schema.ts';
import { count, object, string } from './report-schema.ts';
import { verificationProperties } from './verification-schema.ts';

const list = (items: object) => ({ type: 'array', items });
const place = object('Counted from 1, columns in UTF-16 units', {
  line: { type: 'integer', minimum: 1 },
  column: { type: 'integer', minimum: 1 },
});

const refused = object(
  'Why nothing is migrated',
  {
    code: {
      description:
        '`original-fails`: the old steps cannot be carried out; `not-equivalent`: the new image is another; the others need no engine to be told',
      enum: [
        ...['broken', 'no-builder-pattern', 'no-final-build', 'control-flow', 'host-step', 'artifact-changed'],
        ...['artifact-used', 'builder-used', 'unknown-value', 'unknown-image', 'unknown-option', 'unknown-command'],
        ...['no-dockerfile', 'privileged', 'mount', 'running-service', 'platform', 'volume', 'same-tag'],
        ...['argument-conflict', 'ignored', 'context', 'archive', 'unsupported', 'original-fails', 'not-equivalent'],
      ],
    },
    reason: string,
    file: { description: 'The file that the place is in', ...string },
    start: place,
    end: place,
    log: { description: 'The last lines of a build that failed', ...list(string) },
  },
  ['log'],
);

const report = object(
  'What `dockerfileopt migrate --format json` prints',
  {
    version: { description: 'Of dockerfileopt', ...string },
    path: { description: 'The script, or the Dockerfile that builds, as given', ...string },
    outcome: { enum: ['migrated', 'refused'] },
    summary: { description: 'The outcome in one sentence', ...string },
    refused,
    steps: {
      description: 'What the script does with images; empty without a script',
      ...list(
        object('A step', {
          line: { type: 'integer', minimum: 1 },
          text: string,
          becomes: { enum: ['removed', 'kept', 'changed'] },
        }),
      ),
    },
    handOvers: list(
      object('A path that went from one image to another by way of the host', {
        from: { description: 'The stage or image', ...string },
        path: string,
        host: { description: 'Where it lay', ...string },
      }),
    ),
    commands: { description: 'What builds the final images now', ...list(string) },
    assumptions: { description: 'What is taken for true', ...list(string) },
    files: {
      description: 'The Dockerfile first, then the script',
      ...list(
        object('A file as it is to be', {
          path: string,
          isNew: { type: 'boolean' },
          text: string,
          diff: { description: 'As a unified diff', ...string },
        }),
      ),
    },
    unneeded: { description: 'Files that nothing of the script needs any more', ...list(string) },
    images: {
      description: 'Sizes as `docker images` shows them',
      ...list(
        object('An image', {
          role: {
            description: '`sdk`: what the builder stands on; `build`: the builder; the others: the final image',
            enum: ['sdk', 'build', 'before', 'after'],
          },
          name: string,
          bytes: count,
        }),
      ),
    },
    written: { description: 'The files that were written', ...list(string) },
    proof: {
      anyOf: [
        object('The old steps were carried out, and every final image compared', {
          status: { enum: ['verified'] },
          verifications: list(object('The comparison', verificationProperties)),
        }),
        object('Nothing was built', { status: { enum: ['none'] }, why: string }),
      ],
    },
  },
  ['refused', 'written'],
);

/** The schema of the JSON report of `migrate`. */
export const migrateSchema: object = publishSchema(report as unknown as Schema);
