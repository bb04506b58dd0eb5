import { assert, suite } from '../runner/suite.ts';
import { run } from './run.ts';

const test = suite('graph');

/** Seed case S2, a diamond, with a stage that nothing needs. */
const Dockerfile = `FROM alpine AS base
RUN apk add --no-cache curl wget
FROM golang:1.9.2 AS go-builder
COPY *.go /go/
FROM base AS "odd"name
RUN --mount=type=bind,from=go-builder,target=/x true
COPY --from=\${ELSEWHERE} /a /b
FROM base
COPY --from=go-builder /go/main /main
COPY --from=nginx:1 /x /x
`;

test('draws a tree', async () => {
  const { code, out, err } = await run(['graph'], { files: { Dockerfile } });
  assert.equal(
    [code, err, out],
    [
      0,
      '',
      `stage 3  [target]
├─ base  [FROM]
│  └─ alpine  [FROM, image]
├─ go-builder  [COPY]
│  └─ golang:1.9.2  [FROM, image]
└─ nginx:1  [COPY, image]

"odd"name  [not needed]
├─ base  [FROM]  (see above)
├─ go-builder  [RUN]  (see above)
└─ \${ELSEWHERE}  [COPY, set at build time, not needed]
`,
    ],
  );
});

test('draws for Mermaid and Graphviz', async () => {
  const mermaid = await run(['graph', '--format', 'mermaid', '--target', 'BASE', 'x'], { files: { x: Dockerfile } });
  assert.is(
    mermaid.out,
    `flowchart LR
  stage0["base"]
  stage1["go-builder"]
  stage2["#34;odd#34;name"]
  stage3["stage 3"]
  image0(["alpine"])
  image1(["golang:1.9.2"])
  image2(["\${ELSEWHERE}"])
  image3(["nginx:1"])
  image0 -->|FROM| stage0
  image1 -->|FROM| stage1
  stage0 -->|FROM| stage2
  stage1 -->|RUN| stage2
  image2 -->|COPY| stage2
  stage0 -->|FROM| stage3
  stage1 -->|COPY| stage3
  image3 -->|COPY| stage3
  classDef target stroke-width:3px
  classDef unneeded stroke-dasharray:4,opacity:0.5
  class stage0 target
  class stage1,stage2,stage3,image1,image2,image3 unneeded
`,
  );
  const dot = await run(['graph', '-f', 'dot', '-'], { stdin: 'FROM a AS "b\\c"\n' });
  assert.is(
    dot.out,
    `digraph stages {
  rankdir=LR;
  node [shape=box];
  stage0 [label="\\"b\\\\c\\"", penwidth=3];
  image0 [label="a", shape=ellipse];
  image0 -> stage0 [label="FROM"];
}
`,
  );
});

test('says what it cannot draw', async () => {
  const files = { Dockerfile: 'FROM a AS b\n', empty: '' };
  const message = async (...args: string[]) => {
    const { code, err } = await run(['graph', ...args], { files });
    assert.is(code, 2);
    return err.replace(/^dockerfileopt: |\n$/g, '');
  };
  assert.is(await message('missing'), 'missing: no such file or folder');
  assert.is(await message('empty'), 'empty: has no stages');
  assert.is(await message('--target', 'c'), 'Dockerfile: no stage "c"; there are b');
  assert.is(await message('a', 'b'), 'graph takes one file');
});

test('takes a Containerfile, and stages to any depth', async () => {
  const stages = Array.from({ length: 3000 }, (_, index) => `FROM s${index} AS s${index + 1}\n`).join('');
  const { code, out } = await run(['graph'], { files: { Containerfile: stages } });
  assert.is(code, 0);
  assert.is(out.split('\n').length, 3002);
});

test('draws every stage of a circle', async () => {
  const { out } = await run(['graph'], {
    stdin: '',
    files: { Dockerfile: 'FROM a AS x\nCOPY --from=y / /\nFROM x AS y\nCOPY --from=x / /\nFROM b\n' },
  });
  for (const name of ['x', 'y', 'stage 2']) assert.ok(out.includes(name), out);
});
