import { type Document, parseDocument, type ShellScript, Source } from '../../src/dockerfile/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('shell');

const parse = (text: string): Document => parseDocument(new Source('Dockerfile', text));

function script(text: string): { document: Document; shell: ShellScript } {
  const document = parse(`FROM debian\n${text}`);
  return { document, shell: document.shell(document.instructions.at(-1)!)! };
}

const argv = (text: string): string[] =>
  script(text).shell.commands.map(({ words }) => words.map(({ value }) => value).join(' '));

test('words are found through continuations and comments', () => {
  const { document, shell } = script(
    'RUN apt-get update \\\n  # the tools\n && apt-get install -y \\\r\n   "g++" \\\n\n   make\n',
  );
  const install = shell.commands[1]!;
  assert.equal(
    install.words.map((word) => document.source.slice(word)),
    ['apt-get', 'install', '-y', '"g++"', 'make'],
  );
  assert.is(install.words[3]!.value, 'g++');
  assert.is(install.subcommand, 'install');
  assert.ok(install.hasOption('-y', '--yes'));
});

test('a comment in the joined line hides the rest of it, as in the build', () => {
  assert.equal(argv('RUN echo a # b \\\n && echo c\n'), ['echo a']);
});

test('wrappers are taken off', () => {
  assert.equal(
    argv('RUN sudo -u app make && env A=1 B=2 go build && exec ./x && timeout -s KILL 5 curl a && command -v go\n'),
    ['make', 'go build', './x', 'curl a', 'command -v go'],
  );
});

test('commands in compound commands and substitutions are seen', () => {
  const { shell } = script(
    'RUN if test -f x; then make; fi && for f in a; do cc $f; done; (cd /x && ls) || echo "$(pwd)"\n',
  );
  assert.equal(
    shell.commands.map(
      ({ name, isConditional, isSubstitution }) => `${name}${isConditional ? '?' : ''}${isSubstitution ? '$' : ''}`,
    ),
    ['test', 'make?', 'cc?', 'cd', 'ls', 'echo?', 'pwd?$'],
  );
});

test('a heredoc alone is the script, with its own interpreter', () => {
  assert.equal(argv('RUN <<EOF\nset -e\ngo build\nEOF\n'), ['set -e', 'go build']);
  const { shell } = script('RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n');
  assert.is(shell.dialect, 'other');
  assert.is(shell.shell, 'python3');
  assert.equal(shell.commands, []);
});

test('a heredoc that feeds a command is no script', () => {
  const { document, shell } = script('RUN cat <<EOF > /x && make\nrm -rf /\nEOF\n');
  assert.equal(
    shell.commands.map(({ name }) => name),
    ['cat', 'make'],
  );
  assert.is(document.source.slice(shell.commands[1]!), 'make');
});

test('chomped heredocs keep their offsets', () => {
  const { document, shell } = script('RUN <<-EOF\n\tif true; then\n\t\tmake all\n\tfi\n\tEOF\n');
  assert.is(document.source.slice(shell.commands.at(-1)!), 'make all');
});

test('the text behind sh -c of the exec form is shell', () => {
  const { document, shell } = script('RUN ["/bin/bash", "-ec", "make && ls"]\n');
  assert.equal(
    shell.commands.map((command) => document.source.slice(command)),
    ['make', 'ls'],
  );
  const escaped = script('RUN ["sh", "-c", "echo \\"x\\""]\n').shell;
  assert.is(escaped.isMapped, false);
  assert.equal(
    escaped.commands[0]!.words.map(({ value }) => value),
    ['echo', 'x'],
  );
  assert.is(script('RUN ["make"]\n').shell, undefined);
});

test('HEALTHCHECK carries a command in either form', () => {
  assert.equal(argv('HEALTHCHECK --interval=5s CMD curl -f http://x || exit 1\n'), ['curl -f http://x', 'exit 1']);
  assert.is(script('HEALTHCHECK NONE\n').shell, undefined);
});

test('SHELL and Windows images decide the language', () => {
  const powershell = parse('FROM x\nSHELL ["pwsh", "-Command"]\nRUN Get-Item a\n');
  assert.is(powershell.shell(powershell.instructions.at(-1)!)!.dialect, 'powershell');
  const windows = parse('FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN dir && del x\n');
  assert.is(windows.shell(windows.instructions.at(-1)!)!.dialect, 'cmd');
});

test('an expansion makes a word no literal', () => {
  const { shell } = script('RUN echo "$A" \'$B\' a"b"c $(x) \\$D\n');
  assert.equal(
    shell.commands[0]!.args.map(({ isLiteral }) => isLiteral),
    [false, true, true, false, true],
  );
});

test('options with values are told from operands', () => {
  const command = script('RUN go build -o /out/app -ldflags "-s -w" ./cmd/app\n').shell.commands[0]!;
  assert.is(command.optionValue('-o')?.value, '/out/app');
  assert.equal(
    command.operands(['-o', '-ldflags']).map(({ value }) => value),
    ['build', './cmd/app'],
  );
});

test('nesting ten thousand deep is an error of the script and no crash', () => {
  for (const [open, close] of [
    ['(', ')'],
    ['$(', ')'],
    ['"$(', ')"'],
    ['{ ', '; }'],
    ['if ', '; then x; fi'],
    ['$((', '))'],
    ['${a:-', '}'],
  ] as const) {
    const { shell } = script(`RUN ${open.repeat(10_000)}x${close.repeat(10_000)}\n`);
    assert.ok(shell.errors.length > 0 && shell.commands.length < 1000, open);
  }
});
