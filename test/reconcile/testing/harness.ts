import { expect } from 'vitest';
import { MAX_RECEIVES } from '../../../shared/events/channels.ts';
import type { EventIds } from '../../../shared/events/ids.ts';
import { type Receiving, receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { createPollerHarness, type PollerHarness } from '../../poller/testing/harness.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { document, saysBook, saysEverything } from './answers.ts';

/** The poller and the consumers, with a book `b` that has everything. */
export async function createBookHarness(
  settings: Readonly<Record<string, string>> = {},
  docUuids: readonly string[] = ['d'],
): Promise<PollerHarness> {
  const harness = createPollerHarness(await memoryTable(), settings);
  saysEverything(harness.ocrolus, 'b', docUuids);
  return harness;
}

/** The same with a document `d` and a mixed document `m`. @param mixedStatus of `m`. */
export async function createMixedHarness(bookStatus: string, mixedStatus: string): Promise<PollerHarness> {
  const harness = await createBookHarness({}, ['d', 'm']);
  saysBook(harness.ocrolus, 'b', {
    book_status: bookStatus,
    docs: [document('d')],
    mixed_docs: [document('m', mixedStatus)],
  });
  return harness;
}

/** Delivers an event of the book to a consumer, once. @returns the ids of the messages that failed. */
export function deliver(
  harness: PollerHarness,
  eventName: string,
  ids: EventIds = {},
  receiving: Receiving = {},
): Promise<string[]> {
  const event = delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: harness.clock.iso() });
  return receive(harness.consumers, [event], receiving);
}

export const book = (harness: PollerHarness) => harness.reader.book('b');

/** Kind and subject of each stored result. */
export async function results(harness: PollerHarness, bookUuid = 'b'): Promise<string[]> {
  return (await harness.reader.results(bookUuid)).map(({ kind, subject }) => `${kind} ${subject}`);
}

/** Delivers an event of the book until a consumer finishes it, as SQS does. @throws Error after the last receive. */
export async function deliverUntilDone(
  harness: PollerHarness,
  eventName: string,
  ids: EventIds = {},
): Promise<void> {
  const event = delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: harness.clock.iso() });
  for (let attempts = 1; attempts <= MAX_RECEIVES; attempts += 1) {
    if ((await receive(harness.consumers, [event], { attempts })).length === 0) return;
    harness.clock.advance(10);
  }
  throw new Error('a dead letter');
}

/** Lives hour by hour until something has been seen. */
export async function liveUntil(harness: PollerHarness, isSeen: () => Promise<boolean>, hours = 40) {
  for (let hour = 0; hour < hours && !(await isSeen()); hour += 1) {
    await harness.liveHours(1);
  }
  expect(await isSeen()).toBe(true);
}
