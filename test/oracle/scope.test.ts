import {
  type Document,
  joinPath,
  parseDocument,
  type Scope,
  Source,
  type VariableValue,
} from '../../src/dockerfile/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { Oracle, type OracleLintQuestion } from './oracle.ts';
import { Random } from './random.ts';

// For longer runs by hand: other seeds, more inputs.
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const COUNT = Number(process.env.ORACLE_PLAN_COUNT ?? 2_000);

const test = suite('what is in force, and what BuildKit hands to a RUN', { timeout: 10 * 60_000 });
const oracle = Oracle.open();

if (typeof oracle === 'string') test.skip('the same variables, folder and user at every RUN', oracle);
else {
  test(`the same variables, folder and user at every RUN of ${COUNT} generated Dockerfiles`, () => {
    const random = new Random(SEED);
    const cases = Array.from({ length: COUNT }, () => generate(random));
    const plans = oracle.convert(cases);
    const wrong: string[] = [];
    let compared = 0;
    for (const [at, { dockerfile, given }] of cases.entries()) {
      const { error, runs, config } = plans[at]!;
      assert.is(error, null, dockerfile.toString());
      const document = parseDocument(new Source('Dockerfile', dockerfile.toString()), given);
      const { end, exported } = endOf(document);
      const image = (config as { config: { Env: string[]; WorkingDir?: string; User?: string } }).config;
      const pairs = [
        ...runs.map((run) => [inForce(document, run.args.at(-1)!), factsOf(run.env, run.cwd, run.user)] as const),
        [factsAt(end, exported), factsOf(image.Env, image.WorkingDir || '/', image.User)] as const,
      ];
      for (const [ours, theirs] of pairs) {
        // What the file leaves open is not compared.
        const known = Object.keys(ours).filter((name) => ours[name] !== OPEN);
        compared += known.length;
        const different = known.filter((name) => ours[name] !== theirs[name]);
        if (different.length > 0) wrong.push(JSON.stringify({ different, ours, theirs, given }) + dockerfile);
      }
    }
    assert.equal(wrong.slice(0, 3), []);
    assert.ok(compared > 10 * COUNT, `only ${compared} facts`);
  });
}

/** The variables, the folder and the user by name; undefined is not set. */
type Facts = Readonly<Record<string, string | undefined>>;

const NAMES = ['A', 'B', 'C', 'D'];
const OPEN = '(open)';

function inForce(document: Document, command: string): Facts {
  const run = document.instructions.find(({ keyword, argsText }) => keyword === 'RUN' && argsText === command)!;
  const scope = document.scope(run)!;
  return factsAt(scope, (name) => scope.lookup(name));
}

function endOf(document: Document) {
  const { scope } = document.stages.at(-1)!;
  return { end: scope.end, exported: (name: string) => scope.exported(name) };
}

function factsAt({ workdir = OPEN, user = OPEN }: Scope, valueOf: (name: string) => VariableValue | undefined): Facts {
  const values = NAMES.map((name) => {
    const { value, complete } = valueOf(name) ?? { value: undefined, complete: true };
    return [name, complete || (value !== undefined && !value.includes('$')) ? value : OPEN];
  });
  return { ...Object.fromEntries(values), workdir, user };
}

function factsOf(env: readonly string[], workdir: string, user = ''): Facts {
  const values = env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]);
  // The builder keeps doubled slashes and those at the end.
  return { ...Object.fromEntries(values), workdir: joinPath('/', workdir), user };
}

/** A few stages that mostly stand on one another, and set the same few variables again and again. */
function generate(random: Random): OracleLintQuestion & { dockerfile: Buffer; given: Record<string, string> } {
  const value = () => random.pick(['1', '2', '', '/a', '$A', '${B:-x}', 'x$C', '"${D}y"']);
  const arg = () =>
    `ARG ${random.several(1, 2, () => random.pick(NAMES) + (random.chance(0.5) ? `=${value()}` : '')).join(' ')}`;
  const env = () => `ENV ${random.several(1, 2, () => `${random.pick(NAMES)}=${value()}`).join(' ')}`;
  let runs = 0;
  const instruction = () =>
    random.pick([
      arg,
      arg,
      env,
      () => `RUN ${runs++}`,
      () => `WORKDIR ${random.pick(['/w', 'v', '$A', '/x/$B'])}`,
      () => `USER u$C`,
    ])();
  const lines = random.several(0, 2, arg);
  for (let stage = 0; stage < 4; stage++) {
    const base = stage > 0 && random.chance(0.8) ? `s${random.below(stage)}` : 'scratch';
    lines.push(`FROM ${base} AS s${stage}`, ...random.several(1, 6, instruction));
  }
  lines.push(`RUN ${runs++}`);
  const given = Object.fromEntries(NAMES.filter(() => random.chance(0.2)).map((name) => [name, `given ${name}`]));
  return { dockerfile: Buffer.from(`${lines.join('\n')}\n`), given };
}
