import type { BuildFailureCause, Feature } from './engine.ts';

/** The ways in which builders print their logs. */
export type LogStyle = 'buildkit' | 'classic' | 'buildah';

/** What a failed build's log says. */
export interface FailureReading {
  readonly cause: BuildFailureCause;
  /** The log's own last word on it. */
  readonly message: string;
  readonly step?: string;
  readonly stepLog?: string;
  readonly exitCode?: number;
  readonly image?: string;
  readonly feature?: Feature;
  /** The builder did not understand the Dockerfile: an old one may lack a feature. */
  readonly syntax: boolean;
}

interface Step {
  readonly text: string;
  readonly output: readonly string[];
  readonly message: string;
}

/** Reads the lines of a failed build. */
export function readFailure(style: LogStyle, lines: readonly string[]): FailureReading {
  const message = lastWord(lines);
  const step = style === 'buildkit' ? buildkitStep(lines) : steppedStep(style, lines);
  const said = step ? `${step.message}\n${message}` : message;
  const reading = { message: shorten(message), ...(step ? { step: step.text } : {}), syntax: false };
  const frontend = /resolve image config for (?:docker-image:\/\/)?(\S+)/.exec(step?.text ?? '')?.[1];
  if (frontend && isPull(said)) {
    return {
      ...reading,
      cause: 'engine-too-old',
      feature: 'syntax-image',
      image: frontend,
      message: `\`# syntax=\` names ${shortImage(frontend)}, which the engine cannot pull`,
    };
  }
  if (matches(GONE, said)) return { ...reading, cause: 'engine-gone' };
  if (/no space left on device|disk quota exceeded/i.test(said)) return { ...reading, cause: 'disk-full' };
  const exitCode = commandCode(said);
  if (exitCode === undefined) {
    if (isPull(said)) {
      const image = missingImage(said, step?.text);
      const name = image ? `the image ${shortImage(image)}` : 'an image';
      return {
        ...reading,
        cause: 'base-unavailable',
        ...(image ? { image } : {}),
        message: `${name} cannot be pulled`,
      };
    }
    const feature = FEATURE_ERRORS.find(([pattern]) => pattern.test(said))?.[1];
    if (feature) return { ...reading, cause: 'engine-too-old', feature };
    return { ...reading, cause: matches(NETWORK, said) ? 'network' : 'dockerfile', syntax: matches(SYNTAX, said) };
  }
  const stepLog = step?.output.slice(-40).join('\n') ?? '';
  const cause = /no space left on device/i.test(stepLog)
    ? 'disk-full'
    : matches(NETWORK, stepLog)
      ? 'network'
      : 'dockerfile';
  return {
    ...reading,
    cause,
    exitCode,
    ...(stepLog ? { stepLog } : {}),
    message: `a command ended with code ${exitCode}`,
  };
}

/** A builder says what went wrong last; later BuildKits add the Dockerfile's lines and a hint. */
function lastWord(lines: readonly string[]): string {
  const failed = lines.findLast((line) =>
    /^(?:ERROR: |Error: |error: )?failed to (?:solve|build)|^(?:ERROR|Error|error):? /i.test(line),
  );
  return failed ?? lines.findLast((line) => line.trim() !== '' && !/^-+$/.test(line)) ?? 'the log is empty';
}

