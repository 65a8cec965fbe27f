import { randomBytes } from 'node:crypto';
import { beforeEach, expect } from 'vitest';
import type { BookToForget } from '../../../../infra/ops/forget/find-book.ts';
import { type ForgetReport, forgetBook } from '../../../../infra/ops/forget/forget-book.ts';
import { MAX_RECEIVES } from '../../../../shared/events/channels.ts';
import type { Envelope, Payload } from '../../../../shared/events/envelope.ts';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import type { Bodies } from '../../../../shared/store/bodies/result-bodies.ts';
import type { Item, Table } from '../../../../shared/store/table.ts';
import {
  bookStatus,
  document,
  FORBIDDEN,
  saysEverything,
} from '../../../functions/consumers/testing/answers.ts';
import type { ScriptedOcrolus } from '../../../functions/consumers/testing/ocrolus.ts';
import { fakeTarget } from '../../../infra/ops/fake-target.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { Crash, collect } from '../../store/testing/stepwise.ts';
import { useBook } from './book.ts';

/** Part of every text that is personal: of names, bodies, payloads and reasons. */
export const PERSONAL = 'Jane Doe';

type Ids = Pick<BookToForget, 'bookUuid' | 'bookPk'>;
/** The ids of a book, as far as an operator knows them. */
export const UUID: Ids = { bookUuid: 'b', bookPk: undefined };
export const PK: Ids = { bookUuid: undefined, bookPk: '7' };
export const BOTH: Ids = { bookUuid: 'b', bookPk: '7' };

export const payload = (body: object = {}): Payload => ({
  encoding: 'utf8',
  body: JSON.stringify({ ...body, borrower: PERSONAL }),
});

/** Lets Ocrolus have a verified book of a person. */
export function saysPersonal({ ocrolus }: { readonly ocrolus: ScriptedOcrolus }, status = 'VERIFIED'): void {
  saysEverything(ocrolus, 'b', ['d', 'e']);
  const docs = [
    { ...document('d'), pk: 70, name: `${PERSONAL} 1.pdf` },
    {
      ...document('e', 'REJECTED'),
      pk: 71,
      name: `${PERSONAL} 2.pdf`,
      rejection_reason: `not of ${PERSONAL}`,
    },
  ];
  for (const ref of [{ bookUuid: 'b' }, { bookPk: '7' }])
    ocrolus.says(calls.bookStatus(ref), bookStatus('b', status, docs, { pk: 7, name: PERSONAL }));
  const forms = [{ name: PERSONAL, image: randomBytes(60_000).toString('base64') }];
  ocrolus.says(calls.documentForms('d'), { body: { status: 200, response: { forms } } });
}

/** Longer than any function runs (docs/decisions/0019). */
const IN_FLIGHT_SECONDS = 15 * 60;

/**
 * A book `b` with pk 7 and a document `d`, full of personal data; its forms are too large for an item. Something can
 * happen before the n-th access to the table or bucket.
 */
