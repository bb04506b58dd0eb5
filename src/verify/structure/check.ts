import { type Check, type Evidence, makeCheck } from '../model.ts';
import { runStructureTests, type Subject } from './run.ts';
import type { StructureTest } from './tests.ts';

/** What the user's tests say of both images: those that hold for the original have to hold for the rewrite. */
export async function checkStructure(
  tests: readonly StructureTest[],
  before: Subject,
  after: Subject,
): Promise<Check[]> {
  if (tests.length === 0) return [];
  const [old, now] = await Promise.all([runStructureTests(tests, before), runStructureTests(tests, after)]);
  const evidence = tests.flatMap((test, index): Evidence[] => {
    const [was, is] = [old[index], now[index]];
    const at = `${test.where}: ${test.name}`;
    const cause = { kind: 'behaviour', what: 'structure test' } as const;
    if (is === undefined)
      return was === undefined ? [] : [{ outcome: 'changed', message: `${at}: holds now; before, ${was}`, cause }];
    if (was === undefined) return [{ outcome: 'worse', message: `${at}: ${is}`, cause }];
    return [{ outcome: 'unknown', message: `${at}: holds for neither; ${is}`, cause }];
  });
  const count = tests.length === 1 ? 'The structure test holds' : `All ${tests.length} structure tests hold`;
  return [makeCheck('structure-tests', 'behaves', count, evidence)];
}
