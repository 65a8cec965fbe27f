import { CATALOG, type CatalogEntry, SEED_EVENT_NAMES } from '../../../shared/events/catalog.ts';
import type { Channel } from '../../../shared/events/channels.ts';

const ENTRIES: readonly CatalogEntry[] = Object.values(CATALOG);

/** What depends on a channel: results that readers wait for, or only the status of a book. */
export type ChannelClass = 'results' | 'status';

export function channelClass(channel: Channel): ChannelClass {
  const events = ENTRIES.filter((entry) => entry.channel === channel);
  return events.some(({ results }) => results.length > 0) ? 'results' : 'status';
}

/** The channels of the seed page's events, and the others: neither group exceeds what one alarm may look at. */
export type ChannelGroup = 'seed' | 'other';

const SEED_CHANNELS = new Set<Channel>(SEED_EVENT_NAMES.map((name) => CATALOG[name].channel));

export function channelGroup(channel: Channel): ChannelGroup {
  return SEED_CHANNELS.has(channel) ? 'seed' : 'other';
}
