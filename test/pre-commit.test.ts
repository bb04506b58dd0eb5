import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerfileNames, otherNames } from './commands/names.ts';
import { assert, suite } from './runner/suite.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const test = suite('pre-commit', { timeout: 300_000 });

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

function commit(folder: string): string {
  git(folder, 'init', '-q');
  git(folder, 'add', '-A', '-f');
  git(folder, 'commit', '-q', '-m', 'all');
  return git(folder, 'rev-parse', 'HEAD');
}

/** The hooks installed from a git repository with the sources as they are, and run in another. */
function runHooks(): void {
  const folder = mkdtempSync(join(tmpdir(), 'pre-commit-'));
  try {
    const [source, work] = [join(folder, 'source'), join(folder, 'work')];
    for (const path of git(root, 'ls-files', '-co', '--exclude-standard', '-z').split('\0')) {
      mkdirSync(dirname(join(source, path)), { recursive: true });
      if (path !== '')
        cpSync(join(root, path), join(source, path), { recursive: true, verbatimSymlinks: true, force: true });
    }
    const rev = commit(source);

    mkdirSync(join(work, 'sub'), { recursive: true });
    for (const name of [...dockerfileNames, ...otherNames])
      writeFileSync(join(work, 'sub', name), 'FROM scratch\nRUNX\n');
    writeFileSync(join(work, 'Dockerfile'), 'FROM scratch\nCOPY a /\nFROM scratch\nCOPY --from=0 /a /b\nCMD ["/b"]\n');
    const hooks = '[{id: dockerfileopt-fix, files: ^Dockerfile$}, {id: dockerfileopt, exclude: ^Dockerfile$}]';
    writeFileSync(
      join(work, '.pre-commit-config.yaml'),
      `repos:\n- {repo: '${source}', rev: ${rev}, hooks: ${hooks}}\n`,
    );
    commit(work);

    const { status, stdout, stderr } = spawnSync('pre-commit', ['run', '--all-files', '--color=never'], {
      cwd: work,
      encoding: 'utf8',
      env: { ...process.env, PRE_COMMIT_HOME: join(folder, 'home') },
    });
    assert.equal([status, stderr], [1, ''], stdout + stderr);
    assert.match(
      stdout,
      /^dockerfileopt --fix\.+Failed\n- hook id: dockerfileopt-fix\n- files were modified by this hook$/m,
    );
    assert.match(readFileSync(join(work, 'Dockerfile'), 'utf8'), /^FROM scratch AS (\w+)\n[\s\S]*--from=\1 /);
    const flagged = [...stdout.matchAll(/^sub\/(.*)$/gm)].map(([, name]) => name);
    assert.equal(flagged.sort(), [...dockerfileNames].sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hasPreCommit = spawnSync('pre-commit', ['--version']).status === 0;
if (hasPreCommit) test('installs the hooks from git and runs them', runHooks);
else test.skip('installs the hooks from git and runs them', 'pre-commit is not installed');
