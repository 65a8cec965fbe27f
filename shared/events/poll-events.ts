import type { Channel } from './channels.ts';

/**
 * Names that the poller gives to what it found by itself, where no event of Ocrolus says just that. Where one
 * does (`BOOK_VERIFIED`, `DOC_VERIFIED`), the poller uses it.
 */
export const POLL_EVENTS = {
  /** A book or a document moved, or is new. */
  status: { eventName: 'poll.status', channel: 'lifecycle' },
  /** A verified book has no analytics yet, and so on. */
  analytics: { eventName: 'poll.analytics', channel: 'book-analytics' },
  detect: { eventName: 'poll.detect', channel: 'book-detect' },
  income: { eventName: 'poll.income', channel: 'income' },
} as const satisfies Record<string, { eventName: string; channel: Channel }>;
