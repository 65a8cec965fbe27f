import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, readBook, updateBook } from '../../shared/store/books.ts';
import type { Table } from '../../shared/store/table.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { again, Crash, stepwise } from '../store/testing/stepwise.ts';
import {
  BOTH,
  createForgettingHarness,
  expectForgotten,
  type ForgettingHarness,
  PK,
  payload,
  saysPersonal,
  UUID,
} from './testing/forgetting.ts';

/** Longer than any function runs (docs/decisions/0019). */
const IN_FLIGHT_SECONDS = 15 * 60;

type Ids = Parameters<typeof delivery>[1];

/** Delivers an event until a consumer finishes it. */
function deliverUntilDone(eventName: string, ids: Ids, attempts = 1) {
  return async (harness: ForgettingHarness) => {
    const message = delivery(eventName, ids, { receivedAt: harness.clock.iso(), payload: payload() });
    for (let attempt = attempts; attempt < attempts + 15; attempt += 1) {
      const failed = await receive(harness.consumers, [message], { attempts: attempt });
      if (failed.length === 0) return;
    }
    throw new Error(`${eventName} is never finished`);
  };
}

async function poll(harness: ForgettingHarness): Promise<void> {
  await harness.run();
  await harness.process();
}

/** A book that was announced, is stored, and is due. */
async function stored(harness: ForgettingHarness): Promise<void> {
  await deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' })(harness);
  harness.clock.advance(3 * 3600);
}

async function reopened(harness: ForgettingHarness): Promise<void> {
  await stored(harness);
  saysPersonal(harness, 'VERIFYING');
}

/** Of which only the pk is known: Ocrolus has refused to show it. */
async function storedByPk(harness: ForgettingHarness): Promise<void> {
  harness.ocrolus.says(calls.bookStatus({ bookPk: '7' }), {
    httpStatus: 403,
    body: { message: 'Forbidden' },
  });
  await deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocUuid: 'd' })(harness);
  saysPersonal(harness);
  harness.clock.advance(3600);
}

async function failing(harness: ForgettingHarness): Promise<void> {
  const [forms] = harness.ocrolus.script(calls.documentForms('d'));
  if (forms === undefined) throw new Error('no forms');
  harness.ocrolus.says(calls.documentForms('d'), new Failure('retry', 'http-500'), forms);
}

const nothing = async () => {};

type Step = (harness: ForgettingHarness) => Promise<unknown>;

