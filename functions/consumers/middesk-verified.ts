import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { RESULT_PREFIX } from '../../shared/store/keys.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { storeResult } from './observe/store-result.ts';
import type { Observing } from './observing.ts';
import { each } from './outcome.ts';

/** Middesk's results are ready: the business that the event names, else those of the book that are known. */
export const observe: Observe = async (observing) => {
  const bookUuid = await observing.bookUuid();
  const { businessUuid } = observing.ids;
  const businesses = businessUuid === undefined ? await knownBusinesses(observing, bookUuid) : [businessUuid];
  // No call lists the businesses of a book (domain reference 8.3).
  if (businesses.length === 0) throw new Failure('refused', 'no-business-id');
  return each(
    businesses.map((business) => async () => {
      const answer = await observing.ask(calls.business(bookUuid, business));
      return storeResult(observing, { bookId: bookUuid, kind: 'business', subject: business }, answer);
    }),
  );
};

async function knownBusinesses(observing: Observing, bookUuid: string): Promise<string[]> {
  const subjects: string[] = [];
  const items = observing.parts.table.query({
    KeyConditionExpression: 'bookId = :book AND begins_with(#item, :prefix)',
    ProjectionExpression: 'subject',
    ExpressionAttributeNames: { '#item': 'item' },
    ExpressionAttributeValues: { ':book': bookUuid, ':prefix': `${RESULT_PREFIX}business#` },
  });
  for await (const item of items) subjects.push(String(item.subject));
  return subjects;
}

export const handler = defineConsumer('middesk-verified', observe);
