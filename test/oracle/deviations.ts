import { maySetVariable } from '../../src/knowledge/image-variables.ts';
import { canonicalRepository } from '../../src/knowledge/images.ts';
import type { Disagreement } from './checks.ts';

/** Something that we say and BuildKit does not, or the other way round, and why it is to stay so. */
export interface Deviation {
  readonly check: string;
  readonly side: 'ours' | 'theirs';
  readonly reason: string;
  /** Whether it is this that a disagreement comes from. */
  holds(disagreement: Disagreement): boolean;
  /** A file that shows it, and what else there has to be; without the deviation there is none. */
  readonly example: { readonly dockerfile: string; readonly ignore?: string };
}

/** Checks that no rule stands for yet. */
export const NOT_WRITTEN: readonly string[] = [];

/** Checks of the whole file: BuildKit skips them for all of it or not at all, we in front of an instruction, too. */
const WHOLE_FILE: Readonly<Record<string, string>> = {
  DuplicateStageName: 'FROM debian:12 AS one',
  InvalidDefaultArgInFrom: 'FROM debian:$NONE',
  ReservedStageName: 'FROM debian:12 AS context',
  ConsistentInstructionCasing: 'run a',
  NoEmptyContinuation: 'RUN a \\\n\n  b',
};

export const DEVIATIONS: readonly Deviation[] = [
  {
    check: 'UndefinedVar',
    side: 'theirs',
    reason: 'which variables the base image sets is not known from the file; the oracle says none of an image',
    holds: ({ document, line, detail }) => {
      const stage = document.stages.findLast(({ from }) => document.source.position(from.lineStart).line <= line);
      const name = /'\$(\w+)'/.exec(detail)?.[1];
      if (!stage?.image || name === undefined) return true;
      return maySetVariable(canonicalRepository(stage.image.repository), name) !== false;
    },
    example: { dockerfile: 'FROM company/base\nENV PATH=$APP_HOME/bin:$PATH\n' },
  },
  {
    check: 'WorkdirRelativePath',
    side: 'theirs',
    reason: 'a path that begins with a variable of the base image may be absolute, one with a drive is for Windows',
    holds: ({ document, line }) =>
      document.instructions.some(
        ({ keyword, lineStart, argsText }) =>
          keyword === 'WORKDIR' &&
          document.source.position(lineStart).line === line &&
          /^["']?(?:\$|[A-Za-z]:)/.test(argsText),
      ),
    example: { dockerfile: 'FROM company/base\nWORKDIR $APP_HOME\n' },
  },
  {
    check: 'MultipleInstructionsDisallowed',
    side: 'theirs',
    reason: 'what an ONBUILD of a stage below brings is a default, and meant to be overridden',
    holds: ({ document, line }) =>
      document.stages.some(
        ({ from, baseStage }) =>
          document.source.position(from.lineStart).line === line &&
          baseStage?.instructions.some(({ keyword }) => keyword === 'ONBUILD'),
      ),
    example: { dockerfile: 'FROM debian:12 AS base\nONBUILD CMD ["a"]\nFROM base\nCMD ["b"]\n' },
  },
  {
    check: 'RedundantTargetPlatform',
    side: 'theirs',
    reason: 'a TARGETPLATFORM with a default of its own is not that of the build',
    holds: ({ document }) => document.globals.declared('TARGETPLATFORM')?.value !== undefined,
    example: { dockerfile: 'ARG TARGETPLATFORM=linux/arm64\nFROM --platform=$TARGETPLATFORM debian:12\n' },
  },
  ...Object.entries(WHOLE_FILE).map(
    ([check, instruction]): Deviation => ({
      check,
      side: 'theirs',
      reason: 'a comment in front of an instruction skips the check for us, and only one at the top for BuildKit',
      holds: ({ document, line }) =>
        document.ignores.some(({ dialect, covers }) => {
          if (dialect !== 'buildkit' || !covers) return false;
          const [first, last] = [covers.start, covers.end].map((offset) => document.source.position(offset).line);
          return first! <= line && line <= last!;
        }),
      example: { dockerfile: `FROM debian:12 AS one\n# check=skip=${check}\n${instruction}\n` },
    }),
  ),
  {
    check: 'InvalidBaseImagePlatform',
    side: 'theirs',
    reason: 'which platform a build is for, and which it runs on, is not known from the file',
    holds: ({ document, line }) => {
      const stage = document.stages.find(({ from }) => document.source.position(from.lineStart).line === line);
      const platform = stage?.from.flag('platform')?.value;
      return platform === undefined || platform === '$BUILDPLATFORM' || !platform.includes('/');
    },
    example: { dockerfile: 'FROM arm64v8/alpine:3.20\n' },
  },
  {
    check: 'InvalidDefinitionDescription',
    side: 'theirs',
    reason: 'BuildKit cannot skip a check that it runs only where it is asked to',
    holds: ({ document }) => document.directives.some(({ name, value }) => name === 'check' && /skip/.test(value)),
    example: { dockerfile: '# check=skip=all\n\n# Which release\nARG RELEASE\nFROM debian:12\n' },
  },
  {
    check: 'CopyIgnoredFile',
    side: 'ours',
    reason: 'BuildKit compares a path with a slash in front as it is, although it means the same file',
    holds: ({ document, line }) =>
      document.instructions.some(
        ({ lineStart, operands }) =>
          document.source.position(lineStart).line === line && operands.some(({ text }) => text.startsWith('/')),
      ),
    example: { dockerfile: 'FROM debian:12\nCOPY /secret.txt /srv/\n', ignore: 'secret.txt\n' },
  },
];
