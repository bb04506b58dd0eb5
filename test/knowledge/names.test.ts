import {
  builderArgs,
  isBuildStageName,
  isDevelopmentStageName,
  platformArgs,
  predefinedArgs,
  reservedStageNames,
  stageRoleNames,
} from '../../src/knowledge/names.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('knowledge/names');

test('stages for developing and testing', () => {
  for (const name of [
    'dev',
    'development',
    'test',
    'tests',
    'unit-test',
    'unittest',
    'api-dev',
    'dev-api',
    'lint',
    'ci',
    'debug',
    'e2e_test',
    'Test',
  ]) {
    assert.ok(isDevelopmentStageName(name), name);
  }
  for (const name of [
    'build',
    'prod',
    'runtime',
    'device',
    'latest',
    'contest',
    'developer-portal',
    'final',
    'city',
    'testimonials',
  ]) {
    assert.not.ok(isDevelopmentStageName(name), name);
  }
});

test('stages that build', () => {
  for (const name of ['build', 'builder', 'go-builder', 'build-env', 'build_stage', 'compile', 'sdk'])
    assert.ok(isBuildStageName(name), name);
  for (const name of ['base', 'final', 'rebuild', 'buildings', 'guild']) assert.not.ok(isBuildStageName(name), name);
});

test('the sets do not overlap and are named as the builder names them', () => {
  const all = [...predefinedArgs, ...platformArgs, ...builderArgs];
  assert.is(new Set(all).size, all.length);
  assert.ok(predefinedArgs.has('HTTP_PROXY') && predefinedArgs.has('no_proxy') && predefinedArgs.has('ALL_PROXY'));
  for (const side of ['TARGET', 'BUILD']) {
    for (const part of ['PLATFORM', 'OS', 'ARCH', 'VARIANT']) assert.ok(platformArgs.has(side + part), side + part);
  }
  assert.ok(builderArgs.has('BUILDKIT_SYNTAX'));
  assert.equal([...reservedStageNames].sort(), ['context', 'scratch']);
});

test('no role name is reserved, and none is in two roles', () => {
  const names = Object.values(stageRoleNames).flat() as string[];
  assert.is(new Set(names).size, names.length);
  for (const name of names) assert.not.ok(reservedStageNames.has(name), name);
});
