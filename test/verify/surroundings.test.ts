import { assert, suite } from '../runner/suite.ts';
import { executable, findings, goProgram, type Image, staticProgram } from './make.ts';

const test = suite('verify surroundings');

const certificates = { 'etc/ssl/certs/ca-certificates.crt': '-----BEGIN CERTIFICATE-----' };
const zones = Object.fromEntries(
  ['UTC', 'GMT', 'EST', 'CET', 'MET', 'Europe/Berlin'].map((name) => [`usr/share/zoneinfo/${name}`, name]),
);
const config = { Cmd: ['/app'] };

/** What a check says when a program with the given content is put on an empty base. */
async function found(id: string, base: Image['base'], program: Buffer | string, more: Image = {}): Promise<string> {
  const own = { app: executable(program), ...more.own };
  const settings = { ...config, ...more.config };
  const all = await findings(
    id,
    { base: base ?? {}, own, config: settings },
    { base: more.base ?? {}, own, config: settings },
  );
  return all.join('\n');
}

test('certificates of authorities', async () => {
  const check = (text: string, base?: Image['base']) =>
    found('certificates', certificates, goProgram(text), base ? { base } : {});
  assert.is(
    await check('\0net/http.(*Client).do\0'),
    'worse: /app opens TLS connections, and the certificates of authorities are lost: certificate signed by unknown authority',
  );
  assert.is(await check('\0net/http.(*Client).do\0', certificates), '');
  assert.match(
    await check('\0main.main\0'),
    /^changed: The certificates of authorities are lost; no program opens TLS/,
  );
  // A web server has the function that opens connections linked in, and does not call it.
  assert.match(await check('\0crypto/tls.Client\0net/http.(*Server).Serve\0'), /^changed: /);
  assert.match(await check('\0crypto/tls.Client\0main.main\0'), /^worse: /);
  assert.match(await check('\0crypto/tls.Client\0net/http.(*Server).Serve\0github.com/lib/pq.Open\0'), /^worse: /);
  assert.match(await found('certificates', certificates, staticProgram('SSL_CERT_FILE')), /^worse: /);
  assert.match(await found('certificates', certificates, staticProgram('nothing')), /^changed: /);
  assert.is(await found('certificates', {}, goProgram('\0net/http.(*Client).do\0')), '');
});

test('an interpreter may always open connections', async () => {
  const python = { 'usr/bin/python3': executable(staticProgram()) };
  const settings = { Cmd: ['python3', '/app.py'] };
  const one = { base: { ...python, ...certificates }, own: { 'app.py': 'x' }, config: settings };
  const two = { base: python, own: { 'app.py': 'x' }, config: settings };
  assert.equal(await findings('certificates', one, two), [
    'unknown: The certificates of authorities are lost, and the program may open TLS connections',
  ]);
});

test('time zones', async () => {
  const check = (text: string, more: Image = {}) => found('time-zones', zones, goProgram(text), more);
  assert.is(
    await check('\0time.LoadLocation\0'),
    'worse: /app asks for time zones by name, and the time zones are lost: unknown time zone',
  );
  assert.is(
    await check('\0time.LoadLocationFromTZData\0'),
    'changed: The time zones are lost; no program asks for them',
  );
  assert.match(await check('\0time.LoadLocation\0time/tzdata.init\0'), /^changed: /);
  assert.is(
    await check('', { config: { Env: ['TZ=Europe/Berlin'] } }),
    'worse: TZ is Europe/Berlin, and the time zones are lost: local time becomes UTC',
  );
  assert.match(await check('', { config: { Env: ['TZ=Etc/UTC'] } }), /^changed: /);
  assert.is(await check('\0time.LoadLocation\0', { base: zones }), '');
  const local = { 'etc/localtime': { target: '/usr/share/zoneinfo/Europe/Berlin' } };
  assert.match(await found('time-zones', { ...zones, ...local }, goProgram('')), /^worse: \/etc\/localtime is lost/);
});

test('temporary files', async () => {
  const base = { 'tmp/': { mode: 0o1777 } };
  const check = (text: string, more: Image = {}) => found('temporary-folder', base, goProgram(text), more);
  assert.is(await check('\0os.CreateTemp\0'), 'worse: /app writes temporary files, and there is no /tmp any more');
  assert.match(await check(''), /^changed: /);
  assert.is(await check('\0os.CreateTemp\0', { base }), '');
  const closed = { base: { 'tmp/': {} }, config: { User: '1000' } };
  assert.match(await check('\0os.CreateTemp\0', closed), /^worse: .* the user cannot write to \/tmp any more/);
});

test('accounts', async () => {
  const base = {
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n',
    'etc/group': 'app:x:1000:\n',
  };
  const check = (user: string, text: string, more: Image = {}) =>
    found('accounts', base, goProgram(text), { ...more, config: { User: user } });
  assert.is(
    await check('app', ''),
    'worse: USER app names app, which /etc/passwd and /etc/group do not have: unable to find user',
  );
  assert.is(await check('app', '', { base }), '');
  assert.is(await check('1000', ''), 'changed: The user 1000 has no entry in /etc/passwd any more');
  assert.is(
    await check('1000', '\0os/user.Current\0'),
    'worse: The user 1000 has no entry in /etc/passwd any more, and /app looks users up',
  );
});

test('locales', async () => {
  const glibc = Buffer.from(goProgram()); // only its name matters here: the program is native
  const base = { 'usr/lib/locale/de_DE.utf8/LC_CTYPE': 'x' };
  assert.is(await found('locale', base, glibc, { config: { Env: ['LANG=C.UTF-8'] } }), '');
  assert.is(await found('locale', base, glibc, { config: { Env: ['LANG=de_DE.UTF-8'] } }), ''); // static: has no libc to ask
});
