import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';
import type { RegistrationDependencies } from './registration.ts';
import { signedPing, trialOf } from './try-secret.ts';

/** A ping for the Lambda `functions/probe`, which posts it from within the VPC. */
export interface Ping {
  readonly account: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ProbeDependencies {
  readonly readSecret: RegistrationDependencies['readSecret'];
  readonly authentication: RegistrationDependencies['authentication'];
  /** Posts a ping through the endpoint. @returns the status of the answer. @throws if there was none. */
  readonly post: (ping: Ping) => Promise<number>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Posts a signed ping for each account, the way that deliveries come in, and counts the run if every one is accepted. An
 * alarm goes off if no run is counted, so a failure needs no metric of its own.
 *
 * @returns whether every ping was accepted.
 */
export async function probe(accounts: readonly string[], dependencies: ProbeDependencies): Promise<boolean> {
  const accepted = await Promise.all(accounts.map((account) => isAccepted(account, dependencies)));
  const all = accepted.every(Boolean);
  if (all) dependencies.metrics.count('ProbeAccepted', {});
  return all;
}

async function isAccepted(
  account: string,
  { readSecret, authentication, post, log }: ProbeDependencies,
): Promise<boolean> {
  const ping = signedPing(await readSecret(account), authentication);
  let status: number | undefined;
  try {
    status = await post({ account, ...ping });
  } catch (error) {
    log.warn('probe failed', { account, ...errorFields(error) });
  }
  const outcome = status === undefined ? 'unreachable' : trialOf(status);
  if (outcome !== 'accepted') log.warn('probe not accepted', { account, outcome, status });
  return outcome === 'accepted';
}
