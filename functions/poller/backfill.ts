import type { BackfillCounts, BackfillReport, BackfillRequest } from '../../shared/backfill.ts';
import { asFailure } from '../../shared/failure.ts';
import { comparePks, type ListedBook, listBooks } from '../../shared/ocrolus/book-list.ts';
import { type Book, readBook } from '../../shared/store/books.ts';
import { iso } from '../../shared/time.ts';
import { actionFor, isInRange, isPast } from './backfill-choice.ts';
import { type Cost, costOfComparing, costOfFetching } from './backfill-estimate.ts';
import type { PollerDependencies } from './dependencies.ts';
import { hasShifted } from './discover.ts';
import { recordListed } from './listed-book.ts';

/** Books per page, and pages per call: a caller sees progress, and can stop, after each call. */
const PAGE = 100;
const PAGES_PER_CALL = 5;

/** Reserved for the answer before the Lambda times out. */
const RESERVE_MS = 30_000;

/** Books read at the same time, and then written. */
const AT_ONCE = 10;

const DAY_MS = 86_400_000;

/**
 * Makes the books of one part of an account's list due: those that are not stored, and those that are and were not compared
 * with Ocrolus for a day. It fetches nothing itself: the poller does, as for any due book. They become due one after the other
 * at the pace of the rate limit, so that a backlog does not hold up the books that are due anyway. Idempotent: a book that is due
 * already stays as it is. The cursor of discovery is not moved.
 *
 * @param remainingMs of the Lambda.
 */
export async function backfill(
  dependencies: PollerDependencies,
  request: BackfillRequest,
  remainingMs: number,
): Promise<BackfillReport> {
  const { ports, log, metrics } = dependencies;
  const part = new Part(
    dependencies,
    request,
    ports.now() + Math.max(remainingMs - RESERVE_MS, remainingMs / 2),
  );
  let problem: string | null = null;
  try {
    await part.read();
  } catch (error) {
    problem = asFailure(error).code;
  }
  const report = { ...part.report(), problem };
  const { account, write } = request;
  log.info('backfilled', { account, write, ...report.counts, code: problem ?? undefined });
  if (write && report.counts.unknown > 0) metrics.count('BooksDiscovered', {}, report.counts.unknown);
  return report;
}

/** One call: some pages of the list. */
class Part {
  readonly #dependencies: PollerDependencies;
  readonly #request: BackfillRequest;
  readonly #deadline: number;
  readonly #fetching: Cost;
  readonly #comparing: Cost;
  readonly #counts: Record<keyof BackfillCounts, number> = { unknown: 0, again: 0, waiting: 0, left: 0 };
  #calls = 0;
  #dueAt: number;
  #place: BackfillReport['next'];

  constructor(dependencies: PollerDependencies, request: BackfillRequest, deadline: number) {
    this.#dependencies = dependencies;
    this.#request = request;
    this.#deadline = deadline;
    this.#fetching = costOfFetching(dependencies.settings);
    this.#comparing = costOfComparing(dependencies.settings);
    this.#dueAt = Date.parse(request.dueFrom);
    this.#place = request.place;
  }

  report(): Omit<BackfillReport, 'problem'> {
    return { counts: { ...this.#counts }, calls: this.#calls, dueUntil: iso(this.#dueAt), next: this.#place };
  }

  /** @throws Failure */
  async read(): Promise<void> {
    const { accounts, ports } = this.#dependencies;
    const client = accounts.client(this.#request.account);
    for (let page = 0; page < PAGES_PER_CALL && this.#place !== null; page += 1) {
      if (ports.now() >= this.#deadline) return;
      const { offset: from, lastPk } = this.#place;
      // One book back: where it is still the last one seen, nothing before it has been deleted.
      const offset = Math.max(0, from - 1);
      const { books, length, paged } = await listBooks(client, PAGE, offset, this.#deadline);
      // A page of which no entry can be read has not shifted: to step back from it would never end.
      const isReadable = books.length > 0 || length === 0;
      if (paged && isReadable && hasShifted(books, this.#place, offset)) {
        this.#place = { offset: Math.max(0, from - PAGE), lastPk };
        continue;
      }
      const unseen = books.filter(({ bookPk }) => comparePks(bookPk, lastPk) > 0);
      const isWhole = await this.#take(unseen, (done) =>
        paged ? offset + length - unseen.length + done : 0,
      );
      if (!isWhole) return;
      const isLast = !paged || length < PAGE || isPast(unseen.at(-1), this.#request.range);
      this.#place = isLast ? null : { offset: offset + length, lastPk: unseen.at(-1)?.bookPk ?? lastPk };
    }
  }

  /** @param offsetAfter the place after so many of these books. @returns whether there was time for all of them. */
  async #take(books: readonly ListedBook[], offsetAfter: (done: number) => number): Promise<boolean> {
    for (let start = 0; start < books.length; start += AT_ONCE) {
      if (this.#dependencies.ports.now() >= this.#deadline) return false;
      const group = books.slice(start, start + AT_ONCE);
      await this.#takeGroup(group.filter((book) => isInRange(book, this.#request.range)));
      const lastPk = group.at(-1)?.bookPk ?? '0';
      this.#place = { offset: offsetAfter(start + group.length), lastPk };
    }
    return true;
  }

  async #takeGroup(group: readonly ListedBook[]): Promise<void> {
    const { table, now } = this.#dependencies.ports;
    const known = await Promise.all(group.map(({ bookUuid }) => readBook(table, bookUuid)));
    const writes = group.map((listed, index) => {
      const book = known[index];
      const action = actionFor(book, this.#dueAt, now() - DAY_MS * this.#dependencies.settings.TIME_SCALE);
      const dueAt = this.#dueAt;
      this.#counts[action] += 1;
      if (action === 'left') return undefined;
      const { calls, milliseconds } = book?.observedAt === undefined ? this.#fetching : this.#comparing;
      this.#calls += calls;
      this.#dueAt += milliseconds;
      return action === 'waiting' ? undefined : { listed, known: book ?? null, dueAt };
    });
    if (!this.#request.write) return;
    await Promise.all(writes.map((one) => one && this.#record(one)));
  }

  async #record({
    listed,
    ...options
  }: {
    listed: ListedBook;
    known: Book | null;
    dueAt: number;
  }): Promise<void> {
    const { table, now } = this.#dependencies.ports;
    const writer = { account: this.#request.account, source: 'poll', now: now() } as const;
    await recordListed(table, listed, { ...options, writer });
  }
}
