import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { bookStatus } from '../../consumers/testing/answers.ts';
import { makeBook } from './books.ts';
import type { PollerHarness } from './harness.ts';

export const DOWN = new Failure('retry', 'network');

export const DOCUMENTS = [{ uuid: 'd', status: 'QUEUED' }];

export const numbered = (count: number) => Array.from({ length: count }, (_, n) => `b${n}`);

/** Due books, some of which fail. @param current gives the harness of the test that is running. */
export function failingBooks(current: () => PollerHarness) {
  return {
    /** Makes books that are due, the first of them longest. */
    async booksDue(...uuids: readonly string[]): Promise<void> {
      const { table, ocrolus } = current();
      for (const [n, bookUuid] of uuids.entries()) {
        await makeBook(table, bookUuid, n);
        ocrolus.says(calls.bookStatus({ bookUuid }), bookStatus(bookUuid, 'VERIFYING', DOCUMENTS));
      }
    },

    fails: (bookUuid: string) => current().ocrolus.says(calls.bookStatus({ bookUuid }), DOWN),
  };
}
