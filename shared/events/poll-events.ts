import type { Channel } from './channels.ts';

/**
 * Names that the poller gives to its messages, as the ledger shows them. The message says what to ask for (`wants`).
 */
export const POLL_EVENTS = {
  /** A book or a document has another status than what is stored. */
  status: { eventName: 'poll.status', channel: 'lifecycle' },
  /** Results of documents are missing. */
  documents: { eventName: 'poll.documents', channel: 'doc-verified' },
  /** Results of the book as a whole are missing. */
  results: { eventName: 'poll.results', channel: 'book-results' },
  /** The signals of a document whose book is not known yet. */
  signals: { eventName: 'poll.signals', channel: 'detect-signal-found' },
} as const satisfies Record<string, { eventName: string; channel: Channel }>;
