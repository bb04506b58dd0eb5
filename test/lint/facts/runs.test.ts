import { applyEdits, parseDocument, Source } from '../../../src/dockerfile/index.ts';
import { appendCommand, shellRuns } from '../../../src/lint/facts/runs.ts';
import { assert, suite } from '../../runner/suite.ts';

const test = suite('edits of a RUN');

/** The file with `clean` appended to its only RUN, or undefined when that is declined. */
function append(text: string): string | undefined {
  const { source } = parseDocument(new Source('Dockerfile', text));
  const [run] = shellRuns(parseDocument(source));
  const edits = run && appendCommand(run, 'clean');
  return edits && applyEdits(text, edits);
}

test('a command goes behind the last one, in front of a comment of the shell', () => {
  assert.is(append('FROM a\nRUN x; y\n'), 'FROM a\nRUN x; y && clean\n');
  assert.is(append('FROM a\nRUN x || y # why\n'), 'FROM a\nRUN x || y && clean # why\n');
  assert.is(append('FROM a\nRUN x \\\n  # why\n  y;\n'), 'FROM a\nRUN x \\\n  # why\n  y && clean;\n');
  assert.is(append('FROM a\nRUN if x; then y; fi\n'), 'FROM a\nRUN if x; then y; fi && clean\n');
  assert.is(append('FROM a\nRUN x > y 2>&1\n'), 'FROM a\nRUN x > y 2>&1 && clean\n');
  assert.is(append('FROM a\nRUN ["sh", "-c", "x"]\n'), 'FROM a\nRUN ["sh", "-c", "x && clean"]\n');
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
