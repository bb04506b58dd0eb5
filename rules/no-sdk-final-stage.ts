import type { SdkImage } from '../src/knowledge/images.ts';
import { traceStage } from '../src/lint/facts/builds.ts';
import { mayRun, shippedCommand } from '../src/lint/facts/shipping.ts';
import { imageName, systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-sdk-final-stage',
  severity: 'warn',
  fixable: 'rewrite',
  summary: 'The image that is shipped is an SDK image, although its command needs only what was built in it',
  why: 'Compilers, package managers, headers and the sources make an image ten to a hundred times larger than the program needs, slow to pull, and full of tools for an intruder. Build in a stage of its own and copy the result into a small base; `dockerfileopt optimize` writes that and proves it by building both. Only a build of the own sources counts: images of interpreters (node, python, ruby, php) are flagged when something is compiled or bundled in them, not for an install of dependencies alone, and programs fetched by `go install x@version` or `cargo install x` are taken for tools.',
  examples: [
    {
      bad: 'FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\nCMD ["/app"]\n',
      good: 'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD ["/app"]\n',
    },
  ],
  *check(document, { target, project }) {
    const { sdk, repository } = target ? systemOf(target) : {};
    if (!target || !sdk || repository?.includes('devcontainers/')) return;
    const builds = target.chain.flatMap((stage) => [...traceStage(document, stage).builds].reverse());
    const build = builds.find(({ kind, isRemote }) => kind === 'build' && !isRemote);
    const start = build && shippedCommand(document, target);
    if (!start || mayRun(document, target, start, project, buildTools(sdk))) return;
    const { from, baseWord } = target.chain.at(-1)!;
    yield {
      at: baseWord ?? from,
      message: `the image ships the whole SDK \`${imageName(target)}\`, which only the build (\`${build.name}\`) needs; \`dockerfileopt optimize\` moves it to a stage of its own`,
    };
  },
};

/** What a program runs on comes with the SDK too, but is not a reason to keep it. */
const RUNNERS = /^(?:java|dotnet|mono|node|bun|deno|python3?|pypy3?|ruby|perl|php)$/;

/** The programs of an SDK image that only building needs; a command that names one compiles when it runs. */
function buildTools({ tools }: SdkImage): RegExp {
  const names = tools.filter((tool) => !RUNNERS.test(tool)).map((tool) => tool.replace(/\+/g, '\\+'));
  return new RegExp(`^(?:${[...names, 'g\\+\\+', 'gcc', 'clang'].join('|')})(?:-[\\d.]+)?$`);
}
