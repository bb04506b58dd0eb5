// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Dockerfile texts
import type { OracleWord } from './oracle.ts';
import { Random } from './random.ts';

// biome-ignore format: a table
const KEYWORDS = [
  'ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER', 'ONBUILD',
  'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR',
];
const ODD_SPACES = ['\t', '\v', '\f', '\u00a0', '\u2003', '\u0085', '\u200b', '\ufeff', '\r', '\u2028', '\u3000', '\0'];
const HEREDOC_NAMES = [
  'EOF',
  'E',
  'eof',
  'END_1',
  'E-F',
  'a.b',
  'RUN',
  'EOF2',
  '#',
  'É',
  '-',
  '0',
  '\\EOF',
  'E`F',
  '\ufeffE',
];
// biome-ignore format: a table
const JSON_ITEMS = [
  '"a"', '"a b"', '"\\u0041"', '"\\n"', '"\\""', '"\\x"', '"c:\\x"', '"c:\\\\x"', '""', "'a'", '1', 'null', 'true', '{}',
  '[]', '["n"]', '"\\ud800"', '"\\ud83d\\ude00"', '"\t"', '"é"', '"$A"', '"#"', '"/"', '"\\/"', 'a', '"', '-1e5', '01',
  '"\\u00"', '{"a":1}', '"\u007f"', '"<<EOF"', '"sh", "-c"', '"--x"', '"a"  ', '\u00a0"a"',
];
// biome-ignore format: a table
const WORDS = [
  'a', 'b', '/', '.', '/app', 'x=y', '$A', '${A}', '${A:-b}', '"a b"', "'a b'", '"', "'", '\\', '`', '\\ ', '` ', '\\"',
  '#', '# c', '&&', '|', ';', '--x', '--', '-', '--x=y', '[', ']', '["a"]', '{', '}', '=', 'a=', '=a', '<<', '<<EOF',
  '<', '<<<', '<<<a', '>f', '2>&1', '80', '80/tcp', 'é', '😀', '$', '${', '\\\\', '``', '\\$', 'a\\', "a'b", 'a"b',
  '$(x)', '$((1<<2))', '1<<2', 'AS', 'as', 'NONE', 'CMD', '*', 'a,b', '"a\\"b"', "'a\\'b'", '\\n', 'C:\\', 'apt-get', '!',
];
// biome-ignore format: a table
const IMAGES = [
  'a', 'alpine', 'alpine:3', 'x/y:z', 'r.io:5000/x@sha256:00', 'scratch', '$A', '${A}', '${A:-b}', 'base', 'Base', 'BUILD',
  '"a"', '0', 'a:', '/', '${A}-x', "'a'",
];
// biome-ignore format: a table
const STAGE_NAMES = [
  'base', 'Base', 'BUILD', 'build', 'a-b', 'a.b', 'a_b', '1a', '0', 'é', '-a', '_a', '.a', 'a/b', '$A', 'a:b', 'scratch',
  'context', '"a"', 'a--', 'A1',
];
// biome-ignore format: a table
const FLAGS: Record<string, readonly string[]> = {
  FROM: ['--platform=linux/amd64', '--platform=$BUILDPLATFORM', '--platform', '--platform="a b"'],
  RUN: [
    '--mount=type=cache,target=/c', '--mount=type=bind,from=base,source=/,target="/a b"', '--mount=target=/', '--mount=',
    '--mount=type=secret,id=a', '--mount=type=ssh', '--mount=type=nope', '--mount=type=cache', '--network=none',
    '--network=nope', '--network', '--security=insecure', '--mount=type=bind,from=0,target=/x', '--mount=a', '--device=a',
    "--mount='type=cache,target=/c d'", '--mount=type=tmpfs,target=/t,size=1', '--mount=type=tmpfs,target=/t,size=1g',
    '--mount=type=cache,target=/c,sharing=locked', '--mount=type=cache,target=/c,sharing=nope', '--mount="type=bind"',
    '--mount=type=bind,target=/a,rw', '--mount=type=bind,target=/a,rw=maybe', '--mount=type=$A,target=/x', '--mount',
    '--mount=type=cache,target=/c,mode=0755,uid=1,gid=2', '--mount=type=cache,target=/c,mode=9', '--mount=type=cache,uid=x',
    '--mount=type=bind,from=$A,target=/x', '--mount=type=secret,env=A', '--mount=type=secret,required', '--device=a,b',
    '--mount=type=ssh,required=x', '--mount=type=cache,from=base,target=/x,ro,id=a', '--mount=TYPE=Cache,Target=/x',
    '--mount=type=bind,target=/a,"b', '--mount=type=bind,src=/a,dst=/b', '--network=default', '--security=nope',
    '--mount=type=bind,from=a,from=b,target=/x', '--mount=type=bind,\\"from=base\\",target=/x',
    '--mount=type=bind,From=Base,target=/x', '--mount="type=bind,from =a,target=/x"', '--mount=type=cache,from=0,target=/x',
    '--mount=type=bind,\\"from=a,b\\",target=/x', '--mount=type=bind,from=a"b",target=/x', '--mount=from,target=/x',
    '--mount=type=secret,target=/a,size=1', '--mount=type=tmpfs', '--mount=type=bind,target=', '--network=host',
  ],
  COPY: [
    '--from=base', '--from=0', '--from=$A', '--from=', '--from', '--chown="x"', '--chown=1:1', '--chmod=755', '--link',
    '--link=false', '--link=x', '--parents', '--exclude=*.md', '--exclude=a', '--from=Base', "--chown='a b'", '--chown=a\\ b',
    '--keep-git-dir', '--checksum=x', '--exclude', '--unpack',
  ],
  ADD: [
    '--chown=a', '--chmod=1', '--link', '--checksum=sha256:00', '--keep-git-dir', '--keep-git-dir=true', '--exclude=a',
    '--from=a', '--unpack', '--unpack=false', '--unpack=x', '--checksum=', '--exclude=', '--parents',
  ],
  HEALTHCHECK: [
    '--interval=3s', '--interval=3', '--timeout=1m30s', '--retries=3', '--retries=x', '--start-period=0s', '--interval=',
    '--start-interval=5s', '--retries=-1', '--interval=1us', '--interval=-1s', '--retries=', '--interval', '--timeout=0',
    '--retries=0', '--timeout=1h', '--interval=1.5s', '--interval=.5s', '--interval=1ms', '--interval=999us', '--retries=+1',
    '--interval=+1s', '--interval=1d', '--interval="3s"', '--retries=99999999999999999999', '--interval=9999999h', '--nope',
    '--retries=1_0', '--interval=1µs', '--interval=1s1', '--interval=2e3s', '--retries=0x1', '--start-period=1s',
  ],
};
// biome-ignore format: a table
const ANY_FLAGS = [
  '--x', '--x=y', '--', '--=', '--x=', '--x y', '-x', '---x', '--X=y', '--a="b', "--a='b c' d", '--a\\ b', '--a=\\', '--a=`',
  '--a="\\"" b', '--é', '--a"b"=c', '--"a"', '--\\', '-- --',
];
// biome-ignore format: a table
const NASTY = [
  '\\\n', '\\ \n', '\\\\\n', '`\n', '``\n', '\\\r\n', '\\\n\n', '\\\n#\n', '\\\n # c\n', '\n', '\n\n', '\r', '\r\n', '\v',
  '\f', '\0', '\t', '\u00a0', '\u2003', '\u0085', '\ufeff', '\u200b', '\u2028', '<<EOF', '<<-EOF', '<<"EOF"', "<<'E F'",
  '<< EOF', '3<<EOF', '\nEOF\n', '\n\tEOF\n', 'EOF', '# escape=`\n', '# escape=\\\n', '# syntax=a\n', '# check=skip=all\n',
  '#', ' #', '--', ' --a=b ', '--from=', '[', ']', '["a"]', '["a",', '"', "'", 'ONBUILD ', '\nRUN ', '\nFROM ', '\nENV ',
  '$', '${', '}', 'NONE', ' AS ', '=', ',', ' ', '\\', '`', '\\\\', 'FROM a AS b\n', '\nCOPY --from=b / /\n', '\nCMD ',
  '\nHEALTHCHECK ', '\nSHELL ["a"]\n', '\\"', '\nLABEL a=b\n', '\nARG a\n', '// syntax=a\n', '#!/bin/sh\n', '\\\n\\\n',
];
const NASTY_BYTES = [0xff, 0xc3, 0x80, 0xe2, 0xf0, 0xa0, 0x85, 0xc0, 0xed];

