import * as z from 'zod';
import type { Table } from '../../../../shared/store/table.ts';
import { type DeadLetter, readDeadLetter } from '../../../ops/dead-letters/dead-letter.ts';
import { type Description, describe } from '../../../ops/dead-letters/describe.ts';
import { findLedgerState } from '../../../ops/dead-letters/ledger.ts';
import type { ChannelQueues } from '../../channels.ts';

export interface QueueView {
  readonly channel: string;
  /** Waiting to be received. */
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Seconds since the oldest message that is not in flight was sent; `null` when there is none. */
  readonly oldestSeconds: number | null;
  readonly dlq: number;
  readonly dlqOldestSeconds: number | null;
}

const Counts = z.array(
  z.object({
    name: z.string(),
    approximateMessageCount: z.number(),
    approximateInflightCount: z.number(),
    approximateDelayedCount: z.number(),
  }),
);

const Message = z.object({
  messageId: z.string(),
  body: z.string(),
  sentTimestamp: z.number(),
  approximateReceiveCount: z.number(),
  approximateFirstReceiveTimestamp: z.number().optional(),
  messageGroupId: z.string().optional(),
});

const Inspected = z.object({
  messages: z.object({
    ready: z.array(Message),
    delayed: z.array(Message),
    inflight: z.array(z.object({ message: Message })),
  }),
});

/** A queue this deep is only counted: to look into it takes a copy of every message. */
const DEEP = 500;

/**
 * Looks into the queues without receiving anything, which SQS itself cannot do (fauxqs: queue inspection).
 */
export class QueueInspection {
  readonly #endpoint: string;
  readonly #queues: Readonly<Record<string, ChannelQueues>>;

  constructor(endpoint: string, queues: Readonly<Record<string, ChannelQueues>>) {
    this.#endpoint = endpoint;
    this.#queues = queues;
  }

  async all(now: number): Promise<QueueView[]> {
    const counted = Counts.parse(await this.#ask(''));
    const byName = new Map(counted.map((counts) => [counts.name, counts]));
    return Promise.all(
      Object.entries(this.#queues).map(async ([channel, { url, dlqUrl }]) => {
        const name = nameOf(url);
        const dlqName = dlqUrl === null ? '' : nameOf(dlqUrl);
        const queue = byName.get(name);
        const dead = byName.get(dlqName);
        const visible = queue?.approximateMessageCount ?? 0;
        const delayed = queue?.approximateDelayedCount ?? 0;
        // A dead letter stays in its queue while a reader has it in flight.
        const dlq =
          dead === undefined
            ? 0
            : dead.approximateMessageCount + dead.approximateInflightCount + dead.approximateDelayedCount;
        return {
          channel,
          visible,
          inFlight: queue?.approximateInflightCount ?? 0,
          delayed,
          oldestSeconds: visible + delayed > 0 ? await this.#oldest(name, visible + delayed, now) : null,
          dlq,
          dlqOldestSeconds: dlq > 0 ? await this.#oldest(dlqName, dlq, now) : null,
        };
      }),
    );
  }

  /** @throws Error for a channel that the stack does not have. */
  async deadLetters(channel: string): Promise<DeadLetter[]> {
    const dlqUrl = this.#queues[channel]?.dlqUrl;
    if (dlqUrl === undefined || dlqUrl === null) throw new Error(`${channel} has no dead-letter queue`);
    const { ready, delayed, inflight } = await this.#inspect(nameOf(dlqUrl));
    return [...ready, ...delayed, ...inflight.map(({ message }) => message)].map((message) =>
      readDeadLetter({
        MessageId: message.messageId,
        Body: message.body,
        Attributes: {
          SentTimestamp: String(message.sentTimestamp),
          // As if this look had received it: `describe` takes one off.
          ApproximateReceiveCount: String(message.approximateReceiveCount + 1),
          ...(message.approximateFirstReceiveTimestamp !== undefined && {
            ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp),
          }),
        },
      }),
    );
  }

  /** Oldest first, as `ops dlq` describes them. */
  async describeDeadLetters(channel: string, table: Table, now: number): Promise<Description[]> {
    const described = await Promise.all(
      (await this.deadLetters(channel)).map(async (letter) =>
        describe(letter, letter.envelope && (await findLedgerState(table, letter.envelope)), now),
      ),
    );
    return described.sort((a, b) => b.ageSeconds - a.ageSeconds);
  }

  async #oldest(name: string, count: number, now: number): Promise<number | null> {
    if (count > DEEP) return null;
    const { ready, delayed, inflight } = await this.#inspect(name);
    const all = [...ready, ...delayed, ...(ready.length === 0 ? inflight.map(({ message }) => message) : [])];
    if (all.length === 0) return null;
    const oldest = Math.min(...all.map(({ sentTimestamp }) => sentTimestamp));
    return Math.max(0, Math.round((now - oldest) / 1000));
  }

  async #inspect(name: string) {
    return Inspected.parse(await this.#ask(`/${encodeURIComponent(name)}`)).messages;
  }

  async #ask(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#endpoint}/_fauxqs/queues${path}`);
    if (!answer.ok) throw new Error(`the queues answered ${answer.status}`);
    return answer.json();
  }
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
