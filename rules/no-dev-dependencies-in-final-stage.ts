import { type Instruction, joinPath, type ShellCommand } from '../src/dockerfile/index.ts';
import { traceStage } from '../src/lint/facts/builds.ts';
import { contextText } from '../src/lint/facts/context-files.ts';
import { dependencyInstall, developmentInstall } from '../src/lint/facts/dependencies.ts';
import { packageCall } from '../src/lint/facts/installs.ts';
import { shippedCommand } from '../src/lint/facts/shipping.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-dev-dependencies-in-final-stage',
  severity: 'warn',
  fixable: 'rewrite',
  needs: ['npm', 'yarn', 'bundle', 'composer', 'pip', 'poetry', 'uv'],
  summary: 'Dependencies that only developers need are installed in the image that is shipped',
  why: 'Test runners, linters and bundlers are often the larger part of the dependencies, and each brings its own vulnerabilities. Install without them, or, where the build needs them, build in a stage of its own and install the rest in the final one, which `dockerfileopt optimize` does. A later `npm prune --omit=dev` removes them from the container, but not from the layers below; it is not flagged all the same.',
  examples: [
    {
      bad: 'FROM node:22-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "server.js"]\n',
      good: 'FROM node:22-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nCOPY . .\nCMD ["node", "server.js"]\n',
    },
  ],
  *check(document, { target, project }) {
    if (!target || !shippedCommand(document, target)) return;
    const runs = [...target.chain]
      .reverse()
      .flatMap(({ instructions }) => instructions.filter(({ keyword }) => keyword === 'RUN'));
    const commands = runs.flatMap((run) => (document.shell(run)?.commands ?? []).map((command) => ({ run, command })));
    for (const [index, { run, command }] of commands.entries()) {
      const install = dependencyInstall(command);
      if (!install && extras(command) === undefined) continue;
      const later = commands.slice(index + 1);
      if (command.isConditional || later.some((other) => prunes(other.command, command.name)) || isMounted(run))
        continue;
      if (
        isConfigured(
          commands.slice(0, index).map((other) => other.command),
          command,
        )
      )
        continue;
      const stage = document.stageOf(run)!;
      const { folder } = traceStage(document, stage).builds.find((build) => build.command === command) ?? {};
      const read = (name: string) =>
        folder === undefined ? undefined : contextText(document, stage, project, joinPath(folder, name)!);
      const advice = install ? developmentInstall(install, document.scope(run), read) : extras(command);
      if (advice === undefined) continue;
      const { words } = command;
      yield {
        at: { start: words[0]!.start, end: words.at(-1)!.end },
        message: `\`${install?.name ?? 'pip install'}\` also installs what only developers need, and the image ships it; use ${/^[-A-Z]/.test(advice) ? `\`${advice}\`` : advice}, or let \`dockerfileopt optimize\` build in a stage of its own`,
      };
    }
  },
};

/** Whether a later command takes the development dependencies away, or all of them. */
function prunes(command: ShellCommand, tool: string): boolean {
  const words = command.args.map(({ value }) => value);
  const text = words.join(' ');
  if (command.name === 'rm') return words.some((word) => /(?:^|\/)(?:node_modules|vendor)\/?$/.test(word));
  if (/^(?:npm|pnpm|yarn|npx)$/.test(command.name)) {
    if (/\bprune\b/.test(text)) return true;
    return (
      dependencyInstall(command) !== undefined && /--omit[= ]dev|--prod|--only[= ]prod|-P\b|workspaces focus/.test(text)
    );
  }
  if (command.name === 'mv') return words.some((word) => /(?:^|\/)node_modules\/?$/.test(word));
  return command.name === tool && /--no-dev|--without|clean --force/.test(text);
}

/** `npm config set omit dev`, `bundle config set without development`, `poetry config …` earlier on. */
function isConfigured(earlier: readonly ShellCommand[], { name }: ShellCommand): boolean {
  return earlier.some((command) => {
    if (command.name !== name && !(name === 'pnpm' && command.name === 'npm')) {
      return (
        command.name === 'export' &&
        command.args.some(({ value }) =>
          /^(?:NODE_ENV=prod|BUNDLE_(?:WITHOUT|DEPLOYMENT)=|COMPOSER_NO_DEV=1)/.test(value),
        )
      );
    }
    const words = command.args.map(({ value }) => value);
    return (
      words[0] === 'config' &&
      words.some((word) =>
        /^(?:omit|production|without|deployment)(?:=|$)/.test(word.replace(/^--(?:global|local)$/, '')),
      )
    );
  });
}

/** The dependencies are put elsewhere than into the image. */
function isMounted(run: Instruction): boolean {
  return run.flags.some(
    ({ name, value }) =>
      name === 'mount' && /node_modules/.test(value ?? '') && /type=(?:cache|tmpfs)/.test(value ?? ''),
  );
}

/** `pip install -e .[dev]`. */
function extras(command: ShellCommand): string | undefined {
  const call = packageCall(command);
  if (call?.parsed.action !== 'install' || !/^pip/.test(call.manager)) return undefined;
  const asked = call.args.some(({ value }) =>
    /^(?:\.|\.?\/[^[]*|file:[^[]*)?\[[^\]]*\b(?:dev|develop|development|test|tests|testing|lint)\b[^\]]*\]$/.test(
      value,
    ),
  );
  return asked ? 'the extras of production only' : undefined;
}
