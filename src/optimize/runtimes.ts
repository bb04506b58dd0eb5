import { parseImageReference } from '../dockerfile/index.ts';
import { type RuntimeImage, runtimeImage } from '../knowledge/images.ts';
import { compareVersions, type Suite, suiteOf } from '../knowledge/suites.ts';
import type { System } from '../lint/facts/systems.ts';
import { busyboxPrograms, packageOfProgram, samePackage, shellPrograms } from './programs.ts';
import type { Candidate, Need, RuntimeChoice, RuntimeOption, Supply } from './types.ts';

/** The rungs of the ladder that the user's choice leaves, each weighed against what the program needs. */
export function weighRuntimes(
  system: System,
  options: readonly RuntimeOption[],
  needs: readonly Need[],
  choice: RuntimeChoice = 'auto',
): readonly Candidate[] {
  const chosen = FAMILIES.has(choice) ? options.filter(({ image }) => isOfFamily(image, choice)) : [{ image: choice }];
  return chosen.map((option) => weigh(system, option, needs));
}

const FAMILIES: ReadonlySet<string> = new Set(['auto', 'scratch', 'distroless', 'alpine', 'slim']);

function isOfFamily(image: string, family: string): boolean {
  const { repository, tag } = parseImageReference(image);
  switch (family) {
    case 'scratch':
      return repository === 'scratch';
    case 'distroless':
      return /distroless|chainguard|chiseled|distroless-/.test(repository) || /chiseled|distroless/.test(tag ?? '');
    case 'alpine':
      return repository === 'alpine' || /alpine/.test(tag ?? '');
    case 'slim':
      return /slim|minimal/.test(`${repository}:${tag}`) || /^(?:debian|ubuntu)$/.test(repository);
    default:
      return true;
  }
}

/** Weighs one image: what it lacks for good, and what the plan has to add. */
function weigh(system: System, option: RuntimeOption, needs: readonly Need[]): Candidate {
  const { repository, tag } = parseImageReference(option.image);
  const facts = runtimeImage(repository, tag);
  const suite = suiteOf(repository, tag);
  const lacks: string[] = [];
  const supplies: Supply[] = [];
  for (const need of needs) {
    const offered = need.kind === 'package' ? `package:${need.name}` : need.name;
    if (option.offers?.includes(need.kind) || (offered !== undefined && option.offers?.includes(offered))) continue;
    const result = facts ? meet(need, facts, suite, system) : `nothing is known of ${option.image}`;
    if (result === true) continue;
    if (need.supply) supplies.push(...need.supply);
    else if (typeof result === 'string') lacks.push(`${result}, and ${need.why}`);
    else supplies.push(...result);
  }
  return { image: option.image, why: option.why, lacks: [...new Set(lacks)], supplies: unique(supplies) };
}

/** `true` when the image meets the need; what adds it; or a clause that says that it cannot be added. */
function meet(need: Need, image: RuntimeImage, suite: Suite | undefined, system: System): true | string | Supply[] {
  const name = need.name ?? '';
  switch (need.kind) {
    case 'shell':
      return image.shell || 'there is no shell';
    case 'program':
      return program(name, need, image);
    case 'package':
      return systemPackage(name, need, image, system);
    case 'libc':
      return libc(need, image, suite, system);
    case 'libstdc++':
      return image.hasCxx || 'libgcc_s and libstdc++ are not there';
    case 'ca':
      return image.hasCa || [{ kind: 'copy', path: '/etc/ssl/certs/ca-certificates.crt', why: need.why }];
    case 'zoneinfo':
      if (managerOf(image)) return [{ kind: 'install', packages: ['tzdata'], why: need.why }];
      return image.family === 'distroless' || 'there are no time zones';
    case 'accounts':
      return ['/etc/passwd', '/etc/group'].map((path) => ({ kind: 'copy', path, why: need.why }) as const);
    case 'tmp':
      return image.family !== 'scratch' || 'there is no /tmp';
  }
}

function managerOf(image: RuntimeImage): 'apt' | 'apk' | undefined {
  return image.packageManager === 'apt' || image.packageManager === 'apk' ? image.packageManager : undefined;
}

function program(name: string, need: Need, image: RuntimeImage): true | string | Supply[] {
  if (image.shell && shellPrograms.has(name)) return true;
  if (image.family === 'alpine' && busyboxPrograms.has(name)) return true;
  if (name === 'bash' && (image.family === 'debian' || image.family === 'ubuntu' || image.family === 'rpm'))
    return true;
  const manager = managerOf(image);
  const found = manager && packageOfProgram(name, manager);
  return found === undefined ? `\`${name}\` is not there` : [{ kind: 'install', packages: [found], why: need.why }];
}

function systemPackage(name: string, need: Need, image: RuntimeImage, system: System): string | Supply[] {
  const manager = managerOf(image);
  const distro = system.suite?.distro;
  const own = distro === 'alpine' ? 'apk' : distro === 'debian' || distro === 'ubuntu' ? 'apt' : undefined;
  const found = manager === undefined ? undefined : manager === own ? name : samePackage(name);
  return found === undefined
    ? `the package ${name} is not there`
    : [{ kind: 'install', packages: [found], why: need.why }];
}

function libc(need: Need, image: RuntimeImage, suite: Suite | undefined, system: System): true | string {
  if (image.libc !== need.libc)
    return image.libc === 'none' || image.libc === undefined ? 'there is no libc' : `its libc is ${image.libc}`;
  const built = system.suite;
  if (built?.libcVersion === undefined) return true;
  if (suite?.libcVersion === undefined) return image.family === 'distroless' || 'the release of its libc is not known';
  return (
    compareVersions(suite.libcVersion, built.libcVersion) >= 0 ||
    `its libc ${suite.libcVersion} is older than ${built.libcVersion}`
  );
}

function unique(supplies: readonly Supply[]): Supply[] {
  const seen = new Map<string, Supply>();
  for (const supply of supplies) {
    const key =
      supply.kind === 'copy' ? supply.path : supply.kind === 'variable' ? supply.name : supply.packages.join(' ');
    if (!seen.has(key)) seen.set(key, supply);
  }
  return [...seen.values()];
}
