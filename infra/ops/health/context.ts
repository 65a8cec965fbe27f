import type { Target } from '../target/target.ts';

/** Context of checks for local stacks and stages alike. */
export interface SystemContext {
  readonly target: Target;
  /** Options that select the same stack in suggested commands: ` --stage prod`. */
  readonly which: string;
  readonly now: number;
}
