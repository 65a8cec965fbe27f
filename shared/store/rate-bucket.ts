import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ServerClock } from './server-clock.ts';
import type { Item, Table } from './table.ts';
import { openTableClock } from './table-clock.ts';

/** Turns to call Ocrolus, handed out in order to every Lambda of the organization. */
export interface RateBucket {
  readonly clock: ServerClock;
  /**
   * Reserves turns that follow each other.
   *
   * @param name of the limit.
   * @param turns how many.
   * @param pace from one turn to the next, in milliseconds: where room is left to others, and where not.
   * @param mostAheadMs nothing is reserved when the first turn would be later than this from now.
   * @returns `undefined`: too many wait already.
   */
  reserve(name: string, turns: number, pace: Pace, mostAheadMs: number): Promise<Reservation | undefined>;
  /**
   * Asks that from the last turn taken on a part of a limit is left to others, until a while from now.
   *
   * @param forMs is renewed when less than half of it is left.
   * @returns what is left to others, which may have been so already.
   */
  makeRoom(name: string, forMs: number): Promise<Room | undefined>;
  /** The room that was made beside a limit, as far as this process has heard. */
  roomBeside(name: string): Room | undefined;
  /** Takes away every turn before a time; those that are reserved already, when their holders hear of it. */
  emptyUntil(name: string, time: number): Promise<void>;
  /** Before which time every turn has been taken away, as far as this process has heard; else 0. */
  emptiedUntil(name: string): number;
  /** Hears how a limit stands, unless this process has heard a moment ago. */
  ask(name: string): Promise<void>;
}

export type Pace = (leavesRoom: boolean) => number;

export interface Reservation {
  /** When the first turn is, in the clock's milliseconds. */
  readonly first: number;
  readonly intervalMs: number;
}

/** A time, in the clock's milliseconds, for which a limit is not used up. */
export interface Room {
  readonly from: number;
  readonly until: number;
}

/** How a limit stands in the table. */
interface Standing {
  readonly heardAt: number;
  /** When the next turn is. */
  readonly next: number;
  readonly emptiedUntil: number;
  readonly room: Room | undefined;
}

/** What a write has made of it, or what has kept it from being written. */
interface Updated extends Standing {
  readonly isWritten: boolean;
}

const UNKNOWN: Standing = { heardAt: 0, next: 0, emptiedUntil: 0, room: undefined };

/** News of a limit are no older for those who ask than this. */
const MOMENT_MS = 200;

/** Others may write in between: once because turns were waited for or not, once because room was made. */
const TRIES = 4;

/** No book has this id. */
const PARTITION = 'limiter';

/**
 * A token bucket as one number: when the next turn is. A turn that nobody takes is lost, never made up for, so a
 * Lambda that dies with some of them costs a moment, and a clock that is wrong cannot make anybody call too often.
 */
