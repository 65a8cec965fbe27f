import { calls } from '../../../shared/ocrolus/calls.ts';
import { readBook } from '../../../shared/store/books.ts';
import { bookStatus, type ScriptedDocument } from '../../consumers/testing/answers.ts';
import { makeBook } from './books.ts';
import type { PollerHarness } from './harness.ts';

/** What tests of one poll do. @param current gives the harness of the test that is running. */
export function polledBook(current: () => PollerHarness) {
  const says = (status: string, docs: readonly ScriptedDocument[] = []) =>
    current().ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs));
  return {
    says,
    sentNames: () =>
      current()
        .sent.splice(0)
        .map(({ eventName }) => eventName),
    book: () => readBook(current().table, 'b'),
    /** The book is known, and polled for the first time. */
    async start(status: string, docs: readonly ScriptedDocument[] = []) {
      await makeBook(current().table, 'b');
      says(status, docs);
      return current().pollDue();
    },
  };
}