/** What was there before; what is under way; by which ids it is forgotten. */
const CASES: readonly (readonly [string, Step, Step, typeof BOTH])[] = [
  [
    'a book that is announced for the first time',
    nothing,
    deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' }),
    BOTH,
  ],
  ['the same, and its pk is not known', nothing, deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' }), UUID],
  ['the same, by its pk alone', nothing, deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' }), PK],
  ['a document', stored, deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }), BOTH],
  [
    'a document, received again',
    stored,
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }, 2),
    BOTH,
  ],
  [
    'a document of an unknown book',
    nothing,
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  [
    'a document whose book names the pk',
    nothing,
    deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    BOTH,
  ],
  [
    'the same, and only the pk is forgotten',
    nothing,
    deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    PK,
  ],
  [
    'the same, and only the uuid is forgotten',
    nothing,
    deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    UUID,
  ],
  ['a book that moves to its uuid', storedByPk, deliverUntilDone('BOOK_VERIFIED', { bookPk: '7' }), BOTH],
  [
    'a book that moves, and only the pk is forgotten',
    storedByPk,
    deliverUntilDone('BOOK_VERIFIED', { bookPk: '7' }),
    PK,
  ],
  [
    'a book that moves, and only the uuid is forgotten',
    storedByPk,
    deliverUntilDone('BOOK_VERIFIED', { bookPk: '7' }),
    UUID,
  ],
  [
    'a reopened book',
    reopened,
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  [
    'signals of a document',
    stored,
    deliverUntilDone('document.detect.signal_found', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  [
    'signals, without a book',
    stored,
    deliverUntilDone('document.detect.signal_found', { uploadedDocUuid: 'd' }),
    BOTH,
  ],
  ['analytics', stored, deliverUntilDone('book.analytics_v2.generated', { bookUuid: 'b' }), BOTH],
  ['an unknown event', stored, deliverUntilDone('book.something_new', { bookUuid: 'b' }), BOTH],
  ['an upload that failed', stored, deliverUntilDone('document.upload_failed', { bookUuid: 'b' }), BOTH],
  [
    'an attempt that fails',
    failing,
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  ['a poll', stored, poll, BOTH],
  ['a poll of a reopened book', reopened, poll, BOTH],
  ['a poll that moves it to its uuid', storedByPk, poll, BOTH],
  ['a poll that moves it, and only the pk is forgotten', storedByPk, poll, PK],
  ['a poll that moves it, and only the uuid is forgotten', storedByPk, poll, UUID],
];

describe('whatever is in progress when a book is forgotten, nothing of it is left a quarter of an hour later', () => {
  test.each(CASES)('%s', async (_name, prepare, work, ids) => {
    for (let n = 0; ; n += 1) {
      const harness = await createForgettingHarness();
      await prepare(harness);
      harness.before(n, async () => {
        await harness.forget(ids);
        // The poller may have looked before the rest is written.
        if (n % 2 === 0) await harness.run();
      });
      await work(harness);
      if (!harness.hasHappened) {
        expect(n).toBeGreaterThan(0);
        return;
      }
      await harness.process();
      harness.clock.advance(IN_FLIGHT_SECONDS);
      await poll(harness);
      // What was forgotten by one of its ids only is found out by this poll, and removed by the next.
      await poll(harness);
      await expectForgotten(harness);
      // And it stays so, whatever is announced.
      await work(harness);
      await deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' })(harness);
      await deliverUntilDone('BOOK_VERIFIED', { bookPk: '7' })(harness);
      harness.clock.advance(3600);
      await poll(harness);
      await expectForgotten(harness);
    }
  });
});

test('any interleaving of two consumers, the poller and the command, with crashes, leaves nothing behind', async () => {
  const documents = [
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    deliverUntilDone('document.detect.signal_found', { uploadedDocUuid: 'd' }),
  ];
  const run = fc.asyncProperty(
    fc.scheduler(),
    fc.constantFrom(nothing, stored, storedByPk),
    fc.tuple(fc.constantFrom(...documents), fc.constantFrom(BOTH, UUID, PK)),
    fc.infiniteStream(fc.nat(30)),
    async (scheduler, prepare, [ofDocument, ids], chance) => {
      let crashesLeft = 0;
      const crash = () => {
        const dies = crashesLeft > 0 && chance.next().value === 0;
        if (dies) crashesLeft -= 1;
        return dies;
      };
      let isStepwise = false;
      let steps: Table | undefined;
      const harness = await createForgettingHarness((table) => {
        steps = stepwise(table, scheduler, crash);
        return switched(table, steps, () => isStepwise);
      });
      await prepare(harness);
      isStepwise = true;
      crashesLeft = 4;
      const all = [
        ofDocument(harness),
        deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' })(harness),
        harness.run().catch(() => undefined),
        again(() => harness.forget(ids, steps)),
      ];
      await scheduler.waitFor(Promise.all(all));
      isStepwise = false;
      await harness.process();
      harness.clock.advance(IN_FLIGHT_SECONDS);
      await poll(harness);
      await poll(harness);
      await expectForgotten(harness);
    },
  );
  await fc.assert(run, { numRuns: 150 });
});

/** One of two tables, as long as it is said to be that one. */
function switched(one: Table, other: Table, isOther: () => boolean): Table {
  const now = () => (isOther() ? other : one);
  return {
    get: (...args) => now().get(...args),
    put: (...args) => now().put(...args),
    update: (...args) => now().update(...args),
    delete: (...args) => now().delete(...args),
    query: (...args) => now().query(...args),
    queryDue: (...args) => now().queryDue(...args),
  };
}

it('after a crash at any point, the next run removes everything', async () => {
  for (let n = 0; ; n += 1) {
    const harness = await createForgettingHarness();
    await stored(harness);
    await deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocUuid: 'd' })(harness);
    const isKilled = await harness.forgetUntil(n).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Crash) return true;
        throw error;
      },
    );
    await harness.forget(BOTH);
    await expectForgotten(harness);
    if (!isKilled) return;
  }
});

it('a book of the same uuid that another writer creates at the same moment is forgotten, too', async () => {
  const harness = await createForgettingHarness();
  const writer = { account: 'default', source: 'webhook', now: harness.clock.now() } as const;
  // It has read that there is no such book.
  await harness.forget(UUID);
  await updateBook(harness.store, 'b', (book) => book ?? newBook('b', { bookUuid: 'b' }, writer), null);
  expect(await readBook(harness.store, 'b')).toMatchObject({ status: 'FORGOTTEN' });
});
