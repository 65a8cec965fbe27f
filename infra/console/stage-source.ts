import type { Target } from '../ops/target/target.ts';
import type { ConsoleSource } from './source.ts';

/** Calls of AWS cost money and quota; CloudWatch has no newer values within a minute anyway. */
const EVERY_MS = 10_000;
const PARTS_EVERY_MS = 60_000;

/** A deployed stage for the console. Nothing is written. */
export function openStageSource(
  target: Target,
  { stage, opsFlags }: { readonly stage: string; readonly opsFlags: string },
): ConsoleSource {
  return {
    ...{ stage, opsFlags },
    open: async () => target,
    everyMs: EVERY_MS,
    partsEveryMs: PARTS_EVERY_MS,
  };
}
