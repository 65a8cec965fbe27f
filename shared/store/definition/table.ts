import { DUE_INDEX } from '../keys.ts';

/**
 * The table as the stack creates it, and as a table that it adopts must be (docs/restore.md#what-is-checked). Keys are
 * strings.
 */
export const TABLE = {
  partitionKey: 'bookId',
  sortKey: 'item',
  timeToLive: 'expiresAt',
  stream: 'NEW_AND_OLD_IMAGES',
  indexes: [
    {
      name: DUE_INDEX,
      partitionKey: 'dueShard',
      sortKey: 'dueAt',
      // Keys suffice: the poller reads the item itself, because the index lags.
      projection: 'KEYS_ONLY',
    },
  ],
} as const;

export type IndexDefinition = (typeof TABLE)['indexes'][number];
