import { chainBuilds } from '../src/lint/facts/builds.ts';
import { shippedCommand } from '../src/lint/facts/shipping.ts';
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
  *check(document, { target }) {
    const sdk = target && systemOf(target).sdk;
    if (!sdk || systemOf(target).repository?.includes('devcontainers/')) return;
    const build = chainBuilds(document, target).find(
      ({ kind, isRemote, ecosystem }) => kind === 'build' && !isRemote && (!sdk.interpreter || ecosystem !== 'php'),
    );
    if (!build || !shippedCommand(document, target)) return;
    const { from, baseWord } = target.chain.at(-1)!;
    yield {
      at: baseWord ?? from,
      message: `the image ships all of the SDK image \`${imageName(target)}\`, of which the command needs only what \`${build.name}\` made; \`dockerfileopt optimize\` splits the build off`,
    };
  },
};
