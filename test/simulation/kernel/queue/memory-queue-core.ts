import type { SQSRecord } from 'aws-lambda';
import type { OutgoingMessage } from '../../../../shared/queue.ts';
import type { Simulation } from '../actors.ts';
import { awsError } from '../faults.ts';
import type { Random } from '../random.ts';
import { type Message, newMessage, toRecord, Visibility } from './messages.ts';

/** AWS: SQS quotas. */
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_VISIBILITY_SECONDS = 43_200;
const MAX_RECEIVED = 10;
/** 14 days, the maximum. */
const RETENTION_MS = 14 * 86_400_000;

export interface QueueSettings {
  readonly visibilitySeconds: number;
  readonly deadLetter?: {
    readonly queueUrl: string;
    /** After so many receives a message is moved. */
    readonly maxReceiveCount: number;
    /** Receives a message when it is moved. */
    readonly onDead?: ((message: Readonly<Message>) => void) | undefined;
  };
}

/** A standard queue of SQS, whose operations happen at once, in virtual time. */
export class MemoryQueueCore {
  readonly url: string;
  readonly arn: string;
  /** Messages that were moved to the dead-letter queue, and that expired. */
  readonly counts = { dead: 0, expired: 0 };
  readonly #simulation: Simulation;
  readonly #settings: QueueSettings;
  readonly #random: Random;
  readonly #messages = new Map<string, Message>();
  readonly #visibility: Visibility;
  readonly #deadLetters: MemoryQueueCore | undefined;

  constructor(simulation: Simulation, url: string, settings: QueueSettings, deadLetters?: MemoryQueueCore) {
    this.url = url;
    this.arn = `arn:aws:sqs:us-east-1:000000000000:${url.slice(url.lastIndexOf('/') + 1)}`;
    this.#simulation = simulation;
    this.#settings = settings;
    this.#random = simulation.random.fork(`queue-${url}`);
    this.#visibility = new Visibility(simulation.scheduler, this.#random);
    this.#deadLetters = deadLetters;
  }

  /** Messages that can be received now. */
  get depth(): number {
    return this.#visibility.readyCount;
  }

  /** All messages: ready, delayed and being processed. */
  get size(): number {
    return this.#messages.size;
  }

  /** To look at, for invariants and dead letters. */
  messages(): IterableIterator<Readonly<Message>> {
    return this.#messages.values();
  }

  /** @throws InvalidParameterValue. */
  send({ body, group }: OutgoingMessage): void {
    if (body.length > MAX_BODY_BYTES) throw awsError('InvalidParameterValue', 'the message is too long');
    const message = newMessage(this.#random.uuid(), body, group, this.#now());
    this.#messages.set(message.id, message);
    this.#visibility.hide(message, 0);
  }

  waitForMessages(): Promise<void> {
    return this.#visibility.waitForMessages();
  }

  /** @param max 1 to 10. */
  receive(max: number): SQSRecord[] {
    const records: SQSRecord[] = [];
    while (records.length < Math.min(max, MAX_RECEIVED)) {
      const message = this.#visibility.take(this.#faults().disorder);
      if (message === undefined) break;
      if (this.#isExpired(message) || this.#isDead(message)) continue;
      records.push(this.#receiveOne(message));
    }
    return records;
  }

  /** Succeeds without effect for a handle that is not the latest of its message (AWS: DeleteMessage). */
  delete(receiptHandle: string): void {
    const message = this.#messageOf(receiptHandle);
    if (message === undefined || message.receipt !== receiptHandle) return;
    const { undeleted, reappearsAfter } = this.#faults();
    if (this.#random.chance(undeleted) && message.state === 'hidden') {
      this.#visibility.hide(message, this.#random.within(reappearsAfter));
      return;
    }
    this.#visibility.delete(message);
    this.#messages.delete(message.id);
  }

  /** @throws InvalidParameterValue, MessageNotInflight. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const isAllowed = Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS;
    if (!isAllowed) throw awsError('InvalidParameterValue', `${seconds} is not a whole number of seconds`);
    const message = this.#messageOf(receiptHandle);
    if (message === undefined) throw awsError('InvalidParameterValue', 'the message does not exist');
    if (message.state !== 'hidden' || message.receipt !== receiptHandle) {
      throw awsError('MessageNotInflight', 'the message is not in flight');
    }
    if (this.#now() - message.receivedAt + seconds * 1000 > MAX_VISIBILITY_SECONDS * 1000) {
      throw awsError('InvalidParameterValue', 'more than 12 hours after it was received');
    }
    this.#visibility.hide(message, seconds * 1000);
  }

  /** Puts a message here as a queue had it before, with its receives. @param milliseconds until it can be received. */
  restore(message: Omit<Message, 'state' | 'wakeUp' | 'receipt'>, milliseconds: number): void {
    const restored: Message = { ...message, state: 'hidden', wakeUp: undefined, receipt: '' };
    this.#messages.set(restored.id, restored);
    this.#visibility.hide(restored, milliseconds);
  }

  /**
   * Moves every message that is ready to another queue, where each is a new one, with another id (AWS: "Learn how to
   * configure a dead-letter queue redrive").
   *
   * @returns how many.
   */
  moveAllTo(target: MemoryQueueCore): number {
    let moved = 0;
    for (let message = this.#visibility.take(0); message !== undefined; message = this.#visibility.take(0)) {
      this.#messages.delete(message.id);
      target.send(message);
      moved += 1;
    }
    return moved;
  }

  #receiveOne(message: Message): SQSRecord {
    const now = this.#now();
    message.receiveCount += 1;
    if (message.receiveCount === 1) message.firstReceivedAt = now;
    message.receivedAt = now;
    message.receipt = `${message.id}/${message.receiveCount}`;
    this.#record('queue.receive', message);
    const visibility = this.#settings.visibilitySeconds * 1000;
    const { receivedTwice, reappearsAfter } = this.#faults();
    const isReceivedTwice = this.#random.chance(receivedTwice);
    this.#visibility.hide(
      message,
      isReceivedTwice ? Math.min(visibility, this.#random.within(reappearsAfter)) : visibility,
    );
    return toRecord(message, this.arn);
  }

  #isExpired(message: Message): boolean {
    if (this.#now() - message.sentAt < RETENTION_MS) return false;
    this.counts.expired += 1;
    this.#record('queue.expire', message);
    this.#messages.delete(message.id);
    return true;
  }

  #isDead(message: Message): boolean {
    const { deadLetter } = this.#settings;
    if (deadLetter === undefined || message.receiveCount < deadLetter.maxReceiveCount) return false;
    this.counts.dead += 1;
    deadLetter.onDead?.(message);
    this.#record('queue.dead', message);
    this.#messages.delete(message.id);
    this.#deadLetters?.restore({ ...message, receiveCount: 0 }, 0);
    return true;
  }

  #messageOf(receiptHandle: string): Message | undefined {
    return this.#messages.get(receiptHandle.slice(0, receiptHandle.indexOf('/')));
  }

  #record(what: string, { id, group, receiveCount }: Message): void {
    this.#simulation.history.record({
      time: this.#now(),
      actor: 0,
      port: what,
      key: `${this.url}/${group}/${id}`,
      decision: String(receiveCount),
    });
  }

  #faults() {
    return this.#simulation.faults.profile.queue;
  }

  #now(): number {
    return this.#simulation.scheduler.now();
  }
}
