import type { Document, Edit, ShellPipeline } from '../src/dockerfile/index.ts';
import { parseScript } from '../src/dockerfile/index.ts';
import { exceptionsOption, isEditable, optionOf, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-pipefail',
  aliases: ['DL4006'],
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['|'],
  options: { exceptions: exceptionsOption },
  presetOptions: { hadolint: { exceptions: false } },
  summary: 'A command that fails in front of a pipe does not fail the build',
  why: 'Only the last command of a pipeline counts, so that `wget -O - … | tar x` may unpack nothing and go on. `set -o pipefail` in the RUN, or `SHELL ["/bin/bash", "-o", "pipefail", "-c"]`, lets every command count; bash, zsh, ksh and the ash of Alpine know it, the dash of Debian does not. Pipelines that only `echo`, `printf` or `yes` feed are passed over unless `exceptions` is off. There is no fix where a reader such as `head` may end before its writer.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN curl -fsSL https://example.com/x.tgz | tar xz\n',
      good: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.com/x.tgz | tar xz\n',
    },
    {
      bad: 'FROM alpine:3.20\nRUN wget -q -O - https://example.com/x.tgz | tar xz\n',
      good: 'FROM alpine:3.20\nRUN set -o pipefail && wget -q -O - https://example.com/x.tgz | tar xz\n',
    },
  ],
  *check(document, context) {
    const told = new Set<unknown>();
    for (const run of shellRuns(document)) {
      if (
        run.isTrigger ||
        isSet(document.scope(run.run)?.shell ?? []) ||
        isSet(run.run.json?.map(({ value }) => value) ?? [])
      )
        continue;
      const set = run.script.commands.find(({ name, args }) => name === 'set' && isSet(args.map(({ value }) => value)));
      const all = optionOf(context, 'exceptions') === false;
      const pipeline = run.script.pipelines.find(
        ({ start, members }) => !(set && set.start < start) && (all || !members.slice(0, -1).every(cannotFail)),
      );
      if (!pipeline) continue;
      // One SHELL is enough for a stage.
      const edits = told.has(run.stage) ? undefined : replacement(document, run);
      if (edits?.[0]?.text.startsWith('SHELL')) told.add(run.stage);
      yield {
        // Whose failure is lost.
        at: pipeline.members[0]!,
        message: 'Only the last command of the pipeline can fail the build: `pipefail` is not set',
        fix: edits && { title: 'Set `pipefail`', safety: 'unsafe', edits },
      };
    }
  },
};

function isSet(words: readonly string[]): boolean {
  return words.some((word, index) => word === 'pipefail' && /^-\w*o$/.test(words[index - 1] ?? ''));
}

function cannotFail({ command }: ShellPipeline['members'][number]): boolean {
  return /^(?:echo|printf|yes|true|:)$/.test(command?.name ?? '');
}

function replacement(document: Document, run: ShellRun): readonly Edit[] | undefined {
  const { run: instruction, script, stage } = run;
  if (!isEditable(run) || instruction.json || mayEndEarly(run)) return undefined;
  const shell = document.scope(instruction)?.shell;
  const { suite, repository } = systemOf(stage);
  const isAsh = shell === undefined && suite?.distro === 'alpine';
  if (isAsh || /^(?:bash|zsh|ksh|mksh|ash)$/.test(script.shell)) {
    const [first] = parseScript(script.text).body;
    if (!first || first.isBackground || first.node.kind === 'function') return undefined;
    return [{ start: first.start, end: first.start, text: 'set -o pipefail && ' }];
  }
  const hasBash =
    shell === undefined &&
    !repository?.includes('/') &&
    /^(?:debian|ubuntu|fedora|rhel|centos|amazonlinux)$/.test(suite?.distro ?? '');
  // SHELL also holds for the RUNs that follow, and for CMD and ENTRYPOINT in shell form.
  const later = stage.instructions.filter(({ index }) => index > instruction.index);
  const isSafeLater =
    later.every(({ keyword, json, child }) => !/^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword) || json || child) &&
    !document.stages.some((other) => other !== stage && other.chain.includes(stage)) &&
    !shellRuns(document).some(
      (other) => other.stage === stage && other.run.index > instruction.index && mayEndEarly(other),
    );
  return hasBash && isSafeLater && script.text.text !== ''
    ? [
        {
          start: instruction.start,
          end: instruction.start,
          text: `SHELL ["/bin/bash", "-o", "pipefail", "-c"]${document.source.eol}`,
        },
      ]
    : undefined;
}

/** A reader that stops before its writer has written everything lets the writer fail; so does a search that finds nothing. */
const ENDS_EARLY = /^(?:|yes|head|[efz]?grep|true|false|:|diff|cmp|test|sed|g?awk|timeout|xargs|read)$/;

function mayEndEarly({ script }: ShellRun): boolean {
  return script.pipelines.some(({ members }) => members.some(({ command }) => ENDS_EARLY.test(command?.name ?? '')));
}
