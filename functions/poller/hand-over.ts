import { LOOK_CHANNEL, LOOK_NAME } from '../../shared/events/channels.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { messageGroupId, serialiseEnvelope } from '../../shared/events/queue-message.ts';
import { iso } from '../../shared/time.ts';
import type { PollerDependencies } from './dependencies.ts';

/** Maximum number of messages that wait for the consumer: events of the same channel wait behind them. */
const MAX_WAITING = 200;

/** Delay of SQS's count: messages that were sent more recently may be missing from it. */
const UNSEEN_MS = 10_000;

/** Time between two counts while the queue is full. */
const COUNT_EVERY_MS = 2000;

/**
 * Hands books over to the consumers, no faster than the configured rate, and no more than may wait at a time.
 *
 * @returns a function that sends up to ten books once there is room for them, and returns whether there was by the
 * deadline (Unix milliseconds). If it throws Failure `retry`, the books stay due.
 */
export function createHandOver({ ports, settings, accounts }: PollerDependencies, isUrgent: boolean) {
  let sent: { readonly at: number; readonly count: number }[] = [];
  let counted = { at: Number.NEGATIVE_INFINITY, depth: 0 };
  let nextAt = 0;

  /** Counts messages in the queue, and those sent by this run that SQS does not count yet. */
  const countWaiting = async (): Promise<number> => {
    const now = ports.now();
    if (now - counted.at >= COUNT_EVERY_MS)
      counted = { at: now, depth: await ports.queue.depth(settings.LOOK_QUEUE_URL) };
    sent = sent.filter(({ at }) => at > counted.at - UNSEEN_MS);
    return sent.reduce((sum, { count }) => sum + count, counted.depth);
  };
  const messageOf = (bookUuid: string, now: number) => {
    const envelope: Envelope = {
      version: 1,
      deliveryId: `poll-${ports.id()}`,
      // The consumer uses the account that has shown the book.
      account: accounts.names[0] ?? '',
      source: 'poll',
      receivedAt: iso(now),
      eventName: LOOK_NAME,
      channel: LOOK_CHANNEL,
      ids: { bookUuid },
      ...(isUrgent && { urgent: true }),
    };
    return { body: serialiseEnvelope(envelope), group: messageGroupId(envelope) };
  };
  return async (bookIds: readonly string[], deadline: number): Promise<boolean> => {
    for (;;) {
      const now = ports.now();
      const waiting = await countWaiting();
      const pause = waiting + bookIds.length > MAX_WAITING ? COUNT_EVERY_MS : nextAt - now;
      if (pause <= 0) break;
      if (now + pause >= deadline) return false;
      await ports.wait(pause);
    }
    const now = ports.now();
    const messages = bookIds.map((bookId) => messageOf(bookId, now));
    await ports.queue.sendBatch(settings.LOOK_QUEUE_URL, messages);
    sent.push({ at: now, count: bookIds.length });
    nextAt = now + (bookIds.length * 1000) / settings.POLL_REQUESTS_PER_SECOND;
    return true;
  };
}
