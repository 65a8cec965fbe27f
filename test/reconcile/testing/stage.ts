import { delivery, receive } from '../../consumers/testing/stage.ts';
import { createPollerStage, type PollerStage } from '../../poller/testing/stage.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { saysEverything } from './answers.ts';

/** The poller and the consumers, with a book `b` that has everything. */
export async function createBookStage(
  settings: Readonly<Record<string, string>> = {},
  docUuids: readonly string[] = ['d'],
): Promise<PollerStage> {
  const stage = createPollerStage(await memoryTable(), settings);
  saysEverything(stage.ocrolus, 'b', docUuids);
  return stage;
}

/** Lets a consumer have an event of the book, once. @returns the ids of the messages that failed. */
export function announce(
  stage: PollerStage,
  eventName: string,
  ids: Parameters<typeof delivery>[1] = {},
): Promise<string[]> {
  const event = delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: stage.clock.iso() });
  return receive(stage.consumers, [event]);
}

export const book = (stage: PollerStage) => stage.reader.book('b');

/** Kind and subject of each stored result. */
export async function results(stage: PollerStage, bookUuid = 'b'): Promise<string[]> {
  return (await stage.reader.results(bookUuid)).map(({ kind, subject }) => `${kind} ${subject}`);
}

/** Lets a consumer have an event of the book, again and again until it is finished. @throws Error when it never is. */
export async function deliver(
  stage: PollerStage,
  eventName: string,
  ids: Parameters<typeof delivery>[1] = {},
): Promise<void> {
  const event = delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: stage.clock.iso() });
  for (let attempts = 1; attempts <= 20; attempts += 1) {
    if ((await receive(stage.consumers, [event], { attempts })).length === 0) return;
    stage.clock.advance(10);
  }
  throw new Error('a dead letter');
}
