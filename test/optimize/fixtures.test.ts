import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { folderProject } from '../../src/lint/project.ts';
import {
  type OptimizeOptions,
  type Outcome,
  planRewrite,
  type Rewritten,
  rewritten,
} from '../../src/optimize/index.ts';
import { recipes } from '../../src/optimize/recipes/index.ts';
import { assert, suite } from '../runner/suite.ts';

const FIXTURES = new URL('../../fixtures/optimize/', import.meta.url).pathname;
/** Writes what the planner says now into cases that have no expectation yet; never changes one that has. */
const FILL = process.env.FILL_FIXTURES === '1';

/**
 * A case: `Dockerfile`, `app/` (the build context), what is expected, and perhaps `case.json`: what is asked for; what the
 * end-to-end run needs beside it is not looked at here.
 */
interface Case {
  readonly options?: OptimizeOptions;
}

const EXPECTATIONS = {
  rewritten: 'expected.Dockerfile',
  declined: 'declined.txt',
  'already-good': 'already-good',
} as const;

/** The encodings of one text that must make no difference. */
const VARIANTS = [
  { name: 'as written', encode: (text: string) => text, decode: (text: string) => text },
  {
    name: 'with CRLF',
    encode: (text: string) => text.replace(/\r?\n/g, '\r\n'),
    decode: (text: string) => {
      assert.is(/[^\r]\n/.test(text), false, 'a line feed without its carriage return');
      return text.replace(/\r\n/g, '\n');
    },
  },
  {
    name: 'with a BOM',
    encode: (text: string) => `\uFEFF${text}`,
    decode: (text: string) => {
      assert.is(text[0], '\uFEFF', 'the byte order mark is gone');
      return text.slice(1);
    },
  },
];

function plan(folder: string, text: string, options: OptimizeOptions): Outcome {
  return planRewrite(parseDocument(new Source('Dockerfile', text)), folderProject(join(folder, 'app')), options);
}

function show(outcome: Outcome, text: string): string {
  if (outcome.kind === 'rewritten') return outcome.text;
  if (outcome.kind === 'already-good') return `${outcome.reason}\n`;
  const { line } = parseDocument(new Source('Dockerfile', text)).source.position(outcome.range.start);
  return `${outcome.code} at line ${line}: ${outcome.reason}\n`;
}

for (const recipe of readdirSync(FIXTURES).sort()) {
  const test = suite(`optimize ${recipe}`);
  for (const name of readdirSync(join(FIXTURES, recipe)).sort()) {
    const folder = join(FIXTURES, recipe, name);
    const raw = readFileSync(join(folder, 'Dockerfile'), 'utf8');
    const caseFile = join(folder, 'case.json');
    const { options = {} }: Case = existsSync(caseFile) ? JSON.parse(readFileSync(caseFile, 'utf8')) : {};
    const found = Object.values(EXPECTATIONS).find((file) => existsSync(join(folder, file)));

    if (FILL && !found) {
      const outcome = plan(folder, raw, options);
      writeFileSync(join(folder, EXPECTATIONS[outcome.kind]), show(outcome, raw));
    }

    // To a shell a carriage return is a character like any other, and a heredoc's lines keep theirs.
    const variants = VARIANTS.filter(({ name: variant }) => variant !== 'with CRLF' || !/^RUN .*<</m.test(raw));
    for (const { name: variant, encode, decode } of variants) {
      test(`${name}, ${variant}`, () => {
        const text = encode(raw);
        const outcome = plan(folder, text, options);
        assert.is(EXPECTATIONS[outcome.kind], found, show(outcome, text));
        const expected = readFileSync(join(folder, EXPECTATIONS[outcome.kind]), 'utf8');
        if (outcome.kind !== 'rewritten') {
          assert.is(show(outcome, text), expected);
          return;
        }
        assert.is(decode(outcome.text), expected);
        assert.is(outcome.plan.recipe, recipe);
        if (!outcome.plan.isRebase) keepsTheBuild(text, outcome);
        keepsComments(text, outcome);
        const again = plan(folder, outcome.text, options);
        assert.is(again.kind, 'already-good', 'the rewrite is rewritten again');
        if (variant !== 'as written') return;
        // Whichever image of the ladder a proof may take.
        const document = parseDocument(new Source('Dockerfile', text));
        for (const runtime of outcome.plan.ladder.filter(({ lacks }) => lacks.length === 0)) {
          const other = rewritten(document, { ...outcome.plan, runtime });
          assert.is(plan(folder, other.text, options).kind, 'already-good', `for ${runtime.image}\n${other.text}`);
        }
      });
    }
  }

  if (FILL) continue;
  test('the folder is that of a recipe, or of what concerns all', () => {
    assert.ok(['any', 'repair'].includes(recipe) || recipes.some(({ id }) => id === recipe));
  });
}

/** What stays in the build stage has its text, but for the edits that the plan names. */
function keepsTheBuild(
  text: string,
  { plan: { stage, carried, buildEdits, buildName }, text: result }: Rewritten,
): void {
  const after = parseDocument(new Source('Dockerfile', result));
  assert.equal(
    after.problems.map(({ message }) => message),
    [],
  );
  const build = after.stages.find(({ name }) => name === buildName.toLowerCase())!;
  const gone = new Set(carried.filter(({ how }) => how !== 'repeats').map(({ instruction }) => instruction));
  const kept = stage.instructions.filter((instruction) => !gone.has(instruction));
  let place = 0;
  for (const instruction of kept) {
    const own = buildEdits.filter(({ start, end }) => start >= instruction.start && end <= instruction.end);
    let expected = text.slice(instruction.start, instruction.end);
    for (const edit of [...own].sort((a, b) => b.start - a.start)) {
      const at = edit.start - instruction.start;
      expected = expected.slice(0, at) + edit.text + expected.slice(edit.end - instruction.start);
    }
    const shown = ({ start, end }: { start: number; end: number }) => result.slice(start, end);
    // A whole instruction that the plan adds.
    while (buildEdits.some((edit) => edit.text.trimEnd() === shown(build.instructions[place]!))) place++;
    assert.is(shown(build.instructions[place++]!), expected);
  }
}

/** Every comment is still there; one inside an instruction that is repeated is there twice. */
function keepsComments(text: string, { text: result }: Rewritten): void {
  const after = parseDocument(new Source('Dockerfile', result));
  const comments = after.comments.map((comment) => comment.text);
  for (const { text: comment } of parseDocument(new Source('Dockerfile', text)).comments) {
    const at = comments.indexOf(comment);
    assert.ok(at >= 0, `the comment is gone: ${comment}`);
    comments.splice(at, 1);
  }
}
