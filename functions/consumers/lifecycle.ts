import { catalogEntry, findEventName } from '../../shared/events/catalog.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { refresh } from './observe/refresh.ts';

/**
 * Something moved that brings no result: the book's status is refreshed. Not for events of sharing and
 * monitoring, whose book may be another organization's, nor for a failed upload, which left nothing behind
 * (domain reference 8.3): these are written down in the ledger and no more.
 */
export const observe: Observe = async (observing) => {
  const name = findEventName(observing.envelope.eventName);
  const entry = name === undefined ? undefined : catalogEntry(name);
  if (entry?.subject === 'account' || name === 'document.upload_failed') return { outcome: 'applied' };
  return refresh(observing);
};

export const handler = defineConsumer('lifecycle', observe);
