import * as z from 'zod';
import { NOT_FOUND } from '../../../shared/events/statuses.ts';
import { isBookRow, readDue } from '../../../shared/store/polling/due.ts';
import { type Check, fail, ok, warn } from '../doctor/check.ts';
import { polledBooks, readBooks } from '../ledger/books.ts';
import type { SystemContext } from './context.ts';

/** Limit for a due book, which may wait for two periods of the poller and for the run in progress. */
const LATE_MINUTES = 15;

function describeLate(minutes: number): string {
  if (minutes === 0) return 'less than a minute';
  return `at most ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

/** A book's attribute `refused`. */
const Refusal = z.object({ code: z.string(), since: z.string() });

export const BOOK_CHECKS: readonly Check<SystemContext>[] = [
  {
    name: 'due books',
    otherwise: 'see whether the table is there, and whether you may read it',
    async run({ target, which, now }) {
      let oldest = now;
      let seen = 0;
      // The shards alternate, each with its oldest first.
      for await (const row of readDue(target.table(), new Date(now).toISOString())) {
        if (!isBookRow(row)) continue;
        oldest = Math.min(oldest, Date.parse(row.dueAt));
        seen += 1;
        if (seen === 100) break;
      }
      const minutes = Math.floor((now - oldest) / 60_000);
      if (minutes < LATE_MINUTES) return ok(seen === 0 ? 'none is due' : `due for ${describeLate(minutes)}`);
      return fail(
        `due for ${minutes} minutes: the poller does not run, or does not keep up`,
        `ops poll${which}; docs/runbook.md#poller-silent`,
      );
    },
  },
  {
    name: 'books',
    otherwise: 'see whether the table is there, and whether you may read it',
    async run({ target, which }) {
      const table = target.table();
      const { value: next = [] } = await polledBooks(table).next();
      const books = await readBooks(table, next, ['bookId', 'status', 'refused']);
      const unknown = books.flatMap(({ bookId, status, refused }) => {
        const refusal = Refusal.safeParse(refused).data;
        return status === NOT_FOUND || refusal === undefined ? [] : [{ bookId, ...refusal }];
      });
      const [oldest] = unknown.toSorted((a, b) => (a.since < b.since ? -1 : 1));
      const read = `the ${books.length} that are polled next`;
      if (oldest === undefined) return ok(`none of ${read} is refused`);
      const codes = [...new Set(unknown.map(({ code }) => code))].join(', ');
      return warn(
        `Ocrolus does not show ${unknown.length} of ${read} (${codes}), one since ${oldest.since}`,
        `ops book ${oldest.bookId}${which}; docs/runbook.md#ocrolus-unavailable`,
      );
    },
  },
];
