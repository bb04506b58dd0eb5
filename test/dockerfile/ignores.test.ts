import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('ignore comments');

const read = (text: string) => {
  const document = parseDocument(new Source('Dockerfile', text));
  return document.ignores.map(({ dialect, ids, isAll, reason, covers }) => ({
    dialect,
    ids: ids.map(({ id }) => id),
    isAll,
    reason,
    covers: covers && document.source.slice(covers).split('\n')[0],
  }));
};

test('ours stand before an instruction, a stage or for the file', () => {
  assert.equal(
    read(
      '# dockerfileopt global ignore=a,b -- because\n# dockerfileopt stage ignore=c\nFROM x\n# dockerfileopt ignore=all\n\n# prose\nRUN y\n',
    ),
    [
      {
        dialect: 'dockerfileopt',
        ids: ['a', 'b'],
        isAll: false,
        reason: 'because',
        covers: '# dockerfileopt global ignore=a,b -- because',
      },
      { dialect: 'dockerfileopt', ids: ['c'], isAll: false, reason: undefined, covers: 'FROM x' },
      { dialect: 'dockerfileopt', ids: ['all'], isAll: true, reason: undefined, covers: 'RUN y' },
    ],
  );
});

test("hadolint's and tally's are understood", () => {
  assert.equal(
    read('FROM x\n#hadolint ignore=DL3006, SC2086\nRUN y\n# tally ignore=rule/name;reason=why\nRUN z\n').map(
      ({ ids, covers }) => [ids, covers],
    ),
    [
      [['DL3006', 'SC2086'], 'RUN y'],
      [['rule/name'], 'RUN z'],
    ],
  );
});

test("BuildKit's directive is for the file, its comment for the instruction", () => {
  assert.equal(
    read('# check=skip=JSONArgsRecommended,StageNameCasing;error=true\nFROM x\n# check=skip=all\nRUN y\n').map(
      ({ ids, isAll, covers }) => [ids, isAll, covers],
    ),
    [
      [
        ['JSONArgsRecommended', 'StageNameCasing'],
        false,
        '# check=skip=JSONArgsRecommended,StageNameCasing;error=true',
      ],
      [['all'], true, 'RUN y'],
    ],
  );
});

test('one inside a continued instruction is for that instruction', () => {
  assert.equal(
    read('FROM x\nRUN a \\\n  # dockerfileopt ignore=r\n  && b\n').map(({ covers }) => covers),
    ['RUN a \\'],
  );
});

test('one behind the last instruction covers nothing', () => {
  assert.equal(
    read('FROM x\n# dockerfileopt ignore=r\n').map(({ covers }) => covers),
    [undefined],
  );
});
