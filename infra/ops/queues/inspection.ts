import * as z from 'zod';
import type { QueueDepth } from './state.ts';

const Counts = z.object({
  name: z.string(),
  approximateMessageCount: z.number(),
  approximateInflightCount: z.number(),
  approximateDelayedCount: z.number(),
});

const Message = z.object({
  messageId: z.string(),
  body: z.string(),
  sentTimestamp: z.number(),
  approximateFirstReceiveTimestamp: z.number().optional(),
});

export type InspectedMessage = z.output<typeof Message>;

const Inspected = z.object({
  messages: z.object({
    ready: z.array(Message),
    delayed: z.array(Message),
    inflight: z.array(z.object({ message: Message })),
  }),
});

/** Inspects queues of the local stack without receiving, which SQS itself cannot do (fauxqs: queue inspection). */
export class QueueInspection {
  readonly #endpoint: string;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** Number of messages in each queue, by its name. @throws Error */
  async counts(): Promise<Map<string, QueueDepth>> {
    const counted = z.array(Counts).parse(await this.#ask(''));
    return new Map(
      counted.map((queue) => [
        queue.name,
        {
          visible: queue.approximateMessageCount,
          inFlight: queue.approximateInflightCount,
          delayed: queue.approximateDelayedCount,
        },
      ]),
    );
  }

  /** Copies of all messages of a queue, in flight or not. @throws Error */
  async messages(queueUrl: string): Promise<InspectedMessage[]> {
    const answer = await this.#ask(`/${encodeURIComponent(queueName(queueUrl))}`);
    const { ready, delayed, inflight } = Inspected.parse(answer).messages;
    return [...ready, ...delayed, ...inflight.map(({ message }) => message)];
  }

  /** Seconds since the oldest message was first queued. @returns `undefined` for an empty queue. @throws Error */
  async oldestSeconds(queueUrl: string, now: number): Promise<number | undefined> {
    const sent = (await this.messages(queueUrl)).map(({ sentTimestamp }) => sentTimestamp);
    return sent.length === 0 ? undefined : Math.max(0, Math.round((now - Math.min(...sent)) / 1000));
  }

  async #ask(path: string): Promise<unknown> {
    const answer = await fetch(new URL(`/_fauxqs/queues${path}`, this.#endpoint));
    if (!answer.ok) throw new Error(`the queues answered ${answer.status}`);
    return answer.json();
  }
}

export function queueName(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
}
