import type { Envelope } from '../../../shared/events/envelope.ts';

/** What the webhook makes of a delivery. */
export const envelope: Envelope = {
  version: 1,
  deliveryId: 'd-1',
  account: 'lending',
  source: 'webhook',
  receivedAt: '2026-03-02T08:00:00.000Z',
  eventName: 'BOOK_VERIFIED',
  channel: 'book-verified',
  ids: { bookUuid: '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f' },
  payload: { encoding: 'utf8', body: '{"event":"BOOK_VERIFIED"}' },
};
