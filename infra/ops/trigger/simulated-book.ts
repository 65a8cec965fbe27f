import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { EventName } from '../../../shared/events/catalog.ts';
import type { BookClass } from '../../running-stacks/book-classes.ts';
import type { Target } from '../target/target.ts';
import { type FaultName, injectCallFault, isAboutDeliveries, withDeliveryFault } from './faults.ts';

type Simulate = Target['simulate'];

const Book = z.object({
  uuid: z.string(),
  documents: z.array(z.object({ uuid: z.string() })),
  /** Next step of its life cycle; `null` after the last. */
  next: z.string().nullable(),
});

/** Every step must have a webhook, for which the old names do not suffice. */
const vocabulary = 'mixed';

const Sent = z.object({ deliveries: z.array(z.object({ deliveryId: z.string(), outcome: z.string() })) });

export interface BookSize {
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
