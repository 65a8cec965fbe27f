import { setTimeout as delay } from 'node:timers/promises';
import { createServerClock, type ServerClock } from './server-clock.ts';
import type { Key, Table } from './table.ts';

/** Answers that are needed to know the time well enough, where our own clock is wrong, at uneven moments. */
const TIME_QUESTIONS = 10;
const TIME_PAUSE_MS = 93;

export interface TableClock {
  readonly clock: ServerClock;
  /** Resolves when the time is known well enough. @throws what reading the table throws; to be asked again then. */
  learned(): Promise<void>;
}

/**
 * A clock that hears every answer of the table.
 *
 * @param key of an item, which need not exist, that is read to be told the time.
 * @param ownNow this machine's own time, in Unix milliseconds.
 */
export function openTableClock(
  table: Table,
  key: Key,
  ownNow: () => number,
  wait: (milliseconds: number) => Promise<unknown> = delay,
): TableClock {
  const clock = createServerClock(ownNow);
  listen(table, clock, ownNow);
  const learn = async () => {
    await table.get(key);
    for (let n = 1; n < TIME_QUESTIONS && clock.isCorrected(); n += 1) {
      await wait(TIME_PAUSE_MS);
      await table.get(key);
    }
  };
  let learning: Promise<void> | undefined;
  return {
    clock,
    learned() {
      // One answer that failed must not keep this process from asking ever again.
      learning ??= learn().catch((error: unknown) => {
        learning = undefined;
        throw error;
      });
      return learning;
    },
  };
}

interface HasDate {
  readonly headers: { readonly date?: string };
}

function listen(table: Table, clock: ServerClock, ownNow: () => number): void {
  table.client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = ownNow();
      const result = await next(args);
      const date = (result.response as Partial<HasDate> | undefined)?.headers?.date;
      if (date !== undefined) clock.observe(sentAt, ownNow(), date);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
}
