import type { Table } from '../../../../shared/store/table.ts';
import { type DeadLetter, readDeadLetter } from '../../../ops/dead-letters/dead-letter.ts';
import { type Description, describe } from '../../../ops/dead-letters/describe.ts';
import { findLedgerState } from '../../../ops/dead-letters/ledger.ts';
import { QueueInspection, queueName } from '../../../ops/queues/inspection.ts';
import { type QueueDepth, total } from '../../../ops/queues/state.ts';
import type { ChannelQueues } from '../../lambda/triggers.ts';

/** Number of messages above which a queue is only counted: its age needs a copy of every message. */
const DEEP = 500;

const EMPTY: QueueDepth = { visible: 0, inFlight: 0, delayed: 0 };

export type QueueViews = ReturnType<typeof createQueueViews>;

/** State of the queues, for the console. */
export function createQueueViews(endpoint: string, channels: Readonly<Record<string, ChannelQueues>>) {
  const inspection = new QueueInspection(endpoint);

  async function oldest(url: string | null, count: number, now: number): Promise<number | null> {
    if (url === null || count === 0 || count > DEEP) return null;
    return (await inspection.oldestSeconds(url, now)) ?? null;
  }

  /** @throws Error for an unknown channel. */
  async function deadLetters(channel: string): Promise<DeadLetter[]> {
    const dlqUrl = channels[channel]?.dlqUrl;
    if (dlqUrl === undefined || dlqUrl === null) throw new Error(`${channel} has no dead-letter queue`);
    return (await inspection.messages(dlqUrl)).map((message) =>
      readDeadLetter({
        MessageId: message.messageId,
        Body: message.body,
        Attributes: {
          SentTimestamp: String(message.sentTimestamp),
          ...(message.approximateFirstReceiveTimestamp !== undefined && {
            ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp),
          }),
        },
      }),
    );
  }

  return {
    deadLetters,
    /** Messages of each channel, and the age of the oldest: `null` if there is none, or there are too many to inspect. */
    async all(now: number) {
      const counts = await inspection.counts();
      return Promise.all(
        Object.entries(channels).map(async ([channel, { url, dlqUrl }]) => {
          const queue = counts.get(queueName(url)) ?? EMPTY;
          // A dead letter stays in its queue while a reader has it in flight.
          const dlq = dlqUrl === null ? 0 : total(counts.get(queueName(dlqUrl)) ?? EMPTY);
          return {
            channel,
            ...queue,
            ageSeconds: await oldest(url, total(queue), now),
            dlq,
            dlqAgeSeconds: await oldest(dlqUrl, dlq, now),
          };
        }),
      );
    },
    /** Oldest first, as `ops dlq` describes them. */
    async describeDeadLetters(channel: string, table: Table, now: number): Promise<Description[]> {
      const described = await Promise.all(
        (await deadLetters(channel)).map(async (letter) =>
          describe(letter, letter.envelope && (await findLedgerState(table, letter.envelope)), now),
        ),
      );
      return described.sort((a, b) => b.ageSeconds - a.ageSeconds);
    },
  };
}
