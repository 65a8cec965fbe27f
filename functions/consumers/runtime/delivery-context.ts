import type { Timing } from '../../../shared/checklist/times.ts';
import type { BookObservation, Envelope } from '../../../shared/events/envelope.ts';
import { bookIdOf } from '../../../shared/events/ids.ts';
import { asFailure, Failure } from '../../../shared/failure.ts';
import { readBookStatus } from '../../../shared/ocrolus/book-status.ts';
import { type BookRef, type Call, calls } from '../../../shared/ocrolus/calls.ts';
import type { OcrolusClient, Reply } from '../../../shared/ocrolus/client.ts';
import type { Receive } from '../../../shared/ocrolus/read-answer.ts';
import { type LargeBody, receiveLargeBody } from '../../../shared/store/bodies/large-body.ts';
import { type Book, readBook, type Writer } from '../../../shared/store/books.ts';
import { type Document, readDocument, readDocuments } from '../../../shared/store/documents.ts';
import { BOOK_STATUS, isBookStatusSuppressed } from '../../../shared/store/polling/circuits.ts';
import { streamedKey } from '../../../shared/store/results.ts';
import type { Log } from '../../../shared/telemetry/log.ts';
import { iso } from '../../../shared/time.ts';
import { RESULT_OUTLINE, type ResultReply } from '../results/outline.ts';
import type { Batch } from './batch.ts';
import type { ConsumerDependencies } from './dependencies.ts';
import type { ObservationReply } from './recent-observations.ts';

/** A poll message may have waited in its queue: its observation counts as current for this long only. */
const OBSERVATION_SECONDS = 120;

/** One delivery that is being processed: what is known about it, and how Ocrolus is asked about it. */
export class DeliveryContext {
  readonly envelope: Envelope;
  readonly dependencies: ConsumerDependencies;
  readonly log: Log;
  readonly batch: Batch;
  /** How often SQS has delivered it, from 1. */
  readonly attempts: number;
  /** Unix milliseconds by which everything must be done. */
  readonly deadline: number;
  /** The account whose credentials are used: the owner of the book, once it is known. */
  account: string;
  #learnedUuid: string | undefined;
  #keptEvent: string | undefined;

  constructor(options: {
    envelope: Envelope;
    dependencies: ConsumerDependencies;
    log: Log;
    batch: Batch;
    attempts: number;
    deadline: number;
  }) {
    this.envelope = options.envelope;
    this.dependencies = options.dependencies;
    this.log = options.log;
    this.batch = options.batch;
    this.attempts = options.attempts;
    this.deadline = options.deadline;
    this.account = options.envelope.account;
  }

  get ids() {
    return this.envelope.ids;
  }

  get isPoll(): boolean {
    return this.envelope.source === 'poll';
  }

  /** It may have been processed before, partly or completely. */
  get isRepeated(): boolean {
    return this.attempts > 1 || this.envelope.repeated === true;
  }

  /**
   * The `receivedAt` of the event that wants the results. Absent for messages of the poller, which ask for missing results,
   * unless the poller has kept an event that named no book.
   */
  get opens(): string | undefined {
    return this.isPoll ? this.#keptEvent : this.envelope.receivedAt;
  }

  /** The poller sent this for an event that it has kept. */
  opensFor(receivedAt: string | undefined): void {
    this.#keptEvent = receivedAt;
  }

  get now(): number {
    return this.dependencies.ports.now();
  }

  get timing(): Timing {
    return { now: this.now, times: this.dependencies.times };
  }

  get writer(): Writer {
    return { account: this.account, source: this.envelope.source, now: this.now };
  }

  /** The partition that the delivery belongs to, as far as is known so far. */
  get bookId(): string {
    return this.#learnedUuid ?? bookIdOf(this.ids);
  }

  /** An answer gave the uuid of a book that the event named by its pk, or not at all. */
  learnBookUuid(bookUuid: string): void {
    if (this.ids.bookUuid === undefined) this.#learnedUuid = bookUuid;
  }

