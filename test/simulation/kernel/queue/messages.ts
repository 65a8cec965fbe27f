import type { SQSRecord } from 'aws-lambda';
import type { Random } from '../random.ts';
import type { ScheduledEvent, Scheduler } from '../schedule/scheduler.ts';

/** A message in a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  /** Virtual Unix milliseconds. */
  readonly sentAt: number;
  /** `hidden`: delayed, or being processed. */
  state: 'hidden' | 'ready' | 'deleted';
  /** When a hidden message becomes ready. */
  wakeUp: ScheduledEvent | undefined;
  receiveCount: number;
  firstReceivedAt: number;
  /** When it was received last; the visibility timeout can be extended up to 12 hours from then. */
  receivedAt: number;
  /** The latest receipt handle; '' before the first. */
  receipt: string;
}

export function newMessage(id: string, body: string, group: string, sentAt: number): Message {
  return {
    id,
    body,
    group,
    sentAt,
    state: 'hidden',
    wakeUp: undefined,
    receiveCount: 0,
    firstReceivedAt: 0,
    receivedAt: 0,
    receipt: '',
  };
}

/** A received message as Lambda gives it to a handler (AWS: using Lambda with Amazon SQS). */
export function toRecord(message: Message, queueArn: string): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: 'simulation',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      MessageGroupId: message.group,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

/** When the messages of a standard queue can be received, about in that order, and who waits for them. */
export class Visibility {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #ready: Message[] = [];
  #waiting: (() => void)[] = [];
  /** Messages that are ready, without those that were deleted since. */
  readyCount = 0;

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** Resolves when there are messages to receive; another consumer may still be faster. */
  waitForMessages(): Promise<void> {
    if (this.readyCount > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** @param milliseconds until the message can be received; it replaces an earlier decision. */
  hide(message: Message, milliseconds: number): void {
    this.#cancelWakeUp(message);
    if (milliseconds <= 0) this.#becomeReady(message);
    else message.wakeUp = this.#scheduler.after(milliseconds, () => this.#becomeReady(message));
  }

  /** The place of a ready message in the list is skipped later. */
  delete(message: Message): void {
    this.#cancelWakeUp(message);
    if (message.state === 'ready') this.readyCount -= 1;
    message.state = 'deleted';
  }

  /** Takes one of the first. @param disorder how many others a message may overtake. */
  take(disorder: number): Message | undefined {
    for (let oldest = this.#ready.shift(); oldest !== undefined; oldest = this.#ready.shift()) {
      const reach = Math.min(disorder, this.#ready.length);
      const place = reach === 0 ? 0 : this.#random.int(0, reach);
      // The oldest takes the place of the one that overtakes it.
      const message = place === 0 ? oldest : this.#ready.splice(place - 1, 1, oldest)[0];
      if (message?.state !== 'ready') continue;
      this.readyCount -= 1;
      message.state = 'hidden';
      return message;
    }
    return undefined;
  }

  #becomeReady(message: Message): void {
    message.wakeUp = undefined;
    message.state = 'ready';
    this.#ready.push(message);
    this.readyCount += 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #cancelWakeUp(message: Message): void {
    if (message.wakeUp !== undefined) this.#scheduler.cancel(message.wakeUp);
    message.wakeUp = undefined;
  }
}
