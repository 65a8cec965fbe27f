import { OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { EventItem, Outcome } from '../../../shared/store/items.ts';
import { time } from '../../command-line/values.ts';
import { buildStory } from '../../ops/delivery-story.ts';
import {
  type Delivery,
  findDeliveries,
  findPastDeliveries,
  indexedFilter,
} from '../../ops/ledger/deliveries.ts';
import { readBody } from '../../ops/ledger/rebuild.ts';
import { bookId, deliveryId } from '../../ops/options.ts';
import type { Target } from '../../ops/target/target.ts';
import type { Query } from '../source.ts';

/** Number of deliveries in one page. */
const ROWS = 100;

/** Deliveries of the ledger, newest first. @throws Error for a query that is wrong, or needs an expensive scan. */
export async function listDeliveries(
  target: Target,
  { since, until, event, outcome, book, account, source }: Query,
  signal: AbortSignal,
) {
  const wanted = {
    since: parsed('From', time, since) ?? time('1h'),
    until: parsed('Until', time, until),
    book: parsed('Book', bookId, book),
    event: event?.trim() || undefined,
    outcome: parsed('Outcome', oneOf(Outcome.options), outcome),
    account: account?.trim() || undefined,
    source: parsed('Source', oneOf(['webhook', 'poll']), source),
  };
  if (wanted.until !== undefined && wanted.until < wanted.since) throw new Error('Until is before From');
  const { filter, indexedSince = null } = await affordableFilter(target, wanted);
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

/** As `indexedFilter`. @throws Error if only a scan of a stage's table would find the deliveries. */
async function affordableFilter(target: Target, wanted: Parameters<typeof indexedFilter>[1]) {
  const found = await indexedFilter(target, wanted);
  const { bookId: partition, isIndexed } = found.filter;
  const isLocal = target.pollSeconds !== undefined;
  if (!isLocal && partition === undefined && isIndexed !== true) {
    throw new Error(
      'this stage has no index of its deliveries, because an earlier version deployed it: name a book, or use "ops deliveries --scan"',
    );
  }
  return found;
}

function rowOf({ bookId: partition, bookUuid, ...delivery }: Delivery) {
  const { deliveryId, receivedAt, processedAt, eventName, channel, source, outcome, attempts } = delivery;
  const isFinal = outcome !== 'retrying';
  const at = Date.parse(receivedAt);
  return {
    ...{ deliveryId, at, eventName, channel, source, outcome, attempts, partition },
    bookId: bookUuid ?? (partition === OWN_PARTITIONS.account ? null : partition),
    why: delivery.reason ?? (isFinal ? null : (delivery.codes?.at(-1) ?? null)),
    ms: isFinal ? Date.parse(processedAt) - at : null,
  };
}

function oneOf<const T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new Error(`it is one of: ${names.join(' ')}`);
    return found;
  };
}

/** @returns `undefined` for an empty field. @throws Error with its name. */
function parsed<T>(name: string, parse: (text: string) => T, text = ''): T | undefined {
  if (text.trim() === '') return undefined;
  try {
    return parse(text.trim());
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Page of a delivery: its story, as `ops delivery` tells it. Without the partition of its book, only the last day of a
 * stage's ledger is searched.
 *
 * @returns `undefined` if nothing has it.
 */
export async function deliveryPage(target: Target, text: string, { book }: Query, signal: AbortSignal) {
  const id = deliveryId(text);
  const { filter } = await affordableFilter(target, { since: time('24h'), book: book || undefined });
  const { bookId: partition, from } = filter;
  const wanted = { id, bookId: partition, since: filter.isIndexed === true ? from : undefined };
  const story = await buildStory(target, wanted, { signal, onScanned: () => {} });
  if (story === undefined) return undefined;
  const { receivedAt, deadLetter } = story;
  // Otherwise `ops replay` would scan the table.
  const where = partition === undefined ? ['--from', receivedAt ?? from] : ['--book', partition];
  return {
    ...story,
    /** Arguments of `ops` that send it again. */
    again:
      deadLetter === null
        ? ['replay', '--delivery', id, ...where]
        : ['redrive', deadLetter.channel, '--id', id],
  };
}

/** The body of a delivery exactly as it was received. @returns `undefined` if the ledger has none. */
export async function deliveryBody(target: Target, text: string, { book }: Query, signal: AbortSignal) {
  const { filter } = await affordableFilter(target, { since: time('24h'), book: book || undefined });
  const table = target.table();
  const [past] = await findPastDeliveries(table, { ...filter, deliveryId: deliveryId(text) }, signal);
  const entry = past && (await table.get({ bookId: past.bookId, item: past.item }));
  return entry && readBody(EventItem.parse(entry).payload, target.bodies);
}
