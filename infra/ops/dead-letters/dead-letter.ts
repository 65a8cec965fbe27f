import type { Message } from '@aws-sdk/client-sqs';
import { findEventName } from '../../../shared/events/catalog.ts';
import { Envelope } from '../../../shared/events/envelope.ts';
import { bookIdOf } from '../../../shared/events/ids.ts';
import { UsageError } from '../../command-line/commands.ts';
import type { Target } from '../target/target.ts';

export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly group: string | undefined;
  /** ISO 8601 time at which it was first sent. A move to the dead-letter queue does not change it. */
  readonly sentAt: string;
  readonly firstReceivedAt: string | undefined;
  /** `undefined`: a message of another sender, or of another version. */
  readonly envelope: Envelope | undefined;
}

export function readDeadLetter(message: Message): DeadLetter {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} } = message;
  const { SentTimestamp, ApproximateFirstReceiveTimestamp: first } = Attributes;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    group: Attributes.MessageGroupId,
    sentAt: new Date(Number(SentTimestamp ?? 0)).toISOString(),
    firstReceivedAt: first === undefined ? undefined : new Date(Number(first)).toISOString(),
    envelope: readEnvelope(Body),
  };
}

/** @returns `undefined` for a message of another sender, or of another version. */
export function readEnvelope(body: string): Envelope | undefined {
  try {
    return Envelope.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** True if an id is that of the message or of its delivery. */
export function hasId({ messageId, envelope }: DeadLetter, id: string): boolean {
  return messageId === id || envelope?.deliveryId === id;
}

/** Selects dead letters; an absent field matches all. */
interface Filter {
  /** Id of a delivery, or of a message: the only way to select an unreadable one. */
  readonly id?: string | undefined;
  readonly event?: string | undefined;
  readonly bookId?: string | undefined;
}

/** An unreadable message matches by its id only, because it would fail again. */
export function matches(letter: DeadLetter, { id, event, bookId }: Filter): boolean {
  const { envelope } = letter;
  if (id !== undefined && !hasId(letter, id)) return false;
  if (envelope === undefined) return id !== undefined && event === undefined && bookId === undefined;
  const { ids, eventName } = envelope;
  const isEvent = event === undefined || eventName === (findEventName(event) ?? event);
  const partitions = [bookIdOf(ids), bookIdOf({ bookPk: ids.bookPk })];
  return isEvent && (bookId === undefined || partitions.includes(bookId));
}

export interface ChannelQueues {
  readonly channel: string;
  readonly url: string;
  readonly dlqUrl: string;
}

/** The queues of one channel, or of all that have a dead-letter queue. @throws UsageError */
export function deadLetterQueues({ queues }: Target, channel?: string): ChannelQueues[] {
  if (channel === undefined) {
    return Object.entries(queues).flatMap(([name, { url, dlqUrl }]) =>
      dlqUrl === null ? [] : [{ channel: name, url, dlqUrl }],
    );
  }
  const found = Object.hasOwn(queues, channel) ? queues[channel] : undefined;
  if (found === undefined) throw new Error(`the stack has no channel ${channel}: is it of another version?`);
  if (found.dlqUrl === null) throw new UsageError(`${channel} has no dead-letter queue`);
  return [{ channel, url: found.url, dlqUrl: found.dlqUrl }];
}
