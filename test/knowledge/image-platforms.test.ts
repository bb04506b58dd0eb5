import { onlyPlatform, platformsDiffer } from '../../src/knowledge/image-platforms.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('platforms of images');

test('the organization tells the platform, of images by one name only', () => {
  assert.is(onlyPlatform('arm64v8/alpine', '3.20'), 'linux/arm64');
  assert.is(onlyPlatform('arm32v6/alpine', undefined), 'linux/arm');
  assert.is(onlyPlatform('alpine', '3.20'), undefined);
  assert.is(onlyPlatform('arm64v8/some/image', undefined), undefined);
  assert.is(onlyPlatform('constructor/alpine', undefined), undefined);
});

test('Windows images, whatever the architecture', () => {
  assert.is(onlyPlatform('mcr.microsoft.com/windows/nanoserver', 'ltsc2022'), 'windows');
  assert.is(onlyPlatform('golang', '1.22-windowsservercore'), 'windows');
});

test('other names of an architecture are no difference, nor is a variant', () => {
  assert.is(platformsDiffer('linux/aarch64', 'linux/arm64'), false);
  assert.is(platformsDiffer('linux/x86_64', 'linux/amd64'), false);
  assert.is(platformsDiffer('linux/arm/v7', 'linux/arm'), false);
  assert.is(platformsDiffer('windows/amd64', 'windows'), false);
  assert.is(platformsDiffer('linux/amd64', 'linux/arm64'), true);
  assert.is(platformsDiffer('linux/amd64', 'windows'), true);
});
