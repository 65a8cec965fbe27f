import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { BookToForget } from '../../../../infra/ops/forget/find-book.ts';
import { type ForgetReport, forgetBook } from '../../../../infra/ops/forget/forget-book.ts';
import type { Envelope, Payload } from '../../../../shared/events/envelope.ts';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import type { Bodies } from '../../../../shared/store/bodies/result-bodies.ts';
import type { Item, Table } from '../../../../shared/store/table.ts';
import { saysEverything } from '../../../functions/consumers/testing/answers.ts';
import { receive } from '../../../functions/consumers/testing/harness.ts';
import type { ScriptedOcrolus } from '../../../functions/consumers/testing/ocrolus.ts';
import { createPollerHarness, type PollerHarness } from '../../../functions/poller/testing/harness.ts';
import { fakeTarget } from '../../../infra/ops/fake-target.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { Crash, collect } from '../../store/testing/stepwise.ts';

/** Part of every text that is personal: of names, bodies, payloads and reasons. */
export const PERSONAL = 'Jane Doe';

/** The ids of a book, as far as an operator knows them. */
export const UUID: Pick<BookToForget, 'bookUuid' | 'bookPk'> = { bookUuid: 'b', bookPk: undefined };
export const PK: Pick<BookToForget, 'bookUuid' | 'bookPk'> = { bookUuid: undefined, bookPk: '7' };
export const BOTH: Pick<BookToForget, 'bookUuid' | 'bookPk'> = { bookUuid: 'b', bookPk: '7' };

/** Poller and consumers, with something that can happen in between: before the n-th access to the table or bucket. */
export interface ForgettingHarness extends PollerHarness {
  /** The table itself, which counts nothing. */
  readonly store: Table;
  readonly bodies: Bodies & { readonly objects: Map<string, Buffer> };
  /** @param n from 0. */
  before(n: number, happening: () => Promise<unknown>): void;
  /** True if it has happened. */
  readonly hasHappened: boolean;
  forget(ids?: typeof BOTH, table?: Table): Promise<ForgetReport>;
  /** Forgets it by both ids, and dies before the n-th write, from 0. @throws Crash */
  forgetUntil(n: number): Promise<ForgetReport>;
  /** All items of the book and of what has no book. */
  items(): Promise<Item[]>;
}

/** A book `b` with pk 7 and a document `d`, full of personal data; its forms are too large for an item. */
export async function createForgettingHarness(
  wrap: (table: Table) => Table = (table) => table,
): Promise<ForgettingHarness> {
  const store = await memoryTable();
  let left = Number.POSITIVE_INFINITY;
  let happening: (() => Promise<unknown>) | undefined;
  const step = async () => {
    left -= 1;
    if (left >= 0 || happening === undefined) return;
    const now = happening;
    happening = undefined;
    await now();
  };
  const table: Table = {
    ...store,
    get: async (...args) => step().then(() => store.get(...args)),
    put: async (...args) => step().then(() => store.put(...args)),
    update: async (...args) => step().then(() => store.update(...args)),
    delete: async (...args) => step().then(() => store.delete(...args)),
    async *query(query) {
      await step();
      yield* store.query(query);
    },
  };
  const harness = createPollerHarness(wrap(table));
  const { bodies } = harness.consumers;
  const put = bodies.put;
  bodies.put = async (...args) => step().then(() => put(...args));
  saysPersonal(harness);
  return {
    ...harness,
    store,
    bodies,
    before(n, what) {
      left = n;
      happening = what;
    },
    get hasHappened() {
      return happening === undefined;
    },
    forget: (ids = BOTH, on = store) => forgetIn(harness, on, bodies, ids),
    forgetUntil(n) {
      let written = 0;
      const write =
        <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) =>
        async (...args: Args): Promise<T> => {
          if (written >= n) throw new Crash();
          written += 1;
          return work(...args);
        };
      const dying = { put: write(store.put), update: write(store.update), delete: write(store.delete) };
      return forgetIn(
        harness,
        { ...store, ...dying },
        { ...bodies, removeAll: write(bodies.removeAll) },
        BOTH,
      );
    },
    async items() {
      const partitions = ['b', 'pk-7', 'account'].map((bookId) => collect(store.query({ bookId })));
      return (await Promise.all(partitions)).flat();
    },
  };
}

