import * as z from 'zod';
import type { Target } from '../target/target.ts';

type Simulate = Target['simulate'];

/** Number of calls that fail: too many to be hidden by a consumer's own retries. */
const CALLS = 5;

/** Each fault, and its effect, in the order of the help. */
export const FAULTS = [
  ['lose', 'no webhook arrives; the poller finds the book'],
  ['duplicate', 'each webhook arrives twice'],
  ['delay', 'each webhook arrives up to a second late'],
  ['reorder', 'webhooks arrive out of order'],
  ['429', `the next ${CALLS} calls to Ocrolus are rate-limited`],
  ['500', `the next ${CALLS} calls to Ocrolus fail`],
  ['403', `the next ${CALLS} calls to Ocrolus are forbidden`],
  ['too-early', `Ocrolus answers "not yet" to the next ${CALLS} calls for results of the book`],
] as const;

export type FaultName = (typeof FAULTS)[number][0];

const CHANCES = { duplicate: { duplicate: 1 }, delay: { delay: 1 }, reorder: { reorder: 0.5 } } as const;

const API = { 429: 'rate-limited', 500: 'server-error', 403: 'forbidden', 'too-early': 'not-ready' } as const;

const SwitchedOn = z.object({ deliveries: z.record(z.string(), z.number()) });

/** True if the fault affects webhooks; it ends when they are sent. */
export function isAboutDeliveries(fault: FaultName | undefined): fault is keyof typeof CHANCES {
  return fault !== undefined && Object.hasOwn(CHANCES, fault);
}

/** Makes the next calls to Ocrolus fail. Ends by itself. `lose` needs no fault, because the webhooks are not sent. */
export async function injectCallFault(simulate: Simulate, fault: FaultName, bookUuid: string): Promise<void> {
  if (isAboutDeliveries(fault) || fault === 'lose') return;
  const path = fault === 'too-early' ? { path: `/v2/book/${bookUuid}/` } : {};
  await simulate('PUT', `/faults/api/${API[fault]}`, { times: CALLS, ...path });
}

/** Applies a fault to the webhooks that are sent during `work`, then restores the previous faults. */
export async function withDeliveryFault<T>(
  simulate: Simulate,
  fault: FaultName | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (!isAboutDeliveries(fault)) return work();
  const before = SwitchedOn.parse(await simulate('GET', '/faults')).deliveries;
  await simulate('PUT', '/faults/deliveries', CHANCES[fault]);
  try {
    return await work();
  } finally {
    await simulate('PUT', '/faults/deliveries', { [fault]: 0, ...before });
  }
}
