import type { Channel } from '../events/channels.ts';
import type { EventIds } from '../events/ids.ts';
import type { WaitItem } from './items.ts';
import { BOOK_ITEM, dueShard, WAIT_PREFIX, waitItem } from './keys.ts';
import type { Table } from './table.ts';

export interface Wait {
  readonly bookId: string;
  readonly account: string;
  readonly channel: Channel;
  readonly eventName: string;
  readonly ids: EventIds;
  /** What is waited for within the channel: the book, the document, the request. */
  readonly subject: string;
  readonly jobs?: Readonly<Record<string, string>> | undefined;
}

/** Waits double from `min` up to `max`. */
export interface Backoff {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Hands a result that Ocrolus does not have yet over to the poller, with growing intervals, and makes the book
 * due no later than that.
 *
 * @returns how often it has been waited for, this time included.
 */
export async function writeWait(table: Table, wait: Wait, backoff: Backoff, now: Date): Promise<number> {
  const key = { bookId: wait.bookId, item: waitItem(wait.channel, wait.subject) };
  const before = await table.get(key, ['attempts', 'since']);
  const attempts = (typeof before?.attempts === 'number' ? before.attempts : 0) + 1;
  const seconds = Math.min(backoff.minSeconds * 2 ** (attempts - 1), backoff.maxSeconds);
  const waitUntil = new Date(now.getTime() + seconds * 1000).toISOString();
  await table.update(key, {
    set: {
      account: wait.account,
      channel: wait.channel,
      eventName: wait.eventName,
      ids: wait.ids,
      jobs: wait.jobs,
      attempts,
      waitUntil,
    },
    setOnce: { since: now.toISOString() },
  });
  await makeDue(table, wait, waitUntil, now.toISOString());
  return attempts;
}

/** Two tries: the first moves `dueAt` forward, the second leaves an earlier one as it is. */
async function makeDue(table: Table, wait: Wait, dueAt: string, now: string): Promise<void> {
  const key = { bookId: wait.bookId, item: BOOK_ITEM };
  const set = { waiting: true, updatedAt: now };
  const setOnce = {
    account: wait.account,
    source: 'webhook',
    createdAt: now,
    generation: 1,
    ...uuidOf(wait),
  };
  const sooner = await table.update(key, {
    set: { ...set, dueAt, dueShard: dueShard(wait.bookId) },
    setOnce,
    condition: { expression: 'attribute_not_exists(dueAt) OR dueAt > :due', values: { ':due': dueAt } },
  });
  if (!sooner.written) await table.update(key, { set, setOnce });
}

function uuidOf({ ids }: Wait) {
  return { bookUuid: ids.bookUuid, bookPk: ids.bookPk };
}

/** The result is there, or will never be. */
export async function deleteWait(table: Table, bookId: string, item: string): Promise<void> {
  await table.delete({ bookId, item });
}

/** What a book waits for. */
export async function readWaits(table: Table, bookId: string): Promise<WaitItem[]> {
  const waits: WaitItem[] = [];
  const items = table.query({
    KeyConditionExpression: 'bookId = :book AND begins_with(#item, :prefix)',
    ExpressionAttributeNames: { '#item': 'item' },
    ExpressionAttributeValues: { ':book': bookId, ':prefix': WAIT_PREFIX },
  });
  for await (const item of items) waits.push(item as WaitItem);
  return waits;
}

/** The poller has asked for it: not again before `waitUntil`, unless the consumer says so. */
export async function postponeWait(table: Table, wait: WaitItem, waitUntil: string): Promise<void> {
  await table.update(
    { bookId: wait.bookId, item: wait.item },
    {
      set: { waitUntil },
      condition: { expression: 'waitUntil = :seen', values: { ':seen': wait.waitUntil } },
    },
  );
}
