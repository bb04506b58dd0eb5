import { commandChecks, serverChecks, startChecks } from '../../src/verify/checks/index.ts';
import { explainRuntimeError, type Observation } from '../../src/verify/index.ts';
import { compareTexts } from '../../src/verify/noise.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('verify runs');

const observed = (fields: Partial<Observation>): Observation => ({
  alive: false,
  stdout: '',
  stderr: '',
  outOfMemory: false,
  ports: [],
  health: 'none',
  healthOutput: '',
  answers: [],
  seconds: 1,
  ...fields,
});
const server = (fields: Partial<Observation> = {}) =>
  observed({ alive: true, ports: [8080], stopCode: 143, ...fields });
const checks = [...startChecks, ...serverChecks];

/** What all checks found that is not the same. */
function found(first: Observation, second: Observation, after: Observation): string[] {
  return checks.flatMap((check) =>
    check
      .check({ before: [first, second], after })
      .evidence.map(({ outcome, message }) => `${check.id} ${outcome}: ${message}`),
  );
}

test('programs that end', () => {
  const done = (exitCode: number, stdout = 'hello\n') => observed({ exitCode, stdout });
  assert.equal(found(done(0), done(0), done(0)), []);
  assert.equal(found(done(0), done(0), done(1)), [
    'start worse: The original ends with exit code 0, the rewrite ends with exit code 1: hello',
  ]);
  assert.equal(found(done(0), done(0), done(0, 'bye\n')), [
    'output worse: On stdout the original prints "hello", the rewrite "bye"',
  ]);
  assert.equal(found(done(0), done(1), done(0)), [
    'start unknown: The original does not do the same twice: it ends with exit code 0, then it ends with exit code 1',
  ]);
});

test('two equal failures prove little, two refusals nothing', () => {
  const failed = observed({ exitCode: 1, stderr: 'cannot connect to the database\n' });
  const start = startChecks[0]!.check({ before: [failed, failed], after: failed });
  assert.equal(
    [start.outcome, start.caveat],
    [
      'same',
      'The original fails by itself here (exit code 1: cannot connect to the database), so starting it proved little',
    ],
  );
  const refused = observed({ refusal: 'exec: "x": executable file not found in $PATH', exitCode: 127 });
  assert.match(found(refused, refused, refused)[0] ?? '', /^start unknown: Neither can be started/);
});

test('failures are explained', () => {
  const refused = observed({ refusal: 'x', exitCode: 127, stderr: 'exec /app: no such file or directory' });
  const [start] = startChecks[0]!.check({ before: [server(), server()], after: refused }).evidence;
  assert.match(
    start?.message ?? '',
    /^The original stays alive, the rewrite cannot be started .*its interpreter is not/,
  );
  assert.match(start?.hint ?? '', /Link it statically/);
});

test('servers: dead, deaf, on another port, unhealthy, stopped differently', () => {
  assert.equal(found(server(), server(), server()), []);
  assert.match(
    found(server(), server(), observed({ exitCode: 2, stderr: 'panic: no file' })).join('\n'),
    /^start worse: The original stays alive, the rewrite ends with exit code 2: panic/,
  );
  assert.equal(found(server(), server(), server({ ports: [9090] })), [
    'ports worse: The original listens on 8080, the rewrite on 9090',
  ]);
  assert.equal(found(server(), server(), server({ ports: [] })), [
    'ports worse: The original listens on 8080, the rewrite on no port',
  ]);
  assert.equal(found(server(), server(), server({ ports: [8080, 9090] })), [
    'ports unknown: The rewrite also listens on 9090',
  ]);
  const random = [server({ ports: [80, 4001] }), server({ ports: [80, 4002] }), server({ ports: [80, 4003] })] as const;
  assert.equal(found(...random), []);
  const healthy = server({ health: 'healthy' });
  const sick = server({ health: 'unhealthy', healthOutput: '/bin/sh: curl: not found' });
  assert.equal(found(healthy, healthy, sick), [
    'health worse: The original is healthy, the rewrite is unhealthy: /bin/sh: curl: not found',
  ]);
  assert.equal(found(server(), server(), server({ stopCode: 137 })), [
    'stop worse: Stopped, the original ends with exit code 143, the rewrite with 137',
  ]);
  assert.equal(found(server({ stopCode: 137 }), server({ stopCode: 137 }), server({ stopCode: 0 })), [
    'stop changed: Stopped, the original ends with exit code 137, the rewrite with 0',
  ]);
});

