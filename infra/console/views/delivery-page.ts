import { EventItem } from '../../../shared/store/items.ts';
import { time } from '../../command-line/values.ts';
import { buildStory } from '../../ops/delivery-story.ts';
import { findPastDeliveries } from '../../ops/ledger/deliveries.ts';
import { readBody } from '../../ops/ledger/rebuild.ts';
import { deliveryId } from '../../ops/options.ts';
import type { Target } from '../../ops/target/target.ts';
import type { Query } from '../source.ts';
import { affordableFilter } from './deliveries.ts';

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
