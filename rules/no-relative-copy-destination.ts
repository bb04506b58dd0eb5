import { type Document, joinPath, type Word } from '../src/dockerfile/index.ts';
import { destinationOf } from '../src/lint/facts/copies.ts';
import { exceptionsOption, optionOf, stagesOption } from '../src/lint/facts/runs.ts';
import { inheritsWorkdir, isWorkdir, startsAtRoot } from '../src/lint/facts/workdirs.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-relative-copy-destination',
  aliases: ['DL3045'],
  severity: 'warn',
  fixable: 'safe',
  options: {
    add: {
      description: 'Whether ADD is looked at, beside COPY',
      schema: { type: 'boolean' },
      default: true,
    },
    stages: stagesOption,
    exceptions: exceptionsOption,
  },
  presetOptions: { hadolint: { add: false, stages: 'all', exceptions: false } },
  summary: 'COPY writes to a relative path, and no WORKDIR says to what',
  why: 'A relative destination lies in the working directory, which comes from the base image where the file has no WORKDIR: mostly `/`, and something else in the next version. Set a WORKDIR, or write the destination from the root. Where the base is known to have no working directory, the repair writes the path that is meant. In `scratch` it can be nothing but `/`, and is left alone.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nCOPY server bin/server\n',
      good: 'FROM alpine:3.20\nCOPY server /bin/server\n',
    },
  ],
  *check(document, context) {
    const keywords = optionOf(context, 'add') === false ? ['COPY'] : ['COPY', 'ADD'];
    const isStrict = optionOf(context, 'exceptions') === false;
    const stages = optionOf(context, 'stages') === 'all' ? document.stages : (context.target?.chain ?? []);
    for (const stage of stages) {
      if (!isStrict && stage.image?.repository === 'scratch') continue;
      let isSet = inheritsWorkdir(stage);
      const isRoot = startsAtRoot(stage);
      for (const instruction of stage.instructions) {
        isSet ||= isWorkdir(instruction);
        const destination = keywords.includes(instruction.keyword) ? destinationOf(instruction) : undefined;
        if (isSet || !destination || !isRelative(destination)) continue;
        yield {
          at: destination,
          message: `\`${destination.text}\` is relative, and the stage has no WORKDIR`,
          fix: isRoot ? absolute(document, destination) : undefined,
        };
      }
    }
  },
};

/** A variable may hold an absolute path, and one with a drive is. */
function isRelative({ text }: Word): boolean {
  return !/^["']?(?:[/\\]|[A-Za-z]:|\$)/.test(text);
}

/** A slash at the end says that a folder is meant, and so does a dot. */
function absolute(document: Document, { text, start, end }: Word): Fix | undefined {
  const written = document.source.slice({ start, end });
  const quote = written === `"${text}"` ? '"' : '';
  if (/["'$\\`\s]/.test(text) || written !== quote + text + quote) return undefined;
  const path = joinPath('/', text)!;
  const isFolder = /(?:^|\/)\.{0,2}$/.test(text);
  const absolutePath = isFolder && path !== '/' ? `${path}/` : path;
  return {
    title: `Write \`${absolutePath}\``,
    safety: 'safe',
    edits: [{ start, end, text: quote + absolutePath + quote }],
  };
}
