import { setTimeout as delay } from 'node:timers/promises';
import type { Reader } from '../../../shared/store/reader.ts';
import { progressBar } from '../../command-line/progress.ts';

const READ_EVERY_MS = 200;

/** Stored data of a book, without bodies and names. */
export interface StoredBook {
  readonly complete: boolean;
  /** Time at which its data was removed permanently: nothing will be stored. */
  readonly forgottenAt: string | null;
  readonly results: readonly { readonly kind: string; readonly subject: string; readonly bytes: number }[];
  readonly missing: readonly {
    readonly kind: string;
    readonly subject: string;
    readonly code: string | null;
  }[];
  readonly events: readonly {
    readonly eventName: string;
    readonly source: string;
    readonly deliveryId: string;
    readonly outcome: string;
  }[];
}

export async function readStoredBook(reader: Reader, bookUuid: string): Promise<StoredBook> {
  const [book, results, missing, events] = await Promise.all([
    reader.book(bookUuid),
    reader.results(bookUuid),
    reader.missing(bookUuid),
    reader.events(bookUuid),
  ]);
  return {
    complete: book?.complete === true,
    forgottenAt: book?.forgottenAt ?? null,
    results: results.map(({ kind, subject, bytes }) => ({ kind, subject, bytes })),
    missing: missing.map(({ kind, subject, code }) => ({ kind, subject, code })),
    events: events.map(({ eventName, source, deliveryId, outcome }) => {
      return { eventName, source, deliveryId, outcome };
    }),
  };
}

/**
 * Reads repeatedly until everything is stored, the time is over, or the operator interrupts.
 *
 * @returns the last reading, and whether it has everything.
 */
export async function follow(
  read: () => Promise<StoredBook>,
  isAll: (stored: StoredBook) => boolean | Promise<boolean>,
  { patienceSeconds, signal }: { readonly patienceSeconds: number; readonly signal: AbortSignal },
): Promise<{ readonly stored: StoredBook; readonly isAll: boolean }> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (let shown = progressBar(1); ; shown.end()) {
    const stored = await read();
    const { results, missing } = stored;
    shown = progressBar(results.length + missing.length);
    shown.show(results.length, `results; ${missing.length} missing`);
    const all = await isAll(stored);
    if (all || signal.aborted || Date.now() > deadline) {
      shown.end();
      return { stored, isAll: all };
    }
    await delay(READ_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
