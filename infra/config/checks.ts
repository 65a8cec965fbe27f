import type * as z from 'zod';
import { CHANNELS } from '../../shared/events/channels.ts';

/**
 * Makes zod run a check across settings even if some of them have faults, so that one run reports all faults. The
 * check must tolerate settings that are missing or do not have their TypeScript type.
 */
export const DESPITE_OTHER_FAULTS = { when: () => true };

/** The concurrency of a webhook without a reservation: 200 requests a second of 0.1 seconds each. */
const WEBHOOK_CONCURRENCY = 20;

/**
 * Poller, registration and rotation, one of them started by an operator, and the publisher for each of the four partitions
 * with which a table begins.
 */
const OTHER_FUNCTIONS = 8;

/** Lambda always keeps this many for functions without reserved concurrency (AWS: "Configuring reserved concurrency"). */
const MIN_UNRESERVED = 100;

interface Checked {
  readonly lambdaConcurrency: number;
  readonly consumerMaximumConcurrency: number;
  readonly webhookReservedConcurrency?: number | undefined;
}

/** Maximum number of functions of a stage that run at once. */
export function concurrencyOf({ consumerMaximumConcurrency, webhookReservedConcurrency }: Checked): number {
  return (
    CHANNELS.length * consumerMaximumConcurrency +
    (webhookReservedConcurrency ?? WEBHOOK_CONCURRENCY) +
    OTHER_FUNCTIONS
  );
}

/** Adds a fault if a stage needs more than the account has: consumers would take the webhook's concurrency. */
export function checkConcurrency(settings: Checked, context: z.core.$RefinementCtx): void {
  const { lambdaConcurrency, webhookReservedConcurrency = 0 } = settings;
  const needed = Math.max(
    concurrencyOf(settings),
    webhookReservedConcurrency > 0 ? webhookReservedConcurrency + MIN_UNRESERVED : 0,
  );
  if (!(lambdaConcurrency < needed)) return;
  const message =
    `must be at least ${needed}: ${CHANNELS.length} consumers, webhook and poller may run at once. Check the quota of the account ` +
    '(Service Quotas, L-B99A9384), and ask for more or lower consumerMaximumConcurrency (docs/operations.md, "Concurrency")';
  context.addIssue({ code: 'custom', path: ['lambdaConcurrency'], message });
}

/** Settings of several groups. Any of them may be missing or have faults. */
interface Together {
  readonly poll: { readonly requestsPerSecond: number };
  readonly ocrolus: { readonly requestsPerSecond: number };
  readonly network: { readonly vpcEndpointId?: unknown };
  readonly probeMinutes?: unknown;
  readonly webhookDeployment: string;
  readonly alarms: { readonly enabled: boolean };
}

/** Adds a fault for each setting that one of another group rules out. */
export function checkTogether(
  { poll, ocrolus, network, probeMinutes, webhookDeployment, alarms }: Together,
  context: z.core.$RefinementCtx,
): void {
  if (webhookDeployment === 'canary' && alarms?.enabled === false) {
    const message = 'must be all-at-once without alarms, which tell whether a new version works';
    context.addIssue({ code: 'custom', path: ['webhookDeployment'], message });
  }
  if (probeMinutes !== undefined && network?.vpcEndpointId !== undefined) {
    const message =
      'must be absent with network.vpcEndpointId: the probe runs in the VPC of its own endpoint';
    context.addIssue({ code: 'custom', path: ['probeMinutes'], message });
  }
  if (poll?.requestsPerSecond >= ocrolus?.requestsPerSecond) {
    const message = 'must be less than ocrolus.requestsPerSecond: consumers need the rest';
    context.addIssue({ code: 'custom', path: ['poll', 'requestsPerSecond'], message });
  }
}
