/**
 * A channel is one queue, its dead-letter queue and its consumer Lambda. Each event of the seed page has
 * one; its current organization-level name shares it. All other results of a book share `book-results`.
 * `shared/events/catalog.ts` says which event goes where.
 */
export const CHANNELS = [
  'book-verified',
  'doc-verified',
  'image-group-verified',
  'analytics-completed',
  'middesk-verified',
  'suspicious-activity',
  'detect-signal-found',
  'detect-signal-not-found',
  'detect-unable-to-process',
  'book-results',
  'lifecycle',
  'unrecognized',
] as const;

/** Channel whose consumer looks at the books that the poller hands over. */
export const LOOK_CHANNEL: Channel = 'book-results';

/** Name of a look in the ledger. */
export const LOOK_NAME = 'poll.book';

/**
 * Receives of a message before it goes to the dead-letter queue. With the backoff between attempts, 20 receives
 * outlast an outage of Ocrolus of two hours. (AWS asks for at least 5: throttled polls count as receives too.)
 */
export const MAX_RECEIVES = 20;

export type Channel = (typeof CHANNELS)[number];
