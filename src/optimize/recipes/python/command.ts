import { joinPath } from '../../../dockerfile/index.ts';
import { each, operands, optionOf } from '../../effects/files.ts';
import { quoteWords } from '../../shell.ts';
import type { Call, Effect, Subject } from '../../types.ts';
import type { World } from '../../world.ts';
import { made, packagesIn } from '../interpreted.ts';

const NONE: readonly Effect[] = [];
/** Marks folders that are an environment of their own, with an interpreter linked into it. */
export const ENVIRONMENT = 'environment';

/** Commands that leave nothing that an image needs. */
const HARMLESS =
  /^(?:pytest|tox|nox|flake8|pylint|mypy|black|isort|ruff|bandit|coverage|pre-commit|pyflakes|pyright|twine|cookiecutter|pip-compile|pip-sync|pip-audit|safety)$/;

const TOOL =
  /^(?:pip|setuptools|wheel|virtualenv|poetry|poetry-core|pipenv|uv|pdm|build|cython|pip-tools|hatch)(?:\[[^\]]*\])?(?:[=<>~!].*)?$/i;

/** Where the interpreter of the official images has its packages; undefined where the tag does not tell the version. */
export function sitePackages(subject: Subject): string | undefined {
  const version = /^(\d+\.\d+)/.exec(subject.system.tag ?? '')?.[1];
  return version === undefined ? undefined : `/usr/local/lib/python${version}/site-packages`;
}

/** A stand-in for the path where the version is not known; the plan is declined then. */
export const UNKNOWN_SITE = '/usr/local/lib/python/site-packages';

/** What the commands of Python and its package managers do; undefined for other commands. */
export function pythonEffects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  const { name, args } = call;
  if (/^pip[\d.]*$/.test(name)) return pipEffects(call, args, subject);
  if (/^(?:python|pypy)[\d.]*$/.test(name)) return interpreterEffects(call, world, subject);
  if (HARMLESS.test(name)) return NONE;
  switch (name) {
    case 'virtualenv':
      return environment(call, operands(call, ['-p', '--python', '--prompt'])[0]);
    case 'poetry':
      return poetryEffects(call, world, subject);
    case 'pipenv':
      return pipenvEffects(call, subject);
    case 'uv':
      return uvEffects(call, subject);
    case 'pdm':
      return /^(?:install|sync|add|update)$/.test(args[0] ?? '') ? [into(`${call.cwd}/.venv`, 'pdm')] : NONE;
    case 'easy_install':
      return [site(call, subject, 'easy_install')];
    case 'activate':
    case 'deactivate':
      return NONE;
    case 'django-admin':
    case 'flask':
    case 'alembic':
    case 'cythonize':
    case 'pybabel':
    case 'pyinstaller':
    case 'mkdocs':
    case 'sphinx-build':
    case 'aerich':
      return [made(call.cwd, name)];
    case 'maturin':
      return [site(call, subject, name), made(call.cwd, name)];
    case 'jupyter':
    case 'playwright':
    case 'spacy':
      return [{ kind: 'unknown', below: '/', why: `where \`${name}\` puts what it fetches is not known` }];
    case '.':
    case 'source': {
      const path = /^(.*)\/bin\/activate$/.exec(call.path(args[0] ?? '') ?? '')?.[1];
      if (path === undefined) return undefined;
      return [
        { kind: 'assign', name: 'VIRTUAL_ENV', value: path },
        { kind: 'assign', name: 'PATH', value: `${path}/bin:${call.env('PATH') ?? world.base.path}` },
      ];
    }
    default:
      return undefined;
  }
}

function into(path: string, by: string, marks: readonly string[] = [ENVIRONMENT]): Effect {
  return packagesIn(path, by, marks);
}

/** The environment that a command works in, or the packages of the system's interpreter. */
function site(call: Call, subject: Subject, by: string): Effect {
  const active = activeEnvironment(call);
  if (active !== undefined) return into(active, by);
  const user = subject.document.scope(call.instruction)?.user?.replace(/:.*/, '');
  if (user !== undefined && !/^(?:root|0)$/.test(user))
    return into(
      `${call.env('HOME') !== undefined && call.env('HOME') !== '/root' ? call.env('HOME') : `/home/${user}`}/.local`,
      by,
      [],
    );
  return into(sitePackages(subject) ?? UNKNOWN_SITE, by, []);
}

