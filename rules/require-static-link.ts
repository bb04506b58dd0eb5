import type { Edit } from '../src/dockerfile/index.ts';
import { goWithCgo, staticLinking } from '../src/knowledge/linking.ts';
import { type Build, copiesLibraries, importedArtifacts } from '../src/lint/facts/builds.ts';
import { installedPackages } from '../src/lint/facts/installs.ts';
import { isConfiguredStatic, usesCgo } from '../src/lint/facts/linkage.ts';
import { programOf, startCommand } from '../src/lint/facts/shipping.ts';
import { imageName, systemOf } from '../src/lint/facts/systems.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-static-link',
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['from='],
  summary: 'A dynamically linked program is copied into an image that has no matching C library',
  why: 'The kernel starts a dynamically linked program through the loader of the C library that it was linked with. Where that is missing (scratch, distroless/static, busybox; Alpine for a program built with glibc), the container dies with "no such file or directory", which names the program and means the loader. Go links dynamically wherever a C compiler is at hand and a package such as `net` or `os/user` is used, so that a program works until the day it imports one of them. Link statically, or run on an image with the same C library.',
  examples: [
    {
      bad: 'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT ["/app"]\n',
      good: 'FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT ["/app"]\n',
    },
  ],
  *check(document, { target, project }) {
    const start = target && startCommand(document, target);
    if (!start) return;
    const { libc } = systemOf(target);
    if (libc !== 'none' && libc !== 'musl') return;
    if (copiesLibraries(document, target)) return;
    if ([...installedPackages(document, target)].some((name) => /^(?:gcompat|libc6-compat|glibc|musl)/.test(name)))
      return;
    const seen = new Set<Build>();
    for (const artifact of importedArtifacts(document, target)) {
      const { build } = artifact;
      const advice = staticLinking(build.ecosystem);
      if (!advice || build.linkage !== 'dynamic' || seen.has(build)) continue;
      if (isConfiguredStatic(build.ecosystem, project)) continue;
      const from = systemOf(build.stage).libc;
      if (libc === 'musl' && from !== 'glibc') continue;
      seen.add(build);
      const keepsCgo = build.ecosystem === 'go' && (build.isCgoAskedFor || usesCgo(project));
      const { flag } = keepsCgo ? goWithCgo : advice;
      const when = build.ecosystem === 'go' && !keepsCgo ? ', as soon as a package such as `net` is used' : '';
      const lack = libc === 'musl' ? 'has musl instead' : 'has none';
      const program = start.lines
        .map((line) => line[0]!)
        .find((path) => programOf([path]) === programOf([artifact.path]));
      yield {
        at: { start: build.command.words[0]!.start, end: build.command.words.at(-1)!.end },
        message: `\`${build.name}\` links with the C library of \`${imageName(build.stage)}\`${when}, and \`${imageName(target)}\` ${lack}: ${program ? 'the container dies' : 'starting it fails'} with "exec ${program ?? artifact.path}: no such file or directory"; build with \`${REMEDY[build.ecosystem] ?? flag}\``,
        fix: keepsCgo ? undefined : staticFix(build),
      };
    }
  },
};

/** Where the flag of the table is not the best that can be done. */
const REMEDY: Partial<Record<Build['ecosystem'], string>> = {
  rust: '--target x86_64-unknown-linux-musl',
  swift: '--swift-sdk x86_64-swift-linux-musl',
};

/** Puts the flag where it is certain to be right; other languages need more than a flag. */
function staticFix({ ecosystem, command, name, stage }: Build): Fix | undefined {
  if (!command.script.isMapped) return undefined;
  const [program, subcommand] = command.words;
  const first = command.allWords[0]!;
  const edit = ((): Edit | undefined => {
    switch (ecosystem) {
      case 'go':
        // `sudo` drops the environment.
        return first.value === 'sudo' ? undefined : insert(first.start, 'CGO_ENABLED=0 ');
      case 'c':
        return insert(program!.end, ' -static');
      case 'nim':
        return subcommand && insert(subcommand.end, ' --passL:-static');
      case 'crystal':
        return systemOf(stage).libc === 'musl' && subcommand ? insert(subcommand.end, ' --static') : undefined;
      default:
        return undefined;
    }
  })();
  return (
    edit && { title: `Link statically: add \`${edit.text.trim()}\` to \`${name}\``, safety: 'unsafe', edits: [edit] }
  );
}

function insert(at: number, text: string): Edit {
  return { start: at, end: at, text };
}
