import { EVENT_PREFIX } from '../../shared/store/keys.ts';
import type { Simulator } from '../simulator/index.ts';
import type { Answered, Passing } from './proxy.ts';
import type { Partition } from './snapshot.ts';

/** What is said only of a book that was looked at. */
const LOOKED = new Set(['applied', 'unchanged', 'stale', 'waiting']);

/** As ids stand in bodies and in paths: uuids and pks. */
const ID = /[0-9a-f]{8}-[0-9a-f-]{27}|\d{6,}/g;

/**
 * Watches DynamoDB's wire for the ledger, which is written last: nobody can say what became of a delivery without having
 * asked Ocrolus since it came. Whoever says it before is right in the end all the same, unless he dies in between.
 */
export class LedgerLast {
  /** Entries that were looked at. */
  checked = 0;
  readonly #callsNow: () => number;
  /** Item → how many calls there had been when it was first written. */
  readonly #written = new Map<string, number>();

  constructor(callsNow: () => number) {
    this.#callsNow = callsNow;
  }

  hear({ operation, body }: Passing, { status }: Answered): void {
    if (operation !== 'PutItem' || status !== 200 || !body.includes(`"${EVENT_PREFIX}`)) return;
    const item: unknown = JSON.parse(body.toString('utf8')).Item?.item?.S;
    if (typeof item === 'string' && !this.#written.has(item)) this.#written.set(item, this.#callsNow());
  }

  /** @returns the entries about whose book nothing was asked between their delivery's coming and their writing. */
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
      for (const { item, source, outcome, deliveryId, eventName, payload } of events) {
        const [from, until] = [begun.get(deliveryId), this.#written.get(item)];
        if (source !== 'webhook' || !LOOKED.has(outcome) || from === undefined || until === undefined)
          continue;
        this.checked += 1;
        const named = typeof payload === 'string' ? (payload.match(ID) ?? []) : [];
        const isBetween = ({ at, nth }: Asked) => nth < until && at >= from;
        const asked =
          ofBook.some(isBetween) || named.some((id) => callsAbout.get(id)?.some(isBetween) === true);
        if (!asked) early.push(`${eventName} ${deliveryId} is ${outcome} in the ledger before anybody asked`);
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
