import { existsSync, readFileSync } from 'node:fs';
import { decodeSource, parseDocument } from '../dockerfile/index.ts';
import { describeFailure } from '../failure.ts';
import type { Palette } from '../formatters/index.ts';
import { type Command, readChoice, readText, UsageError } from './command.ts';
import { renderDot } from './graph/dot.ts';
import { renderMermaid } from './graph/mermaid.ts';
import { type StageGraph, stageGraph } from './graph/model.ts';
import { renderText } from './graph/text.ts';

const renderers = { text: renderText, mermaid: renderMermaid, dot: renderDot } satisfies Record<
  string,
  (graph: StageGraph, palette: Palette) => string
>;
const formats = Object.keys(renderers) as (keyof typeof renderers)[];

export const graphCommand: Command = {
  help: `Usage: dockerfileopt graph [options] [FILE]

Shows how the stages of a Dockerfile depend on one another and on images.
FILE is ./Dockerfile unless given; - reads stdin.

  -f, --format FORMAT    ${formats.join(', ')} (default: text)
  --target STAGE         the stage that is shipped, by name or number (default: the last)
`,
  options: { format: { type: 'string', short: 'f' }, target: { type: 'string' } },
  async run(values, words, world) {
    const format = readChoice(values, 'format', formats, 'text');
    if (words.length > 1) throw new UsageError('graph takes one file');
    const path =
      words[0] ?? (existsSync('Dockerfile') || !existsSync('Containerfile') ? 'Dockerfile' : 'Containerfile');
    let bytes: Buffer;
    try {
      bytes = path === '-' ? await world.readInput() : readFileSync(path);
    } catch (error) {
      throw new UsageError(`${path}: ${describeFailure(error)}`);
    }
    const document = parseDocument(decodeSource(path, bytes));
    if (document.stages.length === 0) throw new UsageError(`${path}: has no stages`);
    const name = readText(values, 'target');
    const target = document.target(name);
    if (!target) {
      const stages = document.stages.map(({ label }) => label).join(', ');
      throw new UsageError(`${path}: no stage "${name}"; there are ${stages}`);
    }
    world.print(renderers[format](stageGraph(document, target), await world.palette()));
    return 0;
  },
};