function forgetIn(
  harness: PollerHarness,
  table: Table,
  bodies: Bodies,
  { bookUuid, bookPk }: typeof BOTH,
): Promise<ForgetReport> {
  const partitions = [bookUuid, bookPk === undefined ? undefined : `pk-${bookPk}`].filter(
    (id) => id !== undefined,
  );
  return forgetBook(
    { ...fakeTarget({ bodies }), table },
    { bookUuid, bookPk, partitions, account: 'default' },
    { isPreview: false, signal: new AbortController().signal, now: harness.clock.now },
  );
}

/** Lets Ocrolus have a verified book of a person. */
export function saysPersonal({ ocrolus }: { readonly ocrolus: ScriptedOcrolus }, status = 'VERIFIED'): void {
  saysEverything(ocrolus, 'b', ['d', 'e']);
  const docs = [
    { uuid: 'd', pk: 70, name: `${PERSONAL} 1.pdf`, status: 'VERIFICATION_COMPLETE' },
    {
      uuid: 'e',
      pk: 71,
      name: `${PERSONAL} 2.pdf`,
      status: 'REJECTED',
      rejection_reason: `not of ${PERSONAL}`,
    },
  ];
  const answer = {
    body: { status: 200, response: { uuid: 'b', pk: 7, name: PERSONAL, book_status: status, docs } },
  };
  ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), answer);
  ocrolus.says(calls.bookStatus({ bookPk: '7' }), answer);
  const forms = [{ name: PERSONAL, image: randomBytes(60_000).toString('base64') }];
  ocrolus.says(calls.documentForms('d'), { body: { status: 200, response: { forms } } });
}

export const payload = (body: object = {}): Payload => ({
  encoding: 'utf8',
  body: JSON.stringify({ ...body, borrower: PERSONAL }),
});

/** Asserts that nothing personal is left: tombstones, and entries of the ledger without payload and reason. */
export async function expectForgotten(harness: ForgettingHarness): Promise<void> {
  const items = await harness.items();
  const left = items.filter(({ item }) => !/^(BOOK$|EVENT#)/.test(String(item)));
  expect(left).toEqual([]);
  for (const { item, status, payload: body, reason } of items) {
    if (item === 'BOOK') expect(status).toBe('FORGOTTEN');
    expect({ item, body, reason }).toEqual({ item, body: undefined, reason: undefined });
  }
  expect(JSON.stringify(items)).not.toContain(PERSONAL);
  expect([...harness.bodies.objects.keys()]).toEqual([]);
}

/** Delivers an event to a consumer, once, with a personal payload. */
export async function deliver(
  harness: ForgettingHarness,
  eventName: string,
  ids: EventIds = { bookUuid: 'b' },
  more: Partial<Envelope> = {},
): Promise<void> {
  const message = delivery(eventName, ids, { receivedAt: harness.clock.iso(), payload: payload(), ...more });
  expect(await receive(harness.consumers, [message])).toEqual([]);
}

/** A complete book that is forgotten. */
export async function createForgotten(ids = BOTH): Promise<ForgettingHarness> {
  const harness = await createForgettingHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.forget(ids);
  harness.ocrolus.asked.splice(0);
  return harness;
}

/** Longer than any function runs (docs/decisions/0019). */
export const IN_FLIGHT_SECONDS = 15 * 60;

/** Delivers an event until a consumer finishes it. */
export function deliverUntilDone(eventName: string, ids: EventIds, attempts = 1) {
  return async (harness: ForgettingHarness) => {
    const message = delivery(eventName, ids, { receivedAt: harness.clock.iso(), payload: payload() });
    for (let attempt = attempts; attempt < attempts + 15; attempt += 1) {
      const failed = await receive(harness.consumers, [message], { attempts: attempt });
      if (failed.length === 0) return;
    }
    throw new Error(`${eventName} is never finished`);
  };
}

export async function poll(harness: ForgettingHarness): Promise<void> {
  await harness.run();
  await harness.process();
}

/** A book that was announced, is stored, and is due. */
export async function stored(harness: ForgettingHarness): Promise<void> {
  await deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' })(harness);
  harness.clock.advance(3 * 3600);
}

/** An event by its pk waits in its queue, because Ocrolus has refused to show the book. */
export async function waiting(harness: ForgettingHarness): Promise<void> {
  const byPk = calls.bookStatus({ bookPk: '7' });
  harness.ocrolus.says(byPk, { httpStatus: 403, body: { message: 'Forbidden' } });
  const ids = { bookPk: '7', uploadedDocUuid: 'd' };
  const message = delivery('DOC_VERIFIED', ids, { receivedAt: harness.clock.iso(), payload: payload() });
  await receive(harness.consumers, [message], { attempts: 3 });
  saysPersonal(harness);
}

export const nothing = async () => {};
