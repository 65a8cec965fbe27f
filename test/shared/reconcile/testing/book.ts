import { beforeEach, expect } from 'vitest';
import type { PollMode } from '../../../../functions/poller/poll.ts';
import { type Entry, NO_ENTRY } from '../../../../shared/checklist/entry.ts';
import { MAX_RECEIVES } from '../../../../shared/events/channels.ts';
import type { Envelope } from '../../../../shared/events/envelope.ts';
import type { EventIds } from '../../../../shared/events/ids.ts';
import type { ResultKind } from '../../../../shared/events/result-kinds.ts';
import { type Call, calls } from '../../../../shared/ocrolus/calls.ts';
import { type Book, readBook } from '../../../../shared/store/books.ts';
import { readDocuments } from '../../../../shared/store/documents.ts';
import type { Table } from '../../../../shared/store/table.ts';
import {
  bookStatus,
  type ScriptedDocument,
  saysEverything,
} from '../../../functions/consumers/testing/answers.ts';
import {
  createHarness,
  type Harness,
  type HarnessOptions,
  type Receiving,
  receive,
} from '../../../functions/consumers/testing/harness.ts';
import type { ScriptedOcrolus, ScriptedReply } from '../../../functions/consumers/testing/ocrolus.ts';
import { makeBook } from '../../../functions/poller/testing/books.ts';
import { createPollerHarness, type PollerHarness } from '../../../functions/poller/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { type Clock, createClock } from '../../store/testing/clock.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';

interface Deployment {
  readonly settings?: Readonly<Record<string, string>>;
  /** Ocrolus as each account sees it; by default there is one account. */
  readonly accounts?: Readonly<Record<string, ScriptedOcrolus>>;
  /** Makes an empty table; by default one in memory. */
  readonly table?: () => Promise<Table>;
}

