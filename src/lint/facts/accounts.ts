import type { Document, Instruction, ShellCommand, Stage } from '../../dockerfile/index.ts';
import { traceStage } from './builds.ts';
import { sourceStage, stageCopies } from './copies.ts';
import { installsOf, packageCall, ScriptVariables } from './installs.ts';
import { systemOf } from './systems.ts';

/**
 * Whether an account exists in front of an instruction of a stage, or at its end; undefined wherever something may have made it that the file
 * does not tell: an unknown base, a script, an archive, a package that brings accounts.
 */
export function hasAccount(
  document: Document,
  stage: Stage,
  at: Instruction | undefined,
  name: string,
): boolean | undefined {
  const { runtime } = systemOf(stage);
  if (!runtime) return undefined;
  if (name === 'root' || runtime.users.includes(name)) return true;
  let isKnown = true;
  for (const part of stage.chain) {
    const copies = new Map(stageCopies(document, part).map((copy) => [copy.instruction, copy]));
    for (const instruction of part.instructions) {
      if (part === stage && at && instruction.index >= at.index) break;
      if (instruction.keyword === 'RUN') {
        const found = inRun(document, instruction, name);
        if (found) return true;
        if (found === undefined) isKnown = false;
      }
      const copy = copies.get(instruction);
      if (!copy) continue;
      const { destination, sources } = copy;
      if (destination === undefined) isKnown = false;
      else if (/^\/(?:etc(?:\/passwd)?)?$/.test(destination)) {
        // Only what is known to be one file cannot be a tree that holds /etc/passwd.
        const from = sourceStage(copy.from);
        const made = from ? traceStage(document, from).artifacts.map(({ path }) => path) : [];
        if (
          destination === '/etc/passwd' ||
          !sources.every(({ path }) => path !== undefined && (made.includes(path) || isFile(path)))
        )
          isKnown = false;
        if (sources.some(({ path }) => path?.endsWith('/passwd'))) isKnown = false;
      }
    }
  }
  return isKnown ? false : undefined;
}

function isFile(path: string): boolean {
  return /\.(?:sh|py|js|mjs|ts|rb|php|jar|json|ya?ml|toml|conf|txt|pem|crt|html)$|^\/etc\/(?:ssl|group|nsswitch)|\/bin\/[\w-]+$/.test(
    path,
  );
}

/** Programs that are known to make no accounts. */
const HARMLESS =
  /^(?:apt-get|apt|apk|yum|dnf|microdnf|pip[\d.]*|npm|yarn|pnpm|npx|node|corepack|go|cargo|rustup|mvn|gradle|dotnet|gem|bundle|composer|mkdir|chown|chmod|chgrp|rm|cp|mv|ln|touch|echo|printf|cat|ls|cd|test|\[|\[\[|true|false|set|export|curl|wget|tar|unzip|gunzip|gzip|xz|sed|grep|awk|sort|head|tail|find|xargs|install|git|apt-mark|apt-key|apt-cache|update-ca-certificates|groupadd|addgroup|locale-gen|localedef|ldconfig|setcap|gpg|sha256sum|sha512sum|sleep|uname|dpkg|id|exit|if|for|strip|upx|tee|env|which|command|type|python[\d.]*|ruby|java|poetry|uv|pipenv|tsc|gcc|g\+\+|usermod|passwd|chpasswd|a2enmod|ln|stat|date|readlink|dirname|basename|cut|tr|wc|dpkg-reconfigure|dpkg-architecture|update-alternatives|add-apt-repository|rpm|docker-php-ext-install|docker-php-ext-enable|docker-php-ext-configure|pecl|:)$/;

/** Whether a RUN makes the account; undefined when it may. */
function inRun(document: Document, run: Instruction, name: string): boolean | undefined {
  const script = document.shell(run);
  if (script?.dialect !== 'sh') return undefined;
  if (script.text.text.includes('passwd')) return undefined;
  const variables = new ScriptVariables(document.scope(run));
  let isKnown = true;
  for (const command of script.commands) {
    variables.take(command);
    if (/^(?:useradd|adduser|newusers)$/.test(command.name)) {
      const names = command.args.flatMap((word) => variables.words(word));
      if (names.includes(name)) return true;
      if (names.some((word) => /[$`]/.test(word)) || command.name === 'newusers') isKnown = false;
    } else if (command.name === 'usermod' && command.args.some(({ value }) => value === '-l' || value === '--login')) {
      isKnown = false;
    } else if (isOpaque(command)) isKnown = false;
  }
  if (script.errors.length > 0) isKnown = false;
  return isKnown &&
    !installsOf(document, run).some(({ packages }) => packages.some((item) => mayBring(item.name, name)))
    ? false
    : undefined;
}

/** Commands that do what the file does not show. */
function isOpaque(command: ShellCommand): boolean {
  if (command.words.length === 0) return false;
  if (command.name === '' || !HARMLESS.test(command.name)) return true;
  const call = packageCall(command);
  // A package from a file or a URL, or named by an expansion, may be anything.
  if (call)
    return (
      call.parsed.action === 'install' &&
      call.parsed.packages.some((at) => /[$`/]|\.(?:deb|rpm|apk)$/.test(call.args[at]!.value))
    );
  if (/^(?:dpkg|rpm)$/.test(command.name)) return command.args.some(({ value }) => /^-(?:i|U)|--install/.test(value));
  return command.name === 'tar' && command.args.some(({ value }) => value === '/' || value === '-C/');
}

/** Packages make accounts that are called like them: `redis` of redis-server, `debian-tor` of tor, `postgres` of postgresql-15. */
function mayBring(packageName: string, account: string): boolean {
  const name = packageName.toLowerCase();
  if (account === 'www-data' || account === 'nobody') return /nginx|apache|httpd|lighttpd|php|uwsgi|web/.test(name);
  const words = [...name.split(/[^a-z]+/), ...account.split(/[^a-z]+/)].filter((word) => word.length >= 3);
  return (
    words.some((word) => account.includes(word) && name.includes(word)) ||
    account.startsWith(name) ||
    name.startsWith(account.replace(/[^a-z]/g, '').slice(0, 5))
  );
}
