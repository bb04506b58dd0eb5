import { type Instruction, joinPath } from '../../../dockerfile/index.ts';
import { runsBuildTool } from '../../../knowledge/tools.ts';
import { shellPrograms } from '../../programs.ts';
import { parseScript } from '../../shell.ts';
import { type Declined, declined, type Evidence } from '../../types.ts';
import { scriptLines } from './command.ts';
import { type Manifest, manifestAbove } from './manifest.ts';

/** What the container starts in the end, scripts of package.json followed. */
export interface NodeStart {
  /** Files that node runs, absolute, as written: `/app/dist/main` may mean `main.js`. */
  readonly files: readonly string[];
  /** Programs of packages: `next`, `serve`. */
  readonly programs: readonly string[];
  /** package.json files that are read to start. */
  readonly manifests: readonly Manifest[];
  /** A script could not be looked up, so anything may be started. */
  readonly isOpaque: boolean;
}

/** Programs whose package has another name. */
const PACKAGES: Readonly<Record<string, string>> = {
  'pm2-runtime': 'pm2',
  'pm2-docker': 'pm2',
  'cross-env-shell': 'cross-env',
  'remix-serve': '@remix-run/serve',
  strapi: '@strapi/strapi',
  sequelize: 'sequelize-cli',
  nest: '@nestjs/cli',
  ng: '@angular/cli',
  tsc: 'typescript',
  medusa: '@medusajs/medusa',
  dotenv: 'dotenv-cli',
  'react-router-serve': '@react-router/serve',
  sirv: 'sirv-cli',
  'run-s': 'npm-run-all',
  'run-p': 'npm-run-all',
};

/** The package that brings a program. */
export function packageOf(program: string): string {
  return Object.hasOwn(PACKAGES, program) ? PACKAGES[program]! : program;
}

const COMPILES =
  /^(?:ts-node|tsx|ts-node-dev|@swc-node|esbuild-register|@babel\/(?:register|node)|babel-node|sucrase|coffeescript)(?:\/|$)/;

/** Follows the programs of the entry point to what node runs. */
export function readNodeStart(evidence: Evidence): NodeStart | Declined {
  const reader = new StartReader(evidence);
  for (const { name, args, via, instruction } of evidence.entryPoint.programs) {
    if (via === 'healthcheck') continue;
    const problem = reader.command([name, ...args], evidence.workdir, instruction, 0);
    if (problem) return problem;
  }
  return reader;
}

