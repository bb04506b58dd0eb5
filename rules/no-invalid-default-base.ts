import { type Document, expand, isImageReference } from '../src/dockerfile/index.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-invalid-default-base',
  aliases: ['InvalidDefaultArgInFrom'],
  severity: 'warn',
  summary: 'With the defaults of its ARGs, FROM names no image',
  why: 'A file that can only be built with `--build-arg` fails for everybody who does not know it, and for all tools that look at the file alone. Give every ARG that a FROM uses a default with which there is an image.',
  examples: [
    {
      bad: 'ARG TAG\nFROM alpine:${TAG}\n',
      good: 'ARG TAG=3.20\nFROM alpine:${TAG}\n',
    },
  ],
  *check(document) {
    for (const { baseWord, baseStage } of document.stages) {
      if (!baseWord) continue;
      const name = withDefaults(document, baseWord.text);
      if (name === undefined || isImageReference(name)) continue;
      let message = `\`${name}\` is not the name of an image`;
      if (name === '') message = `\`${baseWord.text}\` is empty unless an argument is given`;
      // FROM compares a name as it is written with those of the stages, which are in lower case.
      if (baseStage) message = `\`${name}\` is neither the name of an image nor, in these letters, of a stage`;
      yield { at: baseWord, message };
    }
  },
};

/** An argument without a default is empty; those of the builder are what a build for Linux has them be. */
const PLATFORM: Readonly<Record<string, string>> = {
  TARGETPLATFORM: 'linux/amd64',
  BUILDPLATFORM: 'linux/amd64',
  TARGETOS: 'linux',
  BUILDOS: 'linux',
  TARGETARCH: 'amd64',
  BUILDARCH: 'amd64',
  TARGETSTAGE: 'default',
};

function withDefaults({ globals, escape }: Document, text: string): string | undefined {
  const lookup = (name: string) => {
    const { value } = globals.lookup(name);
    return { value: value ?? (Object.hasOwn(PLATFORM, name) ? PLATFORM[name] : undefined), complete: true };
  };
  const { value, error } = expand(text, lookup, escape);
  return error === undefined ? value : undefined;
}