/** Prepares poller and consumers for each test of a file, and a book `b` that has everything, with a document `d`. */
export function useBook(deployment: Deployment = {}) {
  let clock: Clock;
  let table: Table;
  let poller: PollerHarness;

  const book = {
    /** Called before each write, with the sort key of its item: the process dies of what it throws. */
    beforeWrite: (_item: string): Promise<void> | void => {},

    /** Begins again, with nothing stored. */
    async reset(): Promise<void> {
      clock = createClock();
      table = watched(await (deployment.table ?? memoryTable)(), (item) => book.beforeWrite(item));
      book.beforeWrite = () => {};
      poller = deploy(table, clock, deployment);
      book.saysEverything('d');
    },
    /** Deploys with other settings or accounts; by default, Ocrolus stays what it is. */
    redeploy(changed: Deployment): void {
      poller = deploy(table, clock, changed, poller.ocrolus);
    },

    get poller(): PollerHarness {
      return poller;
    },
    get consumers(): Harness {
      return poller.consumers;
    },
    /** Another process of a consumer, on the same table. */
    anotherConsumer: (options: HarnessOptions = {}): Harness =>
      createHarness(table, { clock, ocrolus: poller.ocrolus, bodies: poller.consumers.bodies, ...options }),
    get ocrolus(): ScriptedOcrolus {
      return poller.ocrolus;
    },
    get clock(): Clock {
      return clock;
    },
    get table(): Table {
      return table;
    },
    get reader(): PollerHarness['reader'] {
      return poller.reader;
    },

    answers: (call: Call | string, ...replies: readonly ScriptedReply[]): void =>
      poller.ocrolus.says(call, ...replies),
    /** Lets something happen once, while the first answer is on its way whose target contains a text. */
    during(part: string, happens: () => Promise<unknown>): void {
      poller.ocrolus.before = async (target) => {
        if (!target.includes(part)) return;
        poller.ocrolus.before = () => {};
        await happens();
      };
    },
    /** Sets what Book status shows. */
    says(status: string, docs: readonly ScriptedDocument[] = [], more = {}): void {
      book.answers(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', status, docs, more));
    },
    /** Lets Ocrolus have everything of the verified book and of its documents. */
    saysEverything: (...docUuids: readonly string[]): void => saysEverything(poller.ocrolus, 'b', docUuids),

    /** Lets Ocrolus have income, and its summary. */
    saysIncome(...incomes: readonly unknown[]): void {
      book.answers(calls.incomeCalculations('b'), { body: { incomes } });
      book.answers(calls.incomeSummary('b'), { body: {} });
    },

    event: (eventName: string, ids: EventIds = {}, more: Partial<Envelope> = {}): Envelope =>
      delivery(eventName, { bookUuid: 'b', ...ids }, { receivedAt: clock.iso(), ...more }),
    /** Delivers messages to a consumer, once. @returns the ids of those that failed. */
    receive: (messages: readonly Envelope[], receiving: Receiving = {}): Promise<string[]> =>
      receive(poller.consumers, messages, receiving),
    deliver: (eventName: string, ids: EventIds = {}, receiving: Receiving = {}): Promise<string[]> =>
      book.receive([book.event(eventName, ids)], receiving),
    /** Delivers an event until a consumer finishes it, as SQS does. @param first receive. @throws Error after the last. */
    async untilDone(eventName: string, ids: EventIds = {}, first = 1): Promise<void> {
      const event = book.event(eventName, ids);
      for (let attempts = first; attempts <= MAX_RECEIVES; attempts += 1) {
        if ((await book.receive([event], { attempts })).length === 0) return;
        clock.advance(10);
      }
      throw new Error('a dead letter');
    },

    /** Hands over what is due, and lets consumers look at it. @returns the operations that Ocrolus was asked for. */
    async look(mode: PollMode = 'due'): Promise<string[]> {
      const before = poller.ocrolus.asked.length;
      await poller.run(300_000, mode);
      await poller.process();
      return poller.ocrolus.asked.slice(before).map(({ operation }) => operation);
    },
    /** Waits until the book is due, and looks at it. */
    async lookNext(): Promise<string[]> {
      clock.advance(Math.max(await book.untilDue(), 0));
      return book.look();
    },
    /** Looks at the book whenever it is due, which takes less time than to live hour by hour. */
    async lookFor(days: number): Promise<void> {
      const end = clock.now() + days * 86_400_000;
      for (;;) {
        const { dueAt } = (await book.item()) ?? {};
        if (dueAt === undefined || Date.parse(dueAt) > end) break;
        await book.lookNext();
      }
      clock.advance(Math.max(end - clock.now(), 0) / 1000);
    },
    /** Seconds until the book is looked at. */
    async untilDue(): Promise<number> {
      const { dueAt } = (await book.item()) ?? {};
      if (dueAt === undefined) throw new Error('the book is not looked at again');
      return (Date.parse(dueAt) - clock.now()) / 1000;
    },
    /** Makes the book known as by an event that names nothing else, and looks at it for the first time. */
    async start(status: string, docs: readonly ScriptedDocument[] = []): Promise<string[]> {
      await makeBook(table, 'b');
      book.says(status, docs);
      return book.look();
    },
    liveHours: (hours: number): Promise<void> => poller.liveHours(hours),
    live: (days: number): Promise<void> => poller.live(days),
    /** Delivers an event once, and lives on. */
    async liveAfter(eventName: string, { days = 0, hours = 0 }): Promise<void> {
      await book.deliver(eventName);
      await poller.liveHours(days * 24 + hours);
    },
    async liveUntil(isSeen: () => Promise<boolean>, hours = 40): Promise<void> {
      for (let hour = 0; hour < hours && !(await isSeen()); hour += 1) await poller.liveHours(1);
      expect(await isSeen()).toBe(true);
    },
    /** Lets it be verified, and lives until it is complete. */
    async complete(days = 1): Promise<void> {
      await book.deliver('BOOK_VERIFIED');
      await poller.live(days);
      expect(await book.shown()).toMatchObject({ complete: true });
    },

    item: (): Promise<Book | undefined> => readBook(table, 'b'),
    /** An entry of the book's checklist, by its name (`kind`, or `kind#subject`). */
    entry: async (name: string): Promise<Entry | undefined> => (await book.item())?.entries[name],
    /** The ledger of a book, or of deliveries without one. */
    ledger: (bookId = 'b') => poller.reader.events(bookId),
    /** The book as a reader of the table has it. */
    shown: (bookUuid = 'b') => poller.reader.book(bookUuid),
    document: async (docUuid: string) =>
      (await poller.reader.documents('b')).find((one) => one.docUuid === docUuid),
    /** Kind and subject of each result that is stored. */
    stored: async (bookUuid = 'b'): Promise<string[]> =>
      (await poller.reader.results(bookUuid)).map(({ kind, subject }) => `${kind} ${subject}`),
    /** Kind and subject of each result that is missing. */
    missing: async (): Promise<string[]> =>
      (await poller.reader.missing('b')).map(({ kind, subject }) => `${kind} ${subject}`),
    /** Documents whose forms and transactions are stored, and may not be newer. */
    async captured(): Promise<string[]> {
      const isStored = ({ state, wanted, answered }: Entry) => state === 'stored' && answered >= wanted;
      const documents = [...(await readDocuments(table, 'b')).byUuid.values()];
      return documents.flatMap(({ docUuid, entries: { forms = NO_ENTRY, transactions = NO_ENTRY } }) =>
        isStored(forms) && isStored(transactions) ? [docUuid] : [],
      );
    },
    body: async (kind: ResultKind, subject = 'b'): Promise<string> =>
      String(await poller.reader.resultBody('b', kind, subject)),
    /** How often consumers have counted a metric. */
    counted: (metric: string): number =>
      poller.consumers.counted.filter(({ name }) => name === metric).length,
  };
  beforeEach(book.reset);
  return book;
}

function deploy(
  table: Table,
  clock: Clock,
  { settings = {}, accounts }: Deployment,
  ocrolus?: ScriptedOcrolus,
): PollerHarness {
  if (accounts === undefined)
    return createPollerHarness(table, settings, { clock, ...(ocrolus !== undefined && { ocrolus }) });
  const names = Object.keys(accounts);
  const of = (account: string): ScriptedOcrolus => {
    const own = accounts[account];
    if (own === undefined) throw new Error(`no account ${account}`);
    return own;
  };
  const ACCOUNTS = JSON.stringify(Object.fromEntries(names.map((name) => [name, { credentials: name }])));
  return createPollerHarness(
    table,
    { ACCOUNTS, ...settings },
    { clock, accounts: { names, client: (account) => of(account).client }, ocrolus: of(names[0] ?? '') },
  );
}

function watched(table: Table, beforeWrite: (item: string) => Promise<void> | void): Table {
  return {
    ...table,
    put: async (item, condition) => {
      await beforeWrite(item.item);
      return table.put(item, condition);
    },
    update: async (key, update) => {
      await beforeWrite(key.item);
      return table.update(key, update);
    },
    delete: async (key, condition) => {
      await beforeWrite(key.item);
      return table.delete(key, condition);
    },
  };
}
