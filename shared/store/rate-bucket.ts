import { setTimeout as delay } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { createServerClock, type ServerClock } from './server-clock.ts';
import type { Table } from './table.ts';

/** Turns to call Ocrolus, handed out in order to every Lambda of the organization. */
export interface RateBucket {
  readonly clock: ServerClock;
  /**
   * Reserves turns that follow each other.
   *
   * @param name of the limit.
   * @param turns how many.
   * @param intervalMs from one turn to the next.
   * @param mostAheadMs nothing is reserved when the first turn would be later than this from now.
   * @returns when the first turn is, in the clock's milliseconds, or `undefined`: too many wait already.
   */
  reserve(name: string, turns: number, intervalMs: number, mostAheadMs: number): Promise<number | undefined>;
  /** Takes away every turn before a time. */
  emptyUntil(name: string, time: number): Promise<void>;
}

/** Answers that are needed to know the time well enough, where our own clock is wrong, at uneven moments. */
const TIME_QUESTIONS = 10;
const TIME_PAUSE_MS = 93;

/** No book has this id. */
const PARTITION = 'limiter';

/**
 * A token bucket as one number: when the next turn is. A turn that nobody takes is lost, never made up for, so a
 * Lambda that dies with some of them costs a moment, and a clock that is wrong cannot make anybody call too often.
 */
export function openRateBucket(table: Table, ownNow: () => number = Date.now): RateBucket {
  const clock = createServerClock(ownNow);
  listen(table, clock, ownNow);
  /** By name, whether turns were waited for last time: it tells which of two writes will most likely succeed. */
  const busy = new Map<string, boolean>();

  const update = async (name: string, input: Partial<UpdateCommandInput>): Promise<number | undefined> => {
    try {
      const { Attributes } = await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: { bookId: PARTITION, item: name },
          ReturnValues: 'UPDATED_NEW',
          ExpressionAttributeNames: { '#next': 'next' },
          ...input,
        }),
      );
      return Number(Attributes?.next);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };
  /** Turns are taken already: these follow. */
  const queue = (name: string, length: number, now: number, mostAheadMs: number) =>
    update(name, {
      UpdateExpression: 'SET #next = #next + :length',
      ConditionExpression: '#next BETWEEN :now AND :latest',
      ExpressionAttributeValues: { ':length': length, ':now': now, ':latest': now + mostAheadMs },
    });
  /** Nobody waits: the first turn is now. */
  const begin = (name: string, length: number, now: number) =>
    update(name, {
      UpdateExpression: 'SET #next = :next',
      ConditionExpression: 'attribute_not_exists(#next) OR #next < :now',
      ExpressionAttributeValues: { ':next': now + length, ':now': now },
    });

  /** Before its first reservation a process must know what time it is. */
  let askedTime: Promise<unknown> | undefined;
  const learnTime = async () => {
    const ask = () => table.get({ bookId: PARTITION, item: 'TIME' });
    await ask();
    for (let n = 1; n < TIME_QUESTIONS && clock.isCorrected(); n += 1) {
      await delay(TIME_PAUSE_MS);
      await ask();
    }
  };

  return {
    clock,
    async reserve(name, turns, intervalMs, mostAheadMs) {
      // One answer that failed must not keep this process from asking ever again.
      askedTime ??= learnTime().catch((error: unknown) => {
        askedTime = undefined;
        throw error;
      });
      await askedTime;
      const length = turns * intervalMs;
      const now = clock.now();
      const wasBusy = busy.get(name) === true;
      const queued = wasBusy ? await queue(name, length, now, mostAheadMs) : undefined;
      const next =
        queued ?? (await begin(name, length, now)) ?? (await queue(name, length, now, mostAheadMs));
      busy.set(name, next === undefined || next - length > now);
      return next === undefined ? undefined : next - length;
    },
    async emptyUntil(name, time) {
      await update(name, {
        UpdateExpression: 'SET #next = :time',
        ConditionExpression: 'attribute_not_exists(#next) OR #next < :time',
        ExpressionAttributeValues: { ':time': time },
      });
      busy.set(name, true);
    },
  };
}

interface HasDate {
  readonly headers: { readonly date?: string };
}

/** Lets the clock hear every answer of the table. */
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
