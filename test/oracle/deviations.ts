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
export const NOT_WRITTEN: readonly string[] = [
  'DuplicateStageName',
  'FromPlatformFlagConstDisallowed',
  'InvalidDefaultArgInFrom',
  'JSONArgsRecommended',
  'MultipleInstructionsDisallowed',
  'RedundantTargetPlatform',
  'ReservedStageName',
  'SecretsUsedInArgOrEnv',
  'UndefinedArgInFrom',
  'UndefinedVar',
  'WorkdirRelativePath',
];

/** Checks of the whole file: BuildKit skips them for all of it or not at all, we in front of an instruction, too. */
const WHOLE_FILE: Readonly<Record<string, string>> = {
  ConsistentInstructionCasing: 'run a',
  NoEmptyContinuation: 'RUN a \\\n\n  b',
};

export const DEVIATIONS: readonly Deviation[] = [
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
      example: { dockerfile: `FROM debian:12\n# check=skip=${check}\n${instruction}\n` },
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
