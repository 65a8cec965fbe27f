import type { SimulatedCall } from '../../ocrolus/model.ts';
import { DAY } from '../../ocrolus/random.ts';
import type { Violations } from '../violations.ts';

/** A run of the poller every 5 minutes reads one page of the list of each account, and another one where that is full. */
const MOST_LISTS_A_DAY = 2 * 288;
/** Calls for results per result that is there in the end: answers that are not ready, changes, repetitions, probes. */
const MOST_PER_RESULT = 8;
/** Calls of Book status per book and day on average: two for an idle book, more while it is young. */
const MOST_STATUS_PER_BOOK_DAY = 6;
/** A few books with bad luck may exceed an average. */
const ALLOWANCE = 500;

/** What all calls together cost. */
export class CallTotals {
  /** Calls about products that are not served have a bound of their own. */
  readonly counts = { lists: 0, statuses: 0, results: 0, notServed: 0 };
  readonly #books = new Set<string>();
  #from = Number.POSITIVE_INFINITY;
  #until = 0;
  readonly #accounts = new Set<string>();

  add({ operation, bookUuid, account, isDisabled }: SimulatedCall, now: number): void {
    this.#from = Math.min(this.#from, now);
    this.#until = now;
    this.#accounts.add(account);
    if (bookUuid !== '') this.#books.add(bookUuid);
    if (operation.name === 'book-status') this.counts.statuses += 1;
    else if (operation.name === 'book-list') this.counts.lists += 1;
    else if (isDisabled) this.counts.notServed += 1;
    else this.counts.results += 1;
  }

  /** At the end. @param stored results that are there. */
  check(stored: number, violations: Violations): void {
    const days = Math.ceil((this.#until - this.#from) / DAY);
    const check = (what: string, count: number, most: number) => {
      if (count > most) violations.add('too-many-calls', '', `${count} calls of ${what}, ${most} allowed`);
    };
    const { lists, results, statuses } = this.counts;
    check('Book list', lists, MOST_LISTS_A_DAY * days * this.#accounts.size);
    check(`results, with ${stored} stored`, results, ALLOWANCE + MOST_PER_RESULT * stored);
    const bookDays = days * this.#books.size;
    check('Book status', statuses, ALLOWANCE + MOST_STATUS_PER_BOOK_DAY * bookDays);
  }
}
