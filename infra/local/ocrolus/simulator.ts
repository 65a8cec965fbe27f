import type { EventName } from '../../../shared/events/catalog.ts';
import { normaliseUuid } from '../../../shared/events/read-ids.ts';
import { type Command, isInProgress } from './commands.ts';
import type { Faults } from './http/faults.ts';
import type { CallRecord } from './http/server.ts';
import type { Tokens } from './http/token.ts';
import type { Books } from './journal.ts';
import type { AnalyticsRequest, Book, Business, DetectOutcome, Document } from './model/book.ts';
import { anyEvent } from './model/events.ts';
import { isFinished } from './model/versions.ts';
import type { Ids } from './random.ts';
import { type BookSpec, type DocumentSpec, Specs } from './specs.ts';
import { type Truth, truthOf } from './truth.ts';
import type { Announce, Announcer } from './webhooks/announcer.ts';
import type { Delivery, DeliveryFaults } from './webhooks/delivery.ts';
import type { Registrations } from './webhooks/registrations.ts';

/** The parts that `startSimulator` has put together. */
export interface SimulatorDependencies {
  readonly url: string;
  readonly calls: readonly CallRecord[];
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly books: Books;
  readonly ids: Ids;
  readonly registrations: Registrations;
  readonly announcer: Announcer;
  readonly close: () => Promise<void>;
}

type Announced = Promise<readonly Delivery[]>;

/**
 * A running fake Ocrolus: see `startSimulator`.
 *
 * Every change happens at once, before anything is awaited. A promise of deliveries resolves when their
 * outcomes are known, retries included, and never rejects because a delivery failed.
 */
export class Simulator {
  /** The address of the API and of the token endpoint. */
  readonly url: string;
  readonly calls: readonly CallRecord[];
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly #parts: SimulatorDependencies;
  readonly #specs: Specs;

  constructor(parts: SimulatorDependencies) {
    this.url = parts.url;
    this.calls = parts.calls;
    this.tokens = parts.tokens;
    this.faults = parts.faults;
    this.#parts = parts;
    this.#specs = new Specs(parts.ids);
  }

  /** Calls to paths that Ocrolus does not have, or not with that method. */
  get unknownPaths(): readonly CallRecord[] {
    return this.calls.filter((call) => call.operation === undefined);
  }

  get deliveries(): readonly Delivery[] {
    return this.#parts.announcer.deliveries.all;
  }

  get books(): readonly Book[] {
    return this.#parts.books.model.registry.books;
  }

  /** Sets the account-level webhook for every event, as if in the Dashboard, or removes it. */
  setWebhook({ url, secret }: { readonly url?: string; readonly secret?: string }): void {
    this.#parts.registrations.account = url === undefined ? undefined : { url, events: undefined };
    this.#parts.registrations.accountSecret = secret;
  }

  get deliveryFaults(): DeliveryFaults {
    return this.#parts.announcer.faults;
  }

  set deliveryFaults(faults: DeliveryFaults) {
    this.#parts.announcer.faults = faults;
  }

  /** The uploads are announced in the background, in the vocabulary that has a name for them. */
  addBook({ documents = [], ...spec }: BookSpec = {}, announce: Announce = {}): Book {
    const command = this.#specs.book(spec);
    void this.#change(command, announce);
    for (const document of documents) this.addDocument(command.uuid, document, announce);
    return this.#book(command.uuid);
  }

  /** A verified book reopens: its status goes back, and its analytics are to be made again. */
  addDocument(bookUuid: string, spec: DocumentSpec = {}, announce: Announce = {}): Document {
    const book = this.#book(bookUuid);
    const command = this.#specs.document(book, spec);
    void this.#change(command, announce);
    const document = book.documents.find(({ uuid }) => uuid === command.uuid);
    if (document === undefined) throw new Error(`no document ${command.uuid}`);
    return document;
  }

  /** Takes the book one step further on its usual way. @returns `undefined` when it is finished. */
  async advance(bookUuid: string, announce: Announce = {}): Promise<readonly Delivery[] | undefined> {
    return this.step(bookUuid, announce)?.announced;
  }

