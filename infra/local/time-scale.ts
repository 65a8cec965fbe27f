import { Poll } from '../config/ocrolus.ts';

/** Seconds between two runs of the poller of a stage with default settings. */
export const DEPLOYED_POLL_SECONDS = Poll.parse({}).minutes * 60;

/** Range that the functions accept (`shared/reconcile/context.ts`). */
const SCALE = { min: 0.000_001, max: 1 };

/**
 * Shrinks every time of checklist, poller and circuit in proportion to the schedule, so that hours pass in seconds
 * (`shared/checklist/times.ts`). Retries by SQS keep their times, because it counts in whole seconds.
 *
 * @param pollSeconds between two runs of the poller.
 */
export function timeScaleOf(pollSeconds: number): Record<string, string> {
  const scale = Math.min(Math.max(pollSeconds / DEPLOYED_POLL_SECONDS, SCALE.min), SCALE.max);
  return { TIME_SCALE: String(scale) };
}
