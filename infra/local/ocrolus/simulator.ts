import type { EventName } from '../../../shared/events/catalog.ts';
import { type Announce, Announcer } from './announcer.ts';
import type { CallRecord } from './http/calls.ts';
import type { Faults } from './http/faults.ts';
import type { Tokens } from './http/token.ts';
import { requestAnalytics } from './routes/analytics-v1.ts';
import { createBusiness } from './routes/business.ts';
import { startCopyJob } from './routes/copy-jobs.ts';
import { ROUTES } from './routes/index.ts';
import type { AnalyticsRequest, Book, Business, CopyJob, DetectResult, Document } from './state/book.ts';
import * as lifecycle from './state/lifecycle.ts';
import type { Moment } from './state/moments.ts';
import { nextStep, type StepName } from './state/next-step.ts';
import type { Organization } from './state/organization.ts';
import type { BookSpec, DocumentSpec } from './state/specs.ts';
import { type Expected, truthOf } from './truth.ts';
import type { Delivery } from './webhooks/delivery.ts';
import type { DeliveryFaults } from './webhooks/delivery-faults.ts';

/** What `startSimulator` has put together. */
export interface SimulatorDependencies {
  readonly url: string;
  readonly calls: readonly CallRecord[];
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly organization: Organization;
  readonly close: () => Promise<void>;
}

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
  readonly #organization: Organization;
  readonly #announcer: Announcer;
  readonly #close: () => Promise<void>;

  constructor(dependencies: SimulatorDependencies) {
    this.url = dependencies.url;
    this.calls = dependencies.calls;
    this.tokens = dependencies.tokens;
    this.faults = dependencies.faults;
    this.#organization = dependencies.organization;
    this.#announcer = new Announcer(dependencies.organization);
    this.#close = dependencies.close;
  }

  /** Calls to paths that Ocrolus does not have, or not with that method. */
  get unknownPaths(): readonly CallRecord[] {
    return this.calls.filter((call) => call.operation === undefined);
  }

  get deliveries(): readonly Delivery[] {
    return this.#announcer.deliveries.all;
  }

  get books(): readonly Book[] {
    return this.#organization.books.all;
  }

  get webhookUrl(): string | undefined {
    return this.#organization.registrations.account?.url;
  }

  get webhookSecret(): string | undefined {
    return this.#organization.registrations.accountSecret;
  }

  /** Sets the account-level webhook for every event, as if in the Dashboard, or removes it. */
  setWebhook({ url, secret }: { readonly url?: string; readonly secret?: string }): void {
    const { registrations } = this.#organization;
    registrations.account = url === undefined ? undefined : { url, events: undefined };
    registrations.accountSecret = secret;
  }

  get deliveryFaults(): DeliveryFaults {
    return this.#announcer.faults;
  }

  set deliveryFaults(faults: DeliveryFaults) {
    this.#announcer.faults = faults;
  }

  /** The uploads are announced in the background, in the vocabulary that has a name for them. */
  addBook(spec: BookSpec = {}, announce: Announce = {}): Book {
    const { documents = [], ...rest } = spec;
    const book = this.#organization.books.add(rest);
    this.#organization.save(book);
    for (const document of documents) this.addDocument(book.uuid, document, announce);
    return book;
  }

  /** A verified book reopens: its status goes back, and its analytics are to be made again. */
  addDocument(bookUuid: string, spec: DocumentSpec = {}, announce: Announce = {}): Document {
    const book = this.#book(bookUuid);
    const document = this.#organization.books.addDocument(book, spec);
    void this.#announcer.announce(lifecycle.documentAdded(book, document), announce);
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
  ): { readonly name: StepName; readonly announced: Promise<readonly Delivery[]> } | undefined {
    const next = nextStep(this.#book(bookUuid));
    return next && { name: next.name, announced: this.#announcer.announce(next.take(), announce) };
  }

  classifyBook(bookUuid: string, announce: Announce = {}): Promise<readonly Delivery[]> {
    return this.#change(bookUuid, lifecycle.classifyBook, announce);
  }

  /** Verifies the document, or rejects it when it was added with a rejection. The last of an image group ends the group. */
  verifyDocument(documentUuid: string, announce: Announce = {}): Promise<readonly Delivery[]> {
    const { book, document } = this.#document(documentUuid);
    return this.#announcer.announce(lifecycle.verifyDocument(book, document), announce);
  }

  /** Verifies the documents that are not yet, and the book. */
  verifyBook(bookUuid: string, announce: Announce = {}): Promise<readonly Delivery[]> {
    return this.#change(bookUuid, lifecycle.verifyBook, announce);
  }

  /** Analytics become ready; asynchronous v1 requests are done. @throws Error unless the book is verified. */
  completeAnalytics(bookUuid: string, announce: Announce = {}): Promise<readonly Delivery[]> {
    return this.#change(bookUuid, lifecycle.completeAnalytics, announce);
  }

  /** As an API client would; `completeAnalytics` ends it. */
  requestAsyncAnalytics(bookUuid: string): AnalyticsRequest {
    return requestAnalytics(this.#organization, this.#book(bookUuid));
  }

  /** @throws Error unless the document is verified or rejected. */
  runDetect(
    documentUuid: string,
    result: DetectResult,
    announce: Announce = {},
  ): Promise<readonly Delivery[]> {
    const { book, document } = this.#document(documentUuid);
    return this.#announcer.announce(lifecycle.runDetect(book, document, result), announce);
  }

  flagSuspiciousActivity(bookUuid: string, announce: Announce = {}): Promise<readonly Delivery[]> {
    return this.#change(bookUuid, lifecycle.flagSuspiciousActivity, announce);
  }

  /** The first time it generates the income, later it updates it. */
  calculateIncome(bookUuid: string, announce: Announce = {}): Promise<readonly Delivery[]> {
    return this.#change(bookUuid, lifecycle.calculateIncome, announce);
  }

  completeBook(bookUuid: string, announce: Announce = {}): Promise<readonly Delivery[]> {
    return this.#change(bookUuid, lifecycle.completeBook, announce);
  }

  /** Starts a Middesk look-up, as an API client would; `verifyBusiness` ends it. */
  createBusiness(bookUuid: string, name?: string): Business {
    const book = this.#book(bookUuid);
    return createBusiness(this.#organization, book, name ?? book.name);
  }

  verifyBusiness(
    bookUuid: string,
    businessUuid: string,
    announce: Announce = {},
  ): Promise<readonly Delivery[]> {
    return this.#change(bookUuid, (book) => lifecycle.verifyBusiness(book, businessUuid), announce);
  }

  /** Starts to share the book with another organization, or to receive it: `listed` by List book copy jobs. */
  copyBook(bookUuid: string, type: CopyJob['type'] = 'OUTBOUND'): CopyJob {
    return startCopyJob(this.#organization, this.#book(bookUuid), type);
  }

  /**
   * Announces any event, also what nothing in the simulated life of a book leads to, such as a failed upload; nothing
   * changes. `analytics.config_updated` is about no book, whichever is given.
   */
  announce(bookUuid: string, eventName: EventName): Promise<readonly Delivery[]> {
    return this.#announcer.announceAny(this.#book(bookUuid), eventName);
  }

  /** Ocrolus announces no deletion. @param listed whether the book goes on listing the document, as DELETED. */
  deleteDocument(documentUuid: string, { listed = false } = {}): void {
    const { book, document } = this.#document(documentUuid);
    lifecycle.deleteDocument(document, listed);
    this.#organization.save(book);
  }

  /** Ocrolus announces no deletion. */
  deleteBook(bookUuid: string): void {
    const book = this.#book(bookUuid);
    lifecycle.deleteBook(book);
    this.#organization.save(book);
  }

  /**
   * Posts any body as a delivery of an event. Text goes out as it is, anything else as JSON.
   *
   * @returns what became of it; the first record when several webhooks have subscribed.
   */
  async deliver(eventName: string, body: unknown): Promise<Delivery> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const [first] = await this.#announcer.send(eventName, text);
    if (first === undefined) throw new Error('a delivery without a record');
    return first;
  }

  /** The truth about a book, and the exact bytes of every answer about it. */
  expected(bookUuid: string): Promise<Expected> {
    return truthOf(this.#organization, ROUTES, this.url, this.#book(bookUuid));
  }

  /** Resolves when every delivery has its outcome. */
  idle(): Promise<void> {
    return this.#announcer.deliveries.idle();
  }

  /** Abandons what is being delivered, breaks open connections and stops listening. */
  async close(): Promise<void> {
    await this.#announcer.deliveries.close();
    await this.#close();
  }

  #change(bookUuid: string, change: (book: Book) => Moment[], announce: Announce) {
    return this.#announcer.announce(change(this.#book(bookUuid)), announce);
  }

  #book(uuid: string): Book {
    const book = this.#organization.books.byUuid(uuid);
    if (book === undefined) throw new Error(`no book ${uuid}`);
    return book;
  }

  #document(id: string): { book: Book; document: Document } {
    const found = this.#organization.books.document(id);
    if (found === undefined) throw new Error(`no document ${id}`);
    return found;
  }
}