  /** As `advance`, and says what happened before the deliveries have their outcomes. */
  step(
    bookUuid: string,
    announce: Announce = {},
  ): { readonly name: StepName; readonly announced: Announced } | undefined {
    const next = nextStep(this.#book(bookUuid));
    return next && { name: next.do, announced: this.#change(next, announce) };
  }

  classifyBook(bookUuid: string, announce: Announce = {}): Announced {
    return this.#change({ do: 'classify-book', book: idOf(bookUuid) }, announce);
  }

  /** Verifies the document, or rejects it when it was added with a rejection. The last of an image group ends the group. */
  verifyDocument(documentUuid: string, announce: Announce = {}): Announced {
    return this.#change({ do: 'verify-document', document: idOf(documentUuid) }, announce);
  }

  /** Verifies the documents that are not yet, and the book. */
  verifyBook(bookUuid: string, announce: Announce = {}): Announced {
    return this.#change({ do: 'verify-book', book: idOf(bookUuid) }, announce);
  }

  /** Analytics become ready; asynchronous v1 requests are done. @throws Error unless the book is verified. */
  completeAnalytics(bookUuid: string, announce: Announce = {}): Announced {
    return this.#change({ do: 'complete-analytics', book: idOf(bookUuid) }, announce);
  }

  /** As an API client would; `completeAnalytics` ends it. */
  requestAsyncAnalytics(bookUuid: string): Pick<AnalyticsRequest, 'id'> {
    const id = this.#parts.ids.uuid();
    this.#parts.books.change({ do: 'request-analytics', book: idOf(bookUuid), id });
    return { id };
  }

  /** @throws Error unless the document is verified or rejected. */
  runDetect(documentUuid: string, result: DetectOutcome, announce: Announce = {}): Announced {
    return this.#change({ do: 'run-detect', document: idOf(documentUuid), result }, announce);
  }

  flagSuspiciousActivity(bookUuid: string, announce: Announce = {}): Announced {
    return this.#change({ do: 'flag-suspicious-activity', book: idOf(bookUuid) }, announce);
  }

  /** The first time it generates the income, later it updates it. */
  calculateIncome(bookUuid: string, announce: Announce = {}): Announced {
    return this.#change({ do: 'calculate-income', book: idOf(bookUuid) }, announce);
  }

  completeBook(bookUuid: string, announce: Announce = {}): Announced {
    return this.#change({ do: 'complete-book', book: idOf(bookUuid) }, announce);
  }

  /** Starts a Middesk look-up, as an API client would; `verifyBusiness` ends it. */
  createBusiness(bookUuid: string): Pick<Business, 'uuid'> {
    const uuid = this.#parts.ids.uuid();
    this.#parts.books.change({ do: 'start-business', book: idOf(bookUuid), id: uuid });
    return { uuid };
  }

  verifyBusiness(bookUuid: string, businessUuid: string, announce: Announce = {}): Announced {
    return this.#change({ do: 'verify-business', book: idOf(bookUuid), id: businessUuid }, announce);
  }

  /**
   * Announces any event, also what nothing in the simulated life of a book leads to, such as a failed upload; nothing
   * changes. `analytics.config_updated` is about no book, whichever is given.
   */
  announce(bookUuid: string, eventName: EventName): Announced {
    const { body } = anyEvent(this.#book(bookUuid), eventName);
    return this.#parts.announcer.send(eventName, JSON.stringify(body));
  }

  /** Ocrolus announces no deletion. @param listed whether the book goes on listing the document, as DELETED. */
  deleteDocument(documentUuid: string, { listed = false } = {}): void {
    this.#parts.books.change({ do: 'delete-document', document: idOf(documentUuid), isListed: listed });
  }

  /** Ocrolus announces no deletion. */
  deleteBook(bookUuid: string): void {
    this.#parts.books.change({ do: 'delete-book', book: idOf(bookUuid) });
  }

  /**
   * Posts any body as a delivery of an event. Text goes out as it is, anything else as JSON.
   *
   * @returns what became of it; the first record when several webhooks have subscribed.
   */
  async deliver(eventName: string, body: unknown): Promise<Delivery> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const [first] = await this.#parts.announcer.send(eventName, text);
    if (first === undefined) throw new Error('a delivery without a record');
    return first;
  }

  /** The truth about a book, and the exact bytes of every result of it. */
  truth(bookUuid: string): Truth {
    return truthOf(this.#parts.books.model, this.#book(bookUuid));
  }

  /** Resolves when every delivery has its outcome. */
  idle(): Promise<void> {
    return this.#parts.announcer.deliveries.idle();
  }

  /** Abandons what is being delivered, breaks open connections and stops listening. */
  async close(): Promise<void> {
    await this.#parts.announcer.deliveries.close();
    await this.#parts.close();
  }

  #change(command: Command, announce: Announce): Announced {
    return this.#parts.announcer.announce(this.#parts.books.change(command), announce);
  }

  #book(uuid: string): Book {
    return this.#parts.books.model.registry.book(idOf(uuid));
  }
}

/** The next change of a book on its usual way (docs/ocrolus.md#event-order). @returns `undefined` when nothing is left to happen. */
export function nextStep(book: Book) {
  const { status, documents, bookClass, uuid } = book;
  if (status === 'DELETED' || documents.length === 0) return undefined;
  if (!book.isClassified) return { do: 'classify-book', book: uuid } as const;
  if (bookClass === 'INSTANT_CLASSIFY_ONLY') return undefined;
  const unfinished = documents.find(isInProgress);
  if (unfinished !== undefined) return { do: 'verify-document', document: unfinished.uuid } as const;
  if (status !== 'VERIFIED') return { do: 'verify-book', book: uuid } as const;
  if (!book.analytics.isReady) return { do: 'complete-analytics', book: uuid } as const;
  const undetected = documents.find((document) => document.detect === 'PENDING' && isFinished(document));
  if (undetected !== undefined)
    return { do: 'run-detect', document: undetected.uuid, result: undetected.detectOutcome } as const;
  return book.isCompleted ? undefined : ({ do: 'complete-book', book: uuid } as const);
}

export type StepName = NonNullable<ReturnType<typeof nextStep>>['do'];

/** A uuid in the spelling of the model. */
function idOf(uuid: string): string {
  return normaliseUuid(uuid) ?? uuid;
}
