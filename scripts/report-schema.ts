import { publishSchema, type Schema } from '../src/config/schema.ts';

export const string = { type: 'string' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
const place = { type: 'integer', minimum: 1 } as const;

/** An object whose keys are all there and are the only ones, but for those named optional. */
export function object(description: string, properties: Record<string, object>, optional: string[] = []) {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  return { description, type: 'object', properties, required, additionalProperties: false };
}

const edit = object('Replaces a span of the file by a text', {
  start: { description: 'UTF-16 offset into the file, a byte order mark included', ...count },
  end: { description: 'The offset behind the last character', ...count },
  text: string,
});

const fix = object('How the finding can be repaired', {
  title: string,
  safety: { description: '`unsafe`: the built image may change', enum: ['safe', 'unsafe'] },
  edits: { type: 'array', items: edit, minItems: 1 },
});

const finding = object(
  'What a rule says about one place',
  {
    ruleId: string,
    severity: { enum: ['error', 'warn', 'info'] },
    message: string,
    line: { description: 'From 1', ...place },
    column: { description: 'From 1, in UTF-16 units', ...place },
    endLine: place,
    endColumn: { description: 'The column behind the last character', ...place },
    start: { description: 'UTF-16 offset into the file, a byte order mark included', ...count },
    end: count,
    fingerprint: {
      description: 'Stays the same while the flagged text does, wherever it moves in the file',
      type: 'string',
      pattern: '^[0-9a-f]{16}$',
    },
    fix,
  },
  ['fix'],
);

const file = object(
  'What was found in one file',
  {
    path: { description: 'Relative to the working folder where it lies below it, with forward slashes', ...string },
    findings: {
      description: 'In the order of the file; after the fixes, if there were any',
      type: 'array',
      items: finding,
    },
    fixed: { description: 'How many fixes were applied', ...count },
    diff: { description: 'What the fixes would change, with --diff', ...string },
  },
  ['diff'],
);

const report = object('What `dockerfileopt --format json` prints', {
  version: { description: 'Of dockerfileopt', ...string },
  files: { type: 'array', items: file },
  errors: {
    description: 'What could not be read, checked or written',
    type: 'array',
    items: object('An error', { path: string, message: string }),
  },
  summary: object('The totals', {
    errors: count,
    warnings: count,
    infos: count,
    safelyFixable: { description: 'Findings that --fix repairs', ...count },
    unsafelyFixable: { description: 'Findings that only --fix-unsafe repairs', ...count },
    fixed: count,
  }),
});

/** The schema of the JSON report. */
export const reportSchema: object = publishSchema(report as unknown as Schema);
