import { asFailure } from '../../shared/failure.ts';
import type { Accounts } from '../../shared/ocrolus/accounts.ts';
import { type DueBook, moveBehind, readDueBooks } from '../../shared/store/due.ts';
import { releaseLease, takeLease } from '../../shared/store/poller-state.ts';
import { discover } from './discover.ts';
import { type PollMode, type VisitParts, visit } from './visit.ts';
import { inTurn, visitingOrder } from './visiting-order.ts';

export interface PollerParts extends VisitParts {
  readonly accounts: Accounts;
  readonly accountNames: readonly string[];
}

export interface PollReport {
  /** `false`: another run was under way, and nothing was done. */
  readonly ran: boolean;
  readonly discovered: number;
  readonly visited: number;
  readonly sent: number;
  /** Books that were due and are left for the next run. */
  readonly failed: number;
}

/** Later than any appointment. */
const END_OF_TIME = '9999';

/** Kept back for the last writes before the Lambda's time is over. */
const RESERVE_MS = 10_000;
/** Books looked at at a time; the rate limiter spaces the calls. */
const AT_ONCE = 4;
/** After so many failures in a row Ocrolus is down: the rest waits for the next run. */
const FAILURES_IN_A_ROW = 5;

/**
 * One run of the poller (design section 8): the books that are due, and unknown ones as far as those leave time
 * (`visitingOrder`), until all are seen or the time is up. Its cost follows the number of due books.
 *
 * @param remainingMs of the Lambda.
 * @param mode `now`: an operator asks. Books at work are looked at whether due or not, and what they lack is sent
 * without waiting for the grace time.
 */
export async function poll(
  parts: PollerParts,
  runId: string,
  remainingMs: number,
  mode: PollMode = 'due',
): Promise<PollReport> {
  const now = parts.now().getTime();
  const deadline = now + Math.max(remainingMs - RESERVE_MS, remainingMs / 2);
  if (!(await takeLease(parts.table, runId, now, now + remainingMs))) {
    parts.log.info('another run is under way');
    return { ran: false, discovered: 0, visited: 0, sent: 0, failed: 0 };
  }
  try {
    const tally = await visitAll(parts, deadline, mode);
    const report = { ran: true, ...tally };
    parts.log.info('polled', { ...report });
    parts.metrics.count('PollerRun', {});
    parts.metrics.count('BooksDiscovered', {}, tally.discovered);
    parts.metrics.count('BooksPolled', {}, tally.visited);
    parts.metrics.count('PollMessagesSent', {}, tally.sent);
    return report;
  } finally {
    await releaseLease(parts.table, runId);
  }
}

async function* discoverIn(parts: PollerParts, account: string, deadline: number, found: () => void) {
  const { table, accounts, now } = parts;
  try {
    for await (const book of discover(table, accounts.client(account), account, deadline, now)) {
      found();
      yield book;
    }
  } catch (error) {
    parts.log.warn('discovery stopped', { account, code: asFailure(error).code });
  }
}

async function visitAll(parts: PollerParts, deadline: number, mode: PollMode) {
  const tally = { discovered: 0, visited: 0, sent: 0, failed: 0 };
  let inARow = 0;
  const underWay = new Set<Promise<void>>();
  const startedAt = parts.now().getTime();
  const visitOne = async (book: DueBook) => {
    const log = parts.log.with({ bookUuid: book.bookUuid, account: book.account });
    try {
      const sent = await visit(parts, parts.accounts.client(book.account), book, deadline, mode);
      tally.sent += sent;
      tally.visited += 1;
      inARow = 0;
    } catch (error) {
      const failure = asFailure(error);
      tally.failed += 1;
      // What is refused, for an account that is no more for example, says nothing of the other books.
      if (failure.class !== 'refused') inARow += 1;
      log.warn('book not polled', { code: failure.code });
      await moveBehind(parts.table, book, parts.now().toISOString()).catch((problem: unknown) => {
        log.warn('book not moved behind', { code: asFailure(problem).code });
      });
    }
  };
  let dueLag = 0;
  const until = mode === 'now' ? END_OF_TIME : parts.now().toISOString();
  const found = () => {
    tally.discovered += 1;
  };
  const accounts = parts.settings.POLL_DISCOVER ? parts.accountNames : [];
  const discovered = inTurn(accounts.map((account) => discoverIn(parts, account, deadline, found)));
  /** The index may show a book again: after its discovery, or after it has moved to its next appointment. */
  const begun = new Set<string>();
  for await (const book of visitingOrder(readDueBooks(parts.table, until), discovered)) {
    if (begun.has(book.bookId)) continue;
    if (mode === 'now' && book.settledAt !== undefined && book.dueAt > parts.now().toISOString()) continue;
    dueLag = Math.max(dueLag, (startedAt - Date.parse(book.dueAt)) / 1000);
    if (parts.now().getTime() >= deadline || inARow >= FAILURES_IN_A_ROW) break;
    begun.add(book.bookId);
    const visiting = visitOne(book).finally(() => underWay.delete(visiting));
    underWay.add(visiting);
    if (underWay.size >= AT_ONCE) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  parts.metrics.record('DueLag', dueLag, 'Seconds', {});
  return tally;
}
