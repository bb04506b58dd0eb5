import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import type { Project } from '../../src/lint/types.ts';
import { type Outcome, planRewrite } from '../../src/optimize/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('recipes of interpreted languages');

/** A project whose files are the keys of an object. */
function filesProject(files: Readonly<Record<string, string>>): Project {
  return {
    readText: (path) => files[path],
    list: (folder) => {
      const prefix = folder === '.' || folder === '' ? '' : `${folder}/`;
      const below = Object.keys(files).filter((path) => path.startsWith(prefix));
      return [...new Set(below.map((path) => path.slice(prefix.length).split('/')[0]!))].sort();
    },
  };
}

function plan(lines: readonly string[], files: Readonly<Record<string, string>> = {}): Outcome {
  return planRewrite(parseDocument(new Source('Dockerfile', `${lines.join('\n')}\n`)), filesProject(files));
}

/** The folders and files that are copied, or why there is no rewrite. */
function copied(lines: readonly string[], files?: Readonly<Record<string, string>>): readonly string[] | string {
  const outcome = plan(lines, files);
  return outcome.kind === 'rewritten' ? outcome.plan.copies.map(({ path }) => path).sort() : outcome.reason;
}

/** What is run behind the build, or why there is no rewrite. */
function steps(lines: readonly string[], files?: Readonly<Record<string, string>>): readonly string[] | string {
  const outcome = plan(lines, files);
  return outcome.kind === 'rewritten' ? outcome.plan.buildSteps.map(({ text }) => text) : outcome.reason;
}

const PYTHON = { 'main.py': '', 'pyproject.toml': '', 'requirements.txt': 'flask' };
const python = (...lines: readonly string[]) => [
  'FROM python:3.11-bookworm',
  'WORKDIR /app',
  'COPY pyproject.toml requirements.txt ./',
  ...lines,
  'COPY main.py ./',
  'CMD ["python", "main.py"]',
];

test('environments of Python', () => {
  const venv = ['/app/.venv', '/app/main.py'];
  assert.equal(copied(python('RUN uv sync --no-install-project'), PYTHON), venv);
  assert.equal(copied(python('RUN uv venv && uv pip install -r requirements.txt'), PYTHON), venv);
  assert.equal(copied(python('ENV POETRY_VIRTUALENVS_IN_PROJECT=true', 'RUN poetry install --no-root'), PYTHON), venv);
  assert.equal(copied(python('ENV PIPENV_VENV_IN_PROJECT=1', 'RUN pipenv install'), PYTHON), venv);
  assert.equal(copied(python('RUN python -m venv .venv && . .venv/bin/activate && pip install flask'), PYTHON), venv);
  assert.equal(copied(python('RUN virtualenv /opt/env && /opt/env/bin/pip install flask'), PYTHON), [
    '/app/main.py',
    '/opt/env',
  ]);
});

test('the packages of the interpreter itself', () => {
  const site = ['/app/main.py', '/usr/local/bin', '/usr/local/lib/python3.11/site-packages'];
  assert.equal(copied(python('RUN pip install -r requirements.txt'), PYTHON), site);
  assert.equal(copied(python('RUN uv pip install --system -r requirements.txt'), PYTHON), site);
  // Tools that install are large, and nothing that is run needs them.
  const poetry = ['RUN pip install poetry', 'RUN poetry config virtualenvs.create false && poetry install --no-root'];
  assert.equal(copied(python(...poetry), PYTHON), ['/app/main.py', '/usr/local/lib/python3.11/site-packages']);
});

test('what was fetched and run may have left anything', () => {
  assert.is(
    copied(python('RUN curl -fsS https://example.org/install | sh'), PYTHON),
    'what is piped into `sh` is not known',
  );
  const nginx =
    'RUN echo "deb https://example.org/debian stable nginx" >> /etc/apt/sources.list && apt-get install -y nginx';
  assert.is(
    copied(python(nginx), PYTHON),
    'packages of the system come from a source that the runtime image does not have',
  );
});

const MANIFEST = JSON.stringify({
  scripts: { start: 'node server.js' },
  dependencies: { ms: '2' },
  devDependencies: { chalk: '5' },
});
const node = (install: string, tag = '20') => [
  `FROM node:${tag}`,
  'WORKDIR /app',
  'COPY . .',
  `RUN ${install}`,
  'CMD ["npm", "start"]',
];

test('packages of development go by the manager that brought them', () => {
  const files = { 'package.json': MANIFEST, 'server.js': "require('ms')" };
  assert.equal(steps(node('npm ci'), files), ['RUN npm prune --omit=dev']);
  assert.equal(steps(node('npm install --legacy-peer-deps'), files), ['RUN npm prune --omit=dev --legacy-peer-deps']);
  assert.equal(steps(node('npm install', '12'), files), ['RUN npm prune --production']);
  assert.equal(steps(node('npm ci --omit=dev'), files), []);
  assert.equal(steps(node('NODE_ENV=production npm install'), files), []);
  assert.equal(steps(node('npm install && npm install left-pad'), files), []);
  assert.equal(steps(node('pnpm install --frozen-lockfile'), files), ['RUN CI=true pnpm prune --prod']);
});

test('packages of development stay where they may be loaded', () => {
  const files = (text: string) => ({ 'package.json': MANIFEST, 'server.js': text, 'lib/paint.js': "import 'chalk'" });
  assert.equal(steps(node('npm ci'), files("require('./lib/paint')")), []);
  assert.equal(steps(node('npm ci'), files('require(process.argv[2])')), []);
  assert.equal(steps(node('npm ci'), files("require('ms')")), ['RUN npm prune --omit=dev']);
});

test('without the build context the application is kept as a whole', () => {
  assert.equal(copied(node('npm ci')), ['/app']);
  assert.equal(steps(node('npm ci')), []);
});
