import type { Range } from '../dockerfile/index.ts';
import type { Value } from './values.ts';

/** A word of a command with its value. */
export interface Argument extends Range, Value {
  /** As written. */
  readonly written: string;
}

/** An option as it is given; `value` is undefined for one that takes none. */
export interface Option extends Range {
  /** The long name where there is one, without dashes. */
  readonly name: string;
  readonly value: Argument | undefined;
}

export interface Options {
  readonly options: readonly Option[];
  readonly operands: readonly Argument[];
  /** Options that nobody knows here. */
  readonly unknown: readonly Argument[];
}

/** Options of a subcommand: `t tag` is `-t` and `--tag`. */
export interface OptionTable {
  readonly valued: readonly string[];
  readonly flags: readonly string[];
}

const table = (valued: string, flags: string): OptionTable => ({
  valued: valued.split(/\s*,\s*/),
  flags: flags.split(/\s*,\s*/),
});

const LIMITS = 'm memory, memory-swap, c cpu-shares, cpu-period, cpu-quota, cpuset-cpus, cpuset-mems, shm-size, ulimit';

export const BUILD = table(
  `t tag, f file, build-arg, target, platform, label, network, cache-from, cache-to, add-host, ${LIMITS}, secret, ssh, progress, iidfile, isolation, cgroup-parent, security-opt, o output, build-context, allow, builder, metadata-file, attest, annotation, no-cache-filter, sbom, provenance, format, v volume, storage-driver, runtime, cap-add, cap-drop, arch, os, logfile, jobs, dns, userns, ignorefile`,
  'no-cache, pull, rm, force-rm, q quiet, squash, compress, disable-content-trust, load, push, layers, pull-always, D debug, squash-all, pull-never',
);

export const RUN = table(
  `name, v volume, mount, w workdir, e env, env-file, u user, entrypoint, network, net, p publish, platform, l label, h hostname, ${LIMITS}, cpus, dns, add-host, link, volumes-from, cidfile, restart, log-driver, log-opt, pull, cap-add, cap-drop, security-opt, device, gpus, tmpfs, ipc, pid, userns, uts, runtime, stop-signal, stop-timeout, expose, a attach, group-add, pids-limit, userns, arch`,
  'rm, i interactive, t tty, d detach, privileged, init, P publish-all, read-only, no-healthcheck, sig-proxy, q quiet, disable-content-trust',
);

export const COPY = table('', 'a archive, L follow-link, q quiet, pause');
export const REMOVE = table('t time', 'f force, v volumes, l link, a all, i ignore');
export const OTHER = table(
  's signal, t time, filter, format, n tail',
  'f force, a all, q quiet, no-trunc, a attach, i interactive, f follow, no-prune',
);

/** Global options in front of the subcommand. */
export const GLOBAL = table(
  'H host, c context, l log-level, config, tlscacert, tlscert, tlskey, root, storage-driver, connection',
  'D debug, tls, tlsverify, remote',
);

/**
 * Splits a command's words at its table. `stopAtOperand`: what follows the first operand is the operands', as in
 * `docker run IMAGE COMMAND`.
 */
export function splitOptions(
  words: readonly Argument[],
  { valued, flags }: OptionTable,
  stopAtOperand = false,
): Options {
  const options: Option[] = [];
  const operands: Argument[] = [];
  const unknown: Argument[] = [];
  const longName = (list: readonly string[], name: string) => {
    const entry = list.find((one) => one === name || one.split(' ').includes(name));
    return entry?.split(' ').at(-1);
  };
  let onlyOperands = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const { text } = word;
    if (onlyOperands || !text.startsWith('-') || text === '-') {
      operands.push(word);
      if (stopAtOperand) onlyOperands = true;
      continue;
    }
    if (text === '--') {
      onlyOperands = true;
      continue;
    }
    const take = (name: string, inline: Argument | undefined) => {
      const value = inline ?? words[++at];
      options.push({ name, value, start: word.start, end: (inline ? word : (value ?? word)).end });
    };
    if (text.startsWith('--')) {
      const equals = text.indexOf('=');
      const name = equals < 0 ? text.slice(2) : text.slice(2, equals);
      const inline = equals < 0 ? undefined : { ...word, text: text.slice(equals + 1) };
      const value = longName(valued, name);
      const flag = longName(flags, name);
      if (value !== undefined) take(value, inline);
      else if (flag === undefined) unknown.push(word);
      else if (inline?.text !== 'false') options.push({ name: flag, value: inline, start: word.start, end: word.end });
      continue;
    }
    // `-it`, `-vA:B`, `-v=A:B`, `-dp 80:80`.
    for (let index = 1; index < text.length; index++) {
      const value = longName(valued, text[index]!);
      const flag = longName(flags, text[index]!);
      if (value !== undefined) {
        const rest = text.slice(index + 1).replace(/^=/, '');
        take(value, rest === '' && !text.endsWith('=') ? undefined : { ...word, text: rest });
        break;
      }
      if (flag === undefined) {
        unknown.push(word);
        break;
      }
      options.push({ name: flag, value: undefined, start: word.start, end: word.end });
    }
  }
  return { options, operands, unknown };
}
