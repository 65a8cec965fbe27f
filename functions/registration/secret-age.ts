import type { Metrics } from '../../shared/telemetry/metrics.ts';

/**
 * Measures how old the oldest of the webhook secrets is. They never expire by themselves: in a stage that
 * rotates them, this metric shows that a rotation did not happen.
 *
 * @param secretArns of every account.
 * @param readDate when the current version of a secret was made. @throws what it throws.
 * @param now Unix milliseconds.
 */
export async function recordSecretAge(
  secretArns: readonly string[],
  readDate: (secretArn: string) => Promise<Date>,
  metrics: Metrics,
  now: number,
): Promise<void> {
  const dates = await Promise.all(secretArns.map(readDate));
  const oldest = Math.min(...dates.map((date) => date.getTime()));
  metrics.record('WebhookSecretAge', (now - oldest) / 1000, 'Seconds', {});
}
