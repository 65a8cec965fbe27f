import { CATALOG, type CatalogEntry } from '../../../shared/events/catalog.ts';
import type { Channel } from '../../../shared/events/channels.ts';

const ENTRIES: readonly CatalogEntry[] = Object.values(CATALOG);

/** Class of a channel: it delivers results that readers wait for, or only the status of a book. */
export type ChannelClass = 'results' | 'status';

export function channelClass(channel: Channel): ChannelClass {
  const events = ENTRIES.filter((entry) => entry.channel === channel);
  return events.some(({ results }) => results.length > 0) ? 'results' : 'status';
}
