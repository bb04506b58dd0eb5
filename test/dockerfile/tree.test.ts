import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { blankedText, syntaxTree } from '../../src/dockerfile/tree.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite("dockerfile-ast's tree");

const parse = (text: string) => parseDocument(new Source('Dockerfile', text));

test('the text keeps its length and lines', () => {
  const text = '\uFEFF# x=y\r\n# escape=`\r\nFROM a\r\nRUN <<EOF\r\nFROM b\r\nEOF\r\nCMD <<EOF\r\n';
  const blanked = blankedText(parse(text));
  assert.is(blanked.length, text.length);
  assert.is(blanked.split('\r\n').length, text.split('\r\n').length);
  assert.not(blanked.includes('FROM b'));
});

test('instructions stand where ours do, whatever misleads the library', async () => {
  for (const text of [
    'FROM a\nRUN <<EOF\nFROM b\nEOF\nRUN x\n',
    'FROM a\nCMD <<EOF\nRUN y\nEOF\n',
    'FROM a\nRUN apk add \\\n # c\n curl\nRUN x\n',
    '# x=y\n# escape=`\nFROM a\nRUN c \\\n d\n',
    'FROM a\nRUN cat <<-f1 <<"f 2"\n\tRUN\n\tf1\nCOPY\nf 2\nRUN z\n',
    '\uFEFFFROM a\nRUN x\n',
  ]) {
    const document = parse(text);
    const tree = await syntaxTree(document);
    const starts = tree.getInstructions().map((instruction) => {
      const { line, character } = instruction.getRange().start;
      return document.source.lineStart(line + 1) + character;
    });
    assert.equal(
      starts,
      document.instructions.map(({ start }) => start),
      JSON.stringify(text),
    );
  }
});

test('image references have their parts with ranges', async () => {
  const document = parse('FROM --platform=linux/amd64 docker.io/library/golang:1.22@sha256:abc AS build\n');
  const from = (await syntaxTree(document)).getFROMs()[0]!;
  assert.is(from.getImageTag(), '1.22');
  const range = from.getImageTagRange()!;
  assert.is(document.source.text.slice(range.start.character, range.end.character), '1.22');
});
