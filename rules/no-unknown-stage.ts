import type { Document, Stage, StageReference } from '../src/dockerfile/index.ts';
import { isLibraryImage } from '../src/knowledge/library.ts';
import { optionOf } from '../src/lint/facts/runs.ts';
import { editDistance } from '../src/lint/nearest.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-unknown-stage',
  aliases: ['DL3022', 'DL3023'],
  parts: ['DL3022', 'DL3023'],
  severity: 'error',
  options: {
    images: {
      description: '`all`: COPY may name any image; `tagged`: only one with a tag or digest, as no stage can have',
      schema: { enum: ['all', 'tagged'] },
      default: 'all',
    },
  },
  presetOptions: { hadolint: { images: 'tagged' } },
  summary: '`--from` names something that is no stage, image or build context',
  why: 'What is no stage is taken as an image, so a misspelt stage is looked for in a registry, where a stranger may have put an image of that name. A number that no stage has, the stage itself, a variable and an empty value are refused, or copy from the build context.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS builder\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=buidler /app /app\nCMD ["/app"]\n',
      good: 'FROM golang:1.22 AS builder\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=builder /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document, context) {
    const isTagged = optionOf(context, 'images') === 'tagged';
    for (const stage of document.stages) {
      for (const reference of stage.references) {
        const message = problem(document, stage, reference) ?? (isTagged ? untagged(reference) : undefined);
        const part = isItself(stage, reference) ? 'DL3023' : 'DL3022';
        if (message !== undefined) yield { at: reference.range, message, part };
      }
    }
  },
};

function isItself(stage: Stage, { target }: StageReference): boolean {
  return target.kind === 'later-stage' && target.stage === stage;
}

function problem(document: Document, stage: Stage, reference: StageReference): string | undefined {
  const { kind, value, target } = reference;
  const flag = kind === 'base' ? `FROM ${value}` : kind === 'mount' ? `from=${value}` : `--from=${value}`;
  if (kind !== 'base' && value === '') return `\`${flag}\` names nothing`;
  if (kind !== 'base' && value.includes('$'))
    return `\`${flag}\` holds a variable, which the builder does not resolve here`;
  if (target.kind === 'no-such-index') {
    const count = document.stages.length;
    return `\`${flag}\` is no stage: ${count === 1 ? 'the file has one' : `the file has ${count}`}, counted from 0`;
  }
  if (isItself(stage, reference)) return `\`${flag}\` is the stage that it stands in`;
  if (target.kind !== 'image') return undefined;
  if (/^\d+$/.test(value)) {
    return document.stages.length > Number(value) ? `\`${flag}\` is an image called ${value}, not a stage` : undefined;
  }
  const meant = kind === 'base' ? undefined : similarName(document, stage, value);
  return meant && `\`${flag}\` is no stage; \`${meant}\` is one`;
}

function untagged({ kind, value, target }: StageReference): string | undefined {
  if (kind !== 'copy' || target.kind !== 'image' || value.includes(':')) return undefined;
  return `\`--from=${value}\` is no stage, and as an image it has no tag`;
}

/** A file with more stages was written by a program, which makes no slips. */
const MOST_STAGES = 200;

/** An earlier stage's name that the value is a slip of; images and build contexts are seldom so near. */
function similarName(document: Document, stage: Stage, value: string): string | undefined {
  if (document.stages.length > MOST_STAGES || !/^[\w-]+$/.test(value) || isLibraryImage(value)) return undefined;
  const most = value.length <= 4 ? 1 : 2;
  const wanted = value.toLowerCase();
  let best: { label: string; distance: number } | undefined;
  for (const { name, label, index } of document.stages) {
    if (name === undefined || index >= stage.index || Math.abs(name.length - wanted.length) > most) continue;
    const distance = editDistance(wanted, name);
    if (distance <= most && distance < (best?.distance ?? most + 1)) best = { label, distance };
  }
  return best?.label;
}