/** The longest line that the parser reads, and its neighbours. */
const LONG_LINES = [65530, 65533, 65534, 65535, 65536, 65537, 65540, 70000, 131072];

/** Writes Dockerfiles by the grammar, each as well-behaved as its own dice say. */
class Writer {
  readonly #random: Random;
  /** How likely each small choice is to be an odd one. */
  readonly #odd: number;
  readonly #eol: string;
  readonly #escape: '\\' | '`';
  readonly #heredocs: string[] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#odd = random.pick([0, 0, 0.01, 0.02, 0.05, 0.1, 0.3]);
    this.#eol = random.chance(0.2) ? '\r\n' : '\n';
    this.#escape = random.chance(0.2) ? '`' : '\\';
  }

  file(): string {
    const random = this.#random;
    let text = random.chance(0.05) ? '\ufeff' : '';
    text += this.#directives();
    while (random.chance(0.2)) text += this.#filler();
    while (random.chance(0.2)) text += this.#line('ARG', this.#arg());
    do {
      if (!this.#isOdd()) text += this.#instruction('FROM');
      for (let left = random.below(7); left > 0; left--) {
        text += random.chance(0.15) ? this.#filler() : this.#instruction(random.pick(KEYWORDS));
      }
    } while (random.chance(0.4));
    if (random.chance(0.3)) text = text.replace(/[\r\n]+$/, '');
    if (random.chance(0.03)) text += this.#escape;
    return text;
  }

  #isOdd(): boolean {
    return this.#random.chance(this.#odd);
  }

  #lineEnd(): string {
    return this.#isOdd() ? this.#random.pick(['\n', '\r\n', '\r\r\n', '\n\r', '\r', '\n\n', ' \n', '\0\n']) : this.#eol;
  }

  #space(): string {
    const random = this.#random;
    if (this.#isOdd()) return random.pick(ODD_SPACES);
    if (random.chance(0.08)) return ` ${this.#continuation()}`;
    return random.pick([' ', ' ', ' ', ' ', '  ', '\t']);
  }

  #continuation(): string {
    const random = this.#random;
    let text = this.#escape;
    if (this.#isOdd()) text += random.pick([this.#escape, ' ', '\t', ' x', '\u00a0', '\v', '\r', '\\', '`']);
    text += this.#lineEnd();
    while (random.chance(0.25)) {
      text += random.pick([
        `# comment${this.#lineEnd()}`,
        `  # comment ${this.#escape}${this.#lineEnd()}`,
        this.#lineEnd(),
        `  ${this.#lineEnd()}`,
        `${this.#escape}${this.#lineEnd()}`,
        `\t${this.#escape}${this.#lineEnd()}`,
      ]);
    }
    return text + random.pick(['', ' ', '  ', '\t', '    ']);
  }

  #filler(): string {
    const text = this.#random.pick(['', '', '# comment', '#', '  # indented', `# ${this.#escape}`, '\t', this.#escape]);
    return text + this.#lineEnd();
  }

  #directives(): string {
    const random = this.#random;
    let text = '';
    if (this.#isOdd())
      text += random.pick(['\n', '# comment\n', '# x=y\n', ' ', '#!/bin/sh\n', '// syntax=a\n', '# a = b\n']);
    if (random.chance(0.15)) {
      text += random.pick([
        '# syntax=docker/dockerfile:1',
        '#syntax = a b',
        '# SYNTAX=a',
        '# syntax=',
        ' # syntax=a  ',
      ]);
      text += this.#lineEnd();
    }
    if (random.chance(0.1)) {
      text += random.pick(['# check=skip=all;error=true', '#check=', '# Check = skip=a', '# check=error=true #']);
      text += this.#lineEnd();
    }
    if (this.#escape === '`')
      text += random.pick(['# escape=`', '#escape=`', '# Escape = ` ', ' #\tescape=`']) + this.#lineEnd();
    if (this.#isOdd()) {
      text += random.pick([
        '# escape=`',
        '# escape=\\',
        '# escape=x',
        '# escape=',
        '# x=y',
        '# syntax=b',
        '# check=x',
        '#a b=c',
      ]);
      text += this.#lineEnd();
    }
    return text;
  }

  #word(): string {
    return this.#isOdd() || this.#random.chance(0.3)
      ? this.#random.pick(WORDS)
      : this.#random.pick(['a', 'bc', '/d', 'e.f', '$A']);
  }

  #words(least: number, most: number): string {
    let text = '';
    for (const word of this.#random.several(least, most, () => this.#word())) text += (text && this.#space()) + word;
    return text;
  }

  #flags(keyword: string): string {
    const random = this.#random;
    const known = FLAGS[keyword];
    let text = '';
    while (known && random.chance(keyword === 'FROM' ? 0.05 : 0.2)) text += random.pick(known) + this.#space();
    if (this.#isOdd()) text += random.pick(random.chance(0.5) ? ANY_FLAGS : (FLAGS.COPY ?? [])) + this.#space();
    return text;
  }

  #json(): string {
    const random = this.#random;
    const items = random.several(0, 4, () =>
      random.pick(this.#isOdd() || random.chance(0.3) ? JSON_ITEMS : ['"a"', '"b c"', '"/d"']),
    );
    const blank = () => (random.chance(0.2) ? this.#space() : '');
    let text = `[${blank()}${items.join(`${blank()},${random.chance(0.7) ? ' ' : blank()}`)}${blank()}]`;
    if (this.#isOdd())
      text = random.pick([
        `${text} b`,
        `${text},`,
        text.slice(0, -1),
        text.slice(1),
        `${text}]`,
        `${text}#`,
        `x${text}`,
      ]);
    return text;
  }

  #heredoc(): string {
    const random = this.#random;
    const name = this.#isOdd() || random.chance(0.1) ? random.pick(HEREDOC_NAMES) : random.pick(['EOF', 'EOT']);
    const chomp = random.chance(0.25);
    let spelt = random.pick([name, name, name, `"${name}"`, `'${name}'`]);
    if (this.#isOdd())
      spelt = random.pick([
        `E"O"F`,
        `'E O'`,
        ` ${name}`,
        `"${name}`,
        `${name}'`,
        `\\${name}`,
        `"a"'b'`,
        '""',
        '',
        `$${name}`,
      ]);
    const word = `${this.#isOdd() ? random.pick(['3', '0', '12', 'a', '-', '<']) : ''}<<${chomp ? '-' : ''}${spelt}`;
    const ends = spelt.replace(/["']/g, '').trim();
    let body = '';
    for (let left = random.below(4); left > 0; left--) {
      body += random.pick([
        'body',
        '\tbody',
        ' body',
        '',
        'RUN x',
        '# c',
        `a ${this.#escape}`,
        'FROM b',
        '<<EOF',
        `${name} `,
        ` ${name}`,
        '"',
      ]);
      body += this.#lineEnd();
    }
    if (!this.#isOdd()) body += `${chomp ? random.pick(['', '\t', '\t\t']) : ''}${ends}${this.#lineEnd()}`;
    else
      body += random.pick([
        '',
        `\t${ends}${this.#eol}`,
        `${ends} ${this.#eol}`,
        ` ${ends}${this.#eol}`,
        ends,
        `${ends}\r\n`,
      ]);
    this.#heredocs.push(body);
    return word;
  }

  #command(): string {
    const random = this.#random;
    if (random.chance(0.3)) return this.#json();
    if (random.chance(0.15)) {
      const before = random.chance(0.5) ? this.#words(1, 2) + this.#space() : '';
      return before + random.several(1, 2, () => this.#heredoc()).join(this.#space());
    }
    return this.#words(this.#isOdd() ? 0 : 1, 5);
  }

  #pair(): string {
    const random = this.#random;
    const name = this.#isOdd() ? this.#word() : random.pick(['A', 'b', 'C_1', 'x.y', '"q"', "'q r'"]);
    const value = random.pick([
      'b',
      '',
      '"c d"',
      "'e f'",
      `g${this.#escape} h`,
      '$A',
      '${A}',
      '"i',
      "j'",
      'k=l',
      '"m"n',
      `"o${this.#escape}"p"`,
      this.#word(),
    ]);
    return `${name}=${value}`;
  }

  #pairs(): string {
    const random = this.#random;
    if (random.chance(0.15)) return `${this.#word()}${this.#space()}${this.#words(0, 3)}`;
    return random
      .several(this.#isOdd() ? 0 : 1, 3, () => (this.#isOdd() ? this.#word() : this.#pair()))
      .join(this.#space());
  }

  #arg(): string {
    const random = this.#random;
    return random
      .several(this.#isOdd() ? 0 : 1, 3, () => (random.chance(0.4) ? random.pick(['A', 'B', 'c']) : this.#pair()))
      .join(this.#space());
  }

  #from(): string {
    const random = this.#random;
    const odd = this.#isOdd();
    let text = odd ? random.pick(IMAGES) : random.pick(['a', 'alpine:3', 'base', '$A', 'scratch']);
    if (random.chance(0.5)) {
      const name = this.#isOdd() ? random.pick(STAGE_NAMES) : random.pick(['base', 'Build', 'c']);
      text += `${this.#space()}${random.pick(['AS', 'as', 'As'])}${this.#space()}${name}`;
    }
    if (this.#isOdd()) text += this.#space() + this.#word();
    return text;
  }

  #body(keyword: string): string {
    const random = this.#random;
    if (this.#isOdd() && random.chance(0.3)) return random.chance(0.2) ? '' : this.#command();
    switch (keyword) {
      case 'FROM':
        return this.#from();
      case 'RUN':
      case 'CMD':
      case 'ENTRYPOINT':
        return this.#command();
      case 'SHELL':
        return random.chance(0.9) ? this.#json() : this.#words(0, 2);
      case 'VOLUME':
        return random.chance(0.5) ? this.#json() : this.#words(1, 3);
      case 'COPY':
      case 'ADD':
        if (random.chance(0.15))
          return `${random.several(1, 2, () => this.#heredoc()).join(this.#space())}${this.#space()}/d`;
        return random.chance(0.25) ? this.#json() : this.#words(this.#isOdd() ? 0 : 2, 4);
      case 'ENV':
      case 'LABEL':
        return this.#pairs();
      case 'ARG':
        return this.#arg();
      case 'HEALTHCHECK':
        if (random.chance(0.3)) return random.pick(['NONE', 'none', 'NONE x', 'None ', '', 'CMD', 'FOO a', 'cmd a']);
        return `${random.pick(['CMD', 'CMD', 'CMD', 'cmd'])}${this.#space()}${this.#command()}`;
      case 'ONBUILD': {
        const child = random.pick(
          this.#isOdd() ? [...KEYWORDS, 'FOO', ''] : ['RUN', 'COPY', 'ENV', 'ADD', 'CMD', 'WORKDIR', 'HEALTHCHECK'],
        );
        return `${this.#keyword(child)}${this.#space()}${this.#flags(child)}${this.#body(child)}`;
      }
      case 'MAINTAINER':
      case 'WORKDIR':
      case 'USER':
      case 'STOPSIGNAL':
        return this.#words(this.#isOdd() ? 0 : 1, random.chance(0.2) ? 3 : 1);
      default:
        return this.#words(this.#isOdd() ? 0 : 1, 3);
    }
  }

  #keyword(keyword: string): string {
    const random = this.#random;
    if (this.#isOdd() && random.chance(0.2))
      return random.pick(['FOO', 'RUNX', 'RÜN', 'RUN\u212a', '', '"RUN"', 'EOF', 'ru\\n', '--x', 'ſHELL', 'İ']);
    return random.chance(0.1)
      ? random.pick([keyword.toLowerCase(), keyword[0] + keyword.slice(1).toLowerCase()])
      : keyword;
  }

  #instruction(keyword: string): string {
    return this.#line(this.#keyword(keyword), this.#flags(keyword) + this.#body(keyword));
  }

  #line(keyword: string, rest: string): string {
    const random = this.#random;
    const indent = random.chance(0.05) ? ' ' : this.#isOdd() ? this.#space() : '';
    const trailing = random.chance(0.05) ? ' ' : this.#isOdd() ? this.#space() : '';
    return `${indent}${keyword}${this.#space()}${rest}${trailing}${this.#lineEnd()}${this.#heredocs.splice(0).join('')}`;
  }
}

/** Takes a file that exists and spoils it in a few places. */
function mutate(random: Random, seed: Buffer, other: Buffer): Buffer {
  let bytes = seed;
  for (let left = 1 + random.below(5); left > 0; left--)
    bytes = MUTATIONS[random.below(MUTATIONS.length)]!(random, bytes, other);
  return bytes;
}

type Mutation = (random: Random, bytes: Buffer, other: Buffer) => Buffer;

function replace(bytes: Buffer, start: number, end: number, insert: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(end)]);
}

/** Applies a change to the lines of a file, their line endings included. */
function onLines(change: (random: Random, lines: string[], at: number) => void): Mutation {
  return (random, bytes) => {
    const lines = bytes.toString('latin1').split(/(?<=\n)/);
    change(random, lines, random.below(lines.length));
    return Buffer.from(lines.join(''), 'latin1');
  };
}

const insertToken: Mutation = (random, bytes) => {
  const at = random.below(bytes.length + 1);
  return replace(bytes, at, at, Buffer.from(random.pick(NASTY)));
};

const insertAtLineEnd: Mutation = onLines((random, lines, at) => {
  const token = Buffer.from(random.pick(NASTY)).toString('latin1');
  lines[at] = random.chance(0.5) ? (lines[at] ?? '').replace(/(\r?\n)?$/, (end) => token + end) : token + lines[at];
});

const MUTATIONS: readonly Mutation[] = [
  insertToken,
  insertToken,
  insertToken,
  insertAtLineEnd,
  insertAtLineEnd,
  insertAtLineEnd,
  // A flipped bit, or a byte that makes the file no text.
  (random, bytes) => {
    const at = random.below(Math.max(bytes.length, 1));
    const byte = random.chance(0.1) ? random.pick(NASTY_BYTES) : (bytes[at] ?? 0) ^ (1 << random.below(7));
    return replace(bytes, at, at + 1, Buffer.from([byte]));
  },
  (random, bytes) => {
    const at = random.below(bytes.length + 1);
    return replace(bytes, at, at + 1 + random.below(8), Buffer.alloc(0));
  },
  (random, bytes) => (random.chance(0.3) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes),
  (random, bytes, other) => {
    const start = random.below(other.length + 1);
    const at = random.below(bytes.length + 1);
    return replace(bytes, at, at, other.subarray(start, start + random.below(60)));
  },
  onLines((_, lines, at) => lines.splice(at, 1)),
  onLines((_, lines, at) => lines.splice(at, 0, lines[at] ?? '')),
  onLines((random, lines, at) => {
    const to = random.below(lines.length);
    [lines[at], lines[to]] = [lines[to] ?? '', lines[at] ?? ''];
  }),
  onLines((_, lines, at) => {
    lines[at] = (lines[at] ?? '').replace(/\r?\n$/, '');
  }),
  onLines((random, lines, at) => {
    lines[at] = random.pick([
      (lines[at] ?? '').toLowerCase(),
      (lines[at] ?? '').replace('\n', '\r\n'),
      ` ${lines[at]}`,
    ]);
  }),
  onLines((random, lines, at) => {
    lines[at] = `${random.pick(KEYWORDS)} ${(lines[at] ?? '').replace(/^\w+\s/, '')}`;
  }),
  onLines((random, lines, at) => {
    lines[at] = `${random.pick(['ONBUILD ', 'ONBUILD RUN ', 'HEALTHCHECK ', '# ', 'RUN <<EOF '])}${lines[at]}`;
  }),
];

function longLine(random: Random): string {
  const length = random.pick(LONG_LINES) - random.below(4);
  const line = `${random.pick(['RUN ', '# ', 'RUN a \\\n', 'ENV a=', 'RUN <<EOF\n', '\r\n'])}`;
  return `FROM a\n${line}${'x'.repeat(length)}${random.pick(['\n', '\r\n', '', ' \\\n', '\nEOF\n'])}RUN b\n`;
}

/** Endless Dockerfiles, the same for the same seed: written by the grammar, or mutated from it and from `seeds`. */
export function* generateDockerfiles(seed: number, seeds: readonly Buffer[]): Generator<Buffer> {
  const random = new Random(seed);
  const write = () => Buffer.from(new Writer(random).file());
  for (;;) {
    if (random.chance(0.0005)) yield Buffer.from(longLine(random));
    else if (random.chance(0.5)) yield write();
    else {
      const from = seeds.length > 0 && random.chance(0.5) ? random.pick(seeds) : write();
      yield mutate(random, from, seeds.length > 0 && random.chance(0.5) ? random.pick(seeds) : write());
    }
  }
}

const NAMES = [
  'A',
  'B',
  'EMPTY',
  'UNSET',
  'a_1',
  'PATH',
  '1',
  '@',
  '*',
  '#',
  'é',
  '',
  'A B',
  '_',
  '12',
  '?',
  '-',
  '!',
  '$',
  '0',
];
// biome-ignore format: a table
const OPERATORS = [
  ':-', '-', ':+', '+', ':?', '?', '#', '##', '%', '%%', '/', '//', ':', ':=', '=', '^', ',', '@', '#*', '%*', '/#', '/%', ' ',
  ':1', '!', '.', '/\\/',
];
// biome-ignore format: a table
const PLAIN = [
  'a', 'b', '/', '.', ' ', '  ', '\t', '*', '?', 'x*', '*.txt', '[a]', '\\', '`', '\\\\', '``', '\\$', '`$', '"', "'", '$', '{',
  '}', '\\}', '\\"', "\\'", '/usr/bin', 'é', '😀', '\n', '\\/', 'foo', '-', ':', '#', '%', '\\*', '\\?', 'ab', '\u00a0', '(',
  ')', '+', '|', '^', '\\a', '$$', '\r', '\v', '\ufeff', '\0', '\u0085', 'A', '{}', '<<', '<< ', '<',
];

function wordPart(random: Random, depth: number): string {
  const inner = (most: number) => random.several(0, most, () => wordPart(random, depth + 1)).join('');
  const name = random.chance(0.85) ? random.pick(['A', 'B', 'EMPTY', 'UNSET', 'a_1', 'PATH']) : random.pick(NAMES);
  const choice = depth > 3 ? 9 : random.below(12);
  if (choice < 2) return `$${name}`;
  if (choice < 3) return `\${${name}}`;
  if (choice < 6) return `\${${name}${random.pick(OPERATORS)}${inner(3)}${random.chance(0.95) ? '}' : ''}`;
  if (choice < 7) return `\${${name}/${random.pick(['', '/'])}${inner(2)}/${inner(2)}}`;
  if (choice < 8) return `"${inner(3)}${random.chance(0.95) ? '"' : ''}`;
  if (choice < 9) return `'${random.chance(0.5) ? inner(2) : random.pick(PLAIN)}'`;
  return random.pick(PLAIN);
}

/** Endless words to expand, the same for the same seed. */
export function* generateWords(seed: number): Generator<OracleWord> {
  const random = new Random(seed);
  const values = [
    '1',
    'foo/bar.tar.gz',
    'a b  c',
    '/usr/local/bin:/bin',
    '$B',
    '"q"',
    "'s'",
    'é😀',
    'aXbXc',
    '\\',
    ' x ',
    'a*b',
    '',
    '\n',
  ];
  for (;;) {
    yield {
      word: random.several(1, 4, () => wordPart(random, 0)).join(''),
      env: ['EMPTY=', ...['A', 'B', 'a_1', 'PATH'].map((name) => `${name}=${random.pick(values)}`)],
      escape: random.chance(0.2) ? '`' : '\\',
    };
  }
}
