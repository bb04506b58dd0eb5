import { staticLinking } from '../src/knowledge/linking.ts';
import { compareVersions } from '../src/knowledge/suites.ts';
import { type Build, copiesLibraries, importedArtifacts } from '../src/lint/facts/builds.ts';
import { installedPackages } from '../src/lint/facts/installs.ts';
import { hasNativeModules } from '../src/lint/facts/linkage.ts';
import { imageName, type System, systemOf } from '../src/lint/facts/systems.ts';
import type { Project, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-libc-mismatch',
  severity: 'warn',
  needs: ['from='],
  summary: 'A program or native module is built with another C library, or a newer one, than it runs with',
  why: 'A program linked with glibc does not start on Alpine (musl) and the other way round, and one that was built on a newer release asks for symbols that an older one does not have ("version `GLIBC_2.38` not found"). Build and run on the same distribution and release: name both, as in `rust:1-bookworm` and `debian:bookworm-slim`, because a bare tag moves to the next release. Folders of dependencies count when they hold compiled modules. Programs that can be linked statically and are built with glibc for musl are for require-static-link to say.',
  examples: [
    {
      bad: 'FROM rust:1.90 AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\n\nFROM debian:bookworm-slim\nCOPY --from=build /src/target/release/app /usr/local/bin/app\nCMD ["app"]\n',
      good: 'FROM rust:1.90-bookworm AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\n\nFROM debian:bookworm-slim\nCOPY --from=build /src/target/release/app /usr/local/bin/app\nCMD ["app"]\n',
    },
  ],
  *check(document, { target, project }) {
    if (!target) return;
    const run = systemOf(target);
    if (run.libc === undefined || run.repository === 'scratch') return;
    const artifacts = importedArtifacts(document, target);
    if (artifacts.length === 0 || copiesLibraries(document, target)) return;
    const packages = installedPackages(document, target);
    const seen = new Set<string>();
    for (const { build, source, path } of artifacts) {
      const from = systemOf(build.stage);
      const mismatch = compare(build, from, run);
      if (!mismatch || !source || !isNative(build, project, mismatch.isOther)) continue;
      if (mismatch.isOther && [...packages].some((name) => /^(?:gcompat|libc6-compat|glibc|musl)/.test(name))) continue;
      const key = `${source.word.start} ${build.stage.index}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield {
        at: { start: source.word.start, end: source.word.end },
        message: `${what(build, path)} is built with ${describe(from)} (\`${imageName(build.stage)}\`) and runs with ${describe(run)} (\`${imageName(target)}\`); ${mismatch.effect}`,
      };
    }
  },
};

interface Mismatch {
  /** Another C library, not only another version of it. */
  readonly isOther: boolean;
  readonly effect: string;
}

function compare(build: Build, from: System, run: System): Mismatch | undefined {
  if (from.libc !== 'glibc' && from.libc !== 'musl') return undefined;
  if (from.libc !== run.libc) {
    // Linking statically is the better way out, where there is one.
    if (makesProgram(build) && staticLinking(build.ecosystem) && (run.libc === 'none' || from.libc === 'glibc'))
      return undefined;
    return { isOther: true, effect: makesProgram(build) ? 'it does not start' : 'its compiled modules do not load' };
  }
  const built = from.suite?.libcVersion;
  const has = run.suite?.libcVersion;
  if (from.libc === 'musl' || built === undefined || has === undefined || compareVersions(built, has) <= 0)
    return undefined;
  // What cgo calls by itself only changed with these releases.
  const steps = ['2.32', '2.34'];
  if (
    build.ecosystem === 'go' &&
    !build.isCgoAskedFor &&
    !steps.some((step) => compareVersions(built, step) >= 0 && compareVersions(has, step) < 0)
  ) {
    return undefined;
  }
  return { isOther: false, effect: 'symbols that it needs may be missing' };
}

/** `go get` counts as an install of dependencies, and made programs once. */
function makesProgram({ kind, ecosystem }: Build): boolean {
  return kind === 'build' || ecosystem === 'go';
}

/** Whether something compiled is in it: a program for certain, a folder of dependencies where there is a sign of it. */
function isNative(build: Build, project: Project, isOther: boolean): boolean {
  if (makesProgram(build)) return build.linkage === 'dynamic';
  return build.hasCompiler || (isOther && hasNativeModules(build.ecosystem, project));
}

function what(build: Build, path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return makesProgram(build) && name !== '*' ? `\`${name}\`` : `what \`${build.name}\` made`;
}

function describe({ libc, suite }: System): string {
  if (libc === 'none') return 'no C library';
  const name = libc === 'musl' ? 'musl' : `glibc${suite?.libcVersion ? ` ${suite.libcVersion}` : ''}`;
  const release = suite?.release && libc === 'glibc' ? ` of ${suite.distro} ${suite.release}` : '';
  return `${name}${release}`;
}
