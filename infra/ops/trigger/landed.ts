import { setTimeout as delay } from 'node:timers/promises';
import type { Reader } from '../../../shared/store/reader.ts';
import { progressBar } from '../../command-line/progress.ts';

const READ_EVERY_MS = 200;

/** What of a book has landed in the table; no bodies and no names. */
export interface Landed {
  readonly complete: boolean;
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

export async function readLanded(reader: Reader, bookUuid: string): Promise<Landed> {
  const [book, results, missing, events] = await Promise.all([
    reader.book(bookUuid),
    reader.results(bookUuid),
    reader.missing(bookUuid),
    reader.events(bookUuid),
  ]);
  return {
    complete: book?.complete === true,
    results: results.map(({ kind, subject, bytes }) => ({ kind, subject, bytes })),
    missing: missing.map(({ kind, subject, code }) => ({ kind, subject, code })),
    events: events.map(({ eventName, source, deliveryId, outcome }) => {
      return { eventName, source, deliveryId, outcome };
    }),
  };
}

/**
 * Reads again and again until it has landed, or the time is up, or the operator has enough.
 *
 * @returns what was read last, and whether that was all.
 */
export async function follow(
  read: () => Promise<Landed>,
  isAll: (landed: Landed) => boolean | Promise<boolean>,
  { patienceSeconds, signal }: { readonly patienceSeconds: number; readonly signal: AbortSignal },
): Promise<{ readonly landed: Landed; readonly isAll: boolean }> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (let shown = progressBar(1); ; shown.end()) {
    const landed = await read();
    const { results, missing } = landed;
    shown = progressBar(results.length + missing.length);
    shown.show(results.length, `results; ${missing.length} missing`);
    const all = await isAll(landed);
    if (all || signal.aborted || Date.now() > deadline) {
      shown.end();
      return { landed, isAll: all };
    }
    await delay(READ_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
