import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { emptyProject } from '../../src/lint/project.ts';
import { planRewrite, type Rewritten } from '../../src/optimize/index.ts';
import { type Cause, Ladder, withoutNeeds } from '../../src/optimize/ladder.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('ladder');

const document = parseDocument(
  new Source('Dockerfile', 'FROM golang:1.26-bookworm\nCOPY main.go .\nRUN go build -o /app main.go\nCMD ["/app"]\n'),
);

function ladder(): Ladder {
  return new Ladder(document, planRewrite(document, emptyProject) as Rewritten);
}

test('starts with the smallest that fits and climbs to the next', () => {
  const climbing = ladder();
  const images: (string | undefined)[] = [];
  const shell: Cause = { kind: 'missing-shell' };
  for (let next = climbing.current; next; next = climbing.fail([shell])) images.push(next.plan.runtime.image);
  assert.equal(images, ['gcr.io/distroless/static-debian13', 'alpine:3.23', 'debian:bookworm-slim']);
  assert.is(climbing.current, undefined);
  assert.ok(climbing.attempts.every(({ failure }) => failure === 'there is no shell'));
});

test('a remedy is tried on the same candidate, and once only', () => {
  const climbing = ladder();
  const cause: Cause = { kind: 'missing-file', path: '/etc/app.conf' };
  assert.match(climbing.fail([cause])!.text, /^COPY --from=build \/etc\/app\.conf \/etc\/app\.conf$/m);
  assert.is(climbing.attempts.length, 1);
  assert.is(climbing.fail([cause])!.plan.runtime.image, 'alpine:3.23');
  // What a smaller one was found to need stays.
  assert.match(climbing.current!.text, /\/etc\/app\.conf/);
});

test('a library comes as a package where there are packages, else as a file', () => {
  const climbing = ladder();
  const cause: Cause = {
    kind: 'missing-library',
    name: 'libz.so.1',
    path: '/usr/lib/libz.so.1',
    owner: { manager: 'apt', name: 'zlib1g' },
  };
  assert.match(climbing.fail([cause])!.text, /^COPY --from=build \/usr\/lib\/libz\.so\.1 /m);
  climbing.fail([{ kind: 'image-unavailable' }]);
  climbing.fail([{ kind: 'image-unavailable' }]);
  assert.match(climbing.fail([cause])!.text, /install -y --no-install-recommends zlib1g/);
});

test('a possible need that turns out to be none opens a smaller rung', () => {
  const { plan } = ladder().current!;
  assert.is(withoutNeeds(plan, ['tmp', 'zoneinfo']).runtime.image, 'scratch');
  assert.is(withoutNeeds(plan, ['shell']).runtime.image, plan.runtime.image);
});
