import { entryOf, type LogLine } from './function-logs.ts';

/** Word for each message that is shown. */
const WHAT = {
  'delivery queued': 'queued',
  'delivery processed': 'processed',
  'retry scheduled': 'retry',
  refused: 'refused',
  'not accepted': 'refused',
  'test ping': 'ping',
  polled: 'polled',
  'book stuck': 'stuck',
  'results overdue': 'overdue',
  'result expired': 'expired',
  'event published': 'published',
} as const;

export const WATCHED_MESSAGES = Object.keys(WHAT).map((message) => message);

export interface Activity {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly what: (typeof WHAT)[keyof typeof WHAT];
  readonly function: string;
  readonly [field: string]: unknown;
}

/** @returns `undefined` for other lines. */
export function activityOf(line: LogLine): Activity | undefined {
  const entry = entryOf(line);
  const what = Object.entries(WHAT).find(([message]) => message === entry?.message)?.[1];
  if (entry === undefined || what === undefined) return undefined;
  const { timestamp, level: _, message: __, requestId, messageId, bookUuid, bookPk, ...fields } = entry;
  const bookId = bookUuid ?? (bookPk === undefined ? undefined : `pk-${String(bookPk)}`);
  return { at: timestamp, what, function: line.function, ...(bookId !== undefined && { bookId }), ...fields };
}
