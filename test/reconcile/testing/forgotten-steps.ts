import { calls } from '../../../shared/ocrolus/calls.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { type ForgettingHarness, payload, saysPersonal } from './forgetting.ts';

/** Longer than any function runs (docs/decisions/0019). */
export const IN_FLIGHT_SECONDS = 15 * 60;

type Ids = Parameters<typeof delivery>[1];

/** Delivers an event until a consumer finishes it. */
export function deliverUntilDone(eventName: string, ids: Ids, attempts = 1) {
  return async (harness: ForgettingHarness) => {
    const message = delivery(eventName, ids, { receivedAt: harness.clock.iso(), payload: payload() });
    for (let attempt = attempts; attempt < attempts + 15; attempt += 1) {
      const failed = await receive(harness.consumers, [message], { attempts: attempt });
      if (failed.length === 0) return;
    }
    throw new Error(`${eventName} is never finished`);
  };
}

export async function poll(harness: ForgettingHarness): Promise<void> {
  await harness.run();
  await harness.process();
}

/** A book that was announced, is stored, and is due. */
export async function stored(harness: ForgettingHarness): Promise<void> {
  await deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' })(harness);
  harness.clock.advance(3 * 3600);
}

/** An event by its pk waits in its queue, because Ocrolus has refused to show the book. */
export async function waiting(harness: ForgettingHarness): Promise<void> {
  const byPk = calls.bookStatus({ bookPk: '7' });
  harness.ocrolus.says(byPk, { httpStatus: 403, body: { message: 'Forbidden' } });
  const ids = { bookPk: '7', uploadedDocUuid: 'd' };
  const message = delivery('DOC_VERIFIED', ids, { receivedAt: harness.clock.iso(), payload: payload() });
  await receive(harness.consumers, [message], { attempts: 3 });
  saysPersonal(harness);
}

export const nothing = async () => {};
