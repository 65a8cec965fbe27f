/** The deployed schedule, to which the defaults of the poller's other times belong (`infra/config/ocrolus.ts`). */
const DEPLOYED = { schedule: 300, min: 300, grace: 600, max: 21_600 };

/**
 * The poller's times for another schedule, in proportion: a stack that polls every two seconds, to be watched, must
 * not give a webhook ten minutes before it counts as lost.
 *
 * @param pollSeconds between two runs.
 */
export function paceOf(pollSeconds: number): Record<string, string> {
  const scaled = (seconds: number) =>
    String(Math.max(1, Math.round((seconds * pollSeconds) / DEPLOYED.schedule)));
  return {
    POLL_MIN_SECONDS: scaled(DEPLOYED.min),
    POLL_GRACE_SECONDS: scaled(DEPLOYED.grace),
    POLL_MAX_SECONDS: scaled(DEPLOYED.max),
  };
}
