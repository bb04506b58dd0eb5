import { applyEdits, parseDocument, Source } from '../../../src/dockerfile/index.ts';
import { appendCommand, shellRuns } from '../../../src/lint/facts/runs.ts';
import { assert, suite } from '../../runner/suite.ts';

const test = suite('edits of a RUN');

/** The file with `clean` appended to its only RUN, or undefined when that is declined. */
function append(text: string): string | undefined {
  const document = parseDocument(new Source('Dockerfile', text));
  const [run] = shellRuns(document);
  const edits = run && appendCommand(document, run, 'clean');
  return edits && applyEdits(text, edits);
}

test('a command goes behind the last one, in front of a comment of the shell', () => {
  assert.is(append('FROM a\nRUN x; y\n'), 'FROM a\nRUN x; y && clean\n');
  assert.is(append('FROM a\nRUN x || y # why\n'), 'FROM a\nRUN x || y && clean # why\n');
  assert.is(append('FROM a\nRUN x \\\n  # why\n  y;\n'), 'FROM a\nRUN x \\\n  # why\n  y \\\n && clean;\n');
  assert.is(append('FROM a\nRUN if x; then y; fi\n'), 'FROM a\nRUN if x; then y; fi && clean\n');
  assert.is(append('FROM a\nRUN x > y 2>&1\n'), 'FROM a\nRUN x > y 2>&1 && clean\n');
  assert.is(append('FROM a\nRUN ["sh", "-c", "x"]\n'), 'FROM a\nRUN ["sh", "-c", "x && clean"]\n');
});

test('on several lines a command gets a line of its own, set as the others are', () => {
  assert.is(append('FROM a\nRUN x \\\n    && y\n'), 'FROM a\nRUN x \\\n    && y \\\n    && clean\n');
  assert.is(append('FROM a\nRUN x &&\\\n\ty\n'), 'FROM a\nRUN x &&\\\n\ty &&\\\n\tclean\n');
  assert.is(append('FROM a\nRUN x && \\\n  y && z\n'), 'FROM a\nRUN x && \\\n  y && z && \\\n  clean\n');
  assert.is(append('FROM a\nRUN x && y \\\n    1 # why\n'), 'FROM a\nRUN x && y \\\n    1 \\\n && clean # why\n');
  assert.is(append('FROM a\nRUN x \\\n    && y || z\n'), 'FROM a\nRUN x \\\n    && y || z \\\n    && clean\n');
  assert.is(append('FROM a\nRUN x; \\\n    y;\n'), 'FROM a\nRUN x; \\\n    y \\\n    && clean;\n');
  assert.is(
    append('# escape=`\nFROM a\nRUN x `\r\n  && y\r\n'),
    '# escape=`\nFROM a\nRUN x `\r\n  && y `\r\n  && clean\r\n',
  );
});

test('the comments and empty lines in front of a command stay the only ones', () => {
  assert.is(append('FROM a\nRUN x \\\n  # why\n  && y\n'), 'FROM a\nRUN x \\\n  # why\n  && y \\\n  && clean\n');
  assert.is(append('FROM a\nRUN x && \\\n\n  y\n'), 'FROM a\nRUN x && \\\n\n  y && \\\n  clean\n');
});

test('a command goes into a heredoc', () => {
  assert.is(append('FROM a\nRUN <<EOF\nx\ny\nEOF\n'), 'FROM a\nRUN <<EOF\nx\ny && clean\nEOF\n');
  assert.is(append('FROM a\nRUN <<EOF\n#!/bin/bash\nx\nEOF\n'), 'FROM a\nRUN <<EOF\n#!/bin/bash\nx && clean\nEOF\n');
});

test('nothing is appended where it might not run, or run too early', () => {
  assert.is(append('FROM a\nRUN x &\n'), undefined);
  assert.is(append('FROM a\nRUN x; exit 0\n'), undefined);
  assert.is(append('FROM a\nRUN exec x\n'), undefined);
  assert.is(append('FROM a\nRUN cat <<EOF > /x\ny\nEOF\n'), undefined);
  assert.is(append('FROM a\nRUN <<EOF\r\nx\r\nEOF\r\n'), undefined);
  assert.is(append('FROM a\nRUN <<EOF\n#!/usr/bin/python3\nx\nEOF\n'), undefined);
  assert.is(append('FROM a\nRUN ["sh", "-c", "x\\t"]\n'), undefined);
  assert.is(append('FROM a\nONBUILD RUN x\n'), undefined);
  assert.is(append('FROM a\nRUN x "y\n'), undefined);
  assert.is(append('FROM a\nRUN ["x"]\n'), undefined);
});
