import { type LogStyle, readFailure } from '../../src/engines/failure.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('engines/failure');

/** Logs of real builds, shortened. */
const cases: readonly [title: string, style: LogStyle, log: string, expected: object][] = [
  [
    'a command, BuildKit 0.8',
    'buildkit',
    `#5 [build 2/2] RUN echo hello; exit 3
#5 sha256:0bfa98c8b21a9fde1220288354d1351df420ab2b7fa2d8396e560f6ae56bcb7c
#5 0.502 hello
#5 0.503 [2/2] looks like a title
#5 ERROR: executor failed running [/bin/sh -c echo hello; exit 3]: exit code: 3
------
 > [build 2/2] RUN echo hello; exit 3:
------
executor failed running [/bin/sh -c echo hello; exit 3]: exit code: 3`,
    { cause: 'dockerfile', exitCode: 3, step: 'RUN echo hello; exit 3', stepLog: 'hello\n[2/2] looks like a title' },
  ],
  [
    'a command, BuildKit 0.20, while another step is cancelled',
    'buildkit',
    `#7 [a 2/2] RUN sleep 9
#8 [build 2/4] RUN make
#8 0.302 make: *** No targets specified and no makefile found.  Stop.
#8 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
#7 CANCELED
#7 ERROR: context canceled: context canceled
------
 > [build 2/4] RUN make:
0.302 make: *** No targets specified and no makefile found.  Stop.
------
Dockerfile:2
--------------------
   1 |     FROM debian
   2 | >>> RUN make
--------------------
ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2`,
    { cause: 'dockerfile', exitCode: 2, step: 'RUN make' },
  ],
  [
    'a command, classic',
    'classic',
    `Step 1/2 : FROM debian:bookworm-slim
 ---> ea9033dda064
Step 2/2 : RUN echo hello; exit 3
 ---> Running in e1c619b9997c
hello
Removing intermediate container e1c619b9997c
The command '/bin/sh -c echo hello; exit 3' returned a non-zero code: 3`,
    { cause: 'dockerfile', exitCode: 3, step: 'RUN echo hello; exit 3', stepLog: 'hello' },
  ],
  [
    'a command, buildah',
    'buildah',
    `[1/2] STEP 1/2: FROM debian:bookworm-slim
[1/2] STEP 2/2: RUN echo hello; exit 3
hello
subprocess exited with status 3
subprocess exited with status 3
Error: building at STEP "RUN echo hello; exit 3": exit status 3`,
    { cause: 'dockerfile', exitCode: 3, step: 'RUN echo hello; exit 3', stepLog: 'hello' },
  ],
  [
    'a base, no registry, BuildKit',
    'buildkit',
    `#3 [internal] load metadata for docker.io/nope/nope:1
#3 ERROR: failed to do request: Head "https://registry.example/v2/nope/nope/manifests/1": dial tcp: lookup registry.example: no such host
------
failed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head "https://registry.example/v2/nope/nope/manifests/1": dial tcp: lookup registry.example: no such host`,
    { cause: 'base-unavailable', image: 'docker.io/nope/nope:1', message: 'the image nope/nope:1 cannot be pulled' },
  ],
  [
    'a base that does not exist, BuildKit 0.20',
    'buildkit',
    `#2 [internal] load metadata for docker.io/library/nope:latest
#2 ERROR: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope
ERROR: failed to solve: nope: failed to resolve source metadata for docker.io/library/nope:latest: pull access denied, repository does not exist or may require authorization`,
    { cause: 'base-unavailable', image: 'docker.io/library/nope:latest', message: 'the image nope cannot be pulled' },
  ],
  [
    'a base that does not exist, classic',
    'classic',
    `Step 1/2 : FROM nope/nope:1
pull access denied for nope/nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    { cause: 'base-unavailable', image: 'nope/nope' },
  ],
  [
    'a tag that does not exist, classic',
    'classic',
    'Step 1/2 : FROM debian:nope\nmanifest for debian:nope not found: manifest unknown: manifest unknown',
    { cause: 'base-unavailable', image: 'debian:nope' },
  ],
  [
    'a base, buildah',
    'buildah',
    `STEP 1/1: FROM nope
Error: creating build container: short-name "nope" did not resolve to an alias and no unqualified-search registries are defined`,
    { cause: 'base-unavailable', image: 'nope' },
  ],
  [
    'the image of # syntax=',
    'buildkit',
    `#3 resolve image config for docker.io/docker/dockerfile:1
#3 ERROR: failed to do request: Head "https://registry.example/v2/docker/dockerfile/manifests/1": dial tcp: lookup registry.example: no such host
failed to solve with frontend dockerfile.v0: failed to solve with frontend gateway.v0: failed to do request: Head "https://registry.example/v2/"`,
    {
      cause: 'engine-too-old',
      feature: 'syntax-image',
      message: '`# syntax=` names docker/dockerfile:1, which the engine cannot pull',
    },
  ],
  [
    'mounts without BuildKit',
    'classic',
    'Step 2/2 : RUN --mount=type=cache,target=/x true\nthe --mount option requires BuildKit. Refer to its documentation',
    { cause: 'engine-too-old', feature: 'mounts' },
  ],
  [
    'a word that is no instruction',
    'classic',
    'Sending build context to Docker daemon  2.048kB\nError response from daemon: dockerfile parse error line 1: unknown instruction: FRMO',
    { cause: 'dockerfile', syntax: true, message: 'dockerfile parse error line 1: unknown instruction: FRMO' },
  ],
  [
    'a missing file',
    'buildkit',
    '#4 [1/1] COPY x /x\n#4 ERROR: "/x" not found: not found\nfailed to compute cache key: "/x" not found: not found',
    { cause: 'dockerfile', step: 'COPY x /x', syntax: false },
  ],
  [
    'packages out of reach',
    'classic',
    `Step 2/2 : RUN apt-get update
 ---> Running in e1c619b9997c
Err:1 http://deb.example bookworm InRelease
  Temporary failure resolving 'deb.example'
The command '/bin/sh -c apt-get update' returned a non-zero code: 100`,
    { cause: 'network', exitCode: 100 },
  ],
  [
    'a full disk',
    'buildkit',
    `#5 [2/2] RUN dd if=/dev/zero of=/x
#5 9.1 dd: error writing '/x': No space left on device
#5 ERROR: executor failed running [/bin/sh -c dd]: exit code: 1
executor failed running [/bin/sh -c dd]: exit code: 1`,
    { cause: 'disk-full' },
  ],
  [
    'an engine that went away',
    'buildkit',
    '#5 [2/2] RUN make\nfailed to solve: rpc error: code = Unavailable desc = transport is closing',
    { cause: 'engine-gone' },
  ],
  [
    'no engine at all',
    'classic',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    { cause: 'engine-gone' },
  ],
  ['nothing', 'buildkit', '', { cause: 'dockerfile', message: 'the log is empty' }],
];

for (const [title, style, log, expected] of cases) {
  test(`reads ${title}`, () => {
    const reading = readFailure(style, log.split('\n')) as unknown as Record<string, unknown>;
    assert.equal(Object.fromEntries(Object.keys(expected).map((key) => [key, reading[key]])), expected);
  });
}