export function useForgetting(wrap: (table: Table) => Table = (table) => table) {
  let store: Table;
  let left: number;
  let happening: (() => Promise<unknown>) | undefined;
  const step = async () => {
    left -= 1;
    if (left >= 0 || happening === undefined) return;
    const now = happening;
    happening = undefined;
    await now();
  };
  const table = async () => {
    store = await memoryTable();
    return wrap({
      ...store,
      get: async (...args) => step().then(() => store.get(...args)),
      put: async (...args) => step().then(() => store.put(...args)),
      update: async (...args) => step().then(() => store.update(...args)),
      delete: async (...args) => step().then(() => store.delete(...args)),
      async *query(query) {
        await step();
        yield* store.query(query);
      },
    });
  };
  const book = useBook({ table });
  const { reset } = book;
  const prepare = () => {
    left = Number.POSITIVE_INFINITY;
    happening = undefined;
    const { bodies } = book.consumers;
    const { put } = bodies;
    bodies.put = async (...args) => step().then(() => put(...args));
    forgetting.saysPersonal();
  };
  const forgetting = Object.assign(book, {
    /** The table itself, which counts nothing. */
    store: () => store,
    async reset() {
      await reset();
      prepare();
    },
    /** @param n from 0. */
    before(n: number, what: () => Promise<unknown>) {
      left = n;
      happening = what;
    },
    hasHappened: () => happening === undefined,

    saysPersonal: (status?: string) => saysPersonal(book, status),
    /** Sets the answer of Book status, by either id. */
    saysStatus(reply: ReturnType<typeof bookStatus>) {
      for (const ref of [{ bookUuid: 'b' }, { bookPk: '7' }]) book.answers(calls.bookStatus(ref), reply);
    },

    /** An event with a personal payload. */
    personal: (eventName: string, ids: EventIds = {}, more: Partial<Envelope> = {}): Envelope =>
      book.event(eventName, ids, { payload: payload(), ...more }),
    /** Delivers it to a consumer, once. */
    async send(...event: Parameters<typeof forgetting.personal>): Promise<void> {
      expect(await book.receive([forgetting.personal(...event)])).toEqual([]);
    },
    /** Delivers it until a consumer finishes it. */
    async sendUntilDone(eventName: string, ids: EventIds = {}, first = 1): Promise<void> {
      const event = forgetting.personal(eventName, ids);
      for (let attempts = first; attempts <= MAX_RECEIVES; attempts += 1)
        if ((await book.receive([event], { attempts })).length === 0) return;
      throw new Error(`${eventName} is never finished`);
    },
    /** Lets an event by its pk wait in its queue, because Ocrolus has refused to show the book. */
    async sendRefused(): Promise<Envelope> {
      book.answers(calls.bookStatus({ bookPk: '7' }), FORBIDDEN);
      const event = forgetting.personal('DOC_VERIFIED', { ...BY_PK, uploadedDocUuid: 'd' });
      expect(await book.receive([event], { attempts: 3 })).toEqual(['message-0']);
      return event;
    },
    /** A book that was announced, is stored, and is due. */
    async storeDue(): Promise<void> {
      await forgetting.sendUntilDone('BOOK_VERIFIED');
      book.clock.advance(3 * 3600);
    },
    async poll(): Promise<void> {
      await book.poller.run();
      await book.poller.process();
    },
    /** Lets what was at work end, and the poller find what it has left. */
    async settle(): Promise<void> {
      await book.poller.process();
      book.clock.advance(IN_FLIGHT_SECONDS);
      await forgetting.poll();
      // The first poll finds the other id of a book that was forgotten by one only, and the next one removes it.
      await forgetting.poll();
    },

    forget: (
      { bookUuid, bookPk } = BOTH,
      on = store,
      bodies: Bodies = book.consumers.bodies,
    ): Promise<ForgetReport> => {
      const ids = [bookUuid, bookPk === undefined ? undefined : `pk-${bookPk}`];
      return forgetBook(
        { ...fakeTarget({ bodies }), table: on },
        { bookUuid, bookPk, partitions: ids.filter((id) => id !== undefined), account: 'default' },
        { isPreview: false, signal: new AbortController().signal, now: book.clock.now },
      );
    },
    /** Forgets it by both ids, and dies before the n-th write, from 0. @throws Crash */
    forgetUntil(n: number): Promise<ForgetReport> {
      let written = 0;
      const write =
        <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) =>
        async (...args: Args): Promise<T> => {
          if (written >= n) throw new Crash();
          written += 1;
          return work(...args);
        };
      const dying = { put: write(store.put), update: write(store.update), delete: write(store.delete) };
      const { bodies } = book.consumers;
      return forgetting.forget(
        BOTH,
        { ...store, ...dying },
        { ...bodies, removeAll: write(bodies.removeAll) },
      );
    },
    /** A complete book that is forgotten. */
    async forgotten(ids = BOTH): Promise<void> {
      await forgetting.send('BOOK_VERIFIED');
      await forgetting.forget(ids);
      book.ocrolus.asked.splice(0);
    },
    /** Asserts that nothing personal is left: tombstones, and entries of the ledger without payload and reason. */
    async expectForgotten(): Promise<void> {
      const partitions = ['b', 'pk-7', 'account'].map((bookId) => collect(store.query({ bookId })));
      const items: Item[] = (await Promise.all(partitions)).flat();
      for (const { item, status, payload: body, reason } of items) {
        expect(item).toMatch(/^(BOOK$|EVENT#)/);
        if (item === 'BOOK') expect(status).toBe('FORGOTTEN');
        expect({ item, body, reason }).toEqual({ item, body: undefined, reason: undefined });
      }
      expect(JSON.stringify(items)).not.toContain(PERSONAL);
      expect([...book.consumers.bodies.objects.keys()]).toEqual([]);
    },
  });
  beforeEach(prepare);
  return forgetting;
}

export const BY_PK: EventIds = { bookUuid: undefined, bookPk: '7' };
