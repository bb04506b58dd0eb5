/** Two Dockerfiles built, compared and judged. */
export { compareCommand, compareImages, compareServers, compareStarts, planSearch } from './compare.ts';
export { ImageReader, type ReadImage } from './inspect.ts';
export {
  type BuildReport,
  type Cause,
  type Check,
  decideVerdict,
  type Evidence,
  type FileClass,
  type LayerRow,
  type LeftBehind,
  type Outcome,
  type SideReport,
  type Tier,
  type Verdict,
  type VerificationReport,
} from './model.ts';
export { type HttpAnswer, type Observation, observe, type Watch } from './observe.ts';
export { type Explanation, explainRuntimeError } from './runtime-errors.ts';
export { scanFiles } from './scan.ts';
export { Snapshot } from './snapshot.ts';
export { type StructureTest, StructureTestError } from './structure/tests.ts';
export { type ProgressEvent, type Side, Verifier, type VerifyOptions, verify } from './verify.ts';
