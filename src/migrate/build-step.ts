import type { Range, ScriptRedirect } from '../dockerfile/index.ts';
import { type Argument, BUILD, type Option, splitOptions } from './options.ts';
import { heredocText, hostPath, imageName, type Place, type Refuse } from './place.ts';
import { type BuildStep, type KeptOption, Refusal } from './types.ts';
import { type Environment, ROOT } from './values.ts';

/** Options of a build that decide what comes out of it; they go to the build that remains. */
const CARRIED = new Set(
  'no-cache pull network secret ssh add-host security-opt shm-size ulimit memory memory-swap allow builder build-context'.split(
    ' ',
  ),
);

/** Those that are of no weight for an image that is only built to be copied from. */
const DROPPED = new Set(
  'tag file build-arg target platform label rm force-rm quiet squash compress disable-content-trust load progress cache-from cache-to iidfile metadata-file attest annotation sbom provenance isolation cgroup-parent cpu-shares cpu-period cpu-quota cpuset-cpus cpuset-mems layers format runtime jobs logfile storage-driver debug pull-always pull-never'.split(
    ' ',
  ),
);

export function readBuild(args: readonly Argument[], place: Place): BuildStep {
  const { env } = place;
  const { options, operands, unknown } = splitOptions(args, BUILD);
  const problems: Refusal[] = [];
  const refuse = (code: Refusal['code'], reason: string, at: Range) => problems.push(new Refusal(code, reason, at));
  for (const word of unknown)
    refuse('unknown-option', `the option \`${word.written}\` of the build is not known`, word);
  const last = (name: string) => options.findLast((option) => option.name === name);
  const all = (name: string) => options.filter((option) => option.name === name);
  for (const option of options) {
    if (CARRIED.has(option.name) || DROPPED.has(option.name)) continue;
    refuse('unknown-option', `the option \`--${option.name}\` of the build is not supported`, option);
  }
  if (operands.length > 1) refuse('unknown-option', 'the build has more than one context', operands[1]!);
  const contextWord = operands[0];
  const file = last('file');
  const input = place.redirects.find(({ operator }) => operator === '<' || operator === '<<' || operator === '<<-');
  const isStdin = contextWord?.text === '-' || file?.value?.text === '-';
  let context: string | undefined;
  if (contextWord === undefined) refuse('context', 'the build has no context', place);
  else if (contextWord.text !== '-') {
    context = hostPath(contextWord, env, refuse);
    if (/^(?:https?|git|ssh):|^git@|\.git(?:#|$)/.test(contextWord.text))
      refuse('context', `the context \`${contextWord.written}\` is not on this machine`, contextWord);
  }
  const dockerfile = ((): BuildStep['dockerfile'] => {
    if (isStdin) return readInput(input, env, place, refuse);
    if (file?.value) return { path: hostPath(file.value, env, refuse) ?? '' };
    return { path: context === undefined || context === '' ? 'Dockerfile' : `${context}/Dockerfile` };
  })();
  const target = last('target');
  const platform = last('platform');
  for (const option of [target, platform]) {
    if (option?.value?.isKnown === false)
      refuse('unknown-value', `what \`${option.value.written}\` is, only a run of the script tells`, option);
  }
  const tags = all('tag').flatMap(({ value }) => (value ? [imageName(value.text)] : []));
  return {
    kind: 'build',
    start: place.start,
    end: place.end,
    text: place.text,
    unit: place.unit,
    tags: place.assigned ? [...tags, imageName(place.assigned.token)] : tags,
    variable: place.assigned?.variable,
    dockerfile,
    context,
    target: target?.value?.text,
    platform: platform?.value?.text,
    buildArgs: all('build-arg').map((option) => readBuildArg(option, env)),
    options: options.filter(({ name }) => CARRIED.has(name)).map((option) => keep(option)),
    cwd: env.cwd,
    anchors: contextWord?.text.startsWith(ROOT) ? anchorsOf(contextWord, env) : undefined,
    words: {
      optionsAt: (args[0] ?? place).start,
      context: contextWord ?? place,
      file,
      target,
      input,
    },
    problem: problems[0],
  };
}

function keep({ name, value, start, end }: Option): KeptOption {
  return { name, text: value === undefined ? `--${name}` : `--${name}=${writtenValue(value)}`, start, end };
}

/** `--name="$X"` and `--name "$X"` alike. */
function writtenValue({ written, text }: Argument): string {
  const inline = /^--?[\w-]+=(.*)$/s.exec(written);
  return inline ? inline[1]! : /^-\w/.test(written) && !text.startsWith('-') ? text : written;
}

function readBuildArg(option: Option, env: Environment): BuildStep['buildArgs'][number] {
  const { value, start, end } = option;
  const text = value?.text ?? '';
  const equals = text.indexOf('=');
  const written = value === undefined ? '' : writtenValue(value);
  if (equals < 0) {
    const known = env.get(text);
    return { name: text, value: known?.isKnown ? known.text : undefined, text: written, start, end };
  }
  return {
    name: text.slice(0, equals),
    value: value?.isKnown ? text.slice(equals + 1) : undefined,
    text: written,
    start,
    end,
  };
}

function readInput(
  input: ScriptRedirect | undefined,
  env: Environment,
  place: Place,
  refuse: Refuse,
): BuildStep['dockerfile'] {
  if (input?.operator === '<' && input.target) {
    const value = env.evaluate(input.target);
    return {
      path: hostPath({ ...value, written: input.target.text, start: input.start, end: input.end }, env, refuse) ?? '',
    };
  }
  if (input?.body) return { text: heredocText(input, env, refuse) };
  refuse('no-dockerfile', 'the Dockerfile comes from another command', place);
  return { text: '' };
}

/** The variables by which the script names folders; `$PWD` only where it uses that itself. */
function anchorsOf({ written }: Argument, env: Environment): NonNullable<BuildStep['anchors']> {
  return [...env.anchors(), ...(/PWD|pwd/.test(written) ? [{ name: 'PWD', path: env.cwd }] : [])];
}