function activeEnvironment(call: Call): string | undefined {
  const program = call.command.words[0]?.value ?? '';
  const own = program.includes('/') ? /^(.*)\/bin\/[^/]+$/.exec(call.path(program) ?? '')?.[1] : undefined;
  if (own !== undefined && !/^\/usr(?:\/local)?$/.test(own)) return own;
  const first = call.env('PATH')?.split(':')[0];
  const set = call.env('VIRTUAL_ENV');
  if (set?.startsWith('/') && (first === undefined || first === `${set}/bin`)) return set;
  const found = /^(\/.+)\/bin$/.exec(first ?? '')?.[1];
  return found !== undefined && !/^\/usr(?:\/local)?$|\/\.local$/.test(found) && /env/.test(found) ? found : undefined;
}

function environment(call: Call, word: string | undefined): readonly Effect[] {
  const path = word === undefined ? undefined : call.path(word);
  return path === undefined
    ? [{ kind: 'unknown', below: '/', why: 'where the virtual environment is made is not known' }]
    : [into(path, 'venv')];
}

function pipEffects(call: Call, args: readonly string[], subject: Subject): readonly Effect[] {
  const words = args.filter((arg) => !arg.startsWith('-'));
  if (words[0] === 'wheel' || words[0] === 'download') {
    const folder = optionOf(call, '-w', '--wheel-dir', '-d', '--dest');
    const path = folder === undefined ? call.cwd : call.path(folder);
    return path === undefined || path === call.cwd
      ? [made(call.cwd, 'pip')]
      : [{ kind: 'write', path, role: 'cache', entry: 'folder', isOpaque: true, origin: 'made by `pip wheel`' }];
  }
  if (words[0] !== 'install') return NONE;
  // Tools to install with, and nothing that a program imports.
  if (words.length > 1 && words.slice(1).every((word) => TOOL.test(word)) && !args.includes('-r')) return NONE;
  const effects: Effect[] = builtInPlace(call, words.slice(1), subject);
  const target = optionOf(call, '-t', '--target', '--prefix', '--root');
  if (target !== undefined) {
    const path = call.path(target);
    effects.push(
      path === undefined
        ? { kind: 'unknown', below: '/', why: 'where `pip` puts packages is not known' }
        : into(path, 'pip install', []),
    );
  } else if (args.includes('--user')) {
    const user = subject.document.scope(call.instruction)?.user?.replace(/:.*/, '');
    effects.push(
      into(
        user === undefined || /^(?:root|0)$/.test(user) ? '/root/.local' : `/home/${user}/.local`,
        'pip install',
        [],
      ),
    );
  } else effects.push(site(call, subject, 'pip install'));
  // An editable install is of the sources where they are, and builds there.
  const editable = args.some((arg) => arg === '-e' || arg.startsWith('--editable'));
  const files = args.filter((_, at) => args[at - 1] === '-r' || args[at - 1] === '--requirement');
  const isListed = files.some((file) => {
    const path = call.path(file);
    return (
      path !== undefined && /^\s*(?:-e|--editable)\s/m.test(subject.context.readText(path.replace(/^.*\//, '')) ?? '')
    );
  });
  if (editable || isListed) effects.push(made(call.cwd, 'pip install'));
  return effects;
}

/** What setuptools leaves behind where it built a package of the context. */
function builtInPlace(call: Call, words: readonly string[], { context }: Subject): Effect[] {
  const effects: Effect[] = [];
  for (const word of words) {
    if (!/^(?:\.{1,2}(?:\/|\[|$)|\/)/.test(word)) continue;
    const folder = call.path(word.replace(/\[.*\]$/, ''));
    if (folder === undefined || /\.(?:whl|txt|gz|zip)$/.test(folder)) continue;
    const names = context.files
      .filter((file) => /(?:^|\/)(?:setup\.py|setup\.cfg|pyproject\.toml)$/.test(file))
      .flatMap((file) => /^\s*name\s*=\s*["']?([\w.-]+)/m.exec(context.readText(file) ?? '')?.[1] ?? []);
    const paths = ['build', ...names.map((name) => `${name.replace(/[-.]+/g, '_')}.egg-info`)];
    for (const path of new Set(paths))
      effects.push({
        kind: 'write',
        path: `${folder}/${path}`,
        role: 'source',
        entry: 'folder',
        origin: 'left behind by `pip install`',
      });
  }
  return effects;
}

function interpreterEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const { args } = call;
  const at = args.findIndex((arg) => !arg.startsWith('-') || /^-[mc]$/.test(arg));
  if (at < 0) return args.includes('-') ? [unknownRun(call, 'what is piped into `python` is not known')] : NONE;
  const [first, ...rest] = args.slice(at) as [string, ...string[]];
  if (first === '-m') {
    const [module = '', ...words] = rest;
    if (module === 'pip') return pipEffects({ ...call, args: words }, words, subject);
    if (module === 'venv' || module === 'virtualenv')
      return environment(call, operands({ ...call, args: words }, ['--prompt', '-p', '--python'])[0]);
    if (/^(?:compileall|py_compile|ensurepip|unittest|pytest|site|json\.tool|mypy|flake8|black|ruff)$/.test(module))
      return NONE;
    if (/^(?:poetry|pipenv|uv)$/.test(module))
      return pythonEffects({ ...call, name: module, args: words }, world, subject) ?? NONE;
    if (module === 'spacy') return words[0] === 'download' ? [site(call, subject, 'spacy download')] : NONE;
    if (module === 'nltk.downloader') {
      const folder = optionOf({ ...call, args: words }, '-d') ?? '/root/nltk_data';
      return each(call, [folder], (path) => ({
        kind: 'write',
        path,
        role: 'data',
        entry: 'folder',
        isOpaque: true,
        origin: 'fetched by nltk',
      }));
    }
    if (module === 'build') return [made(call.cwd, 'python -m build')];
    return [unknownRun(call, `what \`python -m ${module}\` does is not known`)];
  }
  if (first === '-c') {
    const [text = ''] = rest;
    if (/download|from_pretrained|snapshot|load_model|urlopen|urlretrieve|requests\.|fetch/.test(text))
      return [{ kind: 'unknown', below: '/', why: '`python -c` fetches files to a folder that is not known' }];
    return /open\(|write|makedirs|save/.test(text) ? [made(call.cwd, 'python -c')] : NONE;
  }
  const script = first.replace(/^.*\//, '');
  if (script === 'setup.py') {
    const verb = rest[0] ?? '';
    const effects: Effect[] = [made(call.cwd, `python setup.py ${verb}`)];
    if (/^(?:install|develop)$/.test(verb)) effects.push(site(call, subject, 'python setup.py'));
    return effects;
  }
  if (script === 'manage.py') return djangoEffects(call, rest, subject);
  if (/^(?:get-pip|ez_setup|get-poetry|install-poetry)\.py$/.test(script)) return [site(call, subject, script)];
  return [made(call.cwd, `python ${script}`), unknownRun(call, `what \`python ${script}\` does is not known`)];
}

function unknownRun(call: Call, why: string): Effect {
  return { kind: 'unknown', below: call.cwd, why };
}

/** `collectstatic` writes where the settings say, mostly below the application. */
function djangoEffects(call: Call, args: readonly string[], { context }: Subject): readonly Effect[] {
  if (/^(?:check|test|makemigrations|showmigrations|--version|help)$/.test(args[0] ?? ''))
    return args[0] === 'makemigrations' ? [made(call.cwd, 'manage.py')] : NONE;
  const effects: Effect[] = [made(call.cwd, `manage.py ${args[0] ?? ''}`)];
  for (const file of context.files.filter((path) => /settings[\w/]*\.py$/.test(path))) {
    const root = /^STATIC_ROOT\s*=\s*["'](\/[\w/.-]+)["']/m.exec(context.readText(file) ?? '')?.[1];
    const path = root === undefined ? undefined : joinPath('/', root);
    if (
      path !== undefined &&
      path !== '/' &&
      path !== call.cwd &&
      !path.startsWith(`${call.cwd}/`) &&
      args[0] === 'collectstatic'
    )
      effects.push({
        kind: 'write',
        path,
        role: 'artifact',
        entry: 'folder',
        isOpaque: true,
        origin: 'collected by `manage.py collectstatic`',
      });
  }
  return effects;
}

const isOn = (value: string | undefined) => value !== undefined && /^(?:1|true|yes|on)$/i.test(value);
const isOff = (value: string | undefined) => value !== undefined && /^(?:0|false|no|off)$/i.test(value);

function poetryEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const words = operands(call, ['-C', '--directory', '-P', '--project']);
  if (words[0] === 'config') {
    // Known to the commands behind it, in this RUN and the others: there is one configuration for all.
    return NONE;
  }
  if (words[0] === 'run')
    return [
      {
        kind: 'script',
        text: quoteWords(call.args.slice(call.args.indexOf('run') + 1)),
        cwd: call.cwd,
        origin: 'poetry run',
      },
    ];
  if (words[0] === 'build') return [made(call.cwd, 'poetry build')];
  if (!/^(?:install|add|update|sync)$/.test(words[0] ?? '')) return NONE;
  void world;
  const setting = (name: string) =>
    subject.commands
      .findLast(
        ({ name: program, args }) =>
          program === 'poetry' && args[0]?.value === 'config' && args.some(({ value }) => value === name),
      )
      ?.args.at(-1)?.value;
  const root = call.args.includes('--no-root') ? [] : [made(call.cwd, 'poetry install')];
  if (
    activeEnvironment(call) !== undefined ||
    isOff(call.env('POETRY_VIRTUALENVS_CREATE')) ||
    isOff(setting('virtualenvs.create'))
  )
    return [site(call, subject, 'poetry install'), ...root];
  if (isOn(call.env('POETRY_VIRTUALENVS_IN_PROJECT')) || isOn(setting('virtualenvs.in-project')))
    return [into(`${call.cwd}/.venv`, 'poetry install'), ...root];
  const folder =
    call.env('POETRY_VIRTUALENVS_PATH') ??
    setting('virtualenvs.path') ??
    `${call.env('POETRY_CACHE_DIR') ?? '/root/.cache/pypoetry'}/virtualenvs`;
  return [into(folder, 'poetry install'), ...root];
}

function pipenvEffects(call: Call, subject: Subject): readonly Effect[] {
  const words = operands(call);
  if (words[0] === 'run')
    return [{ kind: 'script', text: quoteWords(call.args.slice(1)), cwd: call.cwd, origin: 'pipenv run' }];
  if (!/^(?:install|sync|update)$/.test(words[0] ?? '')) return NONE;
  if (call.args.includes('--system') || activeEnvironment(call) !== undefined)
    return [site(call, subject, 'pipenv install')];
  if (isOn(call.env('PIPENV_VENV_IN_PROJECT'))) return [into(`${call.cwd}/.venv`, 'pipenv install')];
  return [into(`${call.env('WORKON_HOME') ?? '/root/.local/share/virtualenvs'}`, 'pipenv install')];
}

function uvEffects(call: Call, subject: Subject): readonly Effect[] {
  const words = operands(call, [
    '--directory',
    '--project',
    '--python',
    '-p',
    '--group',
    '--extra',
    '--cache-dir',
    '-r',
  ]);
  const isSystem = call.args.includes('--system') || isOn(call.env('UV_SYSTEM_PYTHON'));
  switch (words[0]) {
    case 'pip': {
      if (words[1] !== 'install' && words[1] !== 'sync') return NONE;
      const args = call.args.slice(call.args.indexOf('pip') + 1).map((word) => (word === 'sync' ? 'install' : word));
      if (
        isSystem ||
        activeEnvironment(call) !== undefined ||
        call.args.some((arg) => /^(?:--target|-t|--prefix)/.test(arg))
      )
        return pipEffects({ ...call, args }, args, subject);
      return [into(`${call.cwd}/.venv`, 'uv pip install')];
    }
    case 'sync':
    case 'add': {
      const path =
        call.env('UV_PROJECT_ENVIRONMENT') ?? (call.args.includes('--active') ? activeEnvironment(call) : undefined);
      if (path !== undefined && /^\/usr\/local\/?$/.test(path))
        return [site(call, subject, 'uv sync'), ...editableRoot(call)];
      return [
        into(path === undefined ? `${call.cwd}/.venv` : joinPath(call.cwd, path)!, 'uv sync'),
        ...editableRoot(call),
      ];
    }
    case 'venv':
      return environment(call, words[1] ?? call.env('UV_PROJECT_ENVIRONMENT') ?? '.venv');
    case 'run':
      return [
        into(`${call.cwd}/.venv`, 'uv run'),
        {
          kind: 'script',
          text: quoteWords(call.args.slice(call.args.indexOf('run') + 1).filter((word) => !word.startsWith('--'))),
          cwd: call.cwd,
          origin: 'uv run',
        },
      ];
    case 'tool':
    case 'python':
      return [{ kind: 'unknown', below: '/', why: `where \`uv ${words[0]}\` puts what it fetches is not known` }];
    default:
      return NONE;
  }
}

function editableRoot(call: Call): readonly Effect[] {
  return call.args.some((arg) => /^--no-(?:install-project|editable)$/.test(arg)) ? [] : [made(call.cwd, 'uv sync')];
}
