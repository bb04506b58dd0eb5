import { type Evidence, makeCheck } from '../model.ts';
import { compareTexts } from '../noise.ts';
import type { HttpAnswer, Observation } from '../observe.ts';
import type { RunCheck } from './run-check.ts';

/** A web server answers the same. */
export const answers: RunCheck = {
  id: 'answers',
  check({ before: [first, second], after }) {
    const evidence: Evidence[] = [];
    let compared = 0;
    for (const expected of first.answers) {
      const again = find(second, expected);
      const actual = find(after, expected);
      if (expected.status === undefined || again?.status === undefined) continue;
      compared += 1;
      const where = `GET :${expected.port}${expected.path}`;
      const cause = { kind: 'behaviour', what: where } as const;
      const worse = (message: string) => evidence.push({ outcome: 'worse', message: `${where}: ${message}`, cause });
      if (expected.status !== again.status) {
        evidence.push({ outcome: 'unknown', message: `${where}: the original answers differently every time`, cause });
      } else if (actual?.status === undefined)
        worse(`the original answers ${expected.status}, the rewrite does not answer`);
      else if (actual.status !== expected.status)
        worse(`the original answers ${expected.status}, the rewrite ${actual.status}`);
      else if (actual.type !== expected.type)
        worse(`the type was ${expected.type || 'none'} and is ${actual.type || 'none'}`);
      else {
        const body = compareTexts(expected.body, again.body, actual.body);
        if (body.result === 'different') worse('the body is another one');
        else if (body.result === 'unstable') {
          evidence.push({ outcome: 'changed', message: `${where}: the body differs from answer to answer`, cause });
        }
      }
    }
    const fine =
      compared === 0
        ? 'There was no answer to compare'
        : `${compared} ${compared === 1 ? 'answer is' : 'answers are'} the same`;
    return makeCheck('answers', 'behaves', fine, evidence);
  },
};

function find({ answers }: Observation, { port, path }: HttpAnswer): HttpAnswer | undefined {
  return answers.find((answer) => answer.port === port && answer.path === path);
}