class StartReader implements NodeStart {
  readonly files: string[] = [];
  readonly programs: string[] = [];
  readonly manifests: Manifest[] = [];
  isOpaque = false;
  readonly #evidence: Evidence;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  command(words: readonly string[], cwd: string, instruction: Instruction, depth: number): Declined | undefined {
    const [program = '', ...args] = words;
    const name = program.slice(program.lastIndexOf('/') + 1);
    if (depth > 8 || name === '' || /^(?:docker-entrypoint\.sh|tini|dumb-init|exec|env|gosu|su-exec)$/.test(name))
      return undefined;
    if (depth > 0) {
      const tool = runsBuildTool(words);
      const isOwn = /^(?:npm|yarn|pnpm)$/.test(name);
      if (tool && !(isOwn && /^(?:run|start)/.test(args[0] ?? '')))
        return this.#declineTool(`\`${tool.command}\``, instruction);
    }
    switch (name) {
      case 'npm':
      case 'yarn':
      case 'yarnpkg':
      case 'pnpm':
        return this.#script(name, args, cwd, instruction, depth);
      case 'node':
      case 'nodejs':
        return this.#node(args, cwd, instruction);
      case 'npx':
      case 'pnpx':
      case 'cross-env':
      case 'dotenv':
      case 'env-cmd': {
        if (name !== 'npx' && name !== 'pnpx') this.programs.push(name);
        let at = 0;
        while (at < args.length && /^(?:-|[A-Za-z_]\w*=)/.test(args[at]!)) at += /^-[fe]$/.test(args[at]!) ? 2 : 1;
        return this.command(args.slice(at), cwd, instruction, depth + 1);
      }
      case 'nest':
        return this.#declineTool('`nest start`', instruction);
      case 'cd':
        return undefined;
      case 'tsx':
        return this.#declineTool('`tsx`', instruction);
      case 'run-s':
      case 'run-p':
      case 'npm-run-all':
      case 'concurrently':
        this.isOpaque = true;
        this.programs.push(name);
        return undefined;
      default:
        if (program.startsWith('.') || program.startsWith('/')) {
          const path = joinPath(cwd, program)!;
          const bin = /\/node_modules\/\.bin\/(.+)$/.exec(path)?.[1];
          if (bin !== undefined) this.programs.push(bin);
        } else if (!shellPrograms.has(name) && !/^(?:ba)?sh$/.test(name)) this.programs.push(name);
        return undefined;
    }
  }

  #declineTool(tool: string, instruction: Instruction): Declined {
    return declined(
      'runs-build-tool',
      `the command runs ${tool}, which builds or watches the sources, so the SDK has to stay`,
      instruction,
    );
  }

  #script(
    manager: string,
    args: readonly string[],
    cwd: string,
    instruction: Instruction,
    depth: number,
  ): Declined | undefined {
    const prefix = args.findIndex((arg) => /^(?:--prefix|--cwd|-C|--dir)$/.test(arg));
    const folder = prefix < 0 ? cwd : joinPath(cwd, args[prefix + 1] ?? '.')!;
    const words = args.filter((arg, at) => !arg.startsWith('-') && (prefix < 0 || at !== prefix + 1));
    const [verb = '', second] = words;
    if (args.some((arg) => /^(?:-w|--workspace|--filter|-F)(?:=|$)/.test(arg)) || /^workspaces?$/.test(verb)) {
      const above = manifestAbove(folder, this.#evidence.world, this.#evidence);
      if (above) this.manifests.push(above);
      this.isOpaque = true;
      return undefined;
    }
    if (/^(?:exec|x|dlx)$/.test(verb))
      return this.command(args.slice(args.indexOf(verb) + 1), folder, instruction, depth + 1);
    if (verb === 'node') return this.#node(args.slice(args.indexOf(verb) + 1), folder, instruction);
    const isRun = /^(?:run|run-script)$/.test(verb);
    const name = isRun ? second : verb;
    if (name === undefined || name === '') return undefined;
    const manifest = manifestAbove(folder, this.#evidence.world, this.#evidence);
    if (!manifest) {
      if (this.#evidence.context.isThere)
        return declined(
          'no-artifact',
          `there is no package.json that says what \`${manager} ${words.join(' ')}\` runs`,
          instruction,
        );
      this.isOpaque = true;
      return undefined;
    }
    this.manifests.push(manifest);
    const lines =
      scriptLines(manifest, name) ?? (name === 'start' && manager === 'npm' ? ['node server.js'] : undefined);
    if (!lines) {
      // A program of a package, for those who call them so.
      if (manager !== 'npm' && !isRun) return this.command(words, folder, instruction, depth + 1);
      return declined('no-artifact', `package.json has no script \`${name}\``, instruction);
    }
    return this.#lines(lines, manifest.folder, instruction, depth);
  }

  #lines(lines: readonly string[], folder: string, instruction: Instruction, depth: number): Declined | undefined {
    for (const line of lines) {
      let cwd = folder;
      for (const { allWords } of parseScript(line)?.commands ?? []) {
        const values = allWords.map(({ value }) => value);
        if (values[0] === 'cd') cwd = joinPath(cwd, values[1] ?? '.')!;
        const problem = this.command(values, cwd, instruction, depth + 1);
        if (problem) return problem;
      }
    }
    return undefined;
  }

  #node(args: readonly string[], cwd: string, instruction: Instruction): Declined | undefined {
    const values =
      /^(?:-r|--require|--import|--loader|--experimental-loader|--env-file|-C|--conditions|--title|--input-type)$/;
    for (let at = 0; at < args.length; at++) {
      const arg = args[at]!;
      const value = arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : args[at + 1];
      if (/^(?:-r|--require|--import|--loader|--experimental-loader)(?:=|$)/.test(arg) && value !== undefined) {
        if (COMPILES.test(value)) return this.#declineTool(`\`node ${arg.replace(/=.*/, '')} ${value}\``, instruction);
        if (value.startsWith('.') || value.startsWith('/')) this.files.push(joinPath(cwd, value)!);
        else this.programs.push(value.replace(/^((?:@[^/]+\/)?[^/]+).*$/, '$1'));
      }
      if (/^(?:-e|--eval|-p|--print)$/.test(arg)) return undefined;
      if (values.test(arg)) at++;
      else if (!arg.startsWith('-')) {
        const path = joinPath(cwd, arg)!;
        const bin = /\/node_modules\/(?:\.bin\/)?((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
        if (bin === undefined) this.files.push(path);
        else this.programs.push(bin);
        return undefined;
      }
    }
    return undefined;
  }
}
