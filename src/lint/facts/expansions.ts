import { type Document, heredocBody, type Instruction, mountOption, type Range } from '../../dockerfile/index.ts';

/** A piece of an instruction in which the builder fills in variables. */
export interface ExpandedText extends Range {
  readonly text: string;
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  COPY: ['chown', 'chmod'],
  ADD: ['chown', 'chmod', 'checksum'],
};

/** What the builder fills variables into before it carries an instruction of a stage out; EXPOSE takes them silently. */
export function expandedTexts(document: Document, instruction: Instruction): readonly ExpandedText[] {
  const { keyword, argsText, argsRange, operands, pairs, flags } = instruction;
  switch (keyword) {
    case 'ENV':
    case 'LABEL':
      return pairs.flatMap(({ name, nameRange, value = '', valueRange }) => [
        { text: name, start: nameRange.start, end: nameRange.end },
        { text: value, start: valueRange.start, end: valueRange.end },
      ]);
    case 'WORKDIR':
    case 'USER':
    case 'STOPSIGNAL':
      return [{ text: argsText, start: argsRange.start, end: argsRange.end }];
    case 'VOLUME':
      return operands;
    case 'ADD':
    case 'COPY':
      return [...flagTexts(instruction), ...operands, ...heredocTexts(document, instruction)];
    case 'RUN':
      return flags.flatMap((flag) =>
        MOUNT_OPTIONS.flatMap((name) => {
          const option = flag.name === 'mount' ? mountOption(flag, instruction, name) : undefined;
          return option ? [{ text: option.value, start: option.range.start, end: option.range.end }] : [];
        }),
      );
    case 'ARG':
      return pairs.flatMap(({ value, valueRange }) =>
        value === undefined ? [] : [{ text: value, start: valueRange.start, end: valueRange.end }],
      );
    default:
      return [];
  }
}

const MOUNT_OPTIONS = ['target', 'dst', 'destination', 'source', 'src', 'id', 'from', 'uid', 'gid', 'mode', 'env'];

function flagTexts({ keyword, flags }: Instruction): ExpandedText[] {
  return flags.flatMap(({ name, value, valueRange }) =>
    value !== undefined && FLAGS[keyword]!.includes(name)
      ? [{ text: value, start: valueRange.start, end: valueRange.end }]
      : [],
  );
}

/** In the body of a heredoc quotes mean nothing. */
function heredocTexts(document: Document, { heredocs }: Instruction): ExpandedText[] {
  return heredocs
    .filter(({ expand }) => expand)
    .map((heredoc) => ({
      text: heredocBody(document.source.text, heredoc).text.replace(/["']/g, ' '),
      start: heredoc.body.start,
      end: heredoc.body.end,
    }));
}
