import type { Envelope } from '../../../../shared/events/envelope.ts';
import type { LedgerEntry } from '../../../../shared/store/ledger.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { second } from './observations.ts';

export const envelope = delivery(
  'BOOK_VERIFIED',
  {},
  {
    deliveryId: 'd-1',
    receivedAt: second(1),
    payload: { encoding: 'utf8', body: '{"event":"BOOK_VERIFIED"}' },
  },
);

/** The entry of that delivery, except for what a test says. */
export function ledgerEntry(more: Partial<Envelope> = {}, entry: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    bookId: 'account',
    envelope: { ...envelope, ...more },
    outcome: 'applied',
    attempts: 2,
    processedAt: second(5),
    keepDays: 180,
    ...entry,
  };
}