export function openRateBucket(
  table: Table,
  ownNow: () => number = Date.now,
  wait?: (milliseconds: number) => Promise<unknown>,
): RateBucket {
  const { clock, learned } = openTableClock(table, { bookId: PARTITION, item: 'TIME' }, ownNow, wait);
  /** As last heard of. */
  const known = new Map<string, Standing>();
  /** Limits where turns were waited for last time, and so probably are again. */
  const busy = new Set<string>();

  const hear = (name: string, item: Item | undefined): Standing => {
    const standing = readStanding(item, ownNow());
    known.set(name, standing);
    return standing;
  };
  const update = async (name: string, input: Partial<UpdateCommandInput>): Promise<Updated> => {
    const key = { bookId: PARTITION, item: name };
    try {
      const { Attributes } = await table.client.send(
        new UpdateCommand({ TableName: table.name, Key: key, ReturnValues: 'ALL_NEW', ...NEXT, ...input }),
      );
      return { isWritten: true, ...hear(name, Attributes) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Not every DynamoDB-like server returns what failed the condition.
      const existing = error.Item === undefined ? await table.get(key) : numbersOf(error.Item);
      return { isWritten: false, ...hear(name, existing) };
    }
  };
  /** Those who ask at the same time ask once. */
  const asked = new Map<string, Promise<unknown>>();
  /**
   * Moves the next turn, provided that the limit stands as it is thought to. Who leaves no room must know that none
   * has been made.
   */
  const advance = (
    name: string,
    { next, room, leavesRoom }: Pick<Standing, 'next' | 'room'> & { readonly leavesRoom: boolean },
    length: number,
    now: number,
    latest: number,
  ) => {
    const none = room === undefined ? 'attribute_not_exists(roomUntil)' : 'roomUntil = :until';
    const isRight = leavesRoom ? '' : ` AND ${none}`;
    const values = leavesRoom || room === undefined ? {} : { ':until': room.until };
    if (next < now) {
      // Nobody waits: the first turn is now.
      return update(name, {
        UpdateExpression: 'SET #next = :next',
        ConditionExpression: `(attribute_not_exists(#next) OR #next < :now)${isRight}`,
        ExpressionAttributeValues: { ...values, ':next': now + length, ':now': now },
      });
    }
    return update(name, {
      UpdateExpression: 'SET #next = #next + :length',
      ConditionExpression: `#next BETWEEN :now AND :latest${isRight}`,
      ExpressionAttributeValues: { ...values, ':length': length, ':now': now, ':latest': latest },
    });
  };

  return {
    clock,
    async reserve(name, turns, pace, mostAheadMs) {
      await learned();
      for (let n = 0; n < TRIES; n += 1) {
        const { next, room } = known.get(name) ?? UNKNOWN;
        const now = clock.now();
        // Heard of it a moment ago: no need to be told again.
        if (n > 0 && next > now + mostAheadMs) return undefined;
        const leavesRoom = Math.max(next, now) < (room?.until ?? 0);
        const intervalMs = pace(leavesRoom);
        const length = turns * intervalMs;
        // By now others will have taken turns behind those that were known of.
        const likely = n === 0 && busy.has(name) ? Math.max(next, now) : next;
        const standing = { next: likely, room, leavesRoom };
        const moved = await advance(name, standing, length, now, now + mostAheadMs);
        if (!moved.isWritten) continue;
        const first = moved.next - length;
        if (first > now) busy.add(name);
        else busy.delete(name);
        return { first, intervalMs };
      }
      return undefined;
    },
    async makeRoom(name, forMs) {
      const now = clock.now();
      const until = now + forMs;
      const room = known.get(name)?.room;
      if (room !== undefined && room.until > now + forMs / 2) return room;
      const isLonger = room !== undefined && room.until > now;
      const wanted = await update(name, {
        UpdateExpression: isLonger ? 'SET roomUntil = :until' : 'SET roomFrom = #next, roomUntil = :until',
        ConditionExpression: isLonger
          ? 'roomUntil BETWEEN :now AND :until AND attribute_exists(#next)'
          : 'attribute_exists(#next) AND (attribute_not_exists(roomUntil) OR roomUntil < :now)',
        ExpressionAttributeValues: { ':until': until, ':now': now },
      });
      return wanted.room;
    },
    roomBeside: (name) => known.get(name)?.room,
    async emptyUntil(name, time) {
      const values = { ExpressionAttributeValues: { ':time': time } };
      const { isWritten, emptiedUntil } = await update(name, {
        UpdateExpression: 'SET #next = :time, emptiedUntil = :time',
        ConditionExpression: 'attribute_not_exists(#next) OR #next < :time',
        ...values,
      });
      if (isWritten || emptiedUntil >= time) return;
      // All turns until then are reserved already: who has one must hear that it is none any more.
      await update(name, {
        UpdateExpression: 'SET emptiedUntil = :time',
        ConditionExpression:
          '#next >= :time AND (attribute_not_exists(emptiedUntil) OR emptiedUntil < :time)',
        ...values,
      });
    },
    emptiedUntil: (name) => known.get(name)?.emptiedUntil ?? 0,
    async ask(name) {
      if (ownNow() - (known.get(name)?.heardAt ?? 0) < MOMENT_MS) return;
      const read = async () => hear(name, await table.get({ bookId: PARTITION, item: name }));
      const asking = asked.get(name) ?? read().finally(() => asked.delete(name));
      asked.set(name, asking);
      await asking;
    },
  };
}

const NEXT = {
  ExpressionAttributeNames: { '#next': 'next' },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;

function readStanding(item: Item | undefined, heardAt: number): Standing {
  const { next, emptiedUntil, roomFrom, roomUntil } = item ?? {};
  const room = roomUntil === undefined ? undefined : { from: Number(roomFrom), until: Number(roomUntil) };
  return { heardAt, next: Number(next ?? 0), emptiedUntil: Number(emptiedUntil ?? 0), room };
}

/** The document client leaves the item of an error as DynamoDB sent it. */
function numbersOf(item: Readonly<Record<string, AttributeValue>>): Item {
  return Object.fromEntries(Object.entries(item).map(([name, { N }]) => [name, N]));
}
