import { OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { Outcome } from '../../../shared/store/items.ts';
import { time } from '../../command-line/values.ts';
import { buildStory } from '../../ops/delivery-story.ts';
import { type Delivery, findDeliveries, indexedFilter } from '../../ops/ledger/deliveries.ts';
import { bookId, deliveryId } from '../../ops/options.ts';
import type { Target } from '../../ops/target/target.ts';
import type { Query } from '../source.ts';

/** Number of deliveries in one page. */
const ROWS = 100;

/** Without an index, only the whole table has the deliveries of every book, which is too expensive for a page. */
const NO_INDEX =
  'this stage has no index of its deliveries, because an earlier version deployed it: name a book, or use "ops deliveries --scan"';

/** Deliveries of the ledger, newest first. @throws Error for a query that is wrong, or needs a scan. */
export async function listDeliveries(
  target: Target,
  { since = '', until = '', event, outcome, book, account }: Query,
  signal: AbortSignal,
) {
  const wanted = {
    since: parsed('From', time, since || '1h'),
    until: until ? parsed('Until', time, until) : undefined,
    book: book ? parsed('Book', bookId, book) : undefined,
    event: event?.trim() || undefined,
    outcome: outcome ? parsed('Outcome', outcomeOf, outcome) : undefined,
    account: account?.trim() || undefined,
  };
  if (wanted.until !== undefined && wanted.until < wanted.since) throw new Error('Until is before From');
  const { filter, indexedSince = null } = await indexedFilter(target, wanted);
  if (filter.bookId === undefined && filter.isIndexed !== true) throw new Error(NO_INDEX);
  const { from, to } = filter;
  const search = { limit: ROWS, signal, onScanned: () => {} };
  const { deliveries, total } =
    from <= to ? await findDeliveries(target.table(), filter, search) : { deliveries: [], total: 0 };
  return {
    ...{ total, from, to, indexedSince },
    rows: deliveries.map(rowOf),
    /** End of the next page. It begins with the last delivery of this one, because others may be of the same time. */
    older: total > deliveries.length ? (deliveries.at(-1)?.receivedAt ?? null) : null,
  };
}

/** A row as the local stack's, from the ledger. */
function rowOf({ bookId: partition, bookUuid, ...delivery }: Delivery) {
  const { deliveryId: id, eventName, channel, source, outcome, attempts, codes } = delivery;
  const { reason = codes?.at(-1), receivedAt, processedAt } = delivery;
  const at = Date.parse(receivedAt);
  const isDone = outcome !== 'retrying';
  return {
    ...{ deliveryId: id, at, eventName, channel, source, attempts, partition },
    bookId: bookUuid ?? (partition === OWN_PARTITIONS.account ? null : partition),
    state: isDone ? ('done' as const) : ('retrying' as const),
    outcome: isDone ? outcome : null,
    code: isDone ? (delivery.reason ?? null) : (reason ?? null),
    ms: isDone ? Date.parse(processedAt) - at : null,
  };
}

/**
 * Page of a delivery: its story, as `ops delivery` tells it. Without the partition of its book, only the last day of the
 * ledger is searched.
 *
 * @returns `undefined` if nothing has it.
 */
export async function storyPage(target: Target, text: string, { book }: Query, signal: AbortSignal) {
  const { filter } = await indexedFilter(target, { since: time('24h'), book: book || undefined });
  if (filter.bookId === undefined && filter.isIndexed !== true) throw new Error(NO_INDEX);
  const { bookId: partition, from } = filter;
  const wanted = {
    id: deliveryId(text),
    bookId: partition,
    since: partition === undefined ? from : undefined,
  };
  const story = await buildStory(target, wanted, { signal, onScanned: () => {} });
  if (story === undefined) return undefined;
  const { state, outcome, reason, attempts, calls, deadLetter, written, alreadyStored, unlisted } = story;
  const { eventName, account, channel, bookId: ofBook, receivedAt } = story;
  // Otherwise `ops replay` would scan the table.
  const where = partition === undefined ? ['--from', receivedAt ?? from] : ['--book', partition];
  return {
    record: {
      ...{ eventName, account, channel, bookId: ofBook, receivedAt },
      state: state === 'processed' ? ('done' as const) : state,
      attempts: attempts.map(({ attempt, at, code, retryAfterSeconds }) => ({
        ...{ receive: attempt, at, code, retrySeconds: retryAfterSeconds },
        result: code === outcome && state === 'processed' ? ('done' as const) : ('failed' as const),
      })),
    },
    calls: calls.map(({ operation, answer, code, ...call }) => ({
      ...{ ...call, call: operation, status: code === null ? answer : `${answer}, ${code}`, attempt: null },
    })),
    ledger: outcome === null ? null : { outcome, reason, written, alreadyStored, unlisted },
    /** Arguments of `ops` that send it again. */
    again:
      deadLetter === null
        ? ['replay', '--delivery', story.deliveryId, ...where]
        : ['redrive', deadLetter.channel, '--id', story.deliveryId],
  };
}

function outcomeOf(text: string): Outcome {
  const found = Outcome.options.find((name) => name === text);
  if (found === undefined) throw new Error(`it is one of: ${Outcome.options.join(' ')}`);
  return found;
}

function parsed<T>(name: string, parse: (text: string) => T, text: string): T {
  try {
    return parse(text.trim());
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
