import { type ImageConfig, readDiffIds, readHistory, readImageConfig, startCommand } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('image config');

const empty: ImageConfig = {
  os: 'linux',
  architecture: 'amd64',
  variant: '',
  entrypoint: [],
  cmd: [],
  env: new Map(),
  workingDir: '/',
  user: '',
  exposedPorts: [],
  volumes: [],
  labels: new Map(),
  stopSignal: '',
  healthcheck: undefined,
  shell: [],
  onBuild: [],
};

test('absent, null and empty are the same', () => {
  const platform = { Os: 'linux', Architecture: 'amd64' };
  const nulls = {
    Cmd: null,
    Entrypoint: null,
    Env: null,
    Labels: null,
    Volumes: null,
    OnBuild: null,
    Healthcheck: null,
  };
  const blanks = {
    Cmd: [],
    Entrypoint: [],
    Env: [],
    Labels: {},
    Volumes: {},
    WorkingDir: '/',
    User: '',
    StopSignal: '',
  };
  assert.equal(readImageConfig({ ...platform, Config: null }), empty);
  assert.equal(readImageConfig([{ ...platform, Config: nulls }]), empty);
  assert.equal(readImageConfig({ ...platform, Config: blanks }), empty);
  assert.equal(readImageConfig({ ...platform, Config: { Healthcheck: { Test: [] } } }), empty);
});

test('reads what docker inspect says', () => {
  const config = readImageConfig([
    {
      Os: 'linux',
      Architecture: 'arm64',
      Variant: 'v8',
      Config: {
        Entrypoint: ['/run.sh'],
        Cmd: ['a b'],
        Env: ['PATH=/bin', 'EMPTY=', 'EQUALS=a=b', 'BARE'],
        WorkingDir: '/app/',
        User: 'app:app',
        ExposedPorts: { '80/tcp': {}, '53/udp': {} },
        Volumes: { '/data': {} },
        Labels: { b: '2', a: '1' },
        StopSignal: 'SIGQUIT',
        Healthcheck: { Test: ['CMD', 'true'], Interval: 5e9, Retries: 3 },
        Shell: ['/bin/bash', '-c'],
        OnBuild: ['RUN x'],
      },
    },
  ]);
  assert.equal(startCommand(config), ['/run.sh', 'a b']);
  assert.equal(
    [...config.env],
    [
      ['PATH', '/bin'],
      ['EMPTY', ''],
      ['EQUALS', 'a=b'],
      ['BARE', ''],
    ],
  );
  assert.equal(
    [config.variant, config.workingDir, config.user, config.stopSignal],
    ['v8', '/app', 'app:app', 'SIGQUIT'],
  );
  assert.equal(config.exposedPorts, ['53/udp', '80/tcp']);
  assert.equal(config.volumes, ['/data']);
  assert.equal(
    config.labels,
    new Map([
      ['b', '2'],
      ['a', '1'],
    ]),
  );
  const times = { interval: 5e9, timeout: 0, startPeriod: 0, startInterval: 0, retries: 3 };
  assert.equal(config.healthcheck, { test: ['CMD', 'true'], ...times });
  assert.equal([config.shell, config.onBuild], [['/bin/bash', '-c'], ['RUN x']]);
});

test('docker, podman, buildah and a config blob of one image agree', () => {
  const config = { Cmd: ['/app'], Env: ['A=1'], ExposedPorts: { '80': {} } };
  const check = { Test: ['CMD-SHELL', 'exit 0'] };
  const docker = [{ Os: 'linux', Architecture: 'amd64', Config: { ...config, Healthcheck: check } }];
  const podman = [{ Os: 'linux', Architecture: 'amd64', Config: config, Healthcheck: check }];
  const blob = { os: 'linux', architecture: 'amd64', config: { ...config, Healthcheck: check } };
  const buildah = { Type: 'buildah 0.0.1', OCIv1: { ...blob, config }, Docker: blob };
  const all = [docker, podman, blob, buildah].map(readImageConfig);
  for (const other of all) assert.equal(other, all[0]);
  assert.equal(all[0]?.exposedPorts, ['80/tcp']);
});

test('survives what is no image', () => {
  for (const raw of [
    undefined,
    null,
    1,
    'x',
    [],
    [null],
    { Config: [] },
    { Config: { Env: {}, Cmd: 1, Labels: 'x' } },
  ]) {
    const config = readImageConfig(raw);
    assert.equal([config.cmd, config.workingDir, config.os], [[], '/', '']);
    assert.equal([readDiffIds(raw), readHistory(raw)], [[], []]);
  }
});

test('reads layers and history', () => {
  assert.equal(readDiffIds([{ RootFS: { Type: 'layers', Layers: ['sha256:a', 'sha256:b'] } }]), [
    'sha256:a',
    'sha256:b',
  ]);
  const blob = {
    rootfs: { type: 'layers', diff_ids: ['sha256:a'] },
    history: [{ created_by: 'ADD x' }, { created_by: 'CMD y', empty_layer: true, comment: 'buildkit' }],
  };
  assert.equal(readDiffIds(blob), ['sha256:a']);
  assert.equal(readHistory(blob), [
    { createdBy: 'ADD x', comment: '', empty: false },
    { createdBy: 'CMD y', comment: 'buildkit', empty: true },
  ]);
});
