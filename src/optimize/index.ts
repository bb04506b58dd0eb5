/** From one SDK stage to a named multi-stage file: the plan and its text. The engine's part is the commands'. */
export { planRewrite, rewritten } from './optimize.ts';
export type {
  AlreadyGood,
  Assumption,
  Candidate,
  DeclineCode,
  Declined,
  Keep,
  LeftBehind,
  Need,
  OptimizeOptions,
  Outcome,
  Plan,
  Rewritten,
  RuntimeChoice,
  Supply,
} from './types.ts';
