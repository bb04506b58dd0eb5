import type { Recipe } from '../types.ts';
import { c } from './c.ts';
import { haskell, swift } from './compiled.ts';
import { dotnet } from './dotnet.ts';
import { elixir } from './elixir.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { node } from './node.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';

/**
 * The recipes in the order in which they are tried: the first that matches has the stage.
 *
 * To add one: a file here that exports a `Recipe`, a line in this list, and in `fixtures/optimize/<recipe>/` a folder for
 * each case: `app/` (the build context: a small application that compiles), `Dockerfile`, `case.json` for options, and one
 * of `expected.Dockerfile`, `declined.txt` and `already-good`. `FILL_FIXTURES=1 npm test -- test/optimize` writes the
 * expectations that are missing; read them before you keep them.
 *
 * A recipe is values and four small functions, and never writes text of the final stage:
 * - `matches(subject)`: is this stage built with my tools? Look at `subject.system.sdk?.ecosystem` and, for toolchains
 *   installed on a base of the system, at `subject.commands`. Say no when in doubt: a later recipe may know.
 * - `classify(path)`: the role of a file of the build context where the common table (`../roles.ts`) is wrong for the
 *   ecosystem: `.js` is `data` to a program that node runs as it is, `source` where it is bundled.
 * - `effects(call, world)`: what one of your commands does, as effects: `npm ci` writes `node_modules` (role
 *   `dependency`), `mvn package` writes `target/x.jar` (role `artifact`). `call.args` are expanded, `call.path(word)`
 *   resolves against the working directory and is undefined where a variable hides the path, `call.env(name)` looks up
 *   variables. Return `undefined` for a command that is not yours, `[]` for one that changes nothing. The commands of
 *   the system (mv, cp, curl, apt-get, adduser …) are common, see `../effects/`.
 * - `plan(evidence)`: from the image as the stage leaves it (`world.tree`, `world.packages`), the programs that the
 *   entry point starts (`entryPoint.programs`, each with the tree's entry if the stage made it) and the manifests
 *   (`context.readText('package.json')`) to a `Proposal`, or `declined(code, sentence, range)`.
 *
 * What need not be said in a proposal, because it is common: the configuration (CMD, ENV, USER, WORKDIR …) is carried;
 * files of the context with the role `data` and what nobody knows are kept at their paths; programs and scripts of
 * the entry point are kept; packages of the system that are no build tools are installed again; accounts are copied
 * when USER needs them; runtimes that lack something are supplied or passed over.
 *
 * What `plan` has to say: `keep` (the artifacts), `runtimes` (a ladder, smallest first; start from
 * `subject.system.sdk?.runtimes`), `needs` (libc, ca, zoneinfo, tmp …, each with a clause that says why, and `supply`
 * when the remedy is the ecosystem's own), `buildEdits`/`buildSteps` (a flag to add, a prune behind the build),
 * `sdkVariables` (ENV that only the SDK reads), `leave` (artifacts that are not wanted, with the class),
 * `assumptions` (`isUnproved` for what only a run can tell).
 */
export const recipes: readonly Recipe[] = [go, node, java, rust, dotnet, python, ruby, elixir, haskell, swift, c];
