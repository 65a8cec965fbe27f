import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { EventName } from '../../../shared/events/catalog.ts';
import type { BookClass } from '../../running-stacks/book-classes.ts';
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
function isAboutDeliveries(fault: FaultName | undefined): fault is keyof typeof CHANCES {
  return fault !== undefined && Object.hasOwn(CHANCES, fault);
}

/** Makes the next calls to Ocrolus fail. Ends by itself. `lose` needs no fault, because the webhooks are not sent. */
async function injectCallFault(simulate: Simulate, fault: FaultName, bookUuid: string): Promise<void> {
  if (isAboutDeliveries(fault) || fault === 'lose') return;
  const path = fault === 'too-early' ? { path: `/v2/book/${bookUuid}/` } : {};
  await simulate('PUT', `/faults/api/${API[fault]}`, { times: CALLS, ...path });
}

/** Applies a fault to the webhooks that are sent during `work`, then restores the previous faults. */
async function withDeliveryFault<T>(
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

const Book = z.object({
  uuid: z.string(),
  documents: z.array(z.object({ uuid: z.string() })),
  /** Next step of its life cycle; `null` after the last. */
  next: z.string().nullable(),
});

/** Every step must have a webhook, for which the old names do not suffice. */
const vocabulary = 'mixed';

const Sent = z.object({ deliveries: z.array(z.object({ deliveryId: z.string(), outcome: z.string() })) });

interface BookSize {
  readonly documents?: number | undefined;
  /** Number of rows in all its bank statements together. */
  readonly rows?: number | undefined;
}

/** Creates a book and takes it through its life cycle, in the background. @returns its uuid. */
export async function simulateBook(
  simulate: Simulate,
  size: BookSize & { readonly bookClass?: BookClass | undefined },
  fault: FaultName | undefined,
): Promise<string> {
  const uuid = randomUUID();
  const deliver = fault !== 'lose';
  if (fault !== undefined) await injectCallFault(simulate, fault, uuid);
  await withDeliveryFault(simulate, fault, async () => {
    // The fault must stay on until the last webhook is sent.
    const wait = isAboutDeliveries(fault);
    await simulate('POST', '/books', { uuid, ...size, deliver, vocabulary, ...(!wait && { steps: 'all' }) });
    if (wait) await simulate('POST', `/books/${uuid}/advance`, { steps: 'all', wait, vocabulary });
  });
  return uuid;
}

/** Creates a finished book that no webhook announced. @returns its uuid. */
export async function simulateFinishedBook(simulate: Simulate, size: BookSize): Promise<string> {
  const uuid = randomUUID();
  await simulate('POST', '/books', { uuid, ...size, deliver: false });
  await simulate('POST', `/books/${uuid}/advance`, { steps: 'all', deliver: false, wait: true });
  return uuid;
}

/** Sends an event about a book: once, or as often as the fault repeats it. */
export async function sendEvent(
  simulate: Simulate,
  bookUuid: string,
  event: EventName,
  fault: FaultName | undefined,
): Promise<z.output<typeof Sent>['deliveries']> {
  if (fault !== undefined) await injectCallFault(simulate, fault, bookUuid);
  const answer = await withDeliveryFault(simulate, fault, () =>
    simulate('POST', `/books/${bookUuid}/events`, { event, wait: true }),
  );
  return Sent.parse(answer).deliveries;
}

/** @throws Error if the simulated Ocrolus has no such book. */
export async function readSimulated(simulate: Simulate, uuid: string): Promise<z.output<typeof Book>> {
  return Book.parse(await simulate('GET', `/books/${encodeURIComponent(uuid)}`));
}
