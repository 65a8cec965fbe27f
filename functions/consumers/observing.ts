import { type BookObservation, type Envelope, messageGroupId } from '../../shared/events/envelope.ts';
import { bookIdOf } from '../../shared/events/ids.ts';
import { Failure } from '../../shared/failure.ts';
import { readBookStatus } from '../../shared/ocrolus/book-status.ts';
import { type BookRef, type Call, calls } from '../../shared/ocrolus/calls.ts';
import type { Answer, OcrolusClient } from '../../shared/ocrolus/client.ts';
import type { Lane } from '../../shared/ocrolus/rate-limit.ts';
import type { Log } from '../../shared/telemetry/log.ts';
import type { Batch } from './batch.ts';
import type { ConsumerParts } from './parts.ts';

/** A poll message may have waited in its queue: what it carries is taken for news only this long. */
const OBSERVATION_SECONDS = 120;

/** One delivery being looked at: what is known of it, and how to ask Ocrolus about it. */
export class Observing {
  readonly envelope: Envelope;
  readonly parts: ConsumerParts;
  readonly log: Log;
  readonly batch: Batch;
  /** Unix milliseconds by which everything must be done. */
  readonly deadline: number;
  readonly client: OcrolusClient;
  #learntUuid: string | undefined;

  constructor(options: {
    envelope: Envelope;
    parts: ConsumerParts;
    log: Log;
    batch: Batch;
    deadline: number;
  }) {
    this.envelope = options.envelope;
    this.parts = options.parts;
    this.log = options.log;
    this.batch = options.batch;
    this.deadline = options.deadline;
    this.client = options.parts.accounts.client(options.envelope.account);
  }

  get ids() {
    return this.envelope.ids;
  }

  /** Who writes, for the store. */
  get writer() {
    const { account, source } = this.envelope;
    return { account, source, now: this.parts.now().toISOString() };
  }

  /** The partition that the delivery belongs to, as far as it is known by now. */
  get bookId(): string {
    return this.#learntUuid ?? bookIdOf(this.ids);
  }

  /** The answer of a call, asked once per batch. @throws Failure */
  ask(call: Call): Promise<Answer> {
    const key = `ask ${this.envelope.account} ${call.path} ${JSON.stringify(call.query ?? {})}`;
    return this.batch.once(key, () => this.client.get(call, this.deadline, this.#lane));
  }

  /** The news of a book with few documents are not held up by one that has thousands. */
  get #lane(): Lane {
    return this.batch.isCrowd(messageGroupId(this.envelope)) ? 'bulk' : 'express';
  }

  /** The book by whichever id is known. @throws Failure `refused` when the event names no book. */
  get bookRef(): BookRef {
    const { bookUuid, bookPk } = this.ids;
    if (bookUuid !== undefined) return { bookUuid };
    if (this.#learntUuid !== undefined) return { bookUuid: this.#learntUuid };
    if (bookPk !== undefined) return { bookPk };
    throw new Failure('refused', 'no-book-id');
  }

  /** What Book status says now, or said a moment ago to the poller. @throws Failure */
  async bookStatus(): Promise<BookObservation> {
    const carried = this.envelope.observation;
    const observation =
      carried !== undefined && this.#isRecent(carried.observedAt) ? carried : await this.#askBookStatus();
    this.learnBookUuid(observation.bookUuid);
    return observation;
  }

  /** Asked, and read, once per batch, or less: the answer about 2,000 documents has 500 KB. */
  #askBookStatus(): Promise<BookObservation> {
    const { bookRef, batch, parts } = this;
    const key = `observe ${this.envelope.account} ${JSON.stringify(bookRef)}`;
    const ask = async () => readBookStatus(await this.ask(calls.bookStatus(bookRef)), bookRef);
    return batch.once(key, () => parts.recent.get(key, batch.newsAt, ask));
  }

  /** The book's uuid; asks for it when only the pk is known. @throws Failure */
  async bookUuid(): Promise<string> {
    const ref = this.bookRef;
    return 'bookUuid' in ref ? ref.bookUuid : (await this.bookStatus()).bookUuid;
  }

  /** An answer told the uuid of a book that the event named by its pk, or not at all. */
  learnBookUuid(bookUuid: string): void {
    if (this.ids.bookUuid === undefined) this.#learntUuid = bookUuid;
  }

  /** When the poller shall look at a book that has just been seen at work. */
  dueIn(seconds: number): string {
    return new Date(this.parts.now().getTime() + seconds * 1000).toISOString();
  }

  #isRecent(time: string): boolean {
    return this.parts.now().getTime() - Date.parse(time) < OBSERVATION_SECONDS * 1000;
  }
}
