import type { Channel } from '../../shared/events/channels.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { messageGroupId, serialiseEnvelope } from '../../shared/events/queue-message.ts';
import { inBatches } from '../../shared/queue.ts';
import { iso } from '../../shared/time.ts';
import type { PollerDependencies } from './dependencies.ts';
import type { PollMessage } from './messages.ts';

/** Nothing is sent to a queue with so many messages until it is shorter. */
const DEEP_QUEUE = 1000;

/** For how long a depth that was read is used, in milliseconds. */
const DEPTH_FRESH_MS = 20_000;

/** Sends messages into the queues, unless they are too deep. */
export class Sender {
  readonly #dependencies: PollerDependencies;
  readonly #depths = new Map<Channel, { readonly depth: number; readonly readAt: number }>();

  constructor(dependencies: PollerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Whether some queue that the messages go to is deep. */
  async isDeep(messages: readonly PollMessage[]): Promise<boolean> {
    for (const channel of new Set(messages.map((message) => message.channel))) {
      if ((await this.#depth(channel)) >= DEEP_QUEUE) return true;
    }
    return false;
  }

  /** @throws Failure `retry`; the book stays due, and all of it is sent again: consumers are idempotent. */
  async send(
    messages: readonly PollMessage[],
    account: string,
    sentAt: number,
    isUrgent = false,
  ): Promise<void> {
    const { ports, settings } = this.#dependencies;
    for (const [channel, group] of Map.groupBy(messages, (message) => message.channel)) {
      const outgoing = group.map((message) => {
        const envelope = { ...this.#toEnvelope(message, account, sentAt), ...(isUrgent && { urgent: true }) };
        return { body: serialiseEnvelope(envelope), group: messageGroupId(envelope) };
      });
      for (const batch of inBatches(outgoing)) {
        await ports.queue.sendBatch(settings.QUEUE_URLS[channel], batch);
      }
    }
  }

  #toEnvelope(message: PollMessage, account: string, sentAt: number): Envelope {
    return {
      version: 1,
      deliveryId: `poll-${this.#dependencies.ports.id()}`,
      account,
      source: 'poll',
      receivedAt: iso(sentAt),
      sentAt: iso(sentAt),
      ...message,
    };
  }

  async #depth(channel: Channel): Promise<number> {
    const { ports, settings } = this.#dependencies;
    const known = this.#depths.get(channel);
    if (known !== undefined && ports.now() - known.readAt < DEPTH_FRESH_MS) return known.depth;
    const depth = await ports.queue.depth(settings.QUEUE_URLS[channel]);
    this.#depths.set(channel, { depth, readAt: ports.now() });
    return depth;
  }
}