  /** The book by the id that is known; `undefined` when the event names none. */
  get bookRef(): BookRef | undefined {
    const { bookUuid, bookPk } = this.ids;
    if (bookUuid !== undefined) return { bookUuid };
    if (this.#learnedUuid !== undefined) return { bookUuid: this.#learnedUuid };
    return bookPk === undefined ? undefined : { bookPk };
  }

  /** @throws Failure `refused` for an account that is not served. */
  get client(): OcrolusClient {
    return this.dependencies.accounts.client(this.account);
  }

  /** The reply to a call, asked for once per batch. @throws Failure `retry` */
  ask(call: Call): Promise<Reply> {
    return this.batch.once(`ask ${this.#keyOf(call)}`, async () => {
      const reply = await this.#logged(call.operation, () => this.client.ask(call, this.deadline));
      this.#report(call, reply);
      return reply;
    });
  }

  /** As `ask`, for a result of any size. @param bookId the book that it will be a result of, as far as is known. */
  fetch(bookId: string, call: Call): Promise<ResultReply> {
    return this.batch.once(`fetch ${this.#keyOf(call)}`, () => this.fetchAgain(bookId, call));
  }

  /** As `fetch`, but ignores earlier answers of the batch. */
  async fetchAgain(bookId: string, call: Call): Promise<ResultReply> {
    const reply = await this.#logged(call.operation, () =>
      this.client.fetch(call, this.deadline, this.#receiver(bookId)),
    );
    this.#report(call, reply);
    return reply;
  }

  /** As `fetchAgain`, from the pre-signed URL of a job's result. */
  fetchSigned(bookId: string, url: string, operation: string): Promise<ResultReply> {
    return this.#logged(operation, () =>
      this.client.getSigned(url, operation, this.deadline, this.#receiver(bookId)),
    );
  }

  /** Each call is a line of the delivery's story (`ops delivery`): what was asked, how it ended, how long it took. */
  async #logged<Body>(operation: string, ask: () => Promise<Reply<Body>>): Promise<Reply<Body>> {
    const startedAt = this.now;
    const log = (answer: string, code?: string) =>
      this.log.info('Ocrolus asked', { operation, answer, code, ms: this.now - startedAt });
    try {
      const reply = await ask();
      log(reply.kind, reply.kind === 'ok' ? undefined : reply.code);
      return reply;
    } catch (error) {
      log('failed', asFailure(error).code);
      throw error;
    }
  }

  #receiver(bookId: string): Receive<LargeBody> {
    const { ports, streams } = this.dependencies;
    return (chunks, signal) =>
      streams.run(async () => {
        const key = streamedKey(bookId, ports.id());
        const receiving = { bodies: ports.bodies, key, shape: RESULT_OUTLINE, signal };
        const body = await receiveLargeBody(chunks, receiving);
        this.batch.largeBodies.push(body);
        return { body, json: body.outline.json };
      });
  }

  #keyOf({ path, query = {} }: Call): string {
    return `${this.account} ${path} ${JSON.stringify(query)}`;
  }

  #report({ operation }: Call, reply: Reply<unknown>): void {
    if (reply.kind !== 'rejected') return;
    this.dependencies.metrics.count('RequestRejected', { operation });
    this.log.error('request rejected', { operation, code: reply.code });
  }

  /** The stored book, read once per batch; after a write it must be read again. */
  book(bookId: string = this.bookId): Promise<Book | undefined> {
    return this.batch.once(`book ${bookId}`, () => readBook(this.dependencies.ports.table, bookId));
  }

  /** A stored document, read once per batch. */
  document(bookId: string, docUuid: string): Promise<Document | undefined> {
    return this.batch.once(`document ${bookId} ${docUuid}`, () =>
      readDocument(this.dependencies.ports.table, bookId, docUuid),
    );
  }

  /** The stored documents of the book, read once per batch. */
  documents(bookId: string = this.bookId): Promise<Map<string, Document>> {
    return this.batch.once(`documents ${bookId}`, () => readDocuments(this.dependencies.ports.table, bookId));
  }

  /** What Book status says now, or said to the poller recently. @throws Failure `retry` */
  async observe(): Promise<ObservationReply> {
    const carried = this.envelope.observation;
    const observed =
      carried !== undefined && this.#isRecent(carried.observedAt)
        ? ({ kind: 'observed', observation: carried } as const)
        : await this.#askBookStatus();
    if (observed.kind === 'observed') this.learnBookUuid(observed.observation.bookUuid);
    return observed;
  }

  /** Asked and parsed at most once per batch: the answer about 2,000 documents has 500 KB. */
  #askBookStatus(): Promise<ObservationReply> {
    const ref = this.bookRef;
    if (ref === undefined) throw new Failure('broken', 'no-book-id');
    const { recent } = this.dependencies;
    const key = `observe ${this.account} ${JSON.stringify(ref)}`;
    return this.batch.once(key, () =>
      recent.get(key, this.batch.newestFirstTry, () => this.#observeNow(ref)),
    );
  }

  async #observeNow(ref: BookRef): Promise<ObservationReply> {
    const { circuits } = this.dependencies;
    if (await isBookStatusSuppressed(circuits, this.account)) {
      return { kind: 'refused', code: 'circuit-open', askedAt: iso(this.now) };
    }
    const reply = await this.ask(calls.bookStatus(ref));
    if (reply.kind !== 'ok') {
      await circuits.refused(this.account, BOOK_STATUS, reply.code, this.bookId);
      return reply;
    }
    const observation: BookObservation = readBookStatus(reply.answer, ref);
    await circuits.answered(this.account, BOOK_STATUS);
    return { kind: 'observed', observation };
  }

  #isRecent(time: string): boolean {
    return this.now - Date.parse(time) < OBSERVATION_SECONDS * 1000;
  }
}
