import { UsageError } from '../../src/commands/command.ts';
import { splitCommand } from '../../src/commands/words.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('words');

test('splits as a shell does', () => {
  const split: [string, string[]][] = [
    ['server --version', ['server', '--version']],
    ['  a \'b c\'d "e f" ', ['a', 'b cd', 'e f']],
    ['a "" \'\'', ['a', '', '']],
    ['a\\ b "c\\"d" \'\\\'', ['a b', 'c"d', '\\']],
    ['a\n\tb', ['a', 'b']],
    ['echo "a|b;c" -x=1,2~', ['echo', 'a|b;c', '-x=1,2~']],
    ['["sh", "-c", "a && b"]', ['sh', '-c', 'a && b']],
  ];
  for (const [text, words] of split) assert.equal(splitCommand(text, 'run'), words);
});

test('refuses what only a shell knows', () => {
  for (const text of [
    'a && b',
    'a | b',
    'a > b',
    'a $HOME',
    'a "$HOME"',
    'a `b`',
    "a 'b",
    'a "b',
    'a *.txt',
    'a;b',
    '[1]',
    '[a',
  ]) {
    assert.throws(
      () => splitCommand(text, 'run'),
      (error: unknown) => error instanceof UsageError,
    );
  }
  assert.throws(() => splitCommand('  ', 'run'), /--run needs a command/);
  assert.throws(() => splitCommand('[]', 'run'), /--run needs a command/);
});
