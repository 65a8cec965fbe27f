import type { Envelope } from '../../../../../shared/events/envelope.ts';
import { calls } from '../../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../../shared/events/testing/delivery.ts';
import { bookStatus, type ScriptedDocument } from '../../testing/answers.ts';
import { type Harness, type Receiving, receive } from '../../testing/harness.ts';
import { capturedDocuments } from '../../testing/stored.ts';

/** Steps of the tests of BOOK_VERIFIED. @param current returns the harness of the running test. */
export function verifiedBook(current: () => Harness) {
  return {
    says: (status: string, docs: readonly ScriptedDocument[] = []) =>
      current().ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs)),
    deliver: (more: Partial<Envelope> = {}, receiving: Receiving = {}) =>
      receive(current(), [delivery('BOOK_VERIFIED', { bookUuid: 'b' }, more)], receiving),
    captured: () => capturedDocuments(current().table, 'b'),
  };
}
