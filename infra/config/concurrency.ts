import type * as z from 'zod';
import { CHANNELS } from '../../shared/events/channels.ts';

/** The concurrency of a webhook without a reservation: 200 requests a second of 0.1 seconds each. */
const WEBHOOK_CONCURRENCY = 20;

/** Poller, registration and rotation, and one of them started by an operator. */
const OTHER_FUNCTIONS = 4;

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
