import type { Channel } from './channels.ts';

/** Strands of a verified book that the poller asks for when no webhook has brought them. */
export const EXPECTABLE = ['analytics', 'detect', 'income'] as const;

export type Expectable = (typeof EXPECTABLE)[number];

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
