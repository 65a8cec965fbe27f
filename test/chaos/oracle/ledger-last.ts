import type { Simulator } from '../../../infra/local/ocrolus/index.ts';
import { EVENT_PREFIX } from '../../../shared/store/keys.ts';
import type { Answered, Passing } from '../inject/proxy.ts';
import type { Partition } from './partition.ts';
import { putItem } from './wire.ts';

/** Outcomes of deliveries about which Ocrolus was asked. */
const ASKED = new Set(['applied', 'unchanged', 'stale', 'waiting']);

/** Reasons for which nothing was asked: another message has taken over, the book is gone, or its circuit is open. */
const NOT_ASKED = /superseded|book-deleted|circuit-open/;

/** As ids stand in bodies and in paths: uuids and pks. */
const ID = /[0-9a-f]{8}-[0-9a-f-]{27}|\d{6,}/g;

/**
 * Watches DynamoDB's wire for the ledger, which is written last: the outcome of a delivery is not known before Ocrolus was
 * asked about it. An entry that is written earlier is right in the end anyway, unless its consumer dies in between.
 */
export class LedgerLast {
  /** Entries that were checked. */
  checked = 0;
  readonly #callsNow: () => number;
  /** Item → how many calls there had been when its final outcome was written. */
  readonly #written = new Map<string, number>();

  constructor(callsNow: () => number) {
    this.#callsNow = callsNow;
  }

  observe(passing: Passing, answered: Answered): void {
    if (!passing.body.includes(`"${EVENT_PREFIX}`)) return;
    const { item, outcome } = putItem(passing, answered) ?? {};
    if (item?.S === undefined || outcome?.S === 'retrying' || this.#written.has(item.S)) return;
    this.#written.set(item.S, this.#callsNow());
  }

  /** @returns the entries about whose book nothing was asked between the arrival of their delivery and their writing. */
  check({ deliveries, calls }: Simulator, partitions: Iterable<Partition>): string[] {
    const begun = new Map<string, string>();
    for (const { deliveryId, at } of deliveries.flatMap(({ attempts }) => attempts)) {
      const known = begun.get(deliveryId);
      if (known === undefined || at < known) begun.set(deliveryId, at);
    }
    const callsAbout = indexCalls(calls);
    const early: string[] = [];
    for (const { bookId, book, documents, events } of partitions) {
      const ids = [bookId, book?.bookPk ?? bookId, ...documents.map(({ docUuid }) => docUuid)];
      const ofBook = ids.flatMap((id) => callsAbout.get(id) ?? []);
      for (const { item, source, outcome, reason = '', deliveryId, eventName, payload } of events) {
        const [from, until] = [begun.get(deliveryId), this.#written.get(item)];
        if (source !== 'webhook' || !ASKED.has(outcome) || NOT_ASKED.test(reason)) continue;
        if (from === undefined || until === undefined) continue;
        this.checked += 1;
        const named = typeof payload === 'string' ? (payload.match(ID) ?? []) : [];
        const isBetween = ({ at, nth }: Asked) => nth < until && at >= from;
        const asked =
          ofBook.some(isBetween) || named.some((id) => callsAbout.get(id)?.some(isBetween) === true);
        if (!asked)
          early.push(`${eventName} ${deliveryId} is ${outcome} in the ledger before Ocrolus was asked`);
      }
    }
    return early;
  }
}

interface Asked {
  readonly at: string;
  readonly nth: number;
}

/** The calls by the ids that they name. */
function indexCalls(calls: Simulator['calls']): Map<string, Asked[]> {
  const index = new Map<string, Asked[]>();
  for (const [nth, { at, path, query }] of calls.entries()) {
    for (const id of new Set(`${path}?${query}`.match(ID))) {
      const known = index.get(id);
      if (known === undefined) index.set(id, [{ at, nth }]);
      else known.push({ at, nth });
    }
  }
  return index;
}
