import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { importedArtifacts, traceStage } from '../../src/lint/facts/builds.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('facts about builds');

/** What the lines make in a stage on `image`: path and linkage of each artifact. */
function made(image: string, ...lines: string[]): string[] {
  const document = parseDocument(new Source('Dockerfile', [`FROM ${image}`, ...lines, ''].join('\n')));
  return traceStage(document, document.stages[0]!).artifacts.map(({ path, build }) => `${path} ${build.linkage}`);
}

test('Go: what is written, and how it is linked', () => {
  const go = 'golang:1.22';
  assert.equal(made(go, 'RUN go build -o app app.go'), ['/go/app dynamic']);
  assert.equal(made(go, 'RUN go build /src/tool.go'), ['/go/tool dynamic']);
  assert.equal(made(go, 'WORKDIR /src', 'RUN go build'), ['/src/* dynamic']);
  assert.equal(made(go, 'WORKDIR /src', 'RUN go build ./cmd/server'), ['/src/server dynamic']);
  assert.equal(made(go, 'WORKDIR /src', 'RUN cd cmd && go build -ldflags "-s -w" -o ../out/ .'), [
    '/src/out/* dynamic',
  ]);
  assert.equal(made(go, 'RUN go build -C /src -o bin/x .'), ['/src/bin/x dynamic']);
  assert.equal(made(go, 'RUN go build -o $GOPATH/bin/x .'), ['/go/bin/x dynamic']);
  assert.equal(made(go, 'WORKDIR /src', 'RUN go build -o "$(pwd)/x" .'), ['/src/x dynamic']);
  assert.equal(made(go, 'RUN go build -o /out/ ./a ./b'), ['/out dynamic', '/out/* dynamic']);
  assert.equal(made(go, 'RUN go install example.com/x/tool/v2@latest'), ['/go/bin/tool dynamic']);
  assert.equal(made(go, 'RUN GOBIN=/usr/bin go install ./cmd/a ./cmd/b'), ['/usr/bin/a dynamic', '/usr/bin/b dynamic']);
  assert.equal(made(go, 'RUN CGO_ENABLED=0 go build -o /x .'), ['/x static']);
  assert.equal(made(go, 'ARG CGO_ENABLED', 'RUN go build -o /x .'), ['/x unknown']);
  assert.equal(made(go, 'RUN GOOS=windows go build -o /x.exe .'), ['/x.exe unknown']);
  assert.equal(made(go, 'RUN go build -tags netgo -o /x .'), ['/x unknown']);
  assert.equal(made(go, 'RUN go build -buildmode=c-shared -o /x.so .'), ['/x.so unknown']);
  assert.equal(made('golang:1.22-alpine', 'RUN go build -o /x .'), ['/x static']);
  assert.equal(made('golang:1.19-alpine', 'RUN go build -o /x .'), ['/x dynamic']);
  assert.equal(made('golang:alpine', 'RUN apk add gcc', 'RUN go build -o /x .'), ['/x dynamic']);
  assert.equal(made('golang@sha256:0123', 'RUN go build -o /x .'), ['/x unknown']);
});

test('Rust: profile, target and folder', () => {
  const rust = ['rust:1.90', 'WORKDIR /src'] as const;
  assert.equal(made(...rust, 'RUN cargo build --release'), ['/src/target/release/* dynamic']);
  assert.equal(made(...rust, 'RUN cargo +nightly build -r --bin api'), ['/src/target/release/api dynamic']);
  assert.equal(made(...rust, 'RUN cargo build --profile dev'), ['/src/target/debug/* dynamic']);
  assert.equal(made(...rust, 'RUN CARGO_TARGET_DIR=/t cargo build'), ['/t/debug/* dynamic']);
  assert.equal(made(...rust, 'RUN cargo build --target x86_64-unknown-linux-musl'), [
    '/src/target/x86_64-unknown-linux-musl/debug/* static',
  ]);
  assert.equal(made(...rust, 'ENV RUSTFLAGS="-C target-feature=+crt-static"', 'RUN cargo build'), [
    '/src/target/debug/* static',
  ]);
  assert.equal(made(...rust, 'RUN cargo install --path . --root /opt'), ['/opt/bin/* dynamic']);
  assert.equal(made('rust:alpine', 'WORKDIR /src', 'RUN cargo build'), ['/src/target/debug/* static']);
});

test('C and the rest', () => {
  assert.equal(made('gcc:14', 'RUN gcc -O2 -ohello hello.c -lm'), ['/hello dynamic']);
  assert.equal(made('gcc:14', 'RUN g++ main.cc'), ['/a.out dynamic']);
  assert.equal(made('gcc:14', 'RUN gcc -c x.c && gcc -static -o x x.o'), ['/x static']);
  assert.equal(made('gcc:14', 'RUN gcc $LDFLAGS -o x x.c'), ['/x unknown']);
  assert.equal(made('debian:trixie', 'RUN apt-get install -y gcc && cc -o x x.c'), ['/x dynamic']);
  assert.equal(made('crystallang/crystal:1.14', 'RUN crystal build src/app.cr --release'), ['/app dynamic']);
  assert.equal(made('dart:3', 'WORKDIR /a', 'RUN dart compile exe bin/s.dart -o bin/s'), ['/a/bin/s dynamic']);
  assert.equal(made('haskell:9', 'RUN stack install'), ['/root/.local/bin/* unknown']);
});

test('files that are moved about keep their history', () => {
  const image = 'golang:1.22';
  assert.equal(made(image, 'RUN go build -o app . && mv app /usr/local/bin/').at(-1), '/usr/local/bin/app dynamic');
  assert.equal(made(image, 'RUN go build -o /a/app .', 'RUN cp -r /a /b/').at(-1), '/b/a/app dynamic');
  assert.equal(made(image, 'RUN go build -o app .', 'RUN install -D -m 755 app /opt/x').at(-1), '/opt/x dynamic');
  assert.equal(made(image, 'RUN go build ./cmd/x', 'RUN cp -t /out x').at(-1), '/out/x dynamic');
});

test('what a stage copies from others', () => {
  const text = `FROM golang:1.22 AS a
WORKDIR /src
RUN go get ./...
RUN CGO_ENABLED=0 go install ./...
RUN go build -o plugins/one ./one
FROM a AS b
RUN go build -o /bin/two ./two
FROM debian AS tools
COPY --from=b /bin/two /usr/bin/
FROM scratch
COPY --from=a /go/bin/main /main
COPY --from=a /src/plugins /plugins
COPY --from=a /src/templates /templates
COPY --from=tools /usr/bin/t* /
COPY --from=b /src/plugins/*.so /so/`;
  const document = parseDocument(new Source('Dockerfile', text));
  const found = importedArtifacts(document, document.target()!);
  assert.equal(
    found.map(({ path, build }) => `${path} ${build.name} ${build.linkage}`),
    ['/main go install static', '/plugins/one go build dynamic', '/two go build dynamic'],
  );
});
