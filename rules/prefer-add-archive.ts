import { type Document, type Edit, joinPath, type ShellCommand } from '../src/dockerfile/index.ts';
import { type Copy, type CopySource, placeOfFile, stageCopies } from '../src/lint/facts/copies.ts';
import { withoutInstruction } from '../src/lint/facts/deletions.ts';
import { ARCHIVE_NAME, type Extraction, extraction } from '../src/lint/facts/extractions.ts';
import { exceptionsOption, isEditable, optionOf, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { andChain, plainWords } from '../src/lint/facts/script-nodes.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-add-archive',
  aliases: ['DL3010'],
  severity: 'info',
  fixable: 'unsafe',
  needs: ['copy'],
  options: { exceptions: exceptionsOption },
  presetOptions: { hadolint: { exceptions: false } },
  summary: 'An archive is copied into the image to be unpacked there',
  why: 'ADD unpacks a tar archive from the build context by itself, and the archive never is a layer of the image. What ADD cannot do is passed over: zip files, single files that are compressed, some members only, `--strip-components`.',
  examples: [
    {
      bad: 'FROM debian:12\nCOPY root.tar.gz /tmp/\nRUN tar -xzf /tmp/root.tar.gz -C /opt && rm /tmp/root.tar.gz\n',
      good: 'FROM debian:12\nADD root.tar.gz /opt/\n',
    },
  ],
  *check(document, context) {
    const hasExceptions = optionOf(context, 'exceptions') !== false;
    const extractions = extractionsByName(document, hasExceptions);
    if (extractions.size === 0) return;
    for (const stage of document.stages) {
      for (const copy of stageCopies(document, stage)) {
        const { instruction, from, sources } = copy;
        if (instruction.keyword !== 'COPY' || from) continue;
        for (const source of sources) {
          if (source.path === undefined || (hasExceptions && !ARCHIVE_NAME.test(source.path))) continue;
          const found = extractions
            .get(baseName(placeName(copy, source.path)))
            ?.find(({ run }) => run.stage === stage && run.run.index > instruction.index);
          if (!found) continue;
          const message = `\`${found.archive.value}\` is copied, then unpacked, which \`ADD\` does at once`;
          yield { at: instruction.keywordRange, message, fix: fixFor(document, copy, source, found) };
          break;
        }
      }
    }
  },
};

interface Unpacking extends Extraction {
  readonly run: ShellRun;
  readonly command: ShellCommand;
}

/** What the RUNs unpack, by the name of the archive; of each name only as much as a person would write. */
function extractionsByName(document: Document, hasExceptions: boolean): Map<string, Unpacking[]> {
  const byName = new Map<string, Unpacking[]>();
  for (const run of shellRuns(document)) {
    for (const command of run.isTrigger ? [] : run.script.commands) {
      const found = extraction(command);
      if (!found?.archive.isLiteral || (hasExceptions && !found.isWhole)) continue;
      const name = baseName(found.archive.value);
      const others = byName.get(name) ?? [];
      if (others.length < MOST) byName.set(name, [...others, { ...found, run, command }]);
    }
  }
  return byName;
}

/** A stage or a name with more was written by a program. */
const MOST = 500;

/** The path a file is known by afterwards: the destination's, unless that is a folder. */
function placeName({ intoFolder, destinationWord }: Copy, path: string): string {
  return intoFolder || !ARCHIVE_NAME.test(destinationWord.text) ? path : destinationWord.text;
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Only where the RUN is the next instruction, begins with the command, and is the last to speak of the archive. */
function fixFor(
  document: Document,
  copy: Copy,
  source: CopySource,
  { run, command, archive, folder, isWhole }: Unpacking,
): Fix | undefined {
  const { instruction, stage, sources, destinationWord } = copy;
  const workdir = document.scope(run.run)?.workdir;
  const target = folder ? folder.isLiteral && joinPath(workdir, folder.value) : workdir;
  const place = placeOfFile(copy, source);
  if (!target || !/^[\w./-]+$/.test(target) || place === undefined || place !== joinPath(workdir, archive.value))
    return undefined;
  if (!isWhole || sources.length > 1 || instruction.flags.length > 0 || instruction.json) return undefined;
  if (run.run.index !== instruction.index + 1 || run.run.flags.length > 0) return undefined;
  if (stage.instructions.length > MOST) return undefined;
  const name = baseName(place);
  const chain = andChain(run) ?? [];
  const first = chain[0];
  if (!isEditable(run) || first?.kind !== 'command' || first.start !== command.start || first.redirects.length > 0)
    return undefined;
  const [rm, ...words] = chain[1] ? plainWords(chain[1]) : [];
  const isRemoved = rm === 'rm' && words.filter((word) => !/^-[rf]+$/.test(word)).join(' ') === archive.value;
  const rest = chain.slice(isRemoved ? 2 : 1);
  const isUsedLater =
    rest.some((node) => document.source.slice(node).includes(name)) ||
    stage.instructions.some((each) => each.index > run.run.index && document.source.slice(each).includes(name));
  const removal = isUsedLater ? undefined : removalOf(document, run, first.start, rest[0]?.start);
  if (!removal) return undefined;
  const edits: Edit[] = [
    { ...instruction.keywordRange, text: 'ADD' },
    { start: destinationWord.start, end: destinationWord.end, text: target === '/' ? '/' : `${target}/` },
    ...removal,
  ];
  return { title: `Let \`ADD\` unpack \`${name}\``, safety: 'unsafe', edits };
}

/** Takes away what the RUN does up to `end`; all of it when nothing else is left. */
function removalOf(
  document: Document,
  { run }: ShellRun,
  start: number,
  end: number | undefined,
): readonly Edit[] | undefined {
  if (end === undefined) return withoutInstruction(document, run);
  const isPlain = !document.comments.some((comment) => comment.start >= start && comment.start < end);
  return isPlain ? [{ start, end, text: '' }] : undefined;
}