/** `#5 [build 2/3] RUN make`, `#5 0.123 output`, `#5 ERROR: …` */
function buildkitStep(lines: readonly string[]): Step | undefined {
  const error =
    lines.findLast((line) => /^#\d+ ERROR: (?!context canceled)/.test(line)) ??
    lines.findLast((line) => /^#\d+ ERROR: /.test(line));
  if (!error) return undefined;
  const [, number, message] = /^#(\d+) ERROR: (.*)/.exec(error)!;
  const own = lines.filter((line) => line.startsWith(`#${number} `)).map((line) => line.slice(number!.length + 2));
  const title = own.find((line) => !/^(?:sha256:|\d+\.\d+ |ERROR|DONE|CACHED|\.\.\.$)/.test(line)) ?? '';
  return {
    text: title.replace(/^\[(?:[^\]]* )?\d+\/\d+\] /, ''),
    output: own.flatMap((line) => /^\d+\.\d+ ?(.*)/.exec(line)?.[1] ?? []),
    message: message!,
  };
}

/** `Step 2/3 : RUN make` and `[1/2] STEP 2/3: RUN make`, then what the step prints. */
function steppedStep(style: LogStyle, lines: readonly string[]): Step | undefined {
  const start = style === 'classic' ? /^Step \d+\/\d+ : (.*)/ : /^(?:\[\d+\/\d+\] )?STEP \d+\/\d+: (.*)/;
  const at = lines.findLastIndex((line) => start.test(line));
  if (at < 0) return undefined;
  const output = lines.slice(at + 1).filter((line) => !/^ ---> |^Removing intermediate container|^--> /.test(line));
  // The builder's own complaint ends the output.
  while (output.length > 0 && /^$|^The command '|^Error: |^subprocess exited|^error building/i.test(output.at(-1)!))
    output.pop();
  return {
    text: start.exec(lines[at]!)![1]!,
    output,
    message: lines
      .slice(at + 1)
      .join('\n')
      .slice(-4000),
  };
}

function commandCode(text: string): number | undefined {
  const code =
    /did not complete successfully: exit code: (\d+)/.exec(text) ??
    /^executor failed running .*: exit code: (\d+)/m.exec(text) ??
    /returned a non-zero code: (\d+)/.exec(text) ??
    /(?:building at STEP|error building at STEP) "(?:RUN|run) .*exit status (\d+)/s.exec(text);
  return code ? Number(code[1]) : undefined;
}

const PULL: readonly RegExp[] = [
  /pull access denied/,
  /manifest (?:for \S+ )?(?:unknown|not found)|manifest unknown/i,
  /repository .* (?:not found|does not exist)/,
  /failed to resolve source metadata/,
  /failed to do request: /,
  /unexpected status (?:code )?(?:from \S+ request )?.*\b(?:401|403|404|429|5\d\d)\b.*(?:manifests|token|registry)|toomanyrequests/i,
  /failed to (?:authorize|fetch (?:anonymous|oauth) token)/,
  /Get "?https?:\/\/[^ "]+\/v2\//,
  /pinging container registry|short-name .* did not resolve|initializing source docker:\/\/|no stage or image found with that name/,
  /no match for platform in manifest|no matching manifest for/,
];

const GONE: readonly RegExp[] = [
  /Cannot connect to the Docker daemon|error during connect: |Is the docker daemon running/,
  /rpc error: code = Unavailable|transport is closing|closing transport due to/,
  /Cannot connect to Podman|unable to connect to Podman/,
];

const NETWORK: readonly RegExp[] = [
  /temporary failure (?:in name resolution|resolving)|could ?n.t resolve host|name or service not known|no such host|EAI_AGAIN|ENOTFOUND/i,
  /network is unreachable|connection timed out|ETIMEDOUT|ECONNRESET|i\/o timeout|TLS handshake timeout|no route to host/i,
  /dial tcp .*(?:refused|timeout|lookup)|bad address '|Could not connect to|Failed to connect to|Unknown host/,
];

const SYNTAX: readonly RegExp[] = [
  /parse error|unknown instruction|unknown flag|Unrecognized flag|only supports? the|syntax error/i,
  // A heredoc that is read as the name of a file.
  /<</,
];

/** Errors that name the feature that is missing. */
const FEATURE_ERRORS: readonly (readonly [RegExp, Feature])[] = [
  [/the --mount option requires BuildKit/, 'mounts'],
  [/the --chmod option requires BuildKit/, 'copy-chmod'],
  [/the --network option requires BuildKit/, 'run-network'],
  [/the --security option requires BuildKit/, 'run-security'],
  [/secrets? (?:option )?requires? BuildKit|unknown flag: --secret|"--secret" requires/i, 'secrets'],
  [/ssh (?:option )?requires? BuildKit|unknown flag: --ssh|"--ssh" requires/i, 'ssh'],
  [/"--platform" is only supported|unknown flag: --platform/, 'platform'],
];

const matches = (patterns: readonly RegExp[], text: string) => patterns.some((pattern) => pattern.test(text));
const isPull = (text: string) => matches(PULL, text);

function missingImage(said: string, step: string | undefined): string | undefined {
  const named =
    /pull access denied for ([^\s,]+)/.exec(said) ??
    /manifest for (\S+) not found/.exec(said) ??
    /failed to resolve source metadata for (\S+?):? /.exec(said) ??
    /invalid from flag value (\S+?): /.exec(said) ??
    /short-name "([^"]+)" did not resolve/.exec(said) ??
    /initializing source docker:\/\/(\S+?): /.exec(said) ??
    /\[internal\] load metadata for (\S+)/.exec(step ?? '') ??
    /^FROM (?:--\S+ )*(\S+)/i.exec(step ?? '') ??
    /--from=(\S+)/.exec(step ?? '');
  return named?.[1];
}

/** Docker's long name for an image on its own registry, as people write it. */
const shortImage = (image: string) => image.replace(/^docker\.io\/(?:library\/)?/, '').replace(/:latest$/, '');

function shorten(message: string): string {
  const text = message
    .replace(/^(?:ERROR|Error)(?: response from daemon)?: /, '')
    .replace(
      /^failed to solve(?: with frontend \S+)?: (?:failed to (?:create LLB definition|read dockerfile|solve with frontend \S+): )?/,
      '',
    )
    .trim();
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
