import * as z from 'zod';
import { isOfDetect, NOT_FOUND } from '../../../shared/events/statuses.ts';
import { POLL_DEFAULTS } from '../../../shared/settings.ts';
import { isBookRow, readDue } from '../../../shared/store/polling/due.ts';
import type { Item } from '../../../shared/store/table.ts';
import { iso } from '../../../shared/time.ts';
import { DEPLOYED_POLL_SECONDS } from '../../config/ocrolus.ts';
import { type Check, fail, ok, type SystemContext, warn } from '../doctor/check.ts';
import { mayLack, missingIfStored, polledBooks, readBooks } from '../ledger/books.ts';
import type { Target } from '../target/target.ts';
import { todoOf } from './ocrolus.ts';

const HOUR_MS = 3_600_000;

/** Limit for a due book, which may wait for two periods of the poller and for the run in progress. */
const LATE_MINUTES = 15;

/** Maximum number of due books that are read. */
const MOST_DUE = 100;

/** Maximum number of incomplete books whose missing results are read. */
const MOST_INCOMPLETE = 20;

function describeLate(minutes: number): string {
  if (minutes === 0) return 'less than a minute';
  return `at most ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

/** A book's attribute `refused`. */
const Refusal = z.object({ code: z.string(), since: z.string() });

/** The books that are polled next, at most a hundred. */
async function readNext(target: Target, attributes: readonly string[]): Promise<Item[]> {
  const table = target.table();
  const { value: next = [] } = await polledBooks(table).next();
  return readBooks(table, next, attributes);
}

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
        if (seen === MOST_DUE) break;
      }
      const minutes = Math.floor((now - oldest) / 60_000);
      if (minutes < LATE_MINUTES) return ok(seen === 0 ? 'none is due' : `due for ${describeLate(minutes)}`);
      return fail(
        `due for ${minutes} minutes: the poller does not run, or does not keep up`,
        `ops poll${which}; docs/runbook.md#poller-silent`,
        { since: iso(oldest), count: seen },
      );
    },
  },
  {
    name: 'books',
    otherwise: 'see whether the table is there, and whether you may read it',
    async run({ target, which }) {
      const books = await readNext(target, ['bookId', 'status', 'refused']);
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
        `ops book ${oldest.bookId}${which}; ${todoOf(codes, which)}`,
        { since: oldest.since, count: unknown.length, concerns: unknown.map(({ bookId }) => String(bookId)) },
      );
    },
  },
  {
    name: 'missing results',
    otherwise: 'see whether the table is there, and whether you may read it',
    everySeconds: 30,
    async run({ target, which, now }) {
      const books = await readNext(target, ['bookId', 'open', 'status']);
      const incomplete = books.filter(mayLack).map(({ bookId }) => String(bookId));
      const read = incomplete.slice(0, MOST_INCOMPLETE);
      const missing = await Promise.all(
        read.map(async (bookId) => {
          const results = await missingIfStored(target.reader, bookId);
          return results.map((result) => ({ bookId, ...result }));
        }),
      );
      // A local stack whose poller runs more often shortens every time in proportion.
      const scale = Math.min((target.pollSeconds ?? DEPLOYED_POLL_SECONDS) / DEPLOYED_POLL_SECONDS, 1);
      const before = iso(now - POLL_DEFAULTS.overdueHours * HOUR_MS * scale);
      const overdue = missing.flat().filter(({ since, code }) => since < before && !isOfDetect(code));
      const polled = `the ${books.length} books that are polled next`;
      const [oldest] = overdue.toSorted((a, b) => (a.since < b.since ? -1 : 1));
      if (oldest === undefined) {
        return ok(
          incomplete.length === 0
            ? `none of ${polled}`
            : `none is overdue; ${incomplete.length} of ${polled} wait for results`,
        );
      }
      const kinds = [...new Set(overdue.map(({ kind, code }) => `${kind} (${code ?? 'not asked for'})`))];
      const late = [...new Set(overdue.map(({ bookId }) => bookId))];
      return warn(
        `${overdue.length} overdue in ${late.length} of ${polled}: ${kinds.sort().join(', ')}, one since ${oldest.since}`,
        `ops book ${oldest.bookId}${which}; docs/runbook.md#results-overdue`,
        { since: oldest.since, count: overdue.length, concerns: late },
      );
    },
  },
];