test('answers of web servers', () => {
  const answer = (status: number | undefined, body = 'x', type = 'text/plain') => [
    { port: 80, path: '/', status, type, body },
  ];
  const at = (...args: Parameters<typeof answer>) => server({ answers: answer(...args) });
  assert.equal(found(at(200), at(200), at(200)), []);
  assert.equal(found(at(200), at(200), at(404)), [
    'answers worse: GET :80/: the original answers 200, the rewrite 404',
  ]);
  assert.equal(found(at(200), at(200), at(undefined)), [
    'answers worse: GET :80/: the original answers 200, the rewrite does not answer',
  ]);
  assert.equal(found(at(200, 'a'), at(200, 'a'), at(200, 'b')), ['answers worse: GET :80/: the body is another one']);
  assert.equal(found(at(200, 'at 10:11'), at(200, 'at 10:12'), at(200, 'at 10:13')), []);
  assert.match(
    found(at(200), at(200), at(200, 'x', 'text/html'))[0] ?? '',
    /the type was text\/plain and is text\/html/,
  );
});

test('noise between two runs of the original', () => {
  const result = (a: string, b: string, c: string) => compareTexts(a, b, c).result;
  assert.is(result('a', 'a', 'a'), 'same');
  assert.is(result('a 1', 'a 1', 'a 2'), 'different'); // a number that was stable counts
  assert.is(result('2024/01/02 10:00:00 up', '2024/01/02 10:00:01 up', '2024/01/02 10:00:09 up'), 'same');
  assert.is(result('id 3fa85f64 ok', 'id 9b1deb4d ok', 'id 1c2d3e4f ok'), 'same');
  assert.is(result('id 3fa85f64 ok', 'id 9b1deb4d ok', 'id 1c2d3e4f failed'), 'different');
  assert.is(result('a\nb\n', 'b\na\n', 'b\na\n'), 'same');
  assert.is(result('took 1.5ms\nx', 'took 900µs\nx', 'took 2s\nx'), 'same');
  assert.is(result('rose', 'tulip', 'lily'), 'unstable');
  // Clocks, even where the two runs of the original fell into one second.
  assert.is(result('2024/01/02 10:00:00 up', '2024/01/02 10:00:00 up', '2024/01/02 10:00:03 up'), 'same');
  assert.is(
    result('{"ts":1700000000.1,"m":"up"}', '{"ts":1700000000.1,"m":"up"}', '{"ts":1700000007.9,"m":"up"}'),
    'same',
  );
  assert.is(result('10:00:00 +0100', '10:00:00 +0100', '09:00:00 +0000'), 'different');
  assert.is(result('answer 42', 'answer 42', 'answer 43'), 'different');
  // Numbers of processes, even where the two runs of the original had the same ones.
  for (const line of [
    '[2024-01-02 10:00:00 +0000] [7] [INFO] Booting worker with pid: 7',
    '{"level":30,"pid":7,"msg":"up"}',
    'INFO:     Started server process [7]',
    'Server PID is 7.',
    '1#1: start worker process 7',
  ])
    assert.is(result(line, line, line.replaceAll('7', '12')), 'same', line);
  for (const line of ['[7] is up', 'processed 7 files', 'process 7 files', 'rapids 7', 'up [7] [INFO]'])
    assert.is(result(line, line, line.replaceAll('7', '12')), 'different', line);
  const clocked = ['10:00:01 up', '10:00:02 up', '10:00:03 up\nand down'] as const;
  assert.equal(compareTexts(...clocked), { result: 'different', expected: '', actual: 'and down' });
  assert.equal(compareTexts('up\nrose', 'up\ntulip', 'lily'), { result: 'different', expected: 'up' });
});

