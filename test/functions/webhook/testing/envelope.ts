import { delivery } from '../../../shared/events/testing/delivery.ts';

/** The queue message for a delivery. */
export const envelope = delivery(
  'BOOK_VERIFIED',
  { bookUuid: '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f' },
  {
    deliveryId: 'd-1',
    account: 'lending',
    receivedAt: '2026-03-02T08:00:00.000Z',
    payload: { encoding: 'utf8', body: '{"event":"BOOK_VERIFIED"}' },
  },
);
