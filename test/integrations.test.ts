import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { assert, suite } from './runner/suite.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const test = suite('integrations', { timeout: 60_000 });

interface Step {
  readonly name: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;

/** Runs a step as a runner does: expressions replaced, `bash -e`, the files it may write to. */
function runStep(name: string, inputs: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) {
  const step = action.runs.steps.find((one) => one.name === name)!;
  const folder = mkdtempSync(join(tmpdir(), 'action-'));
  try {
    const work = join(folder, 'work');
    for (const [path, text] of Object.entries({ ...files, '../bin/gh': GH })) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), text);
    }
    chmodSync(join(folder, 'bin/gh'), 0o755);
    const env: Record<string, string> = {};
    for (const [key, value] of Object.entries(step.env ?? {})) {
      env[key] = value.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
        const input = /^inputs\.([\w-]+)$/.exec(expression)?.[1];
        if (input === undefined) return expression === 'github.event.pull_request.number' ? '7' : '';
        assert.ok(action.inputs[input], `no input ${input}`);
        return inputs[input] ?? action.inputs[input]!.default ?? '';
      });
    }
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', step.run], {
      cwd: work,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        GITHUB_ACTION_PATH: root,
        GITHUB_OUTPUT: join(folder, 'output'),
        GITHUB_STEP_SUMMARY: join(folder, 'summary'),
        ...env,
      },
    });
    const made = existsSync(join(work, 'out.sarif')) ? readFileSync(join(work, 'out.sarif'), 'utf8') : undefined;
    return { status, stdout, stderr, made };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Keeps what it is told, and knows no earlier comment. */
const GH = '#!/bin/sh\ncase "$*" in *--edit-last*) exit 1 ;; esac\necho "gh $*"\n';

test('the action: findings become annotations and SARIF, and fail the step', () => {
  const files = { Dockerfile: 'FROM scratch\nRUNX\n', 'a b/Dockerfile': 'FROM scratch\nRUNX\n' };
  const { status, stdout, made } = runStep('Lint', { paths: 'Dockerfile\na b\n', sarif: 'out.sarif' }, files);
  assert.is(status, 1);
  assert.match(stdout, /^::error file=Dockerfile,line=2/m);
  assert.match(stdout, /^::error file=a b\/Dockerfile,line=2/m);
  assert.is(JSON.parse(made!).runs[0].results.length, 2);
});

test('the action: a severity that is not reached lets the step pass, and names that look like options are names', () => {
  const files = { '--fix': 'FROM scratch AS build\nCOPY a /\nFROM scratch\nCOPY --from=0 /a /a\n' };
  const { status, stdout, stderr } = runStep('Lint', { paths: '--fix', 'fail-on': 'error' }, files);
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, /^::warning file=--fix,line=4/m);
});

test('the action: without a base branch the old Dockerfile has to be named', () => {
  const { status, stderr } = runStep('Verify', { after: 'Dockerfile' }, { Dockerfile: 'FROM scratch\n' });
  assert.is(status, 1);
  assert.match(stderr, /`before` has to be given/);
});

test('the action: every input is used, and every one that is used exists', () => {
  const text = readFileSync(join(root, 'action.yml'), 'utf8');
  const used = new Set(Array.from(text.matchAll(/\binputs\.([\w-]+)/g), ([, name]) => name!));
  assert.equal([...used].sort(), Object.keys(action.inputs).sort());
});

test('the template for GitLab: what the job runs says what the report says', () => {
  const [spec, job] = parseAllDocuments(readFileSync(join(root, 'templates/dockerfileopt.yml'), 'utf8')).map(
    (document) => document.toJS(),
  );
  const inputs = spec.spec.inputs as Record<string, { default: string }>;
  const fill = (text: string) => text.replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name) => inputs[name]!.default);
  const script = fill(job.dockerfileopt.script.at(-1));
  const folder = mkdtempSync(join(tmpdir(), 'gitlab-'));
  try {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nRUNX\n');
    const command = `dockerfileopt() { node '${join(root, 'bin/dockerfileopt.cjs')}' "$@"; }\n${script}`;
    const { status, stdout } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    assert.is(status, 1);
    assert.match(stdout, /parse-error/);
    const report = JSON.parse(readFileSync(join(folder, job.dockerfileopt.artifacts.reports.codequality), 'utf8'));
    assert.is(report[0].check_name, 'parse-error');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