test('commands of the user have two checks', () => {
  assert.equal(
    commandChecks.map(({ id }) => id),
    ['start', 'output'],
  );
});

test('messages of containers that do not work', () => {
  const cases: [string, RegExp][] = [
    ['exec ./app: no such file or directory', /its interpreter is not/],
    ['exec /run.sh: exec format error', /made for another machine/],
    ['OCI runtime create failed: exec: "/bin/sh": stat /bin/sh: no such file or directory', /written for a shell/],
    ['exec: "node": executable file not found in $PATH: unknown', /not in any folder of PATH/],
    [
      './app: error while loading shared libraries: libgomp.so.1: cannot open shared object file',
      /shared library is missing: libgomp\.so\.1/,
    ],
    [
      'ImportError: libgomp.so.1: cannot open shared object file: No such file or directory',
      /shared library is missing/,
    ],
    ["/app: /lib/libc.so.6: version `GLIBC_2.38' not found (required by /app)", /older than the one .*: GLIBC_2\.38/],
    ['Error relocating /app: __printf_chk: symbol not found', /another C library/],
    ['Get "https://x": x509: certificate signed by unknown authority', /certificates of authorities/],
    ['panic: unknown time zone Europe/Berlin', /time zones are missing: Europe\/Berlin/],
    ["ModuleNotFoundError: No module named 'flask'", /Python module is missing: flask/],
    ["Error: Cannot find module 'express'", /Node module or file is missing: express/],
    ['Error: Unable to access jarfile /app.jar', /jar file is not where .*: \/app\.jar/],
    ['open config.yaml: no such file or directory', /read at run time: config\.yaml/],
    ["Error: ENOENT: no such file or directory, open '/app/x.html'", /read at run time: \/app\/x\.html/],
  ];
  for (const [text, expected] of cases) assert.match(explainRuntimeError(text)?.means ?? 'nothing', expected, text);
  assert.is(explainRuntimeError('listening on :8080'), undefined);
});

test('an original that cannot start says nothing of a rewrite that does', () => {
  const dead = [
    observed({ refusal: 'exec ./app: no such file or directory', exitCode: 127 }),
    observed({ exitCode: 1, stderr: 'exec ./app: no such file or directory\n' }),
    observed({ exitCode: 127, stderr: '/bin/sh: ./app: not found\n' }),
  ];
  for (const original of dead) {
    const [start] = startChecks[0]!.check({ before: [original, original], after: observed({ exitCode: 0 }) }).evidence;
    assert.equal([start?.outcome, start?.cause], ['unknown', { kind: 'behaviour', what: 'revived' }]);
    assert.match(
      start?.message ?? '',
      /^The original does not start \(.*(?:no such file or directory|not found)\), the rewrite ends/,
    );
  }
  const exec = dead[1]!;
  const same = startChecks[0]!.check({
    before: [exec, exec],
    after: observed({ exitCode: 1, stderr: 'no database\n' }),
  });
  assert.equal([same.evidence[0]?.cause, same.caveat], [{ kind: 'behaviour', what: 'revived' }, undefined]);
  assert.match(found(exec, exec, exec)[0] ?? '', /^start unknown: Neither can be started: exec \.\/app/);
  // A program that fails for a reason of its own did start.
  const failed = observed({ exitCode: 1, stderr: 'exec ./plugin: no such file or directory\nplugins: 0\n' });
  const [start] = startChecks[0]!.check({ before: [failed, failed], after: observed({ exitCode: 0 }) }).evidence;
  assert.is(start?.outcome, 'worse');
});
