import type { EventName } from '../../../shared/events/catalog.ts';
import { type Command, isInProgress } from './commands.ts';
import { createFaults } from './http/faults.ts';
import { type CallRecord, serveApi, slidingSecond } from './http/server.ts';
import { createTokens } from './http/token.ts';
import { openBooks } from './journal.ts';
import type { Book, Document } from './model/book.ts';
import { anyBody } from './model/events.ts';
import { isFinished } from './model/versions.ts';
import { type SimulatorOptions, withDefaults } from './options.ts';
import { createIds, fork } from './random.ts';
import { type BookSpec, createSpecs, type DocumentSpec } from './specs.ts';
import { type Announce, createDeliveries, type Delivery } from './webhooks/delivery.ts';
import { createPing } from './webhooks/post.ts';
import { createRegistrations } from './webhooks/registrations.ts';
import { accountRoutes, OF_ORGANIZATION, organizationRoutes } from './webhooks/routes.ts';

const DAY_MS = 86_400_000;

type Announced = Promise<readonly Delivery[]>;

/**
 * A running fake Ocrolus.
 *
 * Every change happens at once, before anything is awaited. A promise of deliveries resolves when their
 * outcomes are known, retries included, and never rejects because a delivery failed.
 */
export type Simulator = Awaited<ReturnType<typeof startSimulator>>;

/**
 * Starts a fake Ocrolus on loopback. It behaves as docs/ocrolus.md says: one address for API and
 * tokens, `port` 0 for a free one.
 */
export async function startSimulator(options: Partial<SimulatorOptions> = {}) {
  const settings = withDefaults(options);
  const { now, requestsPerSecond, heavyRequestsPerSecond, deliveryTimeoutMs } = settings;
  const ids = createIds(fork(settings.random), now);
  const registrations = createRegistrations(settings.organization);
  let url = '';
  const books = openBooks(settings.journal, {
    now,
    habits: settings.habits,
    resultsUrl: () => url,
    jobLife: () => ({
      id: ids.uuid(),
      readyAt: now() + settings.jobMs,
      expiresAt: now() + DAY_MS,
      fails: false,
    }),
  });
  const { model } = books;
  const tokens = createTokens(settings, ids);
  const faults = createFaults(fork(settings.random));
  const calls: CallRecord[] = [];
  const ping = createPing(ids, now, deliveryTimeoutMs);
  const server = await serveApi(
    {
      model,
      routes: [...accountRoutes(registrations, ping), ...organizationRoutes(registrations, ids, ping)],
      ...{ tokens, faults, now },
      limits: {
        all: slidingSecond(requestsPerSecond, now),
        heavy: slidingSecond(heavyRequestsPerSecond, now),
      },
      log: (call) => calls.push(call),
    },
    settings.port,
  );
  ({ url } = server);
  const deliveries = createDeliveries(settings, ids, registrations);
  const specs = createSpecs(ids);

  /** @throws Error where it cannot happen now. @returns the deliveries that announce it. */
  const change = (command: Command, announce: Announce = {}): Announced =>
    deliveries.announce(books.change(command), announce);

  /** A verified book reopens: its status goes back, and its analytics are to be made again. */
  const addDocument = (bookUuid: string, spec: DocumentSpec = {}, announce: Announce = {}): Document => {
    const book = model.registry.book(bookUuid);
    const command = specs.document(book, spec);
    void change(command, announce);
    const document = book.documents.find(({ uuid }) => uuid === command.uuid);
    if (document === undefined) throw new Error(`no document ${command.uuid}`);
    return document;
  };

  return {
    /** The address of the API and of the token endpoint. */
    url,
    calls: calls as readonly CallRecord[],
    tokens,
    faults,
    model,
    books: model.registry.books as readonly Book[],
    deliveries,
    /**
     * Sets the account-level webhook for every event, as if in the Dashboard, or removes it. Without a secret of 16 to
     * 128 characters, deliveries are unsigned, as the real ones are.
     */
    setWebhook(webhook: { readonly url?: string; readonly secret?: string }): void {
      registrations.account = webhook.url === undefined ? undefined : { url: webhook.url, events: undefined };
      registrations.accountSecret = webhook.secret;
    },
    /** Ticks events of every webhook of the organization in the Dashboard. By default all that the level offers. */
    tickEvents(events: readonly EventName[] = OF_ORGANIZATION): readonly string[] {
      const { organization } = registrations;
      for (const webhook of organization) webhook.events = events;
      return organization.map(({ url }) => url);
    },
    change,
    addDocument,
    /** The uploads are announced in the background, in the vocabulary that has a name for them. */
    addBook({ documents = [], ...spec }: BookSpec = {}, announce: Announce = {}): Book {
      const command = specs.book(spec);
      void change(command, announce);
      for (const document of documents) addDocument(command.uuid, document, announce);
      return model.registry.book(command.uuid);
    },
    /** Takes the book one step further on its usual way. @returns `undefined` when it is finished. */
    step(bookUuid: string, announce: Announce = {}) {
      const next = nextStep(model.registry.book(bookUuid));
      return next && { name: next.do, announced: change(next, announce) };
    },
    /**
     * Announces any event, also what nothing in the simulated life of a book leads to, such as a failed upload; nothing
     * changes. `analytics.config_updated` is about no book, whichever is given.
     */
    announce(bookUuid: string, eventName: EventName): Announced {
      const body = anyBody(model.registry.book(bookUuid), eventName);
      return deliveries.send(eventName, JSON.stringify(body));
    },
    /** Abandons what is being delivered, breaks open connections and stops listening. */
    async close(): Promise<void> {
      await deliveries.close();
      await server.stop();
    },
  };
}

/** The next change of a book on its usual way (docs/ocrolus.md#event-order). @returns `undefined` when nothing is left to happen. */
export function nextStep(book: Book) {
  const { status, documents, bookClass, uuid } = book;
  if (status === 'DELETED' || documents.length === 0) return undefined;
  if (!book.isClassified) return { do: 'classify-book', book: uuid } as const;
  const unfinished = documents.find(isInProgress);
  if (unfinished !== undefined) return { do: 'verify-document', document: unfinished.uuid } as const;
  if (bookClass === 'INSTANT_CLASSIFY_ONLY') return undefined;
  if (status !== 'VERIFIED') return { do: 'verify-book', book: uuid } as const;
  if (!book.analytics.isReady) return { do: 'complete-analytics', book: uuid } as const;
  const undetected = documents.find((document) => document.detect === 'PENDING' && isFinished(document));
  if (undetected !== undefined)
    return { do: 'run-detect', document: undetected.uuid, result: undetected.detectOutcome } as const;
  return book.isCompleted ? undefined : ({ do: 'complete-book', book: uuid } as const);
}

export type StepName = NonNullable<ReturnType<typeof nextStep>>['do'];
